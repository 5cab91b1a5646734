//! What the store's own limit is: durable transactions per second, each one 1 kB row and one ledger entry, and lists

#![allow(clippy::expect_used)]
//! of 50, on both engines. `cargo run --release -p store --features testing --example throughput`

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant as Stopwatch};

use kernel::{Actor, Instant};
use store::{Entry, Location, Migration, Options, Store, args, sql, testing};

const SCHEMA: &[Migration] = &[Migration {
    name: "bench-1",
    sql: "CREATE TABLE doc (id BIGINT PRIMARY KEY, number TEXT UNIQUE NOT NULL, status TEXT NOT NULL, body TEXT NOT NULL);
          CREATE INDEX doc_status ON doc (status, id);",
}];
const SPAN: Duration = Duration::from_secs(3);

fn main() {
    let dir = tempfile::tempdir_in(std::env::var("BENCH_DIR").unwrap_or_else(|_| ".".into())).expect("a directory");
    run("SQLite", &Location::of(None, dir.path()));
    if let Some(cluster) = testing::durable_postgres() {
        let url = cluster.database().expect("a database");
        run("PostgreSQL", &Location::of(Some(&url), dir.path().join("pg")));
    }
}

fn run(engine: &str, location: &Location) {
    let store = Store::open(location, Options::system()).expect("a store");
    store.migrate(SCHEMA).expect("a schema");
    let write = |callers| measure(&store, callers, create);
    println!("{engine}: writes/s at 1/8/32 callers: {:.0} / {:.0} / {:.0}", write(1), write(8), write(32));
    let read = |callers| measure(&store, callers, list);
    println!("{engine}: lists of 50/s at 1/8/32 callers: {:.0} / {:.0} / {:.0}", read(1), read(8), read(32));
    ledger(engine, &store);
}

/// Entries recorded a thousand to a transaction, then checked in place, exported, and checked as a file.
fn ledger(engine: &str, store: &Store) {
    let timed = |what: &str, work: &mut dyn FnMut()| {
        let begun = Stopwatch::now();
        work();
        println!("{engine}: {what}: {:.2} s", begun.elapsed().as_secs_f64());
    };
    timed("100,000 ledger entries recorded", &mut || {
        for block in 0..100_i64 {
            let record = move |tx: &mut store::Tx| {
                (0..1_000_i64).try_for_each(|n| {
                    let stream = format!("case:{}", (block * 1_000 + n) / 8);
                    let entry = Entry::new(stream, "case.move", &Actor::system(), Instant(block));
                    tx.record(&entry.field("status", "assigned").field("unit", "市工科信局")).map(drop)
                })
            };
            store.write_now(record).expect("entries");
        }
    });
    timed("sealed", &mut || store.seal_all(Instant(1)).expect("seals"));
    timed("verified in the database", &mut || {
        let report = store.verify().expect("a report");
        assert!(report.holds(), "{report}");
        println!("{engine}: {} entries, {} streams, {} seals", report.entries, report.streams, report.seals);
    });
    let mut file = Vec::new();
    timed("exported", &mut || file = store.export_ledger(Instant(2), Vec::new()).expect("an export"));
    timed("verified as a file", &mut || assert!(store::verify_file(file.as_slice()).expect("a report").holds()));
}

fn measure(store: &Store, callers: usize, work: fn(&Store, &str)) -> f64 {
    let (count, barrier) = (AtomicU64::new(0), Arc::new(Barrier::new(callers)));
    let body = "诉求".repeat(170);
    std::thread::scope(|scope| {
        for _ in 0..callers {
            scope.spawn(|| {
                barrier.wait();
                let begun = Stopwatch::now();
                while begun.elapsed() < SPAN {
                    work(store, &body);
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    count.load(Ordering::Relaxed) as f64 / SPAN.as_secs_f64()
}

fn create(store: &Store, body: &str) {
    let body = body.to_owned();
    let made = store.write_now(move |tx| {
        let id = tx.next_id();
        tx.run(
            sql!("INSERT INTO doc (id, number, status, body) VALUES ($1, $2, $3, $4)"),
            args![id, format!("AN{id}"), "new", &body],
        )?;
        let entry = Entry::new(format!("doc:{id}"), "doc.make", &Actor::system(), Instant(1));
        tx.record(&entry.field("status", "new").field("title", "标题"))
    });
    made.expect("a row");
}

fn list(store: &Store, _: &str) {
    let rows = store.read_now(|tx| {
        tx.all::<(i64, String, String, String)>(
            sql!("SELECT id, number, status, body FROM doc WHERE status = $1 ORDER BY id DESC LIMIT 50"),
            args!["new"],
        )
    });
    assert_eq!(rows.expect("a list").len(), 50);
}
