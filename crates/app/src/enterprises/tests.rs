//! When two names are one firm.

use kernel::{Id, Instant, RefusalKind};

use super::rules::{Enterprise, EnterpriseInput, amended, comparable, like_pattern};

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
