//! The description of the API: every call that is answered, and no other. That the answers are as described is checked
//! in every test, by every call of an `Actor`.

use crate::harness::City;

#[test]
fn the_description_lists_what_is_served() {
    let city = City::anning();
    let mut served: Vec<(String, String)> = app::routes()
        .iter()
        .filter(|route| route.is_api())
        .map(|route| (route.method.to_string(), route.path.clone()))
        .collect();
    served.sort();
    assert_eq!(city.contract().calls(), served);
}

#[test]
fn every_reference_leads_somewhere_and_every_call_says_what_it_answers() {
    let wrong = City::anning().contract().flaws();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_reading_call_answers_as_described() {
    let city = City::anning();
    let desk = city.desk();
    let listed = desk.get("/demands?limit=200").expect(200).json();
    for row in listed["items"].as_array().unwrap() {
        let number = row["number"].as_str().unwrap();
        desk.get(&format!("/demands/{number}")).expect(200);
        desk.get(&format!("/demands/{number}/events")).expect(200);
        desk.get(&format!("/demands/{number}/checklist")).expect(200);
    }
    for path in [
        "/units",
        "/themes",
        "/enterprises",
        "/views",
        "/phrases",
        "/macros",
        "/processes",
        "/processes/2",
        "/channels/coverage",
        "/models",
        "/models/record?from=2026-01-01",
        "/lists?as_of=2026-10-31",
        "/absences",
        "/standing-in",
        "/inbox?open=true&limit=5",
        "/issues?state=candidate,confirmed&limit=5",
        "/issues?sort=latest&q=奖补",
        "/demands?q=奖补",
        "/demands?overdue=true&sort=due&limit=5",
    ] {
        desk.get(&path.replace("奖补", "%E5%A5%96%E8%A1%A5")).expect(200);
    }
    desk.get("/demands/similar?text=%E5%A5%96%E8%A1%A5%E6%B2%A1%E6%9C%89%E6%8B%A8%E4%BB%98").expect(200);
    for row in desk.get("/issues").expect(200).json()["items"].as_array().unwrap() {
        desk.get(&format!("/issues/{}", row["number"].as_str().unwrap())).expect(200);
    }
    let number = desk.get("/demands?limit=1").expect(200).json()["items"][0]["number"].as_str().unwrap().to_owned();
    let draft = serde_json::json!({ "measures": "将尽快办理，电话13800000000。" });
    let remarks = desk.post(&format!("/demands/{number}/reply-check"), &draft).expect(200).json();
    assert!(remarks["items"].as_array().is_some_and(|items| !items.is_empty()), "{remarks}");
    desk.get("/exchange").expect(200);
    desk.get("/exchange/12345/packages?all=true").expect(200);
    let shorter = serde_json::json!({ "rules": "[limits]\njoint = { working_days = 3 }\n" });
    let answered = desk.post("/simulations", &shorter).expect(200).json();
    assert!(answered["report"]["lateness"].as_array().is_some_and(|late| !late.is_empty()), "{answered}");
    city.administrator().get("/accounts").expect(200);
    for format in ["jsonl", "csv", "xlsx"] {
        desk.get(&format!("/demands/export?format={format}&status=closed")).expect(200);
        desk.get(&format!("/lists/export?format={format}&as_of=2026-10-31&kind=matter")).expect(200);
    }
    city.public().get("/calendar/due?from=2026-09-24&working_days=10").expect(200);
}
