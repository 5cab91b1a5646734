//! What breaks from outside: the disk, the database, the process. Nothing that was acknowledged is lost.

#![allow(clippy::unwrap_used)]

mod common;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant as Stopwatch};

use common::Bench;
use kernel::{Actor, Error, Fault, Instant};
use store::{Entry, Location, Migration, Options, Store, Tx, args, sql, testing};

const SCHEMA: &[Migration] = &[Migration {
    name: "test-1",
    sql: "CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE); CREATE TABLE half (id BIGINT PRIMARY KEY);",
}];
const CHILD: &str = "SANTING_TEST_STORM";

fn put(tx: &mut Tx, id: i64, text: &str) -> kernel::Result<()> {
    tx.run(sql!("INSERT INTO thing (id, name) VALUES ($1, $2)"), args![id, format!("{id}{text}")])?;
    tx.record(&Entry::new(format!("thing:{id}"), "thing.make", &Actor::system(), Instant(id)).field("text", text))?;
    tx.run(sql!("INSERT INTO half (id) VALUES ($1)"), args![id]).map(drop)
}

fn count(store: &Store) -> i64 {
    store.read_now(|tx| tx.one(sql!("SELECT COUNT(*) FROM thing"), args![])).unwrap()
}

fn is_passing<T>(outcome: &kernel::Result<T>) -> bool {
    matches!(outcome, Err(Error::Fault(Fault { passing: true, .. })))
}

#[test]
fn a_full_disk_loses_nothing() {
    let bench = Bench::sqlite(SCHEMA);
    bench.store.write_now(|tx| put(tx, 1, "before")).unwrap();
    let pages: i64 = bench.store.read_now(|tx| testing::number(tx, "PRAGMA page_count")).unwrap();
    let full = format!("PRAGMA max_page_count = {}", pages + 4);
    bench.store.write_now(move |tx| testing::number(tx, &full)).unwrap();
    let outcomes: Vec<_> = (2..60).map(|id| bench.store.write_now(move |tx| put(tx, id, &"x".repeat(2_000)))).collect();
    let kept = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let passing = outcomes.iter().filter(|outcome| is_passing(outcome)).count();
    assert!(kept + passing == outcomes.len() && passing > 0, "{kept} kept, {passing} passing");
    assert_eq!(count(&bench.store), 1 + kept as i64);
    bench.store.write_now(|tx| testing::number(tx, "PRAGMA max_page_count = 1000000")).unwrap();
    bench.store.write_now(|tx| put(tx, 100, "after")).unwrap();
    assert!(bench.store.verify().unwrap().holds());
}

#[test]
fn a_directory_that_is_none_is_said_clearly() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = Store::open(&Location::of(None, &file), Options::system()).map(drop).unwrap_err();
    assert!(error.to_string().contains("data directory"), "{error}");
    let wrong = Store::open(&Location::of(Some("postgres://u@127.0.0.1:1/none"), dir.path()), Options::system());
    assert!(is_passing(&wrong.map(drop)));
    let tls = Location::of(Some("postgres://u@127.0.0.1:1/none?sslmode=require"), dir.path());
    assert!(Store::open(&tls, Options::system()).map(drop).unwrap_err().to_string().contains("TLS"));
}

#[test]
fn a_database_that_goes_away_comes_back() {
    let Some(cluster) = testing::throwaway_postgres() else { return };
    let dir = tempfile::tempdir().unwrap();
    let location = Location::of(Some(&cluster.database().unwrap()), dir.path());
    let store = Store::open(&location, Options::system()).unwrap();
    store.migrate(SCHEMA).unwrap();
    store.write_now(|tx| put(tx, 1, "before")).unwrap();
    cluster.stop().unwrap();
    let begun = Stopwatch::now();
    for id in 2..6 {
        let outcome = store.write_now(move |tx| put(tx, id, "away"));
        assert!(is_passing(&outcome), "{outcome:?}");
        assert!(is_passing(&store.read_now(|tx| tx.one::<i64>(sql!("SELECT COUNT(*) FROM thing"), args![]))));
    }
    assert!(begun.elapsed() < Duration::from_secs(15), "waits are bounded: {:?}", begun.elapsed());
    cluster.start_again().unwrap();
    store.write_now(|tx| put(tx, 7, "back")).unwrap();
    assert_eq!(count(&store), 2);
    assert!(store.verify().unwrap().holds());
}

/// The child of the test below: writes as fast as it can, and says which identifiers were acknowledged.
#[test]
fn storm() {
    let Ok(url) = std::env::var(CHILD) else { return };
    let dir = std::env::var("SANTING_TEST_DIR").unwrap();
    let from: i64 = std::env::var("SANTING_TEST_FROM").unwrap().parse().unwrap();
    let store =
        Store::open(&Location::of(Some(url.as_str()).filter(|u| *u != "sqlite"), dir), Options::system()).unwrap();
    store.migrate(SCHEMA).unwrap();
    std::thread::scope(|scope| {
        for lane in 0..8 {
            let store = &store;
            scope.spawn(move || {
                for id in (from + lane..).step_by(8) {
                    store.write_now(move |tx| put(tx, id, "storm")).unwrap();
                    println!("acknowledged {id}");
                }
            });
        }
    });
}

fn survives_kill(url: &str, runs: i64) {
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged = Vec::new();
    for run in 0..runs {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "storm", "--nocapture", "--test-threads=1"])
            .env(CHILD, url)
            .env("SANTING_TEST_DIR", dir.path())
            .env("SANTING_TEST_FROM", (run * 1_000_000).to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut seen = 0;
        for line in lines {
            if let Some(id) = line.split("acknowledged ").nth(1).and_then(|id| id.trim().parse::<i64>().ok()) {
                acknowledged.push(id);
                seen += 1;
            }
            if seen == 40 + 37 * run {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(seen >= 40, "the storm blew: {seen}");
    }
    let location = Location::of(Some(url).filter(|url| *url != "sqlite"), dir.path());
    let store = Store::open(&location, Options::system()).unwrap();
    store.migrate(SCHEMA).unwrap();
    let kept: Vec<i64> = store.read_now(|tx| tx.all(sql!("SELECT id FROM thing ORDER BY id"), args![])).unwrap();
    let lost: Vec<i64> = acknowledged.iter().copied().filter(|id| kept.binary_search(id).is_err()).collect();
    assert!(lost.is_empty(), "lost {lost:?} of {}", acknowledged.len());
    let halves: i64 = store
        .read_now(|tx| {
            tx.one(
                sql!(
                    "SELECT COUNT(*) FROM thing t WHERE NOT EXISTS (SELECT 1 FROM half h WHERE h.id = t.id)
                     OR NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.stream = 'thing:' || CAST(t.id AS TEXT))"
                ),
                args![],
            )
        })
        .unwrap();
    assert_eq!(halves, 0, "nothing is half-written");
    let report = store.verify().unwrap();
    assert!(report.holds() && report.entries == kept.len() as u64, "{report}");
}

#[test]
fn sqlite_survives_kill() {
    survives_kill("sqlite", 6);
}

#[test]
fn postgres_survives_kill() {
    if let Some(url) = testing::fresh_database() {
        survives_kill(&url, 6);
    }
}
