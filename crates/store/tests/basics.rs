//! The face, on each engine.

use kernel::Instant;
use store::{Location, Migration, Options, Select, Store, args, sql};

const SCHEMA: &[Migration] = &[Migration {
    name: "test-1",
    sql: "CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT UNIQUE NOT NULL, size DOUBLE PRECISION, good BOOLEAN NOT NULL, \
          data BYTEA);",
}];

#[test]
fn values_come_back_as_they_went() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&Location::of(None, dir.path()), Options::system()).unwrap();
    assert!(store.migrate(SCHEMA).unwrap() > 1);
    assert_eq!(store.migrate(SCHEMA).unwrap(), 0);
    store
        .write_now(|tx| {
            tx.run(
                sql!("INSERT INTO thing (id, name, size, good, data) VALUES ($1, $2, $3, $4, $5)"),
                args![7_i64, "三听", 2.5, true, vec![0_u8, 255]],
            )
        })
        .unwrap();
    let row: (i64, String, Option<f64>, bool, Vec<u8>) =
        store.read_now(|tx| tx.one(sql!("SELECT id, name, size, good, data FROM thing"), args![])).unwrap();
    assert_eq!(row, (7, "三听".into(), Some(2.5), true, vec![0, 255]));
    let names: Vec<String> = store
        .read_now(|tx| tx.select(&Select::new(sql!("SELECT name FROM thing")).and("good = ?", true).limit(3)))
        .unwrap();
    assert_eq!(names, ["三听"]);
    let entry = store::Entry::new("thing:7", "thing.make", &kernel::Actor::system(), Instant(1)).field("name", "三听");
    let one = store.write_now(move |tx| tx.record(&entry)).unwrap();
    assert_eq!(one.seq, 1);
}
