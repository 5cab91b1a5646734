//! The ledger, on each engine: what is recorded can be read back, and nothing can be changed unseen.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::Cursor;

use common::Bench;
use kernel::{Actor, Id, Instant};
use proptest::prelude::*;
use store::{Entry, LedgerFilter, Report, Store, verify_file};

on_both_engines!(&[];
    streams_are_chains, the_view_is_filtered_and_paged, erasure_keeps_the_chain, an_empty_ledger_holds,
    concurrent_entries_make_one_chain, tampering_with_the_database_is_found, exports_hold,
);

fn alice() -> Actor {
    Actor { account: Some(Id(42)), name: "爱丽丝".into(), unit: None, roles: Vec::new(), standing_in_for: None }
}

fn record(store: &Store, stream: &str, act: &'static str, at: i64, text: &str) -> i64 {
    let entry = Entry::new(stream, act, &alice(), Instant(at)).field("text", text).field("state", "open");
    store.write_now(move |tx| tx.record(&entry)).unwrap().seq
}

fn fill(store: &Store) {
    record(store, "demand:1", "demand.submit", 1, "停车难,\"收费\"\n高");
    record(store, "demand:2", "demand.submit", 2, "噪音");
    store.write_now(|tx| tx.seal(Instant(3))).unwrap();
    record(store, "demand:1", "demand.assign", 4, "市交通运输局");
    store.seal_all(Instant(5)).unwrap();
    record(store, "account:alice", "account.login", 6, "");
    store.write_now(|tx| tx.erase(&alice(), Instant(7), "demand:2", 1, "text", "依申请删除个人信息")).unwrap();
}

fn export(store: &Store) -> Vec<u8> {
    store.export_ledger(Instant(9), Vec::new()).unwrap()
}

fn check(bytes: &[u8]) -> Report {
    verify_file(Cursor::new(bytes)).unwrap()
}

fn streams_are_chains(bench: &Bench) {
    assert_eq!(record(&bench.store, "demand:1", "demand.submit", 1, "停车"), 1);
    assert_eq!(record(&bench.store, "demand:1", "demand.assign", 2, "交通"), 2);
    assert_eq!(record(&bench.store, "demand:2", "demand.submit", 3, "噪音"), 1);
    let history = bench.store.read_now(|tx| tx.history("demand:1")).unwrap();
    assert_eq!(history.len(), 2);
    assert_eq!((history[0].prev.as_str(), &history[1].prev), ("", &history[0].hash));
    assert_eq!((history[1].value("text"), history[1].value("none")), (Some("交通"), None));
    assert_eq!((history[1].actor.as_str(), history[1].actor_id), ("爱丽丝", Some(Id(42))));
    let report = bench.store.verify().unwrap();
    assert!(report.holds(), "{report}");
    assert_eq!((report.entries, report.streams, report.unsealed), (3, 2, 3));
}

fn the_view_is_filtered_and_paged(bench: &Bench) {
    fill(&bench.store);
    let page = |filter: LedgerFilter, limit| bench.store.read_now(move |tx| tx.ledger_page(&filter, limit)).unwrap();
    let all = page(LedgerFilter::default(), 100);
    assert!(all.is_sorted_by(|a, b| (a.at, &a.stream, a.seq) > (b.at, &b.stream, b.seq)));
    assert_eq!(all.len(), 5);
    let last = &all[1];
    let before = Some((last.at, last.stream.clone(), last.seq));
    assert_eq!(page(LedgerFilter { before, ..Default::default() }, 100), all[2..]);
    let acts = page(LedgerFilter { act: Some("demand.submit".into()), ..Default::default() }, 100);
    assert_eq!(acts.len(), 2);
    let prefixed = page(LedgerFilter { stream_prefix: Some("demand:".into()), ..Default::default() }, 100);
    assert_eq!(prefixed.len(), 4);
    let window = LedgerFilter { from: Some(Instant(2)), until: Some(Instant(6)), ..Default::default() };
    assert_eq!(page(window, 100).len(), 2);
    assert!(page(LedgerFilter { actor_id: Some(Id(1)), ..Default::default() }, 100).is_empty());
}

fn erasure_keeps_the_chain(bench: &Bench) {
    fill(&bench.store);
    let history = bench.store.read_now(|tx| tx.history("demand:2")).unwrap();
    assert_eq!((history[0].value("text"), history[0].value("state")), (None, Some("open")));
    assert_eq!(history[1].act, store::ERASE);
    let report = bench.store.verify().unwrap();
    assert!(report.holds(), "{report}");
    assert_eq!(report.erased, 1);
    let again = bench.store.write_now(|tx| tx.erase(&alice(), Instant(8), "demand:2", 1, "text", "再删一次"));
    assert!(matches!(again, Err(kernel::Error::Refused(_))));
}

fn an_empty_ledger_holds(bench: &Bench) {
    assert!(bench.store.verify().unwrap().holds());
    assert!(check(&export(&bench.store)).holds());
}

fn concurrent_entries_make_one_chain(bench: &Bench) {
    std::thread::scope(|scope| {
        for n in 0..6 {
            let store = bench.store.clone();
            scope.spawn(move || {
                (0..10).for_each(|i| assert!(record(&store, "calendar", "calendar.set", n * 10 + i, "x") > 0))
            });
        }
        scope.spawn(|| (0..5).for_each(|n| bench.store.seal_all(Instant(n)).unwrap()));
    });
    bench.store.seal_all(Instant(100)).unwrap();
    let report = bench.store.verify().unwrap();
    assert!(report.holds(), "{report}");
    assert_eq!((report.entries, report.unsealed), (60, 0));
}

fn tampering_with_the_database_is_found(bench: &Bench) {
    fill(&bench.store);
    bench.store.seal_all(Instant(8)).unwrap();
    let crimes = [
        ("UPDATE ledger_entry SET at = at + 1 WHERE stream = 'demand:1' AND seq = 1", "被改动"),
        ("UPDATE ledger_entry SET actor = '别人' WHERE stream = 'demand:1' AND seq = 2", "被改动"),
        ("UPDATE ledger_entry SET fields = replace(fields, '交通', '公安') WHERE stream = 'demand:1'", "承诺不符"),
        ("UPDATE ledger_entry SET fields = '[]' WHERE stream = 'demand:1' AND seq = 2", "被改动"),
        ("UPDATE ledger_entry SET fields = 'x' WHERE stream = 'demand:1' AND seq = 2", "被改动"),
        ("DELETE FROM ledger_entry WHERE stream = 'demand:1' AND seq = 1", "缺失"),
        ("DELETE FROM ledger_entry WHERE stream = 'demand:1' AND seq = 2", "末尾"),
        ("DELETE FROM ledger_entry WHERE stream = 'demand:2'", "封印过的序列整个不见了"),
        ("DELETE FROM ledger_seal WHERE n = 1", "封印"),
        ("UPDATE ledger_seal_head SET seq = 7 WHERE n = 2", "第 2 道封印的内容与其哈希不符"),
        ("UPDATE ledger_head SET seq = 9 WHERE stream = 'demand:1'", "末端"),
    ];
    for (crime, found) in crimes {
        let report = in_vain(&bench.store, crime);
        assert!(!report.holds() && report.to_string().contains(found), "{crime}: {report}");
    }
    assert!(bench.store.verify().unwrap().holds());
}

/// Commits a crime, checks, and takes it back.
fn in_vain(store: &Store, crime: &'static str) -> Report {
    let (sender, reports) = std::sync::mpsc::channel();
    let outcome = store.write_now(move |tx| -> kernel::Result<()> {
        store::testing::execute(tx, crime)?;
        sender.send(tx.verify()?).unwrap();
        Err(kernel::Refusal::forbidden("只是试试").into())
    });
    assert!(matches!(outcome, Err(kernel::Error::Refused(_))), "{crime}: {outcome:?}");
    reports.recv().unwrap()
}

fn exports_hold(bench: &Bench) {
    fill(&bench.store);
    let bytes = export(&bench.store);
    let report = check(&bytes);
    assert!(report.holds(), "{report}");
    assert_eq!((report.entries, report.streams, report.seals, report.erased, report.unsealed), (5, 3, 3, 1, 0));
}

fn small_export() -> Vec<u8> {
    let bench = Bench::sqlite(&[]);
    fill(&bench.store);
    export(&bench.store)
}

#[test]
fn any_changed_byte_is_found() {
    let bytes = small_export();
    for at in 0..bytes.len() {
        for change in [1, 0x20, 0x80] {
            let mut changed = bytes.clone();
            changed[at] ^= change;
            assert!(!check(&changed).holds(), "byte {at} ^ {change}");
        }
    }
}

#[test]
fn any_lost_or_added_byte_is_found() {
    let bytes = small_export();
    for at in 0..bytes.len() {
        let mut less = bytes.clone();
        less.remove(at);
        assert!(!check(&less).holds(), "byte {at} lost");
        for added in [b' ', b'\n', b'0'] {
            let mut more = bytes.clone();
            more.insert(at, added);
            assert!(!check(&more).holds(), "byte {added} added at {at}");
        }
        assert!(!check(&bytes[..at]).holds(), "cut at {at}");
    }
    assert!(!check(&[bytes, b"\n".to_vec()].concat()).holds());
}

#[test]
fn any_lost_doubled_or_swapped_line_is_found() {
    let bytes = small_export();
    let lines: Vec<&[u8]> = bytes.split_inclusive(|b| *b == b'\n').collect();
    for one in 0..lines.len() {
        let mut less = lines.clone();
        less.remove(one);
        assert!(!check(&less.concat()).holds(), "line {one} lost");
        let mut more = lines.clone();
        more.insert(one, lines[one]);
        assert!(!check(&more.concat()).holds(), "line {one} doubled");
        for other in one + 1..lines.len() {
            let mut swapped = lines.clone();
            swapped.swap(one, other);
            assert!(!check(&swapped.concat()).holds(), "lines {one} and {other} swapped");
        }
    }
}

#[test]
fn a_problem_says_where_it_is() {
    let bytes = String::from_utf8(small_export()).unwrap().replace("市交通运输局", "市公安局");
    let report = check(bytes.as_bytes()).to_string();
    assert!(report.contains("「demand:1」第 2 条：「text」的内容与其承诺不符"), "{report}");
    assert!(report.contains("第 7 行"), "{report}");
    let nonsense = check(b"{}\n").to_string();
    assert!(nonsense.contains("文件头"), "{nonsense}");
}

#[test]
fn sha_256_serves_as_well() {
    let dir = tempfile::tempdir().unwrap();
    let options = store::Options { hash: store::HashKind::Sha256, ..store::Options::system() };
    let location = store::Location::of(None, dir.path());
    let store = Store::open(&location, options).unwrap();
    store.migrate(&[]).unwrap();
    fill(&store);
    drop(store);
    // Whoever opens it later without saying so still checks with the hash it was begun with.
    let store = Store::open(&location, store::Options::system()).unwrap();
    store.migrate(&[]).unwrap();
    let report = store.verify().unwrap();
    assert!(report.holds(), "{report}");
    assert_eq!(report.hash, store::HashKind::Sha256);
    assert!(check(&export(&store)).holds());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn any_text_is_kept_and_checked(texts in prop::collection::vec("\\PC{0,40}", 1..6)) {
        let bench = Bench::sqlite(&[]);
        for (n, text) in texts.iter().enumerate() {
            record(&bench.store, &format!("s:{}", n % 2), "test.act", n as i64, text);
        }
        let bytes = export(&bench.store);
        let report = check(&bytes);
        prop_assert!(report.holds(), "{}", report);
    }
}
