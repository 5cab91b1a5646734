//! The demonstration's script fits the profile that it plays in, and nothing in it can be taken for real.

use std::collections::{BTreeMap, BTreeSet};

use super::{City, DemandScript, DemoCity, Fate};

fn script() -> (City, DemoCity) {
    let city = City::load("anning").unwrap();
    let script = DemoCity::of(&city).unwrap().unwrap_or_else(|errors| panic!("{errors}"));
    (city, script)
}

fn texts(demand: &DemandScript) -> String {
    let replies = demand.reply.iter().chain(&demand.first_reply);
    let said = replies.flat_map(|reply| [&reply.policy_reading, &reply.measures, &reply.opinion]);
    [&demand.title, &demand.text, &demand.goal].into_iter().chain(said).map(String::as_str).collect()
}

#[test]
fn every_reference_resolves() {
    let (city, script) = script();
    assert_eq!(script.profile, city.code);
    assert!(script.demands.len() >= 110, "{}", script.demands.len());
    assert!(script.demands.is_sorted_by_key(|demand| (demand.day, demand.time)));
}

#[test]
fn every_fate_happens() {
    let (_, script) = script();
    let mut fates: BTreeMap<String, usize> = BTreeMap::new();
    script.demands.iter().for_each(|demand| *fates.entry(format!("{:?}", demand.fate)).or_default() += 1);
    assert_eq!(fates.len(), 14, "{fates:?}");
    let waiting = |demand: &&DemandScript| !demand.fate.closed() && demand.fate.assigned();
    assert!(script.demands.iter().filter(waiting).count() >= 20);
}

#[test]
fn every_demand_can_be_told_apart() {
    let (_, script) = script();
    let keys: BTreeSet<&str> = script.demands.iter().map(|demand| demand.key.as_str()).collect();
    let titles: BTreeSet<&str> = script.demands.iter().map(|demand| demand.title.as_str()).collect();
    assert_eq!((keys.len(), titles.len()), (script.demands.len(), script.demands.len()));
    for demand in &script.demands {
        let length = demand.text.chars().count();
        assert!((20..=1_000).contains(&length), "{} {length}", demand.key);
        assert_eq!(half_width_after_han(&texts(demand)), None, "{}", demand.key);
    }
}

fn half_width_after_han(text: &str) -> Option<String> {
    let letters: Vec<char> = text.chars().collect();
    let wrong = |pair: &&[char]| pair[0] > '\u{4E00}' && matches!(pair[1], ',' | ';' | '?' | '!' | ':' | '(' | ')');
    letters.windows(2).find(wrong).map(|pair| pair.iter().collect())
}

#[test]
fn nobody_is_real() {
    let (_, script) = script();
    for contact in script.demands.iter().filter_map(|demand| demand.contact.as_ref()) {
        assert!(contact.phone.starts_with("138000") && contact.phone.len() == 11, "{}", contact.phone);
    }
    for firm in &script.firms {
        assert!(firm.uscc.as_ref().is_none_or(|code| code[8..].starts_with("00DEM")), "{}", firm.name);
    }
}

#[test]
fn special_ends_say_where_to_go() {
    let (_, script) = script();
    let ends = [Fate::Declined, Fate::Withdrawn, Fate::TransferredOut];
    for demand in script.demands.iter().filter(|demand| ends.contains(&demand.fate)) {
        assert!(demand.notice.is_some(), "{}", demand.key);
    }
}
