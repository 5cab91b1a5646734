//! Sheets as people really paste them: registered once, row by row, with what is wrong named where it stands.

use super::actions::{self, Outcome};
use super::rules::{self, Batch, BatchInput};
use crate::testing::{TestCity, desk, somebody};

const SHEET: &str = "序号\t会员企业\t标题\t诉求\t联系人\t联系电话\n\
    1\t安宁甲机械有限公司\t用电报装\t\"报装三个月\n还没有通电\"\t张先生\t0871-00000001\n\
    2\t安宁乙化工有限公司\t\t危化品车辆夜间没有地方停\t\t\n\
    3\t安宁丙食品有限公司\t用工\t招不到人\t李女士\t电话没留\n\
    4\t\t\t\t\t\n";

fn input(source: &str, sheet: &str) -> BatchInput {
    BatchInput { source: Some(source.into()), sheet: Some(sheet.into()), ..BatchInput::default() }
}

fn read(city: &TestCity, source: &str, sheet: &str) -> Batch {
    rules::read(&input(source, sheet), city.app.city(), city.app.now()).unwrap()
}

fn register(city: &TestCity, batch: &Batch) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let numbers = runtime.block_on(actions::numbers(&city.app, &desk(), batch)).unwrap();
    let batch = batch.clone();
    city.app.write_now(&desk(), move |cx| actions::register(cx, &batch, &numbers)).unwrap()
}

fn created(outcome: &Outcome) -> usize {
    outcome.rows.iter().filter(|taken| taken.created).count()
}

#[test]
fn right_rows_are_registered_and_the_same_sheet_adds_nothing() {
    TestCity::on_both_engines(|city| {
        let batch = read(city, "市机械商会 3 月座谈会", SHEET);
        let wrong: Vec<_> = batch.wrong().collect();
        assert_eq!((batch.right().count(), wrong.len()), (2, 1));
        assert_eq!((wrong[0].0.number, wrong[0].1[0].field.as_str()), (4, "联系电话"));
        let first = register(city, &batch);
        assert_eq!(created(&first), 2);
        assert!(first.rows[0].number.starts_with("AN20260302C"));

        let again = register(city, &read(city, "市机械商会 3 月座谈会", SHEET));
        assert_eq!((again.id, created(&again), again.rows.len()), (None, 0, 2));
        assert_eq!(again.rows[0].number, first.rows[0].number);
        // Another occasion is another voice.
        assert_eq!(created(&register(city, &read(city, "市机械商会 4 月座谈会", SHEET))), 2);
        // A row that was put right comes in beside those that are here.
        let corrected = SHEET.replace("电话没留", "0871-00000002");
        assert_eq!(created(&register(city, &read(city, "市机械商会 3 月座谈会", &corrected))), 1);

        let id = first.id.unwrap();
        let receipts = city.app.read_now(&desk(), move |cx| actions::receipts(cx, id)).unwrap();
        assert_eq!((receipts.lines.len(), receipts.lines[0].code.as_str()), (2, first.rows[0].code.as_str()));
        assert_eq!(receipts.lines[0].enterprise.as_deref(), Some("安宁甲机械有限公司"));
        let other = somebody(9, "承办岗丁", "gongkexin", &[kernel::Role::UnitHandler]);
        assert!(city.app.read_now(&other, move |cx| actions::receipts(cx, id)).is_err());
        let kept = city.app.store().read_now(move |tx| tx.history(&format!("batch:{id}"))).unwrap();
        assert_eq!((kept[0].act.as_str(), kept[0].value("imported")), ("register_batch", Some("2")));
    });
}

#[test]
fn two_rows_alike_are_one_demand() {
    TestCity::on_both_engines(|city| {
        let sheet = "企业\t内容\n甲公司\t路灯不亮\n甲公司\t路灯不亮\n乙公司\t路灯不亮\n";
        let outcome = register(city, &read(city, "商会", sheet));
        assert_eq!((outcome.rows.len(), created(&outcome)), (3, 2));
        assert_eq!(outcome.rows[0].number, outcome.rows[1].number);
    });
}

#[test]
fn what_is_wrong_with_the_whole_is_named_at_once() {
    let city = TestCity::start(None);
    let fields = |input: BatchInput| -> Vec<String> {
        let refusal = rules::read(&input, city.app.city(), city.app.now()).unwrap_err();
        refusal.errors.into_iter().map(|error| error.field).collect()
    };
    assert_eq!(fields(BatchInput::default()), ["source", "sheet"]);
    let online =
        BatchInput { channel: Some("web".into()), ..input("商会", "企业\t联系人\n甲公司\t张先生\n") };
    assert_eq!(fields(online), ["channel", "sheet"]);
    assert_eq!(fields(input("商会", "企业\t内容\n")), ["sheet"]);
    assert_eq!(fields(input("商会", &"路灯不亮\n".repeat(501))), ["sheet"]);
    let named = BatchInput { channel: Some("企业接待日".into()), ..input("接待日", "路灯不亮") };
    let batch = rules::read(&named, city.app.city(), city.app.now()).unwrap();
    let (_, said) = batch.right().next().unwrap();
    assert_eq!((said.channel.as_str(), said.title.as_str()), ("reception", "路灯不亮"));
}

#[test]
fn two_hundred_rows_are_registered_in_one_act() {
    TestCity::on_both_engines(|city| {
        let rows: String = (0..200).map(|n| format!("第{n}家企业有限公司\t第{n}件\t厂门口第{n}盏路灯不亮\n")).collect();
        let outcome = register(city, &read(city, "商会", &format!("企业\t标题\t内容\n{rows}")));
        assert_eq!(created(&outcome), 200);
    });
}
