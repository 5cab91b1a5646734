//! The city as data. The program knows no city: name, units, themes, channels, limits, listed reasons and the words on
//! the pages come from a profile, a handful of TOML files that are either inside the program or in a directory. A
//! profile is read whole and judged whole; every mistake is told at once, with file and key. Numbers that the plan does
//! not give carry `source = "configured"`, and pages say so.
//!
//! The units in a profile are seeds: the `units` room copies them into the database on the first start.

mod check;
mod clocks;
mod demo;
mod demo_exchange;
mod digest;
#[cfg(test)]
mod demo_tests;
mod errors;
mod mode;
mod process;
mod read;
mod remotes;
mod seeds;
mod source;
#[cfg(test)]
mod tests;
mod tiering;
mod vocabulary;

use jiff::{civil::Date, tz::TimeZone};
use kernel::worktime::Calendar;

pub use clocks::{
    Approver, ClockKind, ClockRule, ClockRules, Counting, DayOne, Distinct, DueAt, Duty, ExtensionRule, GradeCode,
    IfNonworking, MonthDay, Period, Provenance, QuarterReport, RatingRule, RedTrigger, SourceKind, Sourced,
    SuperviseRule, SuspensionRule, YellowTrigger,
};
pub use demo::{
    CallbackScript, DemandScript, DemoCity, Fate, ReplyScript, ScriptAxes, ScriptBatch, ScriptFirm, ScriptPerson, Twist,
};
pub use demo_exchange::{DemoExchange, HandedCase};
pub use digest::{DigestRule, ReminderKind};
pub use errors::{ProfileError, ProfileErrors};
pub use mode::Mode;
pub use process::{CaseRules, Process, spoken};
pub use remotes::{DEMAND_STATUSES, Remote, RemoteEffect, RemoteStatus};
pub use seeds::{UnitKind, UnitSeed, plain_name};
pub use tiering::{AxisRule, TierRule, Tiering, When, WordList};
pub use vocabulary::{
    Channel, Channels, CheckEvidence, CheckItem, Entrance, Entrances, Ground, GroundKind, Grounds, Line, Occasion,
    Rhythm, RoleText, RouteText, Task, Texts, Theme, ThemeGroup, Themes,
};

/// One city: a profile that was read and found right.
#[derive(Clone)]
pub struct City {
    /// The profile's name, ASCII.
    pub code: String,
    /// The city's name.
    pub name: String,
    /// The division code.
    pub division: Option<String>,
    /// The name of the platform.
    pub title: String,
    /// The same where there is little room.
    pub short_title: String,
    /// What case numbers begin with.
    pub number_prefix: String,
    /// The city's time zone.
    pub zone: TimeZone,
    /// The unit that triages and assigns, by code.
    pub dispatcher: String,
    /// The leading group, by code.
    pub leading_group: String,
    /// The bodies under whose lead common issues are handled (plan 一(三)), by code.
    pub issue_coordinators: Vec<String>,
    /// The industrial park, by code, where there is one.
    pub park: Option<String>,
    /// Whether this is a city at work, where the clock may not be shifted.
    pub production: bool,
    /// What a page writes beside a value that the plan does not give.
    pub configured_note: String,
    /// The document that the city carries out.
    pub plan: Plan,
    /// Its limits.
    pub clocks: ClockRules,
    /// Its themes.
    pub themes: Themes,
    /// Groups of words of one meaning, those that every city shares first.
    pub synonyms: Vec<Vec<String>>,
    /// Its channels.
    pub channels: Channels,
    /// The remote systems with which it exchanges demands.
    pub remotes: Vec<Remote>,
    /// Its listed reasons.
    pub grounds: Grounds,
    /// Its ways of handling.
    pub routes: Vec<RouteText>,
    /// How demands find their way of handling.
    pub tiering: Tiering,
    /// What each way of handling has to leave behind.
    pub checklists: Vec<CheckItem>,
    /// Its names for the roles.
    pub roles: Vec<RoleText>,
    /// The plan's standing tasks.
    pub tasks: Vec<Task>,
    /// The units as of the plan.
    pub unit_seeds: Vec<UnitSeed>,
    /// What the pages say.
    pub texts: Texts,
    calendar: Calendar,
    version: String,
}

/// The document that the city carries out.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Its title.
    pub title: String,
    /// Who issued it.
    pub issuer: String,
    /// When.
    pub date: Date,
}

impl City {
    /// The profile called `name_or_dir`, or the one in that directory.
    pub fn load(name_or_dir: &str) -> Result<Self, ProfileErrors> {
        read::city(&source::Source::find(name_or_dir)?)
    }

    /// The names of the profiles that the program carries.
    pub fn names() -> Vec<String> {
        source::names()
    }

    /// The working calendar that the profile alone gives, without the overrides that administrators enter.
    pub fn calendar(&self) -> Calendar {
        self.calendar.clone()
    }

    /// The fingerprint of every file: two cities with the same one behave alike.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The dispatching unit's name.
    pub fn dispatcher_name(&self) -> &str {
        let dispatcher = self.unit_seeds.iter().find(|unit| unit.code == self.dispatcher);
        dispatcher.map_or(self.dispatcher.as_str(), |unit| unit.short_name.as_ref().unwrap_or(&unit.name))
    }

    /// The theme that a code or a Chinese name means.
    pub fn theme(&self, text: &str) -> Option<&Theme> {
        self.themes.resolve(text)
    }

    /// The channel that a code, a Chinese name or another name means.
    pub fn channel(&self, text: &str) -> Option<&Channel> {
        self.channels.resolve(text)
    }

    /// The remote system of a code.
    pub fn remote(&self, code: &str) -> Option<&Remote> {
        self.remotes.iter().find(|remote| remote.code == code)
    }

    /// The listed reason of a move (`decline`, `object`, `redo`, …) that a code or a Chinese name means.
    pub fn ground(&self, move_code: &str, text: &str) -> Option<&Ground> {
        self.grounds.find(GroundKind::of_move(move_code)?, text)
    }

    /// The limit of a clock.
    pub fn clock(&self, kind: ClockKind) -> &ClockRule {
        self.clocks.rule(kind)
    }

    /// The way of handling of a code.
    pub fn route(&self, code: &str) -> Option<&RouteText> {
        self.routes.iter().find(|route| route.code == code)
    }

    /// The checklist of a way of handling, in the profile's order.
    pub fn checklist<'a>(&'a self, route: &'a str) -> impl Iterator<Item = &'a CheckItem> {
        self.checklists.iter().filter(move |item| item.route == route)
    }

    /// Every group of words of one meaning: those of the profile, and the names of each unit.
    pub fn same_words(&self) -> Vec<Vec<String>> {
        let names = self.unit_seeds.iter().map(|unit| {
            [&unit.name].into_iter().chain(&unit.short_name).chain(&unit.aliases).cloned().collect::<Vec<_>>()
        });
        self.synonyms.iter().cloned().chain(names.filter(|names| names.len() > 1)).collect()
    }

    /// The words that segmentation must know: names of units, themes and channels, and their keywords.
    pub fn vocabulary(&self) -> Vec<String> {
        let units =
            self.unit_seeds.iter().flat_map(|unit| [&unit.name].into_iter().chain(&unit.aliases).chain(&unit.mandate));
        let themes = self.themes.all().iter().flat_map(|theme| [&theme.label].into_iter().chain(&theme.keywords));
        let channels = self.channels.all().iter().map(|channel| &channel.label);
        let mut words: Vec<String> = units.chain(themes).chain(channels).chain([&self.name]).cloned().collect();
        words.sort();
        words.dedup();
        words
    }
}
