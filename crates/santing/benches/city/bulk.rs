//! Five hundred demands at once: sorted, weighed for assignment, assigned; each as one request of one coordinator.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client;

/// As many as one request takes.
const MANY: usize = 500;

/// Measures on the demands that wait for triage; says what each step took.
pub fn measure(address: &str, token: &str) {
    let items = waiting(address, token);
    let triage = json!({"kind": "matter", "theme": "industry", "difficulty": "easy", "breadth": "narrow",
        "policy_weight": "weak", "scope": "departmental", "generality": "individual", "policy_axis": "measure",
        "tier": "general", "route": "assigned"});
    let assign = json!({"lead_unit": "gongkexin", "goal": "查清“{title}”，{due}前答复"});
    let (sorted, took) = all(address, token, "triage", &items, &triage, false);
    println!("bulk triage of {}: {} ms", sorted.len(), took.as_millis());
    let (_, took) = all(address, token, "assign", &sorted, &assign, true);
    println!("bulk preview of assigning {}: {} ms", sorted.len(), took.as_millis());
    let (assigned, took) = all(address, token, "assign", &sorted, &assign, false);
    println!("bulk assign of {}: {} ms", assigned.len(), took.as_millis());
}

fn waiting(address: &str, token: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut cursor = String::new();
    while items.len() < MANY {
        let path = format!("/api/v1/demands?status=received&limit=200{cursor}");
        let page: Value = serde_json::from_str(&client::get(address, &path, Some(token)).body).expect("a page");
        let rows = page["items"].as_array().expect("items");
        items.extend(rows.iter().map(|row| json!({"number": row["number"], "version": row["version"]})));
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    items.truncate(MANY);
    items
}

/// The demands at their new versions, and how long it took.
fn all(
    address: &str,
    token: &str,
    make: &str,
    items: &[Value],
    fields: &Value,
    dry_run: bool,
) -> (Vec<Value>, Duration) {
    let body = json!({"items": items, "fields": fields, "dry_run": dry_run}).to_string();
    let path = format!("/api/v1/demands/bulk/{make}");
    let started = Instant::now();
    let response = client::post(address, &path, body, token);
    let took = started.elapsed();
    let answer: Value = serde_json::from_str(&response.body).expect("an answer");
    assert_eq!(answer["refused"], 0, "{}", response.body);
    let results = answer["results"].as_array().expect("results").iter();
    (results.map(|row| json!({"number": row["number"], "version": row["version"]})).collect(), took)
}
