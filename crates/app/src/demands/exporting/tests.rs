//! What is handed out, and that it can come back.

use documents::tables;
use documents::write::Format;
use kernel::{Actor, RefusalKind};
use serde_json::{Value, json};

use super::{Export, STREAM, Which, write};
use crate::demands::actions::listing::Lot;
use crate::demands::actions::{intake, listing, viewing};
use crate::demands::importing::{self, ImportOptions, ImportReport};
use crate::demands::rules::filter::Filter;
use crate::demands::rules::moves::Move;
use crate::demands::rules::vocabulary::Status;
use crate::demands::tests::{make, triage_fields};
use crate::testing::{TestCity, desk, fields, handler};

const TEXT: &str = "去年拿到证书，奖补没有到账，请打13800000000找我。";

fn hear(city: &TestCity, title: &str) -> String {
    let said = fields(json!({"audience": "entrepreneur", "title": title, "text": TEXT, "channel": "reception",
        "enterprise": {"name": "甲公司", "uscc": "9153018100DEM0023K"}, "contact": {"name": "赵一", "phone": "13800000000"}}));
    let said = intake::check(&city.app, &desk(), &said).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(intake::submit(&city.app, &desk(), said, Vec::new())).unwrap().number
}

fn export(format: Format, unmask: Option<&str>) -> Export {
    Export { which: Which::Filtered(Filter::default()), format, unmask: unmask.map(str::to_owned), most: 20_000 }
}

fn lines(city: &TestCity, export: &Export) -> Vec<Value> {
    let (rows, bytes) = write(&city.app, &desk(), export, Vec::new()).unwrap();
    let lines: Vec<Value> =
        String::from_utf8(bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len() as u64, rows);
    lines
}

fn import(city: &TestCity, name: &str, bytes: Vec<u8>) -> ImportReport {
    let reader = tables::open_bytes(name, bytes, &tables::Options::default()).unwrap();
    let options = ImportOptions { source: "甲市".into(), mapping: Default::default(), dry_run: false };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(importing::run(&city.app, &Actor::system(), reader, options, |_| ())).unwrap()
}

#[test]
fn what_goes_out_hides_persons_unless_a_reason_is_given_and_is_recorded() {
    TestCity::on_both_engines(|city| {
        let number = hear(city, "奖补没有到账");
        let masked = &lines(city, &export(Format::Jsonl, None))[0];
        assert_eq!((&masked["number"], &masked["status"]), (&json!(number), &json!("received")));
        assert_eq!((&masked["contact_phone_masked"], &masked["contact.phone"]), (&json!("138****0000"), &Value::Null));
        assert_eq!(
            (&masked["enterprise.name"], &masked["enterprise.uscc"]),
            (&json!("甲公司"), &json!("9153018100DEM0023K"))
        );
        assert!(!masked.to_string().contains("13800000000"), "{masked}");
        let plain = &lines(city, &export(Format::Jsonl, Some("核对到账情况")))[0];
        assert_eq!((&plain["text"], &plain["contact.name"]), (&json!(TEXT), &json!("赵一")));

        let refused = |actor: Actor, export: Export| match write(&city.app, &actor, &export, Vec::new()) {
            Err(kernel::Error::Refused(refusal)) => refusal.kind,
            other => panic!("{:?}", other.map(|(rows, _)| rows)),
        };
        assert_eq!(refused(desk(), export(Format::Jsonl, Some(" "))), RefusalKind::Invalid);
        assert_eq!(refused(handler("gongkexin"), export(Format::Jsonl, None)), RefusalKind::Forbidden);
        hear(city, "第二件");
        assert_eq!(refused(desk(), Export { most: 1, ..export(Format::Csv, None) }), RefusalKind::TooLarge);

        let entries = city.app.read_now(&desk(), |cx| cx.tx.history(STREAM)).unwrap();
        let kept: Vec<_> = entries.iter().map(|e| (e.value("rows"), e.value("unmasked"), e.value("reason"))).collect();
        let both = [(Some("1"), Some("false"), None), (Some("1"), Some("true"), Some("核对到账情况"))];
        assert_eq!(kept, both, "refused exports hand nothing out");
    });
}

#[test]
fn the_lists_of_a_day_are_handed_out_as_they_stood() {
    TestCity::on_both_engines(|city| {
        let number = hear(city, "奖补没有到账");
        city.at("2026-03-03T10:00:00+08:00");
        make(&city.app, &desk(), &number, Move::Triage, Value::Object(triage_fields())).unwrap();
        let on = |day: &str| {
            let which = Which::Listed(day.parse().unwrap(), Lot::default());
            lines(city, &Export { which, ..export(Format::Jsonl, None) })
        };
        assert_eq!(on("2026-03-01"), [] as [Value; 0]);
        let (then, now) = (&on("2026-03-02")[0], &on("2026-03-03")[0]);
        assert_eq!((&then["status"], &then["kind"]), (&json!("received"), &Value::Null));
        assert_eq!((&now["status"], &now["kind"]), (&json!("triaged"), &json!("matter")));
        assert!(now.get("reply").is_none() && now.get("contact_phone_masked").is_none(), "{now}");
    });
}

#[test]
fn an_export_can_be_imported_elsewhere() {
    let (there, here) = (TestCity::start(None), TestCity::start(None));
    for n in 0..1_205 {
        let said = fields(json!({"audience": "public", "title": format!("第{n}件"), "text": "路灯不亮"}));
        let said = intake::check(&there.app, &Actor::public(), &said).unwrap();
        let number = format!("AN20260302W{n:05}");
        there.app.write_now(&Actor::public(), move |cx| intake::register(cx, &number, &said, &[])).unwrap();
    }
    let number = hear(&there, "要办的一件");
    let (rows, bytes) = write(&there.app, &desk(), &export(Format::Jsonl, Some("迁移")), Vec::new()).unwrap();
    assert_eq!(rows, 1_206, "more than one page");
    there.at("2026-03-02T10:00:00+08:00");
    here.at("2026-03-02T10:00:00+08:00");
    let report = import(&here, "甲市.jsonl", bytes.clone());
    assert_eq!((report.imported, report.already, report.rejected), (1_206, 0, 0), "{report:?}");
    let again = import(&here, "甲市.jsonl", bytes);
    assert_eq!((again.imported, again.already), (0, 1_206));
    let before = there.app.read_now(&desk(), move |cx| viewing::whole(cx, &number)).unwrap().case.demand;
    let filter = Filter { q: Some("要办的一件".into()), ..Filter::default() };
    let found =
        here.app.read_now(&desk(), move |cx| listing::list(cx, &filter, &kernel::PageRequest::first(5))).unwrap();
    let after = here.app.read_now(&desk(), move |cx| viewing::whole(cx, &found.items[0].number)).unwrap().case.demand;
    assert_eq!((&after.said.text, &after.said.contact_phone), (&before.said.text, &before.said.contact_phone));
    assert_eq!((after.said.audience, &after.said.channel), (before.said.audience, &before.said.channel));
    assert_eq!((after.received_at, after.status), (before.received_at, Status::Received));

    // A table for people comes back as well, and what is hidden in it is not taken for what was said.
    let (_, csv) = write(&there.app, &desk(), &export(Format::Csv, None), Vec::new()).unwrap();
    assert!(String::from_utf8_lossy(&csv).starts_with("\u{feff}编号,收到时间"));
    assert_eq!(import(&here, "甲市.csv", csv).already, 1_206);
    let (_, xlsx) = write(&there.app, &desk(), &export(Format::Xlsx, None), Vec::new()).unwrap();
    let report = import(&TestCity::start(None), "甲市.xlsx", xlsx);
    assert_eq!((report.imported, report.rejected), (1_206, 0), "{report:?}");
    assert!(report.ignored_columns.contains(&"联系电话（已遮）".to_owned()), "{report:?}");
}
