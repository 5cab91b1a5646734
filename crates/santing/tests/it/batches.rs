//! A chamber's sheet, pasted without scripts: a wrong row stays with what was typed, is put right where it stands, and the
//! same sheet once more adds nothing.

use serde_json::json;

use crate::harness::City;
use crate::harness::pages::Visitor;

const SHEET: &str = "会员企业\t诉求\t联系电话\n\
    滹沱机械有限公司\t\"报装三个月\n还没有通电\"\t0871-00000001\n\
    滹沱食品有限公司\t\"旺季招不到\"\"熟练工\"\"\"\t没有留\n";

#[test]
fn a_pasted_sheet_becomes_demands() {
    City::on_both_engines(|city| {
        let mut desk = Visitor::new(city);
        desk.logs_in("tongchou");
        let form = desk.opens("/desk/batches").form("main form", "看一看");
        let back = desk.sends(form.set("sheet", SHEET));
        assert_eq!(back.status, 422, "nobody said where it comes from");
        let form = back.form("main form", "看一看").set("source", "机械商会 3 月座谈会");
        let seen = desk.sends(form);
        seen.says("1 行可以登记").says("1 行要改");
        assert_eq!((seen.errors().len(), seen.value("w.0.2").as_str()), (1, "没有留"));
        assert_eq!(seen.value("w.0.1"), "旺季招不到\"熟练工\"");

        let part = desk.sends(seen.form("main form", "登记 1 件"));
        part.says("已登记 1 件").says("还有 1 行要改");
        assert_eq!(part.value("w.0.2"), "没有留", "nothing typed is lost");
        let rest = part.form("main form", "登记改好的行").set("w.0.2", "0871-00000002");
        let registered = desk.sends(rest);
        assert_eq!(registered.texts("td.code").len(), 1);
        registered.says("旺季招不到");
        desk.follows(&registered, "打印回执单").says("机械商会 3 月座谈会");

        let whole = SHEET.replace("没有留", "0871-00000002");
        let again = json!({ "source": "机械商会 3 月座谈会", "sheet": whole });
        let answer = city.desk().post("/batches", &again).expect(200).json();
        assert_eq!(answer["registered"].as_array().unwrap().len(), 2);
        assert!(answer["registered"].as_array().unwrap().iter().all(|row| row["created"] == false), "{answer}");
    });
}
