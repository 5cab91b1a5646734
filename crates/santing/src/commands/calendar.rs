//! `santing calendar due`.

use app::calendar::DueQuery;
use kernel::worktime::Calendar;

use crate::Outcome;
use crate::config::Config;
use crate::open::{self, Ground};
use crate::out::say;

/// When something received then is due after so much working time, and why; the same reading as in the API.
pub fn due(config: &Config, query: &DueQuery, as_json: bool) -> anyhow::Result<Outcome> {
    let calendar = in_force(config)?;
    let question = query.read(calendar.zone()).map_err(kernel::Error::from)?;
    let derivation = calendar.derive(question.from, question.limit)?;
    if as_json {
        super::print_json(&derivation)?;
    } else {
        say!("{}", derivation.to_string().trim_end());
    }
    Ok(Outcome::Done)
}

/// The calendar of the database, overrides included; of the profile alone where there is no database yet.
fn in_force(config: &Config) -> anyhow::Result<Calendar> {
    if config.database_url.is_none() && !config.data.is_dir() {
        return Ok(Ground::of(config)?.city.calendar());
    }
    Ok((*open::app(config)?.calendar()).clone())
}
