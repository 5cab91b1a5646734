//! Every page, in a real browser: no barrier that axe knows of, and no sideways scrolling on a desk or on a telephone.

use std::sync::OnceLock;

use serde_json::json;

use crate::harness::City;
use crate::harness::actor::a_firm_says;
use crate::harness::browser::Browser;
use crate::harness::contract::fits;
use crate::harness::pages::Visitor;
use crate::harness::until;

/// What is sent as a file or as a table, not looked at as a page.
const FILES: &[&str] = &[
    "/demands/{number}/attachments/{id}",
    "/demands/export/{format}",
    "/lists/export/{format}",
    "/exchange/{remote}/outgoing",
    "/open311/v2/services.json",
    "/open311/v2/services.xml",
    "/open311/v2/services/{file}",
    "/open311/v2/requests.json",
    "/open311/v2/requests.xml",
    "/open311/v2/requests/{file}",
];

/// What is drawn with another status than 200, on purpose.
const REFUSED: &[(&str, u64)] = &[("/no-such-page", 404), ("/progress?number=AN1", 422)];

/// Opens each page wide and narrow; says what is wrong with it.
fn walk(browser: &Browser<'_>, pages: &[String]) {
    let mut barriers = Vec::new();
    for page in pages {
        browser.is_wide(1440);
        browser.opens(page).finds_it_decent(1440);
        let expected = REFUSED.iter().find(|(path, _)| path == page).map_or(200, |(_, status)| *status);
        assert_eq!(browser.status(), expected, "{page}");
        barriers.extend(browser.barriers());
        browser.is_wide(360);
        browser.finds_it_decent(360);
    }
    assert!(barriers.is_empty(), "{} barriers:\n{}", barriers.len(), barriers.join("\n"));
}

fn pages(paths: &[&str]) -> Vec<String> {
    paths.iter().map(|path| (*path).to_owned()).collect()
}

/// The number of a demand of the demonstration in this status.
fn one(city: &City, status: &str) -> String {
    let listed = city.desk().get(&format!("/demands?status={status}&limit=1")).expect(200).json();
    listed["items"][0]["number"].as_str().unwrap_or_else(|| panic!("the demonstration has none {status}")).to_owned()
}

fn public_pages(city: &City) -> Vec<String> {
    let demand = city.public().speak(&a_firm_says("一件给人看的诉求"));
    let (number, code) = (&demand.number, &demand.code);
    let mut all = pages(&["/", "/demands/new", "/progress", "/figures", "/login", "/login/code"]);
    all.extend(pages(&["/no-such-page", "/progress?number=AN1"]));
    all.extend(["public", "entrepreneur", "service_recipient"].map(|who| format!("/demands/new?audience={who}")));
    all.push(format!("/demands/{number}/receipt?code={code}"));
    all.push(format!("/demands/{number}/receipt/sheet?code={code}"));
    all.push(format!("/progress?number={number}&code={code}"));
    all
}

/// Where demands are read and moved, for a coordinator.
fn demand_pages(city: &City) -> Vec<String> {
    let [received, triaged, assigned, replied, closed] =
        ["received", "triaged", "assigned", "replied", "closed"].map(|status| one(city, status));
    let mut all: Vec<String> =
        ["triage", "decline", "transfer", "withdraw"].map(|make| format!("/demands/{received}/moves/{make}")).into();
    all.extend([&received, &triaged, &assigned, &replied, &closed].map(|number| format!("/demands/{number}")));
    all.push(format!("/demands/{triaged}/moves/assign"));
    all.extend(["callback", "close", "redo"].map(|make| format!("/demands/{replied}/moves/{make}")));
    all.push(format!("/demands/{replied}/clocks/0"));
    all.extend(["unmask", "erase-contact"].map(|page| format!("/demands/{received}/{page}")));
    all.push(format!("/demands/{assigned}/assignment"));
    let raised = raised(city);
    all.extend(["petition", "minutes"].map(|paper| format!("/demands/{raised}/{paper}")));
    all
}

/// A demand about which units were asked, and which a leader is to decide on.
fn raised(city: &City) -> String {
    let (desk, demand) = (city.desk(), city.public().speak(&a_firm_says("一件要请示的诉求")));
    desk.triage(&demand);
    desk.makes("consult", &demand, json!({ "units": ["fagai", "nongye"], "question": "由谁牵头" }));
    desk.makes("escalate", &demand, json!({ "route": "leader", "reason": "两家意见不一" }));
    demand.number
}

/// Everything else of a coordinator.
fn desk_pages(city: &City) -> Vec<String> {
    let mut all =
        pages(&["/desk", "/demands", "/demands?q=%E5%A5%96%E8%A1%A5", "/demands?q=%E6%B2%A1%E6%9C%89%E7%9A%84"]);
    let called = json!({ "audience": "public", "channel": "phone", "title": "来电", "text": "来电说路灯不亮" });
    let called = city.desk().speak(&called);
    all.push(format!("/desk/register/{}?code={}", called.number, called.code));
    let firms = city.desk().get("/enterprises?limit=1").expect(200).json();
    let firm = firms["items"][0]["id"].as_str().unwrap().to_owned();
    all.extend([format!("/enterprises/{firm}"), format!("/enterprises/{firm}/edit")]);
    all.extend(pages(&[
        "/lists",
        "/lists/rows?kind=matter",
        "/channels",
        "/desk/batches",
        "/desk/register",
        "/enterprises",
        "/units",
        "/units/gongkexin",
    ]));
    all.extend(pages(&["/absences", "/absences/new", "/inbox", "/inbox/mail"]));
    all.extend(pages(&["/views", "/views/new?status=open&overdue=true"]));
    all.push(format!("/views/{}/edit", a_view(city)));
    all.extend(pages(&["/phrases", "/phrases/new", "/macros", "/macros/new", "/bulk", "/bulk?status=received"]));
    let (phrase, kept) = (first(city, "/phrases"), first(city, "/macros"));
    all.push(format!("/phrases/{phrase}/edit"));
    all.extend([format!("/macros/{kept}/edit"), format!("/macros/{kept}/steps/new?move=triage")]);
    all.extend(pages(&["/processes", "/processes/1", "/processes/2", "/processes/new", "/processes/2/edit"]));
    all.extend(pages(&["/processes/2/adopt", "/simulator", "/simulator?version=2"]));
    all.extend(pages(&["/learning", "/learning/theme", "/learning/theme/rollback", "/learning/lead_unit/record"]));
    all.extend(issue_pages(city));
    all.extend(["/import".to_owned(), an_import(city)]);
    let batch = a_batch(city);
    all.extend([batch.clone(), format!("{batch}/sheet")]);
    all.extend(["/exchange".to_owned(), "/exchange/12345".to_owned(), a_reconciliation(city)]);
    all.extend(pages(&["/account", "/account/password", "/account/second-factor", "/calendar", "/calendar?year=2027"]));
    all
}

/// The common issues of the demonstration, one in each state, and the forms of their acts.
fn issue_pages(city: &City) -> Vec<String> {
    let one = |state: &str| {
        let listed = city.desk().get(&format!("/issues?state={state}&limit=1")).expect(200).json();
        let number = listed["items"][0]["number"].as_str().map(str::to_owned);
        format!("/issues/{}", number.unwrap_or_else(|| panic!("the demonstration has no issue that is {state}")))
    };
    let [waiting, confirmed, answered, aside] = ["candidate", "confirmed", "answered", "set_aside"].map(one);
    let acts = ["confirm", "set_aside", "attach", "detach", "split", "join", "rename"];
    let mut all = pages(&["/issues", "/issues?state=confirmed&sort=latest", "/issues?q=%E6%B2%A1%E6%9C%89%E7%9A%84"]);
    all.extend(acts.map(|act| format!("{waiting}/acts/{act}")));
    all.push(format!("{confirmed}/answer"));
    all.extend([waiting, confirmed, answered, aside]);
    all
}

/// The id of the first thing in a list.
fn first(city: &City, list: &str) -> String {
    let items = city.desk().get(list).expect(200).json();
    let own = items["items"].as_array().unwrap().iter().find(|item| item["editable"] == true);
    own.unwrap_or_else(|| panic!("{list} is empty"))["id"].as_str().unwrap().to_owned()
}

/// A table that has been checked and waits to be confirmed.
fn an_import(city: &City) -> String {
    let mut desk = Visitor::new(city);
    desk.logs_in("tongchou");
    let form = desk.opens("/import").form("main form", "上传并检查");
    let checking = desk.sends(form.attach("file", "旧平台.csv", "编号,内容\n1,路灯不亮\n2,\n"));
    until("the table is checked", || desk.opens(&checking.path).body().contains("导入 1 件").then_some(()));
    checking.path
}

/// A sheet that was pasted and registered; once for all tests, because the same sheet adds nothing.
fn a_batch(city: &City) -> String {
    static MADE: OnceLock<String> = OnceLock::new();
    let sheet =
        json!({ "source": "一个商会的座谈会", "sheet": "企业\t内容\n安宁砺川铸锻有限公司\t厂门口的路灯不亮\n" });
    let id =
        MADE.get_or_init(|| city.desk().post("/batches", &sheet).expect(201).json()["id"].as_str().unwrap().to_owned());
    format!("/desk/batches/{id}")
}

/// A list of the hotline that does not agree with ours.
fn a_reconciliation(city: &City) -> String {
    let mut desk = Visitor::new(city);
    desk.logs_in("tongchou");
    let form = desk.opens("/exchange/12345").form("main form[action$='reconciliations']", "对账");
    desk.sends(form.attach("list", "清单.csv", "工单编号,状态\nX1,10\nX1,10\n")).path
}

/// A list that the coordinator saved; once for all tests.
fn a_view(city: &City) -> &'static str {
    static SAVED: OnceLock<String> = OnceLock::new();
    let view = json!({ "name": "逾期的", "query": "status=open&overdue=true", "shared": true });
    SAVED.get_or_init(|| city.desk().post("/views", &view).expect(201).json()["id"].as_str().unwrap().to_owned())
}

/// What the others see, who see other things.
fn pages_of_others(city: &City) -> Vec<(&'static str, Vec<String>)> {
    let closed = one(city, "closed");
    let in_hand = city.unit("gongkexin").get("/demands?status=in_progress&limit=1").expect(200).json();
    let in_hand = format!("/demands/{}", in_hand["items"][0]["number"].as_str().unwrap());
    let (ledger, seen) = (format!("/ledger/demand%3A{closed}"), format!("/demands/{closed}"));
    let mut admin = pages(&["/desk", "/accounts", "/accounts/new", "/accounts/tongchou", "/units/new"]);
    admin.extend(pages(&["/units/gongkexin/edit", "/units/gongkexin/end", "/calendar/overrides/new"]));
    admin.push(format!("/calendar/overrides/{}/remove", a_decided_day(city)));
    vec![
        (
            "gongkexin.cb",
            [pages(&["/desk", "/demands"]), vec![in_hand.clone(), format!("{in_hand}/moves/reply")]].concat(),
        ),
        ("lingdao", [pages(&["/desk", "/lists"]), vec![seen.clone()]].concat()),
        ("shenji", [pages(&["/desk", "/ledger"]), vec![ledger, seen]].concat()),
        ("admin", admin),
    ]
}

/// A day about which the city has decided; once for all tests.
fn a_decided_day(city: &City) -> &'static str {
    static DECIDED: OnceLock<()> = OnceLock::new();
    let decision = json!({ "date": "2026-12-30", "kind": "off", "reason": "本市停电检修" });
    DECIDED.get_or_init(|| drop(city.administrator().post("/calendar/overrides", &decision).expect(201)));
    "2026-12-30"
}

#[test]
fn every_page_is_looked_at() {
    let city = City::anning();
    let mut looked_at = [public_pages(city), demand_pages(city), desk_pages(city)].concat();
    looked_at.extend(pages_of_others(city).into_iter().flat_map(|(_, pages)| pages));
    let looked_at: Vec<&str> = looked_at.iter().map(|page| page.split('?').next().unwrap()).collect();
    let routes = app::routes();
    let pages = routes.iter().filter(|route| route.method == "GET" && !route.is_api()).map(|route| route.path.as_str());
    let missing: Vec<&str> =
        pages.filter(|route| !FILES.contains(route) && !looked_at.iter().any(|page| fits(route, page))).collect();
    assert!(missing.is_empty(), "no browser looks at {missing:?}: add them to this file");
}

#[test]
fn the_public_side_has_no_barriers() {
    let city = City::anning();
    let browser = Browser::new(city);
    barriers_would_be_found(&browser);
    walk(&browser, &public_pages(city));
}

/// That nothing is found proves something only if something would be.
fn barriers_would_be_found(browser: &Browser<'_>) {
    browser.opens("/progress");
    browser.asks("document.querySelector('main').append(new Image())");
    let found = browser.barriers();
    assert!(found.iter().any(|line| line.contains("image-alt")), "{found:?}");
    browser
        .asks("const style = document.createElement('style'); style.textContent = 'p {}'; document.head.append(style)");
    assert!(browser.complaints().iter().any(|line| line.contains("Content Security Policy")));
}

#[test]
fn the_way_of_a_demand_has_no_barriers() {
    let city = City::anning();
    let browser = Browser::new(city);
    browser.logs_in("tongchou");
    walk(&browser, &demand_pages(city));
}

#[test]
fn the_coordinators_desk_has_no_barriers() {
    let city = City::anning();
    let browser = Browser::new(city);
    browser.logs_in("tongchou");
    walk(&browser, &desk_pages(city));
}

#[test]
fn the_other_roles_pages_have_no_barriers() {
    let city = City::anning();
    let browser = Browser::new(city);
    for (username, pages) in pages_of_others(city) {
        browser.is_wide(1440);
        browser.logs_in(username);
        walk(&browser, &pages);
    }
}
