//! Adding up. Pure.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::demands::rules::vocabulary::Source;
use crate::models::Aspect;

/// Decisions that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// What was decided about.
    pub aspect: Aspect,
    /// What was proposed.
    pub proposed: Option<String>,
    /// Where that came from.
    pub source: Option<Source>,
    /// Whether the program stood by it.
    pub sure: bool,
    /// What was decided.
    pub decided: String,
    /// How often.
    pub n: u64,
}

/// Proposals and how many of them people took over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Taken {
    /// Proposals.
    pub proposed: u64,
    /// Of them, those that were decided as proposed.
    pub accepted: u64,
}

impl Taken {
    /// Those that were decided otherwise.
    pub fn changed(self) -> u64 {
        self.proposed - self.accepted
    }

    /// The share that was taken over, in percent, rounded down: 99.6 % is not all.
    pub fn percent(self) -> Option<u64> {
        (self.accepted * 100).checked_div(self.proposed)
    }

    fn add(&mut self, tally: &Tally) {
        if tally.proposed.is_some() {
            self.proposed += tally.n;
            self.accepted += if tally.proposed.as_ref() == Some(&tally.decided) { tally.n } else { 0 };
        }
    }
}

/// How the proposals of one aspect did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The aspect.
    pub aspect: Aspect,
    /// All proposals.
    pub all: Taken,
    /// Those that were learned.
    pub learned: Taken,
    /// Those by words and rules.
    pub told: Taken,
    /// Decisions for which the program said that it does not know.
    pub unknown: u64,
    /// By what was decided, the most frequent first.
    pub classes: Vec<ClassRecord>,
}

/// How the proposals did where one value was decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassRecord {
    /// What was decided.
    pub value: String,
    /// The proposals there.
    pub taken: Taken,
    /// Decisions for which nothing was proposed.
    pub unknown: u64,
}

impl ClassRecord {
    /// Decisions.
    pub fn decided(&self) -> u64 {
        self.taken.proposed + self.unknown
    }
}

/// Tallies added up by aspect, in the order of the triage; an aspect without decisions has no record.
pub fn summed(tallies: &[Tally]) -> Vec<Record> {
    let of = |aspect: Aspect| {
        let mut record = Record {
            aspect,
            all: Taken::default(),
            learned: Taken::default(),
            told: Taken::default(),
            unknown: 0,
            classes: Vec::new(),
        };
        let mut classes = BTreeMap::<&str, ClassRecord>::new();
        for tally in tallies.iter().filter(|tally| tally.aspect == aspect) {
            let class = classes.entry(&tally.decided).or_default();
            record.all.add(tally);
            class.taken.add(tally);
            match tally.source {
                Some(Source::Learned) => record.learned.add(tally),
                _ => record.told.add(tally),
            }
            if tally.proposed.is_none() {
                record.unknown += tally.n;
                class.unknown += tally.n;
            }
        }
        let named = |(value, class): (&str, ClassRecord)| ClassRecord { value: value.to_owned(), ..class };
        record.classes = classes.into_iter().map(named).collect();
        record.classes.sort_by_key(|class| std::cmp::Reverse(class.decided()));
        record
    };
    Aspect::ALL.into_iter().map(of).filter(|record| !record.classes.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(proposed: Option<&str>, source: Option<Source>, decided: &str, n: u64) -> Tally {
        let proposed = proposed.map(str::to_owned);
        Tally { aspect: Aspect::Theme, proposed, source, sure: true, decided: decided.to_owned(), n }
    }

    #[test]
    fn what_was_taken_over_is_counted_by_source_and_class() {
        let tallies = [
            tally(Some("a"), Some(Source::Learned), "a", 8),
            tally(Some("b"), Some(Source::Learned), "a", 1),
            tally(Some("b"), Some(Source::Keywords), "b", 2),
            tally(None, None, "b", 3),
        ];
        let [record] = summed(&tallies).try_into().unwrap();
        assert_eq!((record.all, record.unknown), (Taken { proposed: 11, accepted: 10 }, 3));
        assert_eq!((record.learned, record.told.proposed), (Taken { proposed: 9, accepted: 8 }, 2));
        assert_eq!((record.all.percent(), record.all.changed()), (Some(90), 1));
        let classes: Vec<_> = record.classes.iter().map(|c| (c.value.as_str(), c.decided(), c.unknown)).collect();
        assert_eq!(classes, [("a", 9, 0), ("b", 5, 3)]);
        assert_eq!(Taken::default().percent(), None);
    }
}
