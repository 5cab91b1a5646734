//! Cities, people and eyes for the tests.

pub mod actor;
pub mod city;
pub mod contract;
pub mod http;
pub mod leash;

pub use actor::{Actor, Demand};
pub use city::City;
