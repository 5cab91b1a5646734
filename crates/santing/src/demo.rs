//! `santing demo`: an empty data directory becomes the demonstration city, then it is served.

use std::sync::Arc;

use anyhow::bail;
use app::settings;
use kernel::clock::FixedClock;
use kernel::random::SeededRandom;
use store::{Options, Store};

use crate::Outcome;
use crate::config::{Config, ServeConfig};
use crate::open::{Ground, location};
use crate::serve;

/// The same seed, the same city.
const SEED: u64 = 20_260_302;

/// Fills the city if it is empty, and serves it.
pub fn demo(config: &Config, serving: &ServeConfig) -> anyhow::Result<Outcome> {
    serve::log();
    let ground = Ground::of(config)?;
    if ground.city.production {
        bail!("{} 是正式使用的城市，不能当演示用", ground.city.name);
    }
    let listener = serve::bind(&serving.listen)?;
    fill(config, &ground)?;
    let (store, options) = ground.open_store(config)?;
    let _claim = store.claim_serving()?;
    let app = ground.app(config, store, &options, serving.public_url.clone())?;
    serve::run(app, listener, serving)
}

/// Plays months of work into an empty database, under a clock that the script moves.
fn fill(config: &Config, ground: &Ground) -> anyhow::Result<()> {
    let until = ground.clock.now();
    let clock = Arc::new(FixedClock::at(until));
    let options = Options::new(clock.clone(), Arc::new(SeededRandom::new(SEED)));
    let store = Store::open(&location(config), options.clone())?;
    store.migrate(app::migrations())?;
    let _claim = store.claim_serving()?;
    if settings::get(&store, "profile")?.is_some() {
        if settings::get(&store, "demo")?.is_none() {
            bail!("这里已有正式数据，不能当演示用。请用 --data 另指定一个空目录");
        }
        return Ok(());
    }
    eprintln!("正在准备演示城市……");
    let fresh = Ground { city: ground.city.clone(), clock: clock.clone(), random: Arc::new(SeededRandom::new(SEED)) };
    let app = fresh.app(config, store.clone(), &options, None)?;
    let demands = app::demo::play(&app, &clock, until)?;
    while app::jobs::at_once(&app)? {}
    store.seal_all(until)?;
    // Only now: a demonstration that was broken off half-way must not pass for one.
    settings::settle(&store, "demo", "true")?;
    eprintln!("演示城市已就绪：{demands} 件诉求");
    Ok(())
}
