//! What drawing a demand needs beside the demand itself: names, the calendar, the hour.

use std::sync::Arc;

use kernel::worktime::{Calendar, time_left};
use kernel::{Instant, Result};
use maud::{Markup, html};

use crate::city::City;
use crate::context::{App, Cx};
use crate::demands::actions::viewing::Standing;
use crate::demands::rules::vocabulary::Status;
use crate::units;
use crate::web::parts::{Shape, Tone, chip, clock_bar};
use crate::web::when;

/// The names and the hour under which a page is drawn.
pub struct Look {
    app: App,
    /// The hour.
    pub now: Instant,
    /// The working calendar in force.
    pub calendar: Arc<Calendar>,
    /// Every unit.
    pub units: units::UnitNames,
}

impl Look {
    /// The look of this act.
    pub fn new(cx: &mut Cx<'_>) -> Result<Self> {
        Ok(Self { app: cx.app.clone(), now: cx.now, calendar: cx.app.calendar(), units: units::names(cx)? })
    }

    /// The profile.
    pub fn city(&self) -> &City {
        self.app.city()
    }

    /// A unit by its short name.
    pub fn unit(&self, code: &str) -> String {
        self.units.short_name(code).to_owned()
    }

    /// An instant as people say it.
    pub fn when(&self, at: Instant) -> Markup {
        when::when(at, self.now, &self.city().zone)
    }

    /// `11-13 10:05`-like text for narrow places.
    pub fn stamp(&self, at: Instant) -> String {
        at.in_zone(&self.city().zone).strftime("%m-%d %H:%M").to_string()
    }

    /// A moment with its weekday, for due dates.
    pub fn due(&self, at: Instant) -> String {
        kernel::worktime::until(&self.calendar, self.now, at)
    }

    /// Who holds a demand of this status.
    pub fn holder(&self, status: Status, lead_unit: Option<&str>) -> String {
        match (status, lead_unit) {
            (Status::Assigned | Status::InProgress, Some(unit)) => self.unit(unit),
            (status, _) if !status.is_end() => self.city().dispatcher_name().to_owned(),
            (_, Some(unit)) => self.unit(unit),
            _ => String::new(),
        }
    }

    /// How a clock that began at `from` stands.
    pub fn standing(&self, from: Instant, due_at: Instant) -> Standing {
        let whole = self.calendar.working_minutes_between(from, due_at).max(1);
        let used = self.calendar.working_minutes_between(from, self.now.min(due_at));
        let used_percent = u8::try_from((used * 100 / whole).clamp(0, 100)).unwrap_or(100);
        let late = self.now > due_at;
        let words = time_left(&self.calendar, self.now, due_at);
        Standing { used_percent, words, late, near: !late && used_percent >= 75 }
    }
}

/// A clock as a bar with words.
pub fn bar(standing: &Standing) -> Markup {
    let tone = match (standing.late, standing.near) {
        (true, _) => Tone::Late,
        (false, true) => Tone::Near,
        (false, false) => Tone::Calm,
    };
    clock_bar(tone, &standing.words, standing.used_percent)
}

/// A status as a word with its shape.
pub fn status(status: Status) -> Markup {
    chip(shape(status), status.label())
}

const fn shape(status: Status) -> Shape {
    match status {
        Status::Received => Shape::New,
        Status::Triaged | Status::Assigned | Status::Replied => Shape::Wait,
        Status::InProgress => Shape::Doing,
        Status::Closed => Shape::Done,
        Status::Declined | Status::TransferredOut | Status::Withdrawn | Status::Merged => Shape::Plain,
    }
}

/// 紧急, where it is.
pub fn urgent(is: bool) -> Markup {
    html! { @if is { " " (chip(Shape::Late, "紧急")) } }
}
