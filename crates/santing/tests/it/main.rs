//! The program as its users meet it: the real binary, started for the test, spoken to over HTTP, in a browser and on the
//! command line. A test reads like the plan: `city.desk().assign(&demand, "市工科信局", "办结并反馈")`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails; these are no #[test] functions only"
)]

mod harness;

mod api_journey;
mod bad_input;
mod barriers;
mod batches;
mod browser_journey;
mod commands;
mod openapi;
mod pages_journey;
mod permissions;
