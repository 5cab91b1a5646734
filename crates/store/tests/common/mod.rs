//! A store on each engine, for tests; not every test file needs all of it.
#![allow(dead_code)]

use store::{Location, Migration, Options, Store, testing};

/// A store with whatever it needs to live.
pub struct Bench {
    /// The store.
    pub store: Store,
    /// Where it is.
    pub location: Location,
    /// Its data directory.
    pub dir: tempfile::TempDir,
}

impl Bench {
    /// An empty store on SQLite.
    pub fn sqlite(migrations: &'static [Migration]) -> Self {
        Self::at(None, migrations)
    }

    /// An empty store on PostgreSQL, where there is one.
    pub fn postgres(migrations: &'static [Migration]) -> Option<Self> {
        testing::fresh_database().map(|url| Self::at(Some(&url), migrations))
    }

    fn at(url: Option<&str>, migrations: &'static [Migration]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let location = Location::of(url, dir.path());
        let store = Store::open(&location, Options::system()).unwrap();
        store.migrate(migrations).unwrap();
        Self { store, location, dir }
    }
}

/// Makes one test for each engine out of `fn name(bench: Bench)`.
#[macro_export]
macro_rules! on_both_engines {
    ($migrations:expr; $($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() { super::$name(&super::common::Bench::sqlite($migrations)); })+
        }
        mod postgres {
            $(#[test] fn $name() {
                if let Some(bench) = super::common::Bench::postgres($migrations) { super::$name(&bench); }
            })+
        }
    };
}
