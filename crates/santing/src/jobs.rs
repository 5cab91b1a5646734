//! What the server does on its own, between requests: the work of [`app::jobs`], at once where there is some, and each
//! minute. An error is logged once and waited out; nothing spins.

use std::time::Duration;

use app::context::App;
use tokio::sync::watch::Receiver;

/// How often it is asked whether there is work.
const GLANCE: Duration = Duration::from_millis(400);
/// How long is waited after an error.
const AFTER_ERROR: Duration = Duration::from_secs(5);
const MINUTE: Duration = Duration::from_secs(60);

/// Works until `stopped` says so.
pub async fn run(app: App, stopped: Receiver<bool>) {
    let by_clock = |work, name| regularly(app.clone(), stopped.clone(), work, name);
    let (minute, night) = (by_clock(app::jobs::each_minute, "minute"), by_clock(app::jobs::each_night, "night"));
    tokio::join!(at_once(app.clone(), stopped.clone()), minute, night);
}

async fn at_once(app: App, mut stopped: Receiver<bool>) {
    let mut failing = false;
    while !*stopped.borrow() {
        let pause = match off_thread(&app, app::jobs::at_once).await {
            Ok(more) => {
                failing = false;
                if more { Duration::ZERO } else { GLANCE }
            }
            Err(error) => {
                if !failing {
                    tracing::error!("work between requests failed and will be tried again: {error}");
                }
                failing = true;
                AFTER_ERROR
            }
        };
        rest(&mut stopped, pause).await;
    }
    // What came in last is indexed before the end, so that a restart finds nothing to do.
    let _ = off_thread(&app, app::jobs::at_once).await;
}

/// Work that looks at the clock itself, each minute; the night's beside the minute's, because it may take long.
async fn regularly(app: App, mut stopped: Receiver<bool>, work: fn(&App) -> kernel::Result<()>, name: &'static str) {
    while !*stopped.borrow() {
        if let Err(error) = off_thread(&app, work).await {
            tracing::error!("the work of the {name} failed and will be tried again: {error}");
        }
        rest(&mut stopped, MINUTE).await;
    }
}

async fn off_thread<T: Send + 'static>(app: &App, work: fn(&App) -> kernel::Result<T>) -> kernel::Result<T> {
    let app = app.clone();
    let done = tokio::task::spawn_blocking(move || work(&app)).await;
    done.map_err(|error| kernel::Fault::new("work between requests", error))?
}

/// Waits, or wakes up for the end.
async fn rest(stopped: &mut Receiver<bool>, pause: Duration) {
    if !pause.is_zero() {
        // Either the time is over or the server is stopping; the loop looks again in both cases.
        let _ = tokio::time::timeout(pause, stopped.wait_for(|stop| *stop)).await;
    }
}
