//! A city for tests: a real database of either engine, a clock that stands still, seeded randomness, and the people
//! of the plan as actors.

use std::sync::Arc;

use kernel::clock::FixedClock;
use kernel::random::SeededRandom;
use kernel::{Actor, Id, Instant, Role};
use serde_json::{Map, Value};
use store::{Location, Options, Store};

use crate::city::City;
use crate::context::{App, Parts};

/// The secret of every city under test.
pub const SECRET: &[u8] = b"a secret for tests";

/// A city that lives as long as the test.
pub struct TestCity {
    /// The city.
    pub app: App,
    clock: Arc<FixedClock>,
    _dir: tempfile::TempDir,
}

impl TestCity {
    /// Runs `story` in a city on SQLite, and again in one on PostgreSQL where there is one.
    pub fn on_both_engines(story: impl Fn(&Self)) {
        story(&Self::start(None));
        if let Some(url) = store::testing::fresh_database() {
            story(&Self::start(Some(&url)));
        }
    }

    /// Like [`TestCity::on_both_engines`], in a city whose profile was changed.
    pub fn on_both_engines_with(change: impl Fn(&mut City), story: impl Fn(&Self)) {
        story(&Self::start_with(None, &change));
        if let Some(url) = store::testing::fresh_database() {
            story(&Self::start_with(Some(&url), &change));
        }
    }

    /// A city on SQLite, or on the PostgreSQL database at `url`. It is 2026-03-02 09:00 on a Monday.
    pub fn start(url: Option<&str>) -> Self {
        Self::start_with(url, &|_| ())
    }

    fn start_with(url: Option<&str>, change: &dyn Fn(&mut City)) -> Self {
        let mut profile = City::load("anning").unwrap();
        change(&mut profile);
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::at(Instant::parse("2026-03-02T09:00:00+08:00").unwrap()));
        let random = Arc::new(SeededRandom::new(1));
        let options = Options::new(clock.clone(), random.clone());
        let ids = options.ids.clone();
        let store = Store::open(&Location::of(url, dir.path()), options).unwrap();
        store.migrate(crate::migrations()).unwrap();
        let app = App::new(Parts {
            store,
            clock: clock.clone(),
            random,
            ids,
            city: profile,
            data_dir: dir.path().to_owned(),
            demo: false,
            base_url: None,
            secret: SECRET.to_vec(),
        });
        app.write_now(&Actor::system(), crate::units::seed).unwrap();
        app.write_now(&Actor::system(), crate::processes::seed).unwrap();
        Self { app, clock, _dir: dir }
    }

    /// Sets the clock.
    pub fn at(&self, time: &str) {
        self.clock.set(Instant::parse(time).unwrap());
    }
}

/// Somebody with roles at a unit.
pub fn somebody(id: i64, name: &str, unit: &str, roles: &[Role]) -> Actor {
    Actor {
        account: Some(Id(id)),
        name: name.to_owned(),
        unit: Some(unit.to_owned()),
        roles: roles.to_vec(),
        standing_in_for: None,
    }
}

/// The coordinator at 市营商环境办.
pub fn desk() -> Actor {
    somebody(1, "统筹岗甲", "yingshang", &[Role::Coordinator])
}

/// The handler of a unit.
pub fn handler(unit: &str) -> Actor {
    somebody(2, "承办岗乙", unit, &[Role::UnitHandler])
}

/// The head of a unit.
pub fn head(unit: &str) -> Actor {
    somebody(5, "负责人戊", unit, &[Role::UnitHead])
}

/// A leader of the city.
pub fn leader() -> Actor {
    somebody(6, "副市长己", "zhengfuban", &[Role::Leader])
}

/// A JSON object's fields.
pub fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("not an object: {other}"),
    }
}
