//! Backups: made while others write, restored into either engine, with a ledger that still holds.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::Path;

use common::Bench;
use kernel::{Actor, Id, Instant};
use store::{Entry, Location, Migration, Options, Search, Store, Term, Weight, args, restore, sql, testing};

const SCHEMA: &[Migration] = &[Migration {
    name: "test-1",
    sql: "CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT NOT NULL, size DOUBLE PRECISION, good BOOLEAN NOT NULL, data BYTEA);
          CREATE TABLE part (id BIGINT PRIMARY KEY, thing BIGINT NOT NULL REFERENCES thing (id), above BIGINT REFERENCES part (id));",
}];
const NEWER: &[Migration] =
    &[SCHEMA[0], Migration { name: "test-2", sql: "ALTER TABLE thing ADD COLUMN colour TEXT NOT NULL DEFAULT 'red';" }];

on_both_engines!(super::SCHEMA;
    comes_back_on_sqlite, comes_back_on_postgres, is_made_while_others_write, refuses_what_it_must, files_are_kept,
);

type Thing = (Id, String, Option<f64>, bool, Option<Vec<u8>>);

fn fill(store: &Store) {
    let photo = store.keep_file_now(b"the bytes of a photograph", "image/jpeg").unwrap();
    store
        .write_now(move |tx| {
            let insert = sql!("INSERT INTO thing (id, name, size, good, data) VALUES ($1, $2, $3, $4, $5)");
            tx.run(insert, args![1_i64, "tab\there\\n \n\r三听 \\N", 0.1 + 0.2, true, vec![0_u8, 92, 255]])?;
            tx.run(insert, args![2_i64, "", None::<f64>, false, None::<Vec<u8>>])?;
            tx.run(sql!("INSERT INTO part (id, thing, above) VALUES (1, 1, NULL), (2, 1, 1)"), args![])?;
            tx.attach(&photo, Instant(5))?;
            tx.index("thing", Id(1), &[(Weight::Text, "三听")])?;
            tx.index_later("thing", Id(2))?;
            tx.record(&Entry::new("thing:1", "thing.make", &Actor::system(), Instant(6)).field("name", "三听"))
                .map(drop)
        })
        .unwrap();
}

fn things(store: &Store) -> Vec<Thing> {
    store.read_now(|tx| tx.all(sql!("SELECT id, name, size, good, data FROM thing ORDER BY id"), args![])).unwrap()
}

fn back_up(bench: &Bench) -> std::path::PathBuf {
    let file = bench.dir.path().with_extension("santing");
    assert_eq!(bench.store.backup(Instant(9), &file).unwrap().attachments, 1);
    file
}

fn check(bench: &Bench, file: &Path, location: &Location) {
    let store = restore(file, location, Options::system(), NEWER).unwrap();
    assert_eq!(things(&store), things(&bench.store));
    let colours: i64 =
        store.read_now(|tx| tx.one(sql!("SELECT COUNT(*) FROM thing WHERE colour = 'red'"), args![])).unwrap();
    assert_eq!(colours, 2, "an older backup is brought up to date");
    let report = store.verify().unwrap();
    assert!(report.holds() && report.entries == 1 && report.unsealed == 0, "{report}");
    let hash: String = store.read_now(|tx| tx.one(sql!("SELECT hash FROM attachment"), args![])).unwrap();
    assert_eq!(store.file_now(&hash).unwrap(), b"the bytes of a photograph");
    let (rebuild, found, pending) = store
        .read_now(|tx| {
            let terms = [Term::whole("三听")];
            let found = tx.find(&Search { kind: "thing", terms: &terms, title_only: false, before: None, most: 9 })?;
            Ok((tx.text_rebuild_wanted()?, found, tx.pending("thing", 9)?))
        })
        .unwrap();
    assert_eq!(pending.len(), 1);
    assert!(rebuild != (found == [Id(1)]), "either the text index came along or it is said to be wanted");
    store.write_now(|tx| tx.run(sql!("INSERT INTO part (id, thing) VALUES (3, 2)"), args![])).unwrap();
    store.write_now(|tx| tx.text_rebuild_begun()).unwrap();
    assert!(!store.read_now(|tx| tx.text_rebuild_wanted()).unwrap());
    std::fs::remove_file(file).unwrap();
}

fn comes_back_on_sqlite(bench: &Bench) {
    fill(&bench.store);
    let dir = tempfile::tempdir().unwrap();
    check(bench, &back_up(bench), &Location::of(None, dir.path().join("data")));
}

fn comes_back_on_postgres(bench: &Bench) {
    let Some(url) = testing::fresh_database() else { return };
    fill(&bench.store);
    let dir = tempfile::tempdir().unwrap();
    check(bench, &back_up(bench), &Location::of(Some(&url), dir.path().join("data")));
}

fn is_made_while_others_write(bench: &Bench) {
    fill(&bench.store);
    let stop = std::sync::atomic::AtomicBool::new(false);
    let file = std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0.. {
                let entry = Entry::new(format!("s:{}", n % 7), "test.act", &Actor::system(), Instant(n))
                    .field("n", n.to_string());
                bench.store.write_now(move |tx| tx.record(&entry)).unwrap();
                if stop.load(std::sync::atomic::Ordering::Relaxed) {
                    break;
                }
            }
        });
        let file = back_up(bench);
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        file
    });
    let dir = tempfile::tempdir().unwrap();
    let store = restore(&file, &Location::of(None, dir.path().join("data")), Options::system(), SCHEMA).unwrap();
    let report = store.verify().unwrap();
    assert!(report.holds(), "{report}");
    std::fs::remove_file(file).unwrap();
}

fn refuses_what_it_must(bench: &Bench) {
    fill(&bench.store);
    let file = back_up(bench);
    assert!(bench.store.backup(Instant(9), &file).unwrap_err().to_string().contains("已经存在"));
    let into = |location: &Location, file: &Path, migrations| {
        restore(file, location, Options::system(), migrations).map(drop).unwrap_err().to_string()
    };
    assert!(into(&Location::of(None, bench.dir.path()), &file, SCHEMA).contains("空目录"));
    if let Location::Postgres { url, .. } = &bench.location {
        let dir = tempfile::tempdir().unwrap();
        assert!(into(&Location::of(Some(url), dir.path()), &file, SCHEMA).contains("空数据库"));
    }
    let dir = tempfile::tempdir().unwrap();
    let fresh = Location::of(None, dir.path().join("data"));
    let nonsense = dir.path().join("nonsense");
    std::fs::write(&nonsense, b"not a backup").unwrap();
    assert!(into(&fresh, &nonsense, SCHEMA).contains("不是三听的备份"));
    assert!(into(&fresh, &dir.path().join("none"), SCHEMA).contains("没有"));
    assert!(into(&fresh, &file, &[]).contains("更新的版本"));
    assert!(bench.store.migrate(&[]).unwrap_err().to_string().contains("更新的版本"));
    std::fs::remove_file(file).unwrap();
}

fn files_are_kept(bench: &Bench) {
    let store = &bench.store;
    let kept = store.keep_file_now(b"kept", "text/plain").unwrap();
    assert_eq!(store.keep_file_now(b"kept", "text/plain").unwrap(), kept);
    let stray = store.keep_file_now(b"stray", "text/plain").unwrap();
    let row = kept.clone();
    store.write_now(move |tx| tx.attach(&row, Instant(1))).unwrap();
    assert_eq!(store.sweep_files(Instant(0)).unwrap(), 0, "a young file may still be on its way into a row");
    assert_eq!(store.sweep_files(Instant(i64::MAX)).unwrap(), 1);
    assert_eq!(store.file_now(&kept.hash).unwrap(), b"kept");
    assert!(store.file_now(&stray.hash).is_err());
    assert!(store.file_now("../../etc/passwd").is_err());
    let hash = kept.hash.clone();
    assert_eq!(store.read_now(move |tx| tx.attachment(&hash)).unwrap(), Some(kept.clone()));
    std::fs::write(bench.dir.path().join("attachments").join(&kept.hash[..2]).join(&kept.hash), b"bent").unwrap();
    assert!(store.file_now(&kept.hash).unwrap_err().to_string().contains("no longer holds"));
}

#[test]
fn one_server_per_directory() {
    let dir = tempfile::tempdir().unwrap();
    let location = Location::of(None, dir.path());
    let (first, second) =
        (Store::open(&location, Options::system()).unwrap(), Store::open(&location, Options::system()).unwrap());
    let serving = first.claim_serving().unwrap();
    assert!(second.claim_serving().unwrap_err().to_string().contains("另一个三听服务"));
    drop(serving);
    second.claim_serving().unwrap();
}
