//! Full text, on each engine.
#![allow(clippy::unwrap_used)]

mod common;

use common::Bench;
use kernel::Id;
use store::{Document, Migration, Search, Select, Store, Term, Weight, args, sql};

const SCHEMA: &[Migration] =
    &[Migration { name: "test-1", sql: "CREATE TABLE doc (id BIGINT PRIMARY KEY, status TEXT NOT NULL);" }];

on_both_engines!(super::SCHEMA;
    finds_newest_first, titles_and_prefixes, changes_and_removals, pending_follows_the_newest_change,
    odd_terms_are_harmless, lists_are_narrowed_by_text,
);

fn index(store: &Store, kind: &'static str, id: i64, title: &'static str, text: &'static str) {
    store.write_now(move |tx| tx.index(kind, Id(id), &[(Weight::Title, title), (Weight::Text, text)])).unwrap();
}

fn find(store: &Store, kind: &'static str, terms: &[Term]) -> Vec<i64> {
    let terms = terms.to_vec();
    let search =
        move |tx: &mut store::Tx| tx.find(&Search { kind, terms: &terms, title_only: false, before: None, most: 10 });
    store.read_now(search).unwrap().into_iter().map(|id| id.0).collect()
}

fn finds_newest_first(bench: &Bench) {
    let store = &bench.store;
    for id in 1..=30 {
        index(store, "demand", id, "停车", if id % 3 == 0 { "停车 车难 收费" } else { "停车 车难" });
    }
    index(store, "reply", 31, "停车", "停车");
    assert_eq!(find(store, "demand", &[Term::whole("车难")]), (21..=30).rev().collect::<Vec<_>>());
    assert_eq!(
        find(store, "demand", &[Term::whole("车难"), Term::whole("收费")]),
        [30, 27, 24, 21, 18, 15, 12, 9, 6, 3]
    );
    assert_eq!(find(store, "demand", &[]), [0_i64; 0]);
    let older = store.read_now(|tx| {
        let terms = [Term::whole("收费")];
        tx.find(&Search { kind: "demand", terms: &terms, title_only: false, before: Some(Id(9)), most: 10 })
    });
    assert_eq!(older.unwrap(), [Id(6), Id(3)]);
}

fn titles_and_prefixes(bench: &Bench) {
    let store = &bench.store;
    index(store, "demand", 1, "停车 费", "收费 太贵 an20261123w0042");
    index(store, "demand", 2, "收费", "停车 车难");
    let titled = store.read_now(|tx| {
        tx.find(&Search { kind: "demand", terms: &[Term::whole("收费")], title_only: true, before: None, most: 10 })
    });
    assert_eq!(titled.unwrap(), [Id(2)]);
    assert_eq!(find(store, "demand", &[Term::prefix("停")]), [2, 1]);
    assert_eq!(find(store, "demand", &[Term::prefix("an2026")]), [1]);
    assert_eq!(find(store, "demand", &[Term::whole("an2026")]), [0_i64; 0]);
}

fn changes_and_removals(bench: &Bench) {
    let store = &bench.store;
    index(store, "demand", 1, "停车", "收费");
    index(store, "demand", 1, "噪音", "施工");
    assert_eq!(find(store, "demand", &[Term::whole("停车")]), [0_i64; 0]);
    assert_eq!(find(store, "demand", &[Term::whole("施工")]), [1]);
    store.write_now(|tx| tx.unindex("demand", Id(1))).unwrap();
    assert_eq!(find(store, "demand", &[Term::whole("施工")]), [0_i64; 0]);
}

fn pending_follows_the_newest_change(bench: &Bench) {
    let store = &bench.store;
    store.write_now(|tx| tx.index_later("demand", Id(5))).unwrap();
    let old = store.read_now(|tx| tx.pending("demand", 10)).unwrap();
    assert_eq!(old.len(), 1);
    store.write_now(|tx| tx.index_later("demand", Id(5))).unwrap();
    store.write_now(move |tx| tx.index_pending(&old[0], &Document::new("demand", &[(Weight::Text, "旧文")]))).unwrap();
    let new = store.read_now(|tx| tx.pending("demand", 10)).unwrap();
    assert_eq!(new.len(), 1, "what changed while it was indexed waits again");
    store.write_now(move |tx| tx.index_pending(&new[0], &Document::new("demand", &[(Weight::Text, "新文")]))).unwrap();
    assert!(store.read_now(|tx| tx.pending("demand", 10)).unwrap().is_empty());
    assert_eq!(find(store, "demand", &[Term::whole("新文")]), [5]);
}

fn odd_terms_are_harmless(bench: &Bench) {
    let store = &bench.store;
    index(store, "demand", 1, "", "");
    index(store, "demand", 2, "o'neil", "a\"b \\ : * & | ! ( ) 'x':* c++ ＡＢ é 𠮷野");
    assert_eq!(find(store, "demand", &[Term::whole("o'neil")]), [2]);
    assert_eq!(find(store, "demand", &[Term::whole("𠮷野")]), [2]);
    assert_eq!(find(store, "demand", &[Term::whole("C++")]), [2]);
    for odd in ["'", "\"", "\\", "*", "a AND", ":", "NEAR(", "' & '"] {
        find(store, "demand", &[Term::whole(odd), Term::prefix(odd)]);
    }
}

fn lists_are_narrowed_by_text(bench: &Bench) {
    let store = &bench.store;
    let fill = |tx: &mut store::Tx| {
        (1..=3_000_i64).try_for_each(|id| {
            let status = if id % 10 == 0 { "closed" } else { "open" };
            tx.run(sql!("INSERT INTO doc (id, status) VALUES ($1, $2)"), args![id, status])?;
            let terms = if id % 500 == 0 { "常见 罕见" } else { "常见" };
            tx.index("doc", Id(id), &[(Weight::Text, if id % 30 == 0 { "偶见 常见" } else { terms })])
        })
    };
    store.write_now(fill).unwrap();
    let list = |status: &'static str, term: &'static str, order: &'static str, bound: i64| -> Vec<i64> {
        let select = Select::new(sql!("SELECT d.id FROM doc d"))
            .and("d.status = ?", status)
            .matching("doc", "d.id", &[Term::whole(term)])
            .and("d.id < ?", bound)
            .order(order)
            .limit(3);
        store.read_now(move |tx| tx.select(&select)).unwrap()
    };
    for (order, newest) in [("d.id DESC", true), ("-d.id", true), ("d.id", false)] {
        let of = |status, term, bound| list(status, term, order, bound);
        let expected = |ids: [i64; 3], oldest: [i64; 3]| if newest { ids } else { oldest };
        assert_eq!(of("closed", "常见", 2_901), expected([2900, 2890, 2880], [10, 20, 30]), "{order}");
        assert_eq!(of("open", "常见", 12), expected([11, 9, 8], [1, 2, 3]), "{order}");
        assert_eq!(of("closed", "罕见", 2_901), expected([2500, 2000, 1000], [500, 1000, 2000]), "{order}");
        assert_eq!(of("closed", "偶见", 3_001), expected([3000, 2970, 2940], [30, 60, 90]), "{order}");
        assert_eq!(of("open", "罕见", 2_901), [0_i64; 0], "{order}");
        assert_eq!(of("open", "没有", 2_901), [0_i64; 0], "{order}");
    }
    let count = Select::new(sql!("SELECT d.id FROM doc d")).and("d.status = ?", "open");
    let count = count.matching("doc", "d.id", &[Term::whole("常见")]).limit(2_600);
    let found: Vec<i64> = store.read_now(move |tx| tx.select(&count)).unwrap();
    assert_eq!(found.len(), 2_600);
}
