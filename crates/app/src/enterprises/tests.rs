//! When two names are one firm.

use std::collections::BTreeSet;

use kernel::uscc::Uscc;
use kernel::{Actor, Error, Id, Instant, PageRequest, RefusalKind};

use super::actions;
use super::rules::{Enterprise, EnterpriseInput, amended, comparable, like_pattern};
use crate::context::Cx;
use crate::testing::{TestCity, desk};

/// A code of the demonstration's, which no real firm can have.
const CODE: &str = "9153018100DEM0015Q";

#[test]
fn writings_of_one_name() {
    for (one, other) in [
        ("云南（安宁）炽原特钢有限公司", "云南(安宁)炽原特钢有限责任公司"),
        ("云南安宁炽原特钢有限公司", "云南（安宁） 炽原特钢有限公司"),
        ("ＡＢＣ贸易有限公司", "abc贸易有限公司"),
    ] {
        assert_eq!(comparable(one), comparable(other), "{one}");
    }
    assert_ne!(comparable("安宁炽原特钢有限公司"), comparable("安宁炽原特钢股份有限公司"));
    assert_ne!(comparable("安宁炽原特钢有限公司"), comparable("安宁炽原特钢"));
}

#[test]
fn patterns_hold_no_wildcards_of_the_users() {
    assert_eq!(like_pattern("100%_!"), "%100!%!_!!%");
}

#[test]
fn a_correction_is_checked_whole() {
    let firm = Enterprise {
        id: Id(1),
        uscc: None,
        name: "安宁谷雨贸易有限公司".into(),
        industry: None,
        size: None,
        area: None,
        created_at: Instant(0),
        version: 1,
    };
    let wrong = EnterpriseInput { version: Some(1), uscc: Some("123".into()), ..EnterpriseInput::default() };
    let refusal = amended(&firm, &wrong).unwrap_err();
    assert_eq!(refusal.errors.iter().map(|e| e.field.as_str()).collect::<Vec<_>>(), ["name", "uscc"]);
    let stale = EnterpriseInput { version: Some(2), ..EnterpriseInput::default() };
    assert_eq!(amended(&firm, &stale).unwrap_err().kind, RefusalKind::Conflict { current: Some(1) });
    let right = EnterpriseInput {
        version: Some(1),
        name: Some("安宁谷雨贸易有限公司".into()),
        uscc: Some("91350100m000100y43".into()),
        ..EnterpriseInput::default()
    };
    assert_eq!(amended(&firm, &right).unwrap().uscc.as_deref(), Some("91350100M000100Y43"));
}

#[test]
fn a_firm_is_found_by_code_or_by_name() {
    TestCity::on_both_engines(|city| {
        let found = |code: Option<&'static str>, name: Option<&'static str>| {
            let code = code.map(|code| Uscc::parse(code).unwrap());
            let act = move |cx: &mut Cx<'_>| actions::find_or_register(cx, code.as_ref(), name);
            city.app.write_now(&Actor::public(), act).unwrap()
        };
        assert_eq!(found(None, Some("  ")), None);
        let by_name = found(None, Some("安宁谷雨贸易有限公司")).unwrap();
        assert_eq!(found(None, Some("安宁谷雨贸易有限责任公司")).unwrap().id, by_name.id);
        // The code joins the firm that was known by its name only.
        let coded = found(Some("91350100M000100Y43"), Some("安宁谷雨贸易有限公司")).unwrap();
        assert_eq!((coded.id, coded.uscc.as_deref()), (by_name.id, Some("91350100M000100Y43")));
        // From now on the code decides, whatever name comes with it.
        assert_eq!(found(Some("91350100M000100Y43"), Some("写错的名字")).unwrap(), coded);
        // A code without a name waits for its name.
        let nameless = found(Some(CODE), None).unwrap();
        assert!(nameless.nameless());
        let named = found(Some(CODE), Some("安宁小满便利店")).unwrap();
        assert_eq!((named.id, named.name.as_str(), named.version), (nameless.id, "安宁小满便利店", 2));
    });
}

#[test]
fn firms_are_listed_page_by_page() {
    TestCity::on_both_engines(|city| {
        for name in ["丙厂", "甲厂", "乙厂", "丁店"] {
            let act = move |cx: &mut Cx<'_>| actions::find_or_register(cx, None, Some(name));
            city.app.write_now(&Actor::system(), act).unwrap();
        }
        let list = |q: Option<&'static str>, cursor: Option<String>| {
            let request = PageRequest { limit: 2, cursor };
            city.app.read_now(&desk(), move |cx| actions::list(cx, q, &request)).unwrap()
        };
        let first = list(None, None);
        let second = list(None, first.next.clone());
        let names: BTreeSet<String> = first.items.into_iter().chain(second.items).map(|firm| firm.name).collect();
        assert_eq!((names.len(), second.next), (4, None));
        assert_eq!(list(Some("厂"), None).items.len(), 2);
        assert_eq!(list(Some("丁"), None).items.len(), 1);
        assert_eq!(list(Some("%"), None).items.len(), 0);
        let public = city.app.read_now(&Actor::public(), |cx| actions::list(cx, None, &PageRequest::first(2)));
        assert!(matches!(public, Err(Error::Refused(_))));
        let broken = PageRequest { limit: 2, cursor: Some("没有".into()) };
        assert!(matches!(
            city.app.read_now(&desk(), move |cx| actions::list(cx, None, &broken)),
            Err(Error::Refused(_))
        ));
    });
}
