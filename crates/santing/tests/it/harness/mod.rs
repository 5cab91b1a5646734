//! Cities, people and eyes for the tests.

pub mod actor;
pub mod browser;
pub mod city;
pub mod contract;
pub mod http;
pub mod leash;
pub mod pages;

pub use actor::Demand;
pub use city::City;

use std::time::{Duration, Instant};

/// Asks again, for half a minute, until there is an answer.
#[track_caller]
pub fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < end, "waited in vain: {what}");
        std::thread::yield_now();
    }
}
