//! The face, on each engine.
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::Bench;
use kernel::{Error, Fault, Id, Instant, Refusal};
use store::{Migration, Select, Tx, args, sql};

const SCHEMA: &[Migration] = &[Migration {
    name: "test-1",
    sql: "CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT COLLATE \"C\" UNIQUE NOT NULL, size DOUBLE PRECISION, \
          good BOOLEAN NOT NULL DEFAULT TRUE, data BYTEA);
          CREATE TABLE part (id BIGINT PRIMARY KEY, thing BIGINT NOT NULL REFERENCES thing (id));",
}];

on_both_engines!(super::SCHEMA;
    values_come_back_as_they_went, selections_are_put_together, a_failing_job_fails_alone,
    a_failed_statement_dooms_its_transaction, a_panic_is_a_fault, writers_do_not_lose_updates, readers_cannot_write,
    one_wants_exactly_one, a_changed_migration_is_refused, references_hold, sums_and_upserts_are_portable,
    jobs_are_claimed_once, jobs_die_after_many_failures, tending_is_harmless,
);

fn put(tx: &mut Tx, id: i64, name: &str) -> kernel::Result<u64> {
    tx.run(sql!("INSERT INTO thing (id, name) VALUES ($1, $2)"), args![id, name])
}

fn names(bench: &Bench) -> Vec<String> {
    bench.store.read_now(|tx| tx.all(sql!("SELECT name FROM thing ORDER BY name"), args![])).unwrap()
}

fn values_come_back_as_they_went(bench: &Bench) {
    bench
        .store
        .write_now(|tx| {
            tx.run(
                sql!("INSERT INTO thing (id, name, size, good, data) VALUES ($1, $2, $3, $4, $5)"),
                args![Id(7), "三听", 2.5, false, vec![0_u8, 255]],
            )?;
            tx.run(
                sql!("INSERT INTO thing (id, name, size, good, data) VALUES ($1, $2, $3, $4, $5)"),
                args![Instant(8), &"空".to_owned(), None::<f64>, true, None::<Vec<u8>>],
            )
        })
        .unwrap();
    type Row = (Id, String, Option<f64>, bool, Option<Vec<u8>>);
    let rows: Vec<Row> = bench
        .store
        .read_now(|tx| tx.all(sql!("SELECT id, name, size, good, data FROM thing ORDER BY id"), args![]))
        .unwrap();
    assert_eq!(rows[0], (Id(7), "三听".into(), Some(2.5), false, Some(vec![0, 255])));
    assert_eq!(rows[1], (Id(8), "空".into(), None, true, None));
    let whole: i64 =
        bench.store.read_now(|tx| tx.one(sql!("SELECT id FROM thing WHERE size > $1"), args![2_i64])).unwrap();
    assert_eq!(whole, 7, "a whole number serves where a fraction is compared");
}

fn selections_are_put_together(bench: &Bench) {
    bench.store.write_now(|tx| (1..=9).try_for_each(|n| put(tx, n, &format!("n{n}")).map(drop))).unwrap();
    let found: Vec<(i64, String)> = bench
        .store
        .read_now(|tx| {
            let select = Select::new(sql!("SELECT id, name FROM thing"))
                .and("good = ?", true)
                .and("(name, id) > (?, ?)", ("n2", 2_i64))
                .and("id = ? OR id = ? OR id > ?", (3_i64, 4_i64, 7_i64))
                .and_in("name IN (", ["n3", "n8", "n9"])
                .and_some("id < ?", None::<i64>);
            tx.select(&select.order("name DESC").limit(2))
        })
        .unwrap();
    assert_eq!(found, [(9, "n9".to_owned()), (8, "n8".to_owned())]);
}

fn a_failing_job_fails_alone(bench: &Bench) {
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let one = |n: i64| {
            let store = bench.store.clone();
            move || {
                store.write_now(move |tx| {
                    put(tx, n, &format!("n{n}"))?;
                    if n % 3 == 0 { Err(Refusal::forbidden("不可以").into()) } else { Ok(n) }
                })
            }
        };
        let handles: Vec<_> = (1..=30).map(|n| scope.spawn(one(n))).collect();
        handles.into_iter().map(|handle| handle.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 20);
    assert_eq!(names(bench).len(), 20);
}

fn a_failed_statement_dooms_its_transaction(bench: &Bench) {
    bench.store.write_now(|tx| put(tx, 1, "one")).unwrap();
    let outcome = bench.store.write_now(|tx| {
        put(tx, 2, "two")?;
        let duplicate = put(tx, 3, "one").unwrap_err();
        assert!(store::is_duplicate(&duplicate));
        Ok(())
    });
    assert!(matches!(outcome, Err(Error::Fault(Fault { passing: false, .. }))));
    assert_eq!(names(bench), ["one"]);
    bench.store.write_now(|tx| put(tx, 4, "four")).unwrap();
}

fn a_panic_is_a_fault(bench: &Bench) {
    let outcome = bench.store.write_now(|tx| -> kernel::Result<()> {
        put(tx, 1, "one")?;
        panic!("as the test wants it");
    });
    assert!(outcome.unwrap_err().to_string().contains("as the test wants it"));
    let looked = bench.store.read_now(|_| -> kernel::Result<()> { panic!("and again") });
    assert!(looked.unwrap_err().to_string().contains("and again"));
    assert!(names(bench).is_empty());
}

fn writers_do_not_lose_updates(bench: &Bench) {
    bench
        .store
        .write_now(|tx| tx.run(sql!("INSERT INTO thing (id, name, size) VALUES (1, 'sum', 0)"), args![]))
        .unwrap();
    let runs = Arc::new(AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let (store, runs) = (bench.store.clone(), Arc::clone(&runs));
            scope.spawn(move || {
                for _ in 0..10 {
                    let runs = Arc::clone(&runs);
                    let add = move |tx: &mut Tx| {
                        runs.fetch_add(1, Ordering::Relaxed);
                        let size: f64 = tx.one(sql!("SELECT size FROM thing WHERE id = $1"), args![1_i64])?;
                        tx.run(sql!("UPDATE thing SET size = $1 WHERE id = $2"), args![size + 1.0, 1_i64])
                    };
                    store.write_now(add).unwrap();
                }
            });
        }
    });
    let sum: f64 = bench.store.read_now(|tx| tx.one(sql!("SELECT size FROM thing"), args![])).unwrap();
    assert_eq!(sum, 80.0, "after {} runs", runs.load(Ordering::Relaxed));
}

fn readers_cannot_write(bench: &Bench) {
    assert!(bench.store.read_now(|tx| put(tx, 1, "one")).is_err());
    assert!(names(bench).is_empty());
}

fn one_wants_exactly_one(bench: &Bench) {
    let one = |tx: &mut Tx| tx.one::<String>(sql!("SELECT name FROM thing"), args![]);
    assert!(bench.store.read_now(one).is_err());
    bench.store.write_now(|tx| put(tx, 1, "one")).unwrap();
    assert_eq!(bench.store.read_now(one).unwrap(), "one");
    bench.store.write_now(|tx| put(tx, 2, "two")).unwrap();
    assert!(bench.store.read_now(one).unwrap_err().to_string().contains("2 rows"));
    let none: Option<String> =
        bench.store.read_now(|tx| tx.opt(sql!("SELECT name FROM thing WHERE id = $1"), args![3_i64])).unwrap();
    assert_eq!(none, None);
}

fn a_changed_migration_is_refused(bench: &Bench) {
    const CHANGED: &[Migration] = &[Migration { name: "test-1", sql: "CREATE TABLE other (id BIGINT PRIMARY KEY);" }];
    assert_eq!(bench.store.migrate(SCHEMA).unwrap(), 0);
    assert!(bench.store.migrate(CHANGED).unwrap_err().to_string().contains("test-1"));
}

fn references_hold(bench: &Bench) {
    let orphan = bench.store.write_now(|tx| tx.run(sql!("INSERT INTO part (id, thing) VALUES (1, 99)"), args![]));
    assert!(orphan.is_err());
}

fn sums_and_upserts_are_portable(bench: &Bench) {
    let (count, sum) = bench
        .store
        .write_now(|tx| {
            (1..=4).try_for_each(|n| put(tx, n, &format!("n{n}")).map(drop))?;
            let kept: Vec<i64> = tx.all(
                sql!("INSERT INTO thing (id, name) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET size = 1.5 RETURNING id"),
                args![9_i64, "n4"],
            )?;
            assert_eq!(kept, [4]);
            tx.one::<(i64, i64)>(
                sql!("SELECT COUNT(*) FILTER (WHERE size IS NULL), CAST(SUM(id) AS BIGINT) FROM thing"),
                args![],
            )
        })
        .unwrap();
    assert_eq!((count, sum), (3, 10));
}

fn jobs_are_claimed_once(bench: &Bench) {
    bench
        .store
        .write_now(|tx| {
            for n in 0..20 {
                assert!(tx.enqueue(&store::Job::new("test.work", n.to_string(), Instant(n)).once(format!("key{n}")))?);
            }
            assert!(!tx.enqueue(&store::Job::new("test.work", "again", Instant(0)).once("key3"))?);
            tx.enqueue(&store::Job::new("test.later", "", Instant(1_000_000_000)))
        })
        .unwrap();
    let claimed: Vec<String> = std::thread::scope(|scope| {
        let one = || {
            let store = bench.store.clone();
            move || {
                (0..3).flat_map(|_| store.write_now(|tx| tx.claim(Instant(100), 60, 4)).unwrap()).collect::<Vec<_>>()
            }
        };
        let handles: Vec<_> = (0..4).map(|_| scope.spawn(one())).collect();
        handles.into_iter().flat_map(|handle| handle.join().unwrap()).map(|job| job.body).collect()
    });
    let mut numbers: Vec<i64> = claimed.iter().map(|body| body.parse().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..20).collect::<Vec<_>>());
    let after_the_lease = Instant(100).plus_seconds(61);
    assert_eq!(bench.store.write_now(move |tx| tx.claim(after_the_lease, 60, 100)).unwrap().len(), 20);
}

fn jobs_die_after_many_failures(bench: &Bench) {
    bench.store.write_now(|tx| tx.enqueue(&store::Job::new("test.bad", "{}", Instant(0)))).unwrap();
    let mut now = Instant(0);
    let mut tries = 0;
    while let Some(job) = bench.store.write_now(move |tx| tx.claim(now, 60, 1)).unwrap().pop() {
        tries += 1;
        bench.store.write_now(move |tx| tx.fail(&job, now, "broken")).unwrap();
        now = now.plus_seconds(7 * 3600);
    }
    assert_eq!(tries, 10);
    let dead = bench.store.read_now(|tx| tx.dead_jobs(5)).unwrap();
    assert_eq!((dead.len(), dead[0].error.as_deref()), (1, Some("broken")));
    let id = dead[0].id;
    assert!(bench.store.write_now(move |tx| tx.revive(id, now)).unwrap());
    let job = bench.store.write_now(move |tx| tx.claim(now, 60, 1)).unwrap().pop().unwrap();
    bench.store.write_now(move |tx| tx.finish(job.id, now)).unwrap();
    assert_eq!(bench.store.write_now(move |tx| tx.forget_done_jobs(now.plus_seconds(1))).unwrap(), 1);
}

fn tending_is_harmless(bench: &Bench) {
    bench.store.write_now(|tx| (1..=500).try_for_each(|n| put(tx, n, &format!("n{n}")).map(drop))).unwrap();
    bench.store.tend().unwrap();
    assert_eq!(names(bench).len(), 500);
    bench.store.tend().unwrap();
}
