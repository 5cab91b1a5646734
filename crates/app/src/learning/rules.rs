//! What is taught, when that is enough, and whether what was learned is put in force. Pure.

use std::collections::{BTreeMap, HashSet};

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::error::Checker;
use kernel::{Instant, Refusal};
use serde::Serialize;
use sm3::{Digest as _, Sm3};
use text::learn::Lesson;

use crate::city::City;
use crate::demands::lessons::Decided;
use crate::demands::rules::vocabulary::DemandKind;
use crate::models::rules::Figures;
use crate::models::{Aspect, State, Version};
use crate::units::UnitNames;

/// Decisions that are taught at most, the latest: older ones tell how the office used to decide.
pub const MOST: usize = 50_000;
/// Fewer decisions are no ground for a proposal.
pub const LEAST: usize = 30;
/// Fewer decisions of one kind say nothing about it.
pub const LEAST_OF_ONE: usize = 5;
/// Parts into which the decisions fall for the figures: each is judged by what was learned from the others.
pub const FOLDS: usize = 5;
/// The same decisions give the same model.
pub const SEED: u64 = 20_260_302;
/// Decisions that both versions must be asked about before one is called worse.
pub const LEAST_COMPARED: usize = 20;
/// So much lower is clearly worse, as a share.
const WORSE: f64 = 0.05;
/// Days of a record where none are named.
const DAYS: i64 = 30;

/// What is taught about an aspect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taught {
    /// The decisions, the latest first.
    pub decided: Vec<Decided>,
    /// Decisions of kinds that are too rare to be taught.
    pub rare: usize,
    /// Kinds that are taught.
    pub kinds: usize,
}

/// What of `decided` (the latest first) is taught: the same words once, by their latest decision, under what the city
/// calls it now (`now_called` gives nothing for what is gone), without kinds that are too rare.
pub fn taught(decided: Vec<Decided>, now_called: impl Fn(&str) -> Option<String>) -> Taught {
    let mut seen = HashSet::new();
    let mut kept: Vec<Decided> = decided
        .into_iter()
        .filter_map(|one| Some(Decided { value: now_called(&one.value)?, ..one }))
        .filter(|one| seen.insert((one.title.clone(), one.text.clone())))
        .collect();
    let mut counts = BTreeMap::<String, usize>::new();
    for one in &kept {
        *counts.entry(one.value.clone()).or_default() += 1;
    }
    let all = kept.len();
    kept.retain(|one| counts.get(&one.value).is_some_and(|n| *n >= LEAST_OF_ONE));
    let kinds = counts.values().filter(|n| **n >= LEAST_OF_ONE).count();
    Taught { rare: all - kept.len(), decided: kept, kinds }
}

/// What an aspect's value is called now: itself, for a unit whoever took over; nothing where the city no longer has it.
pub fn now_called(aspect: Aspect, value: &str, city: &City, units: &UnitNames, now: Instant) -> Option<String> {
    match aspect {
        Aspect::Theme => city.themes.get(value).map(|theme| theme.code.clone()),
        Aspect::Kind => DemandKind::from_code(value).map(|kind| kind.code().to_owned()),
        Aspect::Urgent => Some(value.to_owned()),
        Aspect::LeadUnit => units.resolve_handler(value, now).ok(),
    }
}

/// An aspect's value in Chinese.
pub fn called(aspect: Aspect, value: &str, city: &City, units: &UnitNames) -> String {
    match aspect {
        Aspect::Theme => city.themes.label(value),
        Aspect::Kind => DemandKind::from_code(value).map_or_else(|| value.to_owned(), |kind| kind.label().to_owned()),
        Aspect::Urgent => if value == "true" { "紧急" } else { "不急" }.to_owned(),
        Aspect::LeadUnit => units.short_name(value).to_owned(),
    }
}

impl Taught {
    /// Why it is too little, where it is.
    pub fn too_little(&self) -> Option<String> {
        let n = self.decided.len();
        if n >= LEAST && self.kinds >= 2 {
            return None;
        }
        Some(format!(
            "还不会：可以学的决定有 {n} 件、{} 类，至少要 {LEAST} 件、2 类，每类 {LEAST_OF_ONE} 件；在那以前按关键词和规则建议",
            self.kinds
        ))
    }

    /// The decisions as lessons, the oldest first, so that more of them change nothing about those before.
    pub fn lessons(&self) -> Vec<Lesson<'_>> {
        self.decided.iter().rev().map(|one| Lesson { title: &one.title, text: &one.text, label: &one.value }).collect()
    }

    /// The fingerprint of the decisions.
    pub fn print(&self) -> String {
        let mut hash = Sm3::new();
        for part in self.decided.iter().flat_map(|one| [&one.title, &one.text, &one.value]) {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        hex::encode(hash.finalize())
    }

    /// Every second decision after `since`: what both versions can be asked about, if the rest is taught.
    pub fn fresh(&self, since: Instant) -> HashSet<usize> {
        let fresh = self.decided.iter().enumerate().filter(|(_, one)| one.at > since);
        fresh.map(|(place, _)| place).step_by(2).collect()
    }
}

/// The version in force and a new one, asked about the same decisions, which neither was taught.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Duel {
    /// How many decisions.
    pub asked: usize,
    /// How many of them the version in force had right.
    pub old: usize,
    /// How many the new one had right.
    pub new: usize,
}

/// A share with how far chance may have moved it.
#[derive(Clone, Copy, Debug)]
struct Share {
    value: f64,
    variance: f64,
}

impl Share {
    /// The accuracy of `old` on decisions mixed as `now` has them: it is wrong about every kind that it does not know.
    fn accuracy(old: &Figures, now: &Figures) -> Self {
        let all = now.lessons().max(1) as f64;
        let known = now.classes.iter().filter_map(|class| Some((class.n as f64, old.class(&class.value)?.recall)));
        let value = known.map(|(n, recall)| n * recall).sum::<f64>() / all;
        Self { value, variance: value * (1.0 - value) / old.lessons().max(1) as f64 }
    }

    /// The mean F1 of `old` over the kinds that `now` has.
    fn macro_f1(old: &Figures, now: &Figures) -> Self {
        let kinds = now.classes.len().max(1) as f64;
        let known = || now.classes.iter().filter_map(|class| old.class(&class.value));
        let variance = known().map(|class| class.f1 * (1.0 - class.f1) / class.n.max(1) as f64).sum::<f64>();
        Self { value: known().map(|class| class.f1).sum::<f64>() / kinds, variance: variance / (kinds * kinds) }
    }

    /// `right` of `all`.
    fn of(right: usize, all: usize) -> Self {
        let value = right as f64 / all.max(1) as f64;
        Self { value, variance: value * (1.0 - value) / all.max(1) as f64 }
    }

    /// Whether it is lower than `other` by more than [`WORSE`] and by more than chance does (two standard errors).
    fn clearly_below(self, other: Self) -> bool {
        other.value - self.value > WORSE.max(2.0 * (self.variance + other.variance).sqrt())
    }
}

/// Whether a new version is put in force, and why. Both are measured on the decisions that there are now.
pub fn verdict(new: &Figures, old: Option<&Version>, duel: Duel) -> (State, String) {
    let Some(old) = old else {
        return (State::InForce, format!("第一版：没有学过的决定里，{} 判得对", percent(new.accuracy)));
    };
    let compared = duel.asked >= LEAST_COMPARED;
    if compared && Share::of(duel.new, duel.asked).clearly_below(Share::of(duel.old, duel.asked)) {
        let why = format!(
            "在同样 {} 件新决定上，这一版对 {} 件，正在使用的版本 {} 对 {} 件，明显不如，没有启用",
            duel.asked, duel.new, old.version, duel.old
        );
        return (State::SetAside, why);
    }
    let (before, accuracy) = (&old.figures, Share::accuracy(&old.figures, new));
    let measured = [
        ("准确率", Share::accuracy(new, new), accuracy),
        ("各类平均 F1", Share::macro_f1(new, new), Share::macro_f1(before, new)),
    ];
    if let Some((name, now, then)) = measured.into_iter().find(|(_, now, then)| now.clearly_below(*then)) {
        let why = format!(
            "{name} {}，正在使用的版本 {} 按现在的决定折算是 {}，明显不如，没有启用",
            percent(now.value),
            old.version,
            percent(then.value)
        );
        return (State::SetAside, why);
    }
    let beside = match compared {
        true => format!("；同样 {} 件新决定，对 {} 件，原来的版本对 {} 件", duel.asked, duel.new, duel.old),
        false => String::new(),
    };
    let (now, then) = (percent(new.accuracy), percent(accuracy.value));
    (State::InForce, format!("接替版本 {}：准确率 {now}，原来的按现在的决定折算是 {then}{beside}", old.version))
}

/// A share as a percentage with one digit.
pub fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

/// What became of one aspect's lessons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Came {
    /// A new version is in force.
    InForce,
    /// A new version was learned and set aside.
    SetAside,
    /// Nothing was decided since the last version.
    Unchanged,
    /// There are too few decisions.
    TooFew,
    /// A person put the version in force; the night leaves it alone.
    Held,
}

/// What became of one aspect's lessons, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The aspect.
    pub aspect: Aspect,
    /// What came of it.
    pub came: Came,
    /// Decisions that there were to learn from.
    pub lessons: usize,
    /// Why, as a sentence.
    pub because: String,
    /// The version that was learned.
    pub version: Option<Version>,
}

/// The days of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

impl Span {
    /// The days that were named; every mistake at once.
    pub fn read(from: Option<&str>, to: Option<&str>, today: Date) -> Result<Self, Refusal> {
        let mut check = Checker::default();
        let mut day = |field: &str, text: Option<&str>| {
            let text = text.map(str::trim).filter(|text| !text.is_empty())?;
            let date = text.parse::<Date>().ok();
            if date.is_none() {
                check.wrong(field, "bad_format", "日期写成 2026-03-05 的形式");
            }
            date
        };
        let (from, to) = (day("from", from), day("to", to));
        let to = to.unwrap_or(today);
        let from = from.unwrap_or_else(|| to.saturating_sub(DAYS.days()));
        if from > to {
            check.wrong("from", "contradiction", "起始日在截止日之后");
        }
        check.done()?;
        Ok(Self { from, to })
    }

    /// From its first instant to the one after its last.
    pub fn instants(self, zone: &TimeZone) -> (Instant, Instant) {
        let begin = |day: Date, never| {
            day.to_zoned_datetime(zone.clone()).map_or(Instant(never), |zoned| Instant::from(&zoned))
        };
        (begin(self.from, i64::MIN), begin(self.to.saturating_add(1.day()), i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::rules::ClassFigures;

    fn one(text: &str, value: &str, at: i64) -> Decided {
        Decided { title: String::new(), text: text.to_owned(), value: value.to_owned(), at: Instant(at) }
    }

    #[test]
    fn the_same_words_teach_once_and_what_is_gone_or_rare_teaches_nothing() {
        let mut decided = vec![one("同一句话", "a", 9), one("同一句话", "b", 1), one("少见", "c", 1)];
        decided.extend((0..5).map(|n| one(&format!("甲{n}"), "a", n)));
        decided.extend((0..5).map(|n| one(&format!("乙{n}"), "old", n)));
        decided.extend((0..9).map(|n| one(&format!("丙{n}"), "gone", n)));
        let called = |value: &str| match value {
            "gone" => None,
            "old" => Some("b".to_owned()),
            other => Some(other.to_owned()),
        };
        let taught = taught(decided, called);
        assert_eq!((taught.decided.len(), taught.kinds, taught.rare), (11, 2, 1));
        assert!(taught.decided.iter().all(|one| ["a", "b"].contains(&one.value.as_str())));
        assert!(taught.too_little().unwrap().contains("11 件、2 类"));
        assert_eq!(taught.fresh(Instant(3)).len(), 2, "every second of what is new");
    }

    fn figures(classes: &[(&str, f64, u64)]) -> Figures {
        let class = |(value, share, n): &(&str, f64, u64)| ClassFigures {
            value: (*value).to_owned(),
            precision: *share,
            recall: *share,
            f1: *share,
            n: *n,
        };
        let classes: Vec<ClassFigures> = classes.iter().map(class).collect();
        let lessons: u64 = classes.iter().map(|class| class.n).sum();
        let accuracy = classes.iter().map(|class| class.recall * class.n as f64).sum::<f64>() / lessons as f64;
        Figures { accuracy, classes, ..Figures::default() }
    }

    #[test]
    fn clearly_worse_is_more_than_chance_and_measured_on_what_there_is_now() {
        let version = |figures| Version {
            aspect: Aspect::Theme,
            version: 1,
            state: State::InForce,
            reason: String::new(),
            lessons: 0,
            print: String::new(),
            figures,
            whole: true,
            trained_by: String::new(),
            trained_at: Instant(0),
            settled_by: String::new(),
            settled_at: Instant(0),
            held: false,
        };
        let judged = |new: &[(&str, f64, u64)], old: &[(&str, f64, u64)], duel| {
            verdict(&figures(new), Some(&version(figures(old))), duel).0
        };
        let none = Duel::default();
        let old: &[_] = &[("a", 0.9, 400), ("b", 0.9, 400)];
        assert_eq!(judged(&[("a", 0.88, 450), ("b", 0.88, 450)], old, none), State::InForce);
        assert_eq!(judged(&[("a", 0.8, 450), ("b", 0.8, 450)], old, none), State::SetAside);
        // The same difference after few decisions is chance.
        assert_eq!(judged(&[("a", 0.8, 20), ("b", 0.8, 20)], &[("a", 0.9, 15), ("b", 0.9, 15)], none), State::InForce);
        // More kinds are harder; whoever does not know them has them all wrong.
        let more = [("a", 0.7, 450), ("b", 0.7, 450), ("c", 0.7, 450), ("d", 0.7, 450)];
        assert_eq!(judged(&more, old, none), State::InForce);
        let lost = Duel { asked: 200, old: 180, new: 150 };
        assert_eq!(judged(&[("a", 0.9, 450), ("b", 0.9, 450)], old, lost), State::SetAside);
        assert_eq!(judged(old, old, Duel { asked: 10, old: 9, new: 1 }), State::InForce, "ten say nothing");
    }

    #[test]
    fn days_are_read_with_every_mistake() {
        let today = "2026-03-31".parse().unwrap();
        let span = Span::read(None, Some(""), today).unwrap();
        assert_eq!((span.from.to_string(), span.to), ("2026-03-01".to_owned(), today));
        let wrong = Span::read(Some("昨天"), Some("2026-13-01"), today).unwrap_err();
        assert_eq!(wrong.errors.len(), 2);
        let zone = TimeZone::UTC;
        assert!(Span { from: Date::MIN, to: Date::MAX }.instants(&zone).0 < Instant(0));
    }
}
