//! What goes up says what the record holds: who was asked, who answered what, who did not, and what is asked for.

use serde_json::{Value, json};

use super::{Paper, consultation, minutes, petition, raised_to};
use crate::demands::actions::viewing::{self, Whole};
use crate::demands::rules::moves::Move;
use crate::demands::rules::vocabulary::Route;
use crate::demands::tests::{make, submit, triage_fields};
use crate::testing::{TestCity, desk, handler};
use kernel::Actor;

fn whole(city: &TestCity, number: &str) -> Whole {
    let number = number.to_owned();
    city.app.read_now(&desk(), move |cx| viewing::whole(cx, &number)).unwrap()
}

fn heard(city: &TestCity) -> String {
    let said = json!({"audience": "entrepreneur", "title": "厂区门口的断头路", "enterprise": {"name": "甲机械有限公司"},
        "text": "路断了三年，货车绕行 12 公里，请打13800000000找我。"});
    let number = submit(&city.app, &Actor::public(), said).unwrap().number;
    let mut sorting = triage_fields();
    sorting.insert("route".into(), "joint".into());
    sorting.insert("tier".into(), "complex".into());
    make(&city.app, &desk(), &number, Move::Triage, Value::Object(sorting)).unwrap();
    number
}

#[test]
fn a_petition_is_written_from_the_case() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let number = heard(city);
        assert_eq!(raised_to(&whole(city, &number)), None, "nothing goes up yet");
        let ask = json!({"units": ["fagai", "nongye"], "question": "谁来修这条路"});
        make(app, &desk(), &number, Move::Consult, ask).unwrap();
        let says = json!({"opinion": "原话：不在年度计划里。", "stance": "disagrees"});
        make(app, &handler("fagai"), &number, Move::GiveOpinion, says).unwrap();
        city.at("2026-03-09T10:00:00+08:00");
        make(app, &desk(), &number, Move::Conclude, json!({"agreed": false, "conclusion": "资金没有着落"})).unwrap();
        make(app, &desk(), &number, Move::Escalate, json!({"route": "leader", "reason": "两家意见不一"})).unwrap();

        let whole = whole(city, &number);
        assert_eq!(raised_to(&whole), Some(Route::Leader));
        let paper = Paper { app, whole: &whole, now: app.now() };
        assert_eq!(petition::title(&whole, Route::Leader), "关于提请批办“厂区门口的断头路”诉求的请示");
        assert_eq!(petition::addressee(&paper, Route::Leader), "市级分管领导");
        let words = petition::body(&paper, Route::Leader).0;
        for said in [
            "甲机械有限公司",
            "货车绕行",
            "两家意见不一",
            "意见（不同意）：原话：不在年度计划里。",
            "会商结论：没有达成一致：资金没有着落",
            "五、可供选择的办法",
            "15个工作日（本市配置值）",
            "妥否，请批示。",
        ] {
            assert!(words.contains(said), "{said}: {words}");
        }
        assert!(!words.contains("13800000000"), "{words}");
        assert!(words.contains("市发改局") || words.contains("发展和改革"), "{words}");

        let held = consultation(&whole).unwrap();
        let record = minutes::body(&paper, held).0;
        assert!(record.contains("谁来修这条路") && record.contains("没有答复"), "{record}");
    });
}
