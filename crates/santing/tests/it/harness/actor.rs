//! People of the city, who speak its language over the API. Every answer is held against the published description.

use serde_json::{Value, json};

use super::city::City;
use super::http::Answer;

/// Somebody who calls the API.
pub struct Actor<'c> {
    city: &'c City,
    token: Option<String>,
}

/// A demand as its submitter knows it.
#[derive(Clone, Debug)]
pub struct Demand {
    /// The number, which is no secret.
    pub number: String,
    /// The query code, which is.
    pub code: String,
    /// The page with the receipt.
    pub receipt_url: String,
}

impl<'c> Actor<'c> {
    pub(super) fn new(city: &'c City, token: Option<String>) -> Self {
        Self { city, token }
    }

    /// The bearer token.
    pub fn token(&self) -> Option<String> {
        self.token.clone()
    }

    /// Reads.
    pub fn get(&self, path: &str) -> Answer {
        self.call("GET", path, &[], None)
    }

    /// Writes.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.call("POST", path, &[], Some(body))
    }

    /// Writes under a key that makes it safe to write again.
    pub fn post_once(&self, key: &str, path: &str, body: &Value) -> Answer {
        self.call("POST", path, &[("idempotency-key", key)], Some(body))
    }

    /// Calls `/api/v1{path}`; whatever comes back must be what the description promises.
    pub fn call(&self, method: &str, path: &str, more: &[(&str, &str)], body: Option<&Value>) -> Answer {
        let bearer = self.token.as_ref().map(|token| format!("Bearer {token}"));
        let mut headers = more.to_vec();
        headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
        headers.extend(body.map(|_| ("content-type", "application/json")));
        let sent = body.map(Value::to_string).unwrap_or_default();
        let answer = self.city.send(method, &format!("/api/v1{path}"), &headers, sent.as_bytes());
        self.city.contract().check(method, path, &answer);
        answer
    }

    /// Says something to the city.
    #[track_caller]
    pub fn speak(&self, said: &Value) -> Demand {
        Demand::of(&self.post("/demands", said).expect(201).json())
    }

    /// The demand, whole.
    #[track_caller]
    pub fn sees(&self, demand: &Demand) -> Value {
        self.get(&format!("/demands/{}", demand.number)).expect(200).json()
    }

    /// The demand's ledger.
    #[track_caller]
    pub fn events(&self, demand: &Demand) -> Vec<Value> {
        self.get(&format!("/demands/{}/events", demand.number)).expect(200).json()["items"].as_array().unwrap().clone()
    }

    /// What the submitter is told.
    #[track_caller]
    pub fn progress(&self, demand: &Demand) -> Value {
        let Demand { number, code, .. } = demand;
        self.get(&format!("/demands/{number}/progress?code={code}")).expect(200).json()
    }

    /// Tries a move on the version in force.
    #[track_caller]
    pub fn tries(&self, name: &str, demand: &Demand, fields: Value) -> Answer {
        let version = self.sees(demand)["version"].clone();
        self.tries_on(&version, name, demand, fields)
    }

    /// Tries a move on the version that the caller has seen.
    #[track_caller]
    pub fn tries_on(&self, version: &Value, name: &str, demand: &Demand, mut fields: Value) -> Answer {
        fields["version"] = version.clone();
        self.post(&format!("/demands/{}/moves/{name}", demand.number), &fields)
    }

    /// Makes a move: the demand after it.
    #[track_caller]
    pub fn makes(&self, name: &str, demand: &Demand, fields: Value) -> Value {
        self.tries(name, demand, fields).expect(200).json()
    }

    /// 研判, as an ordinary matter of a firm.
    #[track_caller]
    pub fn triage(&self, demand: &Demand) -> Value {
        self.makes("triage", demand, sorting())
    }

    /// 交办
    #[track_caller]
    pub fn assign(&self, demand: &Demand, unit: &str, goal: &str) -> Value {
        self.makes("assign", demand, json!({ "lead_unit": unit, "goal": goal }))
    }

    /// 签收
    #[track_caller]
    pub fn acknowledge(&self, demand: &Demand) -> Value {
        self.makes("acknowledge", demand, json!({}))
    }

    /// 先行联系
    #[track_caller]
    pub fn first_contact(&self, demand: &Demand, note: &str) -> Value {
        self.makes("first_contact", demand, json!({ "note": note }))
    }

    /// 答复
    #[track_caller]
    pub fn reply(&self, demand: &Demand) -> Value {
        self.makes("reply", demand, answer())
    }

    /// 回访: reached, solved, satisfied.
    #[track_caller]
    pub fn call_back(&self, demand: &Demand) -> Value {
        self.makes(
            "callback",
            demand,
            json!({ "reached": true, "solved": true, "grade": "satisfied", "note": "企业表示已收到奖补" }),
        )
    }

    /// 办结
    #[track_caller]
    pub fn close(&self, demand: &Demand, outcome: &str) -> Value {
        self.makes("close", demand, json!({ "outcome": outcome }))
    }
}

impl Demand {
    /// Of a receipt.
    pub fn of(receipt: &Value) -> Self {
        let text = |name: &str| receipt[name].as_str().unwrap_or_else(|| panic!("no {name}: {receipt}")).to_owned();
        Self { number: text("number"), code: text("code"), receipt_url: text("receipt_url") }
    }
}

/// What an owner of a foundry says.
pub fn a_firm_says(title: &str) -> Value {
    json!({
        "audience": "entrepreneur", "title": title,
        "text": "我公司 2025 年通过高新技术企业认定，市级奖补至今没有拨付，请核实办理进度。",
        "theme": "industry",
        "enterprise": { "uscc": "9153018100DEM0015Q", "name": "安宁炽原特钢有限公司" },
        "contact": { "name": "张某某", "phone": "13800000001", "email": "zhang@example.com" },
        "area": "青龙街道",
    })
}

/// An ordinary matter.
pub fn sorting() -> Value {
    json!({
        "kind": "matter", "theme": "industry", "difficulty": "medium", "breadth": "narrow", "policy_weight": "strong",
        "scope": "departmental", "generality": "individual", "policy_axis": "measure", "tier": "general",
        "route": "assigned",
    })
}

/// A reply in its three parts.
pub fn answer() -> Value {
    json!({
        "policy_reading": "按《高新技术企业认定奖补办法》，认定次年兑现。",
        "measures": "已与财政核对清单，您公司在第二批拨付名单内。",
        "opinion": "本月底前拨付到账，届时再电话告知。",
    })
}
