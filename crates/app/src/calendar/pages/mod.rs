//! `/calendar`: the year at a glance, the calculator of due dates, and the decisions about single days.

pub mod overrides;
pub mod year;
