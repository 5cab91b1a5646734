//! The business of Santing: one folder per capability, in the order in which they may use each other: a later room may
//! use an earlier one, never the other way round.

pub mod city;
pub mod context;
pub mod idempotency;
pub mod jobs;
pub mod permissions;
pub mod settings;
pub mod web;

pub mod units;
pub mod people;
pub mod absences;
pub mod phrases;
pub mod enterprises;
pub mod processes;
pub mod models;
pub mod demands;
pub mod learning;
pub mod channels;
pub mod batches;
pub mod views;
pub mod issues;
pub mod inbox;
pub mod calendar;
pub mod ledger;
pub mod portal;
pub mod exchange;
pub mod open311;
pub mod simulator;

pub mod demo;
pub mod menu;

#[cfg(test)]
mod testing;

use std::sync::LazyLock;

use store::Migration;

use crate::context::App;
use crate::web::Routes;

/// Every room's tables, in the order in which they came to be.
pub fn migrations() -> &'static [Migration] {
    static ALL: LazyLock<Vec<Migration>> = LazyLock::new(|| {
        [
            settings::MIGRATIONS,
            idempotency::MIGRATIONS,
            units::MIGRATIONS,
            people::MIGRATIONS,
            enterprises::MIGRATIONS,
            demands::MIGRATIONS,
            calendar::MIGRATIONS,
            views::MIGRATIONS,
            processes::MIGRATIONS,
            channels::MIGRATIONS,
            absences::MIGRATIONS,
            batches::MIGRATIONS,
            exchange::MIGRATIONS,
            demands::MIGRATIONS_2,
            inbox::MIGRATIONS,
            phrases::MIGRATIONS,
            demands::macros::MIGRATIONS,
            demands::checks::MIGRATIONS,
            demands::MIGRATIONS_3,
            models::MIGRATIONS,
            demands::track::MIGRATIONS,
            learning::MIGRATIONS,
            demands::belonging::MIGRATIONS,
            issues::MIGRATIONS,
        ]
        .concat()
    });
    &ALL
}

/// Every address that the program answers.
pub fn routes() -> Routes<App> {
    demands::routes()
        .and(channels::routes())
        .and(batches::routes())
        .and(views::routes())
        .and(issues::routes())
        .and(phrases::routes())
        .and(calendar::routes())
        .and(ledger::routes())
        .and(people::routes())
        .and(absences::routes())
        .and(inbox::routes())
        .and(units::routes())
        .and(enterprises::routes())
        .and(processes::routes())
        .and(portal::routes())
        .and(exchange::routes())
        .and(open311::routes())
        .and(simulator::routes())
        .and(learning::routes())
}
