//! The reference: what the store itself can do on this machine in this run. One transaction is a row of 1 kB and a ledger
//! entry of it, durable before the caller goes on.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kernel::Actor;
use kernel::clock::SystemClock;
use kernel::{Clock, Result};
use store::{Entry, Location, Migration, Options, Store, Tx, args, sql};

const TABLE: &[Migration] =
    &[Migration { name: "bench-1", sql: "CREATE TABLE thing (id BIGINT PRIMARY KEY, body TEXT NOT NULL);" }];

/// Transactions per second at 1 and at 32 callers.
pub struct Limits {
    /// One caller.
    pub one: f64,
    /// Thirty-two callers.
    pub many: f64,
}

/// Measures for `time` each.
pub fn measure(url: Option<&str>, time: Duration) -> Limits {
    let dir = tempfile::tempdir().expect("a directory");
    let url = url.map(|url| store::testing::create_database(url).expect("a fresh database"));
    let store = Store::open(&Location::of(url.as_deref(), dir.path()), Options::system()).expect("a store");
    store.migrate(TABLE).expect("a table");
    Limits { one: per_second(&store, 1, time), many: per_second(&store, 32, time) }
}

fn per_second(store: &Store, callers: usize, time: Duration) -> f64 {
    let done = AtomicUsize::new(0);
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..callers {
            scope.spawn(|| {
                while started.elapsed() < time {
                    store.write_now(one).expect("a write");
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    done.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64()
}

fn one(tx: &mut Tx) -> Result<()> {
    let id = tx.next_id();
    let body = "诉".repeat(333);
    tx.run(sql!("INSERT INTO thing (id, body) VALUES ($1, $2)"), args![id, &body])?;
    let entry = Entry::new(format!("thing:{id}"), "make", &Actor::system(), SystemClock.now());
    tx.record(&entry.field("body", body)).map(drop)
}
