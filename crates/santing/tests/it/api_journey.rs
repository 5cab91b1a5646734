//! One demand goes all the way, through the API only: firm, desk, department, call-back, closed, and every step proved.

use serde_json::{Value, json};

use crate::harness::actor::{a_firm_says, answer, sorting};
use crate::harness::{City, Demand};

#[test]
fn a_firm_is_heard_and_answered() {
    City::on_both_engines(|city| {
        let demand = speaks(city);
        let desk = city.desk();
        let gongkexin = city.unit("gongkexin");

        is_proposed(city, &demand);
        desk.triage(&demand);
        gongkexin.get(&format!("/demands/{}", demand.number)).expect(404);
        assigns(city, &demand);
        assert_eq!(gongkexin.sees(&demand)["contact"]["phone"], "138****0001", "{}", city.engine);

        gongkexin.acknowledge(&demand);
        gongkexin.first_contact(&demand, "与诉求人核实了认定年份和账号");
        replies(city, &demand);
        is_rated(city, &demand);
        is_called_back_and_closed(city, &demand);
        every_step_is_on_record(city, &demand);
        every_date_can_be_derived(city, &demand);
        the_ledger_holds(city);
    });
}

fn speaks(city: &City) -> Demand {
    let public = city.public();
    let wrong = json!({ "audience": "nobody", "text": "", "enterprise": { "uscc": "123" }, "channel": "phone" });
    let refused = public.post("/demands", &wrong).expect(422);
    for field in ["audience", "title", "text", "enterprise.uscc", "channel"] {
        assert!(refused.wrong_fields().contains(&field.to_owned()), "{field} is not named: {}", refused.body);
    }

    let said = a_firm_says("高新技术企业奖补没有拨付");
    let key = format!("journey-{}", city.engine);
    let first = public.post_once(&key, "/demands", &said).expect(201);
    let again = public.post_once(&key, "/demands", &said).expect(201);
    assert_eq!(first.json(), again.json(), "the same key and body give the first answer again");
    public.post_once(&key, "/demands", &a_firm_says("另一件事")).expect(409);

    let demand = Demand::of(&first.json());
    assert!(demand.number.starts_with("AN20261123"), "{}", demand.number);
    let progress = public.progress(&demand);
    assert_eq!(progress["status"], "received");
    assert_eq!(progress["holder"], "市营商环境办");
    assert_eq!(progress["timeline"].as_array().unwrap().len(), 1);
    city.send("GET", &demand.receipt_url, &[], b"").expect(200);

    let wrong_code = public.get(&format!("/demands/{}/progress?code=00000000", demand.number)).expect(404).json();
    let no_number = public.get(&format!("/demands/AN20260101W9999/progress?code={}", demand.code)).expect(404).json();
    assert_eq!(wrong_code["detail"], no_number["detail"], "a wrong code and an unknown number look alike");
    public.get(&format!("/demands/{}", demand.number)).expect(401);
    demand
}

fn is_proposed(city: &City, demand: &Demand) {
    let seen = city.desk().sees(demand);
    assert_eq!(seen["status_label"], "待研判");
    assert_eq!(seen["text"], a_firm_says("")["text"], "the words are the firm's own");
    assert_eq!(seen["contact"], json!({ "name": "张**", "phone": "138****0001", "email": "***" }));
    assert_eq!(seen["proposal"]["lead_unit"], "gongkexin", "{}", seen["proposal"]);
    assert!(!seen["proposal"]["because"].as_array().unwrap().is_empty());
    assert_eq!(moves_of(&seen), ["triage", "answer_at_once", "merge", "decline", "transfer", "withdraw"]);
    assert_eq!(moves_of(&city.auditor().sees(demand)), [""; 0], "an auditor changes nothing");
}

fn assigns(city: &City, demand: &Demand) {
    let (desk, second) = (city.desk(), city.second_desk());
    let refused = desk.tries("assign", demand, json!({ "lead_unit": "没有这个单位" })).expect(422);
    assert_eq!(refused.wrong_fields(), ["lead_unit", "goal"]);
    city.leader().tries("assign", demand, json!({ "lead_unit": "gongkexin", "goal": "兑现奖补" })).expect(403);

    let both_saw = desk.sees(demand)["version"].clone();
    let assigned = desk.assign(demand, "市工科信局", "核实名单，本月兑现奖补");
    let second_was_late = json!({ "lead_unit": "zhihuibu", "goal": "拨付", "reason": "由另一家牵头" });
    let late = second.tries_on(&both_saw, "assign", demand, second_was_late).expect(409).json();
    assert_eq!(late["current_version"], assigned["version"]);

    assert_eq!(assigned["status"], "assigned");
    assert_eq!(assigned["lead_unit"], "gongkexin");
    assert_eq!(assigned["holder"], "市工科信局");
    assert!(!assigned["basis"].as_str().unwrap().is_empty(), "no assignment without a basis");
    assert_eq!(city.public().progress(demand)["holder"], "市工科信局");
    city.unit("zhihuibu").get(&format!("/demands/{}", demand.number)).expect(404);
    desk.tries("acknowledge", demand, json!({})).expect(403);
}

fn replies(city: &City, demand: &Demand) {
    let gongkexin = city.unit("gongkexin");
    let refused = gongkexin.tries("reply", demand, json!({ "measures": "  " })).expect(422);
    assert_eq!(
        refused.wrong_fields(),
        ["policy_reading", "measures", "opinion"],
        "none of the three parts may be empty"
    );
    let seen = gongkexin.sees(demand);
    let key = format!("reply-{}-{}", city.engine, demand.number);
    let path = format!("/demands/{}/moves/reply", demand.number);
    let mut reply = answer();
    reply["version"] = seen["version"].clone();
    let first = gongkexin.post_once(&key, &path, &reply).expect(200).json();
    assert_eq!(gongkexin.post_once(&key, &path, &reply).expect(200).json(), first, "a repeated reply is one reply");
    assert_eq!(first["status"], "replied");
    let told = city.public().progress(demand);
    assert_eq!(told["replies"][0]["opinion"], answer()["opinion"]);
    assert_eq!(told["replies"].as_array().unwrap().len(), 1);
    gongkexin.tries("triage", demand, sorting()).expect(422);
}

fn is_rated(city: &City, demand: &Demand) {
    let public = city.public();
    let path = format!("/demands/{}/rating", demand.number);
    public.post(&path, &json!({ "code": "00000000", "grade": "satisfied" })).expect(404);
    let ungraded = public.post(&path, &json!({ "code": demand.code })).expect(422);
    assert_eq!(ungraded.wrong_fields(), ["grade"]);
    let rating = json!({ "code": demand.code, "grade": "very_satisfied", "reasons": [], "text": "比预想的快" });
    public.post(&path, &rating).expect(201);
    let twice = public.post(&path, &rating);
    assert!((400..500).contains(&twice.status), "one round is rated once: {}", twice.body);
    assert_eq!(city.desk().sees(demand)["ratings"][0]["grade"], "very_satisfied");
}

fn is_called_back_and_closed(city: &City, demand: &Demand) {
    let desk = city.desk();
    city.unit("gongkexin").tries("callback", demand, json!({ "reached": true })).expect(403);
    desk.tries("close", demand, json!({ "outcome": "solved" })).expect(422);
    let reached = desk.tries("callback", demand, json!({ "reached": true })).expect(422);
    assert_eq!(reached.wrong_fields(), ["solved", "grade"]);
    desk.call_back(demand);
    let closed = desk.close(demand, "solved");
    assert_eq!((&closed["status"], &closed["outcome"]), (&json!("closed"), &json!("solved")));
    assert!(closed["clocks"].as_array().unwrap().iter().all(|clock| clock["stopped_at"].is_string()));
    let told = city.public().progress(demand);
    assert_eq!(told["status"], "closed");
    assert_eq!(told["due_on"], Value::Null);
    assert!(told["timeline"].as_array().unwrap().len() >= 6, "{}", told["timeline"]);
}

fn every_step_is_on_record(city: &City, demand: &Demand) {
    let events = city.auditor().events(demand);
    let acts: Vec<&str> = events.iter().map(|event| event["act"].as_str().unwrap()).collect();
    assert_eq!(
        acts,
        ["register", "triage", "assign", "acknowledge", "first_contact", "reply", "rate", "callback", "close"],
    );
    for (place, event) in events.iter().enumerate() {
        assert_eq!(event["seq"], place + 1);
        assert_eq!(event["hash"].as_str().unwrap().len(), 64);
        if place > 0 {
            assert_eq!(event["prev"], events[place - 1]["hash"], "each entry names the one before");
        }
    }
    assert!(!json!(events).to_string().contains("13800000001"), "the ledger masks whom to call");

    let path = format!("/demands/{}/unmask", demand.number);
    city.auditor().post(&path, &json!({ "reason": "抽查" })).expect(403);
    assert_eq!(city.desk().post(&path, &json!({})).expect(422).wrong_fields(), ["reason"]);
    let contact = city.desk().post(&path, &json!({ "reason": "回访核实" })).expect(200).json();
    assert_eq!(contact["phone"], "13800000001");
    assert_eq!(city.auditor().events(demand).last().unwrap()["fields"]["reason"], "回访核实");
}

fn every_date_can_be_derived(city: &City, demand: &Demand) {
    let clocks = city.auditor().sees(demand)["clocks"].as_array().unwrap().clone();
    let names: Vec<&str> = clocks.iter().map(|clock| clock["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["dispatch", "sign", "first_contact", "handle", "callback"]);
    for clock in &clocks {
        let url = clock["derivation_url"].as_str().unwrap().strip_prefix("/api/v1").unwrap();
        let derived = city.auditor().get(url).expect(200).json();
        assert_eq!(derived["due_at"], clock["due_at"]);
        assert!(derived["derivation"].is_object(), "{url}: {derived}");
    }
    // 分发交办: five working days from Monday, so Monday next, and the law says where that comes from.
    let handle = &clocks[3];
    assert!(handle["due_at"].as_str().unwrap().starts_with("2026-11-30T"), "{handle}");
    assert!(!handle["source"].as_str().unwrap().is_empty());
}

fn the_ledger_holds(city: &City) {
    let verified = city.santing(&["verify", "--json"]);
    let said = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert!(verified.status.success(), "{}: {said}{}", city.engine, String::from_utf8_lossy(&verified.stderr));
    let report: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(report["holds"], true);
    assert!(report["entries"].as_u64().unwrap() > 500, "the demonstration's months are checked too: {report}");
}

#[test]
fn what_does_not_satisfy_is_done_again() {
    let city = City::anning();
    let (desk, gongkexin) = (city.desk(), city.unit("gongkexin"));
    let demand = city.public().speak(&a_firm_says("技改补助的材料退了两次"));
    desk.triage(&demand);
    desk.assign(&demand, "gongkexin", "一次告知所缺材料");
    gongkexin.acknowledge(&demand);
    gongkexin.reply(&demand);
    desk.makes("callback", &demand, json!({ "reached": true, "solved": false, "grade": "dissatisfied" }));
    let again = desk.makes("redo", &demand, json!({ "reason": "没有说清缺哪份材料" }));
    assert_eq!((&again["status"], &again["round"]), (&json!("in_progress"), &json!(2)));
    gongkexin.reply(&demand);
    desk.tries("close", &demand, json!({ "outcome": "solved" })).expect(422);
    desk.call_back(&demand);
    let closed = desk.close(&demand, "partial");
    assert_eq!(closed["replies"].as_array().unwrap().len(), 2, "the first reply is kept");
    assert_eq!(closed["outcome_label"], "部分解决");
}

#[test]
fn who_is_turned_away_learns_why() {
    let city = City::anning();
    let desk = city.desk();
    let declined = city.public().speak(&a_firm_says("想查一件判过的案子"));
    let unlisted = desk.tries("decline", &declined, json!({ "ground": "不想办" })).expect(422);
    assert_eq!(unlisted.wrong_fields(), ["ground"]);
    let moves = desk.sees(&declined)["moves"].clone();
    let decline = moves.as_array().unwrap().iter().find(|one| one["name"] == "decline").unwrap();
    let ground = decline["fields"][0]["choices"][0]["code"].clone();
    desk.makes("decline", &declined, json!({ "ground": ground, "note": "请向原审法院申请" }));
    let told = city.public().progress(&declined);
    assert_eq!(told["status_label"], "不予受理");
    assert!(told["timeline"].to_string().contains("请向原审法院申请"), "{}", told["timeline"]);

    let sent_on = city.public().speak(&a_firm_says("省里的专项资金"));
    let fields = json!({ "receiver": "云南省工业和信息化厅", "reason": "属省级专项" });
    desk.makes("transfer", &sent_on, fields);
    assert_eq!(city.public().progress(&sent_on)["holder"], "云南省工业和信息化厅");

    let taken_back = city.public().speak(&a_firm_says("已经解决了"));
    let Demand { number, code, .. } = &taken_back;
    let path = format!("/demands/{number}/withdraw");
    city.public().post(&path, &json!({ "code": code, "reason": "事情已经解决" })).expect(201);
    assert_eq!(desk.sees(&taken_back)["status"], "withdrawn");
    assert_eq!(moves_of(&desk.sees(&taken_back)), [""; 0]);
}

/// The invented county has other units, themes, limits and office hours; the program knows none of them.
#[test]
fn another_city_works_the_same() {
    let city = City::hutuo();
    let (desk, unit) = (city.desk(), city.unit("jingji"));
    let theme = city.public().get("/themes").expect(200).json()["items"][0]["code"].clone();
    let mut said = a_firm_says("物流园的补贴");
    said["theme"] = theme.clone();
    let demand = city.public().speak(&said);
    assert!(demand.number.starts_with("HT20261123"), "{}", demand.number);
    let mut sorted = sorting();
    sorted["theme"] = theme;
    desk.makes("triage", &demand, sorted);
    desk.assign(&demand, "经济局", "核实补贴");
    unit.acknowledge(&demand);
    unit.first_contact(&demand, "核实了账号");
    unit.reply(&demand);
    desk.call_back(&demand);
    assert_eq!(desk.close(&demand, "solved")["status_label"], "已办结");
    let told = city.public().progress(&demand).to_string();
    assert!(told.contains("县经济局") && !told.contains("市营商环境办"), "{told}");
}

fn moves_of(demand: &Value) -> Vec<String> {
    let moves = demand["moves"].as_array().unwrap();
    moves.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}
