//! From settings to a running city: profile, clock, store, and the few values that belong to the database.

use std::sync::Arc;

use anyhow::{anyhow, bail};
use app::city::City;
use app::context::{App, Parts};
use app::settings;
use kernel::clock::{ShiftedClock, SystemClock};
use kernel::random::SystemRandom;
use kernel::{Actor, Clock, Instant, Random};
use store::{Location, Options, Store};

use crate::config::{Config, DEFAULT_PROFILE};

/// What the store and the city are made with.
pub struct Ground {
    /// The profile.
    pub city: City,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of secrets.
    pub random: Arc<dyn Random>,
}

impl Ground {
    /// Profile and clock, judged; nothing is opened yet.
    pub fn of(config: &Config) -> anyhow::Result<Self> {
        let name = config.profile.as_deref().unwrap_or(DEFAULT_PROFILE);
        let city = City::load(name).map_err(|errors| anyhow!("城市资料 {name} 有误：\n{errors}"))?;
        let clock: Arc<dyn Clock> = match &config.clock {
            None => Arc::new(SystemClock),
            Some(_) if city.production => bail!("{} 是正式使用的城市，不能用 --clock 改时钟", city.name),
            Some(text) => {
                let start = Instant::parse(text)
                    .ok_or_else(|| crate::usage::misuse("--clock 应写成 2026-03-02T09:00:00+08:00 的形式"))?;
                Arc::new(ShiftedClock::starting_at(start))
            }
        };
        Ok(Self { city, clock, random: Arc::new(SystemRandom) })
    }

    /// The options that every store of this program is opened with.
    pub fn options(&self) -> Options {
        Options::new(Arc::clone(&self.clock), Arc::clone(&self.random))
    }

    /// Opens the store and brings its schema up to date.
    pub fn open_store(&self, config: &Config) -> anyhow::Result<(Store, Options)> {
        let options = self.options();
        let store = Store::open(&location(config), options.clone())?;
        store.migrate(app::migrations())?;
        Ok((store, options))
    }

    /// The city on `store`.
    pub fn app(
        self,
        config: &Config,
        store: Store,
        options: &Options,
        public_url: Option<String>,
    ) -> anyhow::Result<App> {
        let begun_with = settings::settle(&store, "profile", &self.city.code)?;
        if begun_with != self.city.code {
            bail!("这个数据库属于城市资料 {begun_with}，不能用 {} 打开", self.city.code);
        }
        let secret = settings::secret(&store, &*self.random)?;
        let demo = settings::get(&store, "demo")?.is_some();
        let app = App::new(Parts {
            store,
            clock: self.clock,
            random: self.random,
            ids: Arc::clone(&options.ids),
            city: self.city,
            data_dir: config.data.clone(),
            demo,
            base_url: public_url,
            secret,
        });
        app.write_now(&Actor::system(), app::units::seed)?;
        app.write_now(&Actor::system(), app::processes::seed)?;
        app::calendar::start(&app)?;
        Ok(app)
    }
}

/// Where the data is.
pub fn location(config: &Config) -> Location {
    Location::of(config.database_url.as_deref(), &config.data)
}

/// The city for a command that works beside a running server.
pub fn app(config: &Config) -> anyhow::Result<App> {
    let ground = Ground::of(config)?;
    must_exist(config)?;
    let (store, options) = ground.open_store(config)?;
    ground.app(config, store, &options, None)
}

/// A command that asks about data must not make an empty database out of a mistyped directory.
pub fn must_exist(config: &Config) -> anyhow::Result<()> {
    if config.database_url.is_none() && !config.data.is_dir() {
        bail!("没有数据目录 {}。请用 --data 指定，或先运行 santing serve", config.data.display());
    }
    Ok(())
}
