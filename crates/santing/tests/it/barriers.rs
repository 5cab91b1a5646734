//! Every page, in a real browser: no barrier that axe knows of, and no sideways scrolling on a desk or on a telephone.

use crate::harness::City;
use crate::harness::actor::a_firm_says;
use crate::harness::browser::Browser;

/// Opens each page wide and narrow; says what is wrong with it.
fn walk(browser: &Browser<'_>, pages: &[String]) {
    let mut barriers = Vec::new();
    for page in pages {
        browser.is_wide(1440);
        browser.opens(page).finds_it_decent(1440);
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

#[test]
fn the_public_side_has_no_barriers() {
    let city = City::anning();
    let demand = city.public().speak(&a_firm_says("一件给人看的诉求"));
    let (number, code) = (&demand.number, &demand.code);
    let browser = Browser::new(city);
    barriers_would_be_found(&browser);
    let mut all =
        pages(&["/", "/demands/new", "/progress", "/figures", "/login", "/no-such-page", "/progress?number=AN1"]);
    all.extend(["public", "entrepreneur", "service_recipient"].map(|who| format!("/demands/new?audience={who}")));
    all.push(format!("/demands/{number}/receipt?code={code}"));
    all.push(format!("/demands/{number}/receipt/sheet?code={code}"));
    all.push(format!("/progress?number={number}&code={code}"));
    walk(&browser, &all);
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
fn the_coordinators_pages_have_no_barriers() {
    let city = City::anning();
    let browser = Browser::new(city);
    browser.logs_in("tongchou");
    let [received, triaged, assigned, replied, closed] =
        ["received", "triaged", "assigned", "replied", "closed"].map(|status| one(city, status));
    let mut all = pages(&[
        "/desk",
        "/demands",
        "/demands?q=%E5%A5%96%E8%A1%A5",
        "/demands?q=%E6%B2%A1%E6%9C%89%E7%9A%84",
        "/lists",
        "/desk/register",
    ]);
    all.extend(["triage", "decline", "transfer", "withdraw"].map(|make| format!("/demands/{received}/moves/{make}")));
    all.extend([&received, &triaged, &assigned, &replied, &closed].map(|number| format!("/demands/{number}")));
    all.push(format!("/demands/{triaged}/moves/assign"));
    all.push(format!("/demands/{replied}/moves/callback"));
    all.push(format!("/demands/{replied}/moves/close"));
    all.push(format!("/demands/{replied}/clocks/0"));
    all.push(format!("/demands/{received}/unmask"));
    all.push(format!("/demands/{assigned}/assignment"));
    all.extend(pages(&[
        "/enterprises",
        "/units",
        "/units/gongkexin",
        "/account",
        "/account/password",
        "/account/second-factor",
    ]));
    walk(&browser, &all);
}

#[test]
fn the_other_roles_pages_have_no_barriers() {
    let city = City::anning();
    let browser = Browser::new(city);
    let closed = one(city, "closed");
    for (username, paths) in [
        ("gongkexin.cb", vec!["/desk", "/demands"]),
        ("lingdao", vec!["/desk", "/demands", "/lists"]),
        ("shenji", vec!["/desk", "/ledger"]),
        (
            "admin",
            vec![
                "/desk",
                "/accounts",
                "/accounts/new",
                "/accounts/tongchou",
                "/units/new",
                "/units/gongkexin/edit",
                "/units/gongkexin/end",
            ],
        ),
    ] {
        browser.is_wide(1440);
        browser.logs_in(username);
        let mut all = pages(&paths);
        all.extend(handled(city, username).map(|number| format!("/demands/{number}")));
        if username == "shenji" {
            all.push(format!("/ledger/demand%3A{closed}"));
        }
        walk(&browser, &all);
    }
}

/// A demand in the hands of whoever this is.
fn handled(city: &City, username: &str) -> Option<String> {
    let listed = city.account(username).get("/demands?status=in_progress&limit=1");
    let listed = listed.json();
    listed["items"][0]["number"].as_str().map(str::to_owned)
}
