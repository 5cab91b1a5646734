//! From files to a city: reads each file, collects every mistake, and lets `check` look at what belongs together.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use kernel::worktime::{Calendar, Limit, OfficeHours, OfficialDays};
use serde::Deserialize;
use sm3::{Digest, Sm3};

use super::{
    City, Plan, check,
    clocks::{ClockKind, ClockRule, ClockRules, Duty, Provenance, SourceKind, Sourced},
    errors::ProfileErrors,
    source::{Reader, Source},
    tiering::Tiering,
    vocabulary::{Channels, GroundKind, Grounds, Texts, Themes},
};

/// The plain keys of `city.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    code: String,
    name: String,
    division: Option<String>,
    title: String,
    short_title: String,
    number_prefix: String,
    time_zone: String,
    office_hours: OfficeHours,
    office_hours_source: SourceKind,
    holidays: String,
    dispatcher: String,
    leading_group: String,
    #[serde(default)]
    issue_coordinators: Vec<String>,
    park: Option<String>,
    production: bool,
    configured_note: String,
}

/// Words of one meaning.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Same {
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLimit {
    label: String,
    start: String,
    limit: Limit,
    source: SourceKind,
    plan: String,
    reference: String,
}

/// Reads the profile at `source`.
pub(super) fn city(source: &Source) -> Result<City, ProfileErrors> {
    let mut files = Files { source, errors: ProfileErrors::default(), print: Sm3::new() };
    let city = files.city();
    let mut errors = files.errors;
    if let Some(city) = &city {
        check::city(city, &mut errors);
    }
    errors.done()?;
    city.ok_or_else(ProfileErrors::default)
}

struct Files<'a> {
    source: &'a Source,
    errors: ProfileErrors,
    print: Sm3,
}

impl Files<'_> {
    fn city(&mut self) -> Option<City> {
        let head = self.read("city.toml", |file| {
            let plan = file.section::<Plan>("plan");
            let head = file.rest::<Head>();
            Some((head?, plan?))
        });
        let note = head.as_ref().map(|(head, _)| head.configured_note.clone()).unwrap_or_default();
        // Every file is read before anything is given up, so that all mistakes are told together.
        let unit_seeds = self.read("units.toml", |file| Some(file.entries("unit")));
        let roles = self.read("roles.toml", |file| Some(file.entries("role")));
        let routes = self.read("routes.toml", |file| Some((file.entries("route"), Tiering::read(file))));
        let checklists = self.read("checklists.toml", |file| Some(file.entries("item")));
        let themes = self.read("themes.toml", |file| Some((file.entries("theme"), file.entries::<Same>("same"))));
        let shared = self.read("common/synonyms.toml", |file| Some(file.entries::<Same>("same")));
        let channels = self.read("channels.toml", |file| Some((file.entries("channel"), file.entries("remote"))));
        let tasks = self.read("tasks.toml", |file| Some(file.entries("task")));
        let grounds = self.read("grounds.toml", |file| Some(grounds(file)));
        let clocks = self.read("clocks.toml", |file| clocks(file, &note));
        let texts = self.read("texts.toml", |file| file.rest::<Texts>());
        let official = head.as_ref().and_then(|(head, _)| self.official(&head.holidays));
        let zone = head.as_ref().and_then(|(head, _)| self.zone(&head.time_zone));
        let (head, plan) = head?;
        let (routes, tiering) = routes?;
        let (channels, remotes) = channels?;
        let (themes, same) = themes?;
        if head.office_hours_source == SourceKind::Configured && head.configured_note.trim().is_empty() {
            self.errors.add("city.toml", "configured_note", "不能为空", "must not be empty");
        }
        Some(City {
            code: head.code,
            name: head.name,
            division: head.division,
            title: head.title,
            short_title: head.short_title,
            number_prefix: head.number_prefix,
            calendar: self.calendar(zone.clone(), head.office_hours, official)?,
            zone: zone?,
            dispatcher: head.dispatcher,
            issue_coordinators: match head.issue_coordinators {
                none if none.is_empty() => vec![head.leading_group.clone()],
                some => some,
            },
            leading_group: head.leading_group,
            park: head.park,
            production: head.production,
            configured_note: head.configured_note,
            plan,
            clocks: clocks?,
            themes: Themes(themes),
            synonyms: shared?.into_iter().chain(same).map(|same| same.words).collect(),
            channels: Channels(channels),
            remotes,
            grounds: Grounds(grounds?),
            routes,
            tiering,
            checklists: checklists?,
            roles: roles?,
            tasks: tasks?,
            unit_seeds: unit_seeds?,
            texts: texts?,
            version: hex::encode(&self.print.clone().finalize()[..8]),
        })
    }

    fn read<T>(&mut self, name: &str, take: impl FnOnce(&mut Reader<'_>) -> Option<T>) -> Option<T> {
        let text = self.source.text(name, &mut self.errors)?;
        self.print.update(name.as_bytes());
        self.print.update(text.as_bytes());
        let mut reader = Reader::new(name, &text, &mut self.errors)?;
        let taken = take(&mut reader);
        reader.finish();
        taken
    }

    fn official(&mut self, name: &str) -> Option<OfficialDays> {
        let text = self.source.text(name, &mut self.errors)?;
        self.print.update(text.as_bytes());
        match OfficialDays::parse_csv(&text) {
            Ok(days) => Some(days),
            Err(mistakes) => {
                for mistake in mistakes {
                    self.errors.add(name, "", mistake.to_string(), "unusable line in the official calendar");
                }
                None
            }
        }
    }

    fn calendar(
        &mut self,
        zone: Option<TimeZone>,
        hours: OfficeHours,
        official: Option<OfficialDays>,
    ) -> Option<Calendar> {
        match Calendar::new(zone?, hours, official?, Vec::new()) {
            Ok(calendar) => Some(calendar),
            Err(error) => {
                self.errors.add("city.toml", "holidays", error.to_string(), "the official calendar cannot be used");
                None
            }
        }
    }

    fn zone(&mut self, name: &str) -> Option<TimeZone> {
        let zone = TimeZone::get(name).ok();
        if zone.is_none() {
            self.errors.add("city.toml", "time_zone", format!("没有“{name}”这个时区"), "unknown time zone");
        }
        zone
    }
}

fn grounds(file: &mut Reader<'_>) -> BTreeMap<GroundKind, Vec<super::Ground>> {
    GroundKind::ALL.into_iter().map(|kind| (kind, file.entries(kind.code()))).collect()
}

fn clocks(file: &mut Reader<'_>, note: &str) -> Option<ClockRules> {
    let counting = file.sourced("counting", note);
    let limits = limits(file, note);
    let extension = file.sourced("extension", note);
    let suspension = file.sourced("suspension", note);
    let supervise = file.sourced("supervise", note);
    let rating = file.sourced("rating", note);
    let digest = file.sourced("digest", note);
    let duties = file.sourced::<BTreeMap<String, Duty>>("obligation", note);
    let quarter_report = file.sourced("quarter_report", note);
    Some(ClockRules {
        counting: counting?,
        limits: limits?,
        extension: extension?,
        suspension: suspension?,
        supervise: supervise?,
        rating: rating?,
        digest: digest?,
        duties: duties?,
        quarter_report: quarter_report?,
    })
}

fn limits(file: &mut Reader<'_>, note: &str) -> Option<BTreeMap<ClockKind, ClockRule>> {
    let mut limits = BTreeMap::new();
    for (name, raw) in file.named::<RawLimit>("limits") {
        let Some(kind) = ClockKind::from_code(&name) else {
            file.wrong(&format!("limits.{name}"), "程序不认识这个时限", "no such clock");
            continue;
        };
        let provenance = Provenance::new(raw.source, raw.plan, raw.reference, note);
        limits.insert(kind, ClockRule { kind, label: raw.label, start: raw.start, limit: raw.limit, provenance });
    }
    let missing: Vec<ClockKind> = ClockKind::ALL.into_iter().filter(|kind| !limits.contains_key(kind)).collect();
    for kind in &missing {
        file.wrong(&format!("limits.{}", kind.code()), "缺少这个时限或者它写错了", "the clock is missing or wrong");
    }
    missing.is_empty().then_some(limits)
}

impl Reader<'_> {
    /// Takes a section whose keys `source`, `plan` and `reference` say where the others come from.
    fn sourced<T: serde::de::DeserializeOwned>(&mut self, key: &str, note: &str) -> Option<Sourced<T>> {
        let mut said = self.split(key, ["source", "plan", "reference"])?;
        let source = self.word::<SourceKind>(key, "source", &mut said);
        let plan = self.word::<String>(key, "plan", &mut said);
        let reference = self.word::<String>(key, "reference", &mut said);
        let rule = self.section::<T>(key);
        let provenance = Provenance::new(source?, plan?, reference?, note);
        Some(Sourced { rule: rule?, provenance })
    }
}

impl Provenance {
    fn new(source: SourceKind, plan: String, reference: String, configured: &str) -> Self {
        let note = match source {
            SourceKind::Plan => "方案原文".to_owned(),
            SourceKind::Configured => configured.to_owned(),
        };
        Self { source, plan, reference, note }
    }
}
