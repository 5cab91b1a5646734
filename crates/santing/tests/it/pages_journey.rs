//! The same way through pages only, in a browser without scripts: portal, form, receipt, login, workbench, every move to
//! the end, and the submitter's view of it.

use crate::harness::City;
use crate::harness::pages::{Form, Page, Visitor};

/// Number, code and how the firm looks in.
struct Firm<'c> {
    browser: Visitor<'c>,
    number: String,
    code: String,
}

#[test]
fn a_firm_is_heard_and_answered_without_scripts() {
    City::on_both_engines(|city| {
        let mut firm = speaks(city);
        let here = format!("/demands/{}", firm.number);
        let mut desk = Visitor::new(city);
        desk.logs_in("tongchou").says("待研判");
        triages(&mut desk, &here);
        assigns(city, &mut desk, &here);
        assert_eq!(firm.sees("谁在办"), "市工科信局");
        let mut unit = Visitor::new(city);
        handles(&mut unit, &here);
        replies(&mut unit, &here);
        firm.rates();
        calls_back_and_closes(&mut desk, &here);
        firm.looks_in().says("已办结").says("核实名单并拨付");
        assert_eq!(firm.sees("办理结果"), "已解决");
    });
}

/// Portal, entrance, form with mistakes, form without, receipt.
fn speaks(city: &City) -> Firm<'_> {
    let mut browser = Visitor::new(city);
    let portal = browser.opens("/");
    let form_page = browser.follows(&portal, "我是企业");
    let form = form_page.form("form.form", "提交");
    let wrong =
        form.set("text", "奖补一年多没有到账，写了很长一段").set("enterprise.uscc", "123").set("contact.phone", "打我");
    let back = browser.sends(wrong);
    assert_eq!(back.status, 422);
    assert_eq!(back.errors().len(), 3, "title, code and telephone at once: {:?}", back.errors());
    assert_eq!(back.value("text"), "奖补一年多没有到账，写了很长一段", "nothing typed is lost");
    assert_eq!(back.value("contact.phone"), "打我");

    let right = back.form("form.form", "提交").set_all(&[
        ("title", "奖补没有拨付"),
        ("enterprise.name", "安宁砺川铸锻有限公司"),
        ("enterprise.uscc", "9153018100DEM0023K"),
        ("contact.name", "李某某"),
        ("contact.phone", "13800000002"),
        ("theme", "industry"),
    ]);
    let receipt = browser.sends(right);
    assert_eq!((receipt.status, receipt.heading().as_str()), (200, "已经收到"));
    let kept = receipt.texts(".keep dd");
    let (number, code) = (kept[0].clone(), kept[1].replace(' ', ""));
    let sheet = browser.follows(&receipt, "打印回执");
    sheet.says(&number);
    let progress = browser.follows(&receipt, "看进度");
    progress.says("市营商环境办").says("奖补一年多没有到账");
    Firm { browser, number, code }
}

impl Firm<'_> {
    /// By number and code, as from the receipt.
    fn looks_in(&mut self) -> Page {
        let form = self.browser.opens("/progress").form("form", "查");
        self.browser.sends(form.set("number", &self.number).set("code", &self.code.to_lowercase()))
    }

    /// One fact of the progress page.
    fn sees(&mut self, name: &str) -> String {
        let page = self.looks_in();
        let names = page.texts(".standing dt");
        let place = names.iter().position(|known| known == name);
        let place = place.unwrap_or_else(|| panic!("no {name} among {names:?}"));
        page.texts(".standing dd")[place].clone()
    }

    fn rates(&mut self) {
        let page = self.looks_in();
        page.says("核实名单并拨付");
        let blank = page.form("#rating form", "提交评价").set("text", "谢谢，比预想的快");
        let back = self.browser.sends(blank);
        assert_eq!(back.status, 422, "no grade is preselected");
        assert_eq!(back.value("text"), "谢谢，比预想的快");
        let rated = self.browser.sends(back.form("#rating form", "提交评价").set("grade", "satisfied"));
        rated.says("已经收到，谢谢");
    }
}

const SORTED: &[(&str, &str)] = &[
    ("kind", "matter"),
    ("theme", "industry"),
    ("difficulty", "medium"),
    ("breadth", "narrow"),
    ("policy_weight", "strong"),
    ("scope", "departmental"),
    ("generality", "individual"),
    ("policy_axis", "measure"),
    ("tier", "general"),
    ("route", "assigned"),
];

fn triages(desk: &mut Visitor<'_>, here: &str) {
    let page = desk.opens(here);
    page.says("138****0002").says("李");
    let form_page = desk.follows(&page, "研判");
    // What was proposed is taken away again.
    let form = form_page.form("form.composer", "研判");
    let half = SORTED.iter().fold(form, |form, (name, _)| form.without(name));
    let half = half.set("kind", "matter").set("note", "先写了一半");
    let back = desk.sends(half);
    assert_eq!(back.status, 422);
    assert!(back.errors().len() >= 6, "every missing field is named: {:?}", back.errors());
    assert_eq!((back.value("kind"), back.value("note")), ("matter".to_owned(), "先写了一半".to_owned()));
    let done = desk.sends(back.form("form.composer", "研判").set_all(SORTED));
    assert_eq!(done.path, here);
    done.says("已研判，接着可以交办");
}

/// Two coordinators open the form; the second finds what was typed, what happened, and the way on.
fn assigns(city: &City, desk: &mut Visitor<'_>, here: &str) {
    let mut second = Visitor::new(city);
    second.logs_in("tongchou2");
    let opened: Form = second.opens(&format!("{here}/moves/assign")).form("form.composer", "交办");
    let page = desk.opens(here);
    let form = desk.follows(&page, "交办").form("form.composer", "交办");
    let assigned = desk.sends(form.set("lead_unit", "gongkexin").set("goal", "核实名单并拨付"));
    assigned.says("已交给市工科信局");
    let late = second.sends(opened.set("lead_unit", "zhihuibu").set("goal", "由指挥部核实"));
    assert_eq!(late.status, 409);
    late.says("别人先办了").says("刚才发生的");
    assert_eq!(late.value("goal"), "由指挥部核实", "what was typed is still there");
    let sheet = desk.opens(&format!("{here}/assignment"));
    sheet.says("核实名单并拨付");
}

fn handles(unit: &mut Visitor<'_>, here: &str) {
    let desk = unit.logs_in("gongkexin.cb");
    desk.says("奖补没有拨付");
    let page = unit.opens(here);
    let signed = unit.sends(page.form("main form", "签收"));
    signed.says("已签收");
    let form = unit.follows(&signed, "记录先行联系").form("form.composer", "记录先行联系");
    unit.sends(form.set("note", "电话核实了开户行")).says("已记录先行联系");
    let page = unit.opens(here);
    let noted = unit.sends(page.form("form", "添加内部记录").set("text", "内部：第二批拨付"));
    noted.says("内部：第二批拨付");
}

/// The reply is shown as the firm will see it before it goes out.
fn replies(unit: &mut Visitor<'_>, here: &str) {
    let page = unit.opens(here);
    let written = page.form("#reply form", "预览答复").set_all(&[
        ("policy_reading", "按奖补办法，认定次年兑现。"),
        ("measures", "已核实名单并拨付。"),
        ("opinion", "三日内到账，如未到账请来电。"),
    ]);
    let preview = unit.sends(written);
    preview.says("诉求人将看到").says("三日内到账");
    let edited = unit.sends(preview.form("main form", "回去修改"));
    assert_eq!(edited.value("opinion"), "三日内到账，如未到账请来电。");
    let form = edited.form("form.composer", "预览").set("measures", "已核实名单并拨付，见核实名单并拨付通知。");
    let preview = unit.sends(form);
    unit.sends(preview.form("main form", "确认发出")).says("答复已发出");
}

fn calls_back_and_closes(desk: &mut Visitor<'_>, here: &str) {
    let page = desk.opens(here);
    page.says("满意");
    let early = desk.opens(&format!("{here}/moves/close")).form("form.composer", "办结").set("outcome", "solved");
    let early = desk.sends(early);
    assert_eq!(early.status, 422);
    let form = desk.follows(&early, "先记录回访").form("form.composer", "记录回访");
    let called = form.set_all(&[("reached", "true"), ("solved", "true"), ("grade", "satisfied"), ("note", "已到账")]);
    let called = desk.sends(called);
    called.says("已记录回访");
    let form = desk.follows(&called, "办结").form("form.composer", "办结").set("outcome", "solved");
    desk.sends(form).says("已办结，结果：已解决");
}

#[test]
fn staff_register_a_caller_and_find_the_demand_again() {
    let city = City::anning();
    let mut desk = Visitor::new(city);
    desk.logs_in("tongchou");
    let page = desk.opens("/desk/register");
    let empty = desk.sends(page.form("form.quick", "登记"));
    assert_eq!(empty.status, 422);
    let form = empty.form("form.quick", "登记").set_all(&[
        ("audience", "public"),
        ("channel", "phone"),
        ("title", "罗白社区路口的窨井盖翘起来了"),
        ("text", "来电说：罗白社区路口的窨井盖翘起来半个月，夜里骑车摔过人。"),
        ("contact.phone", "13800000003"),
    ]);
    let saved = desk.sends(form);
    assert_eq!(saved.heading(), "已登记");
    let number = saved.texts(".keep dd").remove(0);
    assert!(number.starts_with("AN20261123"), "{number}");
    let code = saved.texts(".keep dd").remove(1).replace(' ', "");
    Visitor::new(city).opens(&format!("/progress?number={number}&code={code}")).says("窨井盖");

    // The index follows the commit by up to a second.
    let found = crate::harness::until("the demand is found by a word in mid-sentence", || {
        let page = desk.opens("/demands?q=%E7%AA%A8%E4%BA%95%E7%9B%96");
        page.body().contains(&number).then_some(page)
    });
    desk.follows(&found, "罗白社区").says("13").says("夜里骑车摔过人");
}

#[test]
fn a_fresh_city_begins_with_one_administrator_and_a_one_time_password() {
    let city = City::start("serve", &[], None);
    let once = city.printed.split("一次性密码 ").nth(1).and_then(|rest| rest.split('（').next()).unwrap().to_owned();
    let mut admin = Visitor::new(&city);
    let page = admin.logs_in_with("admin", &once);
    assert_eq!(page.path, "/account/password", "the one-time password goes first: {}", city.printed);
    let chosen = "shan gao shui chang 26";
    let form = page.form("form.card", "修改密码").set_all(&[("old", &once), ("new", chosen), ("again", "别的")]);
    let back = admin.sends(form);
    assert_eq!(back.status, 422);
    let form = back.form("form.card", "修改密码").set_all(&[("old", &once), ("new", chosen), ("again", chosen)]);
    assert_eq!(admin.sends(form).path, "/desk");

    let form = admin.opens("/accounts/new").form("form.card", "建立账号");
    let form =
        form.set_all(&[("username", "tc"), ("name", "统筹岗"), ("unit", "yingshang"), ("roles[]", "coordinator")]);
    let password = admin.sends(form).texts(".facts .code, .code").pop().unwrap();
    let mut desk = Visitor::new(&city);
    assert_eq!(desk.logs_in_with("tc", &password).path, "/account/password");
    let login = Visitor::new(&city).opens("/login");
    assert!(login.texts("code").is_empty(), "only a demonstration shows its accounts");
    let verified = city.santing(&["verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

#[test]
fn who_does_not_come_from_our_pages_changes_nothing() {
    let city = City::anning();
    let forged = [("origin", "https://elsewhere.example"), ("sec-fetch-site", "cross-site")];
    let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
    headers.extend(forged);
    city.send("POST", "/demands/new", &headers, b"audience=public&title=x&text=x").expect(403);
    let mut anybody = Visitor::new(city);
    assert_eq!(anybody.opens("/desk").path, "/login?next=%2Fdesk");
    assert_eq!(anybody.opens("/no-such-page").status, 404);
}
