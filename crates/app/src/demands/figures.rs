//! What the public is told in numbers: how many demands were heard in a quarter, how many were answered on time, how many
//! were confirmed as solved. Counted from the demands themselves, and shown only where nobody can be recognised in them.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{Instant, Result};
use store::{Tx, args, sql};

use super::rules::vocabulary::Audience;
use crate::context::Cx;

/// Fewer cases than this are not shown as a number.
pub const FEWEST: i64 = 5;

/// A quarter of a year on the city's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quarter {
    /// The year.
    pub year: i16,
    /// 1 to 4.
    pub number: i8,
}

impl Quarter {
    /// The quarter of a day.
    pub fn of(day: Date) -> Self {
        Self { year: day.year(), number: (day.month() - 1) / 3 + 1 }
    }

    /// The quarter of a text like `2026-Q1`.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, number) = text.split_once("-Q")?;
        let (year, number) = (year.parse().ok()?, number.parse().ok()?);
        ((2000..=2999).contains(&year) && (1..=4).contains(&number)).then_some(Self { year, number })
    }

    /// `2026-Q1`.
    pub fn code(self) -> String {
        format!("{}-Q{}", self.year, self.number)
    }

    /// `2026 年第 1 季度`.
    pub fn label(self) -> String {
        format!("{} 年第 {} 季度", self.year, self.number)
    }

    /// The quarter before.
    pub fn before(self) -> Self {
        match self.number {
            1 => Self { year: self.year - 1, number: 4 },
            number => Self { number: number - 1, ..self },
        }
    }

    /// The quarter after.
    pub fn after(self) -> Self {
        match self.number {
            4 => Self { year: self.year + 1, number: 1 },
            number => Self { number: number + 1, ..self },
        }
    }

    /// Its first instant.
    fn start(self, zone: &TimeZone) -> Instant {
        let day = Date::new(self.year, (self.number - 1) * 3 + 1, 1).unwrap_or_default();
        day.to_zoned_datetime(zone.clone()).map_or(Instant::default(), |zoned| Instant::from(&zoned))
    }
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// How many.
    pub part: i64,
    /// Of how many.
    pub whole: i64,
}

impl Share {
    /// `96.2`, where there are enough cases to say it.
    pub fn percent(self) -> Option<String> {
        // Rounded down, so that 100 % means all.
        (self.whole >= FEWEST)
            .then(|| self.part * 1000 / self.whole)
            .map(|tenths| format!("{}.{}", tenths / 10, tenths % 10))
    }
}

/// The figures of one quarter: of the demands received in it, as they stand now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Which quarter.
    pub quarter: Quarter,
    /// As of when.
    pub as_of: Instant,
    /// How many were heard.
    pub heard: i64,
    /// First answers given within the limit, of all first answers that were given or are overdue.
    pub on_time: Share,
    /// Confirmed as solved when called back, of all whom a call-back reached.
    pub solved: Share,
    /// How many by entrance.
    pub by_audience: Vec<(Audience, i64)>,
    /// How many by theme's code, most first; `None` has not been sorted yet.
    pub by_theme: Vec<(Option<String>, i64)>,
}

/// The figures that were counted last, kept for a few minutes: everybody who opens the portal asks for the same ones.
#[derive(Default)]
pub struct Board(Mutex<Vec<Posted>>);

struct Posted {
    figures: Arc<Figures>,
    /// When somebody last set out to count them anew.
    begun: Instant,
}

const FRESH_SECONDS: i64 = 300;
const KEPT: usize = 8;

impl Board {
    /// The figures of a quarter, if they need not be counted now. Of those who find them old only the first is sent to
    /// count; the others make do with the old ones until that is done.
    fn posted(&self, quarter: Quarter, now: Instant) -> Option<Arc<Figures>> {
        let mut board = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let posted = board.iter_mut().find(|posted| posted.figures.quarter == quarter)?;
        if !(0..FRESH_SECONDS).contains(&now.seconds_since(posted.begun)) {
            posted.begun = now;
            return None;
        }
        Some(Arc::clone(&posted.figures))
    }

    fn post(&self, figures: Arc<Figures>) {
        let mut board = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        board.retain(|posted| posted.figures.quarter != figures.quarter);
        board.insert(0, Posted { begun: figures.as_of, figures });
        board.truncate(KEPT);
    }
}

/// The figures of a quarter, a few minutes old at most.
pub fn figures(cx: &mut Cx<'_>, quarter: Quarter) -> Result<Arc<Figures>> {
    if let Some(posted) = cx.app.board().posted(quarter, cx.now) {
        return Ok(posted);
    }
    let zone = cx.app.city().zone.clone();
    let counted = Arc::new(count(cx.tx, quarter, &zone, cx.now)?);
    cx.app.board().post(Arc::clone(&counted));
    Ok(counted)
}

fn count(tx: &mut Tx, quarter: Quarter, zone: &TimeZone, now: Instant) -> Result<Figures> {
    let within = (quarter.start(zone), quarter.after().start(zone));
    let by_audience: Vec<(String, i64)> = tx.all(
        sql!("SELECT audience, COUNT(*) FROM demand WHERE received_at >= $1 AND received_at < $2 GROUP BY audience"),
        args![within.0, within.1],
    )?;
    let by_theme = tx.all(
        sql!(
            "SELECT theme, COUNT(*) FROM demand WHERE received_at >= $1 AND received_at < $2
              GROUP BY theme ORDER BY COUNT(*) DESC, theme"
        ),
        args![within.0, within.1],
    )?;
    let of = |audience: &Audience| by_audience.iter().find(|(code, _)| code == audience.code()).map_or(0, |(_, n)| *n);
    Ok(Figures {
        quarter,
        as_of: now,
        heard: by_audience.iter().map(|(_, n)| n).sum(),
        on_time: on_time(tx, within, now)?,
        solved: solved(tx, within)?,
        by_audience: Audience::ALL.iter().map(|audience| (*audience, of(audience))).collect(),
        by_theme,
    })
}

/// A handling clock counts when a reply stopped it, or when it still runs past its due; one that ended because the demand
/// was withdrawn or went to another unit says nothing about answering.
fn on_time(tx: &mut Tx, within: (Instant, Instant), now: Instant) -> Result<Share> {
    let (whole, part) = tx.one(
        sql!(
            "SELECT COUNT(*), COUNT(*) FILTER (WHERE c.stopped_at IS NOT NULL AND c.stopped_at <= c.due_at)
             FROM demand d JOIN demand_clock c ON c.demand_id = d.id
             WHERE d.received_at >= $1 AND d.received_at < $2 AND c.name = 'handle' AND c.round = 1
               AND (c.stopped_at IS NULL AND c.due_at < $3
                    OR EXISTS (SELECT 1 FROM demand_reply r WHERE r.demand_id = d.id AND r.round = 1 AND r.at = c.stopped_at))"
        ),
        args![within.0, within.1, now],
    )?;
    Ok(Share { part, whole })
}

/// The last call-back that reached somebody speaks for its demand.
fn solved(tx: &mut Tx, within: (Instant, Instant)) -> Result<Share> {
    let (whole, part) = tx.one(
        sql!(
            "SELECT COUNT(*), COUNT(*) FILTER (WHERE b.solved)
             FROM demand d JOIN demand_callback b ON b.demand_id = d.id
             WHERE d.received_at >= $1 AND d.received_at < $2 AND b.reached
               AND NOT EXISTS (SELECT 1 FROM demand_callback l WHERE l.demand_id = d.id AND l.reached AND l.id > b.id)"
        ),
        args![within.0, within.1],
    )?;
    Ok(Share { part, whole })
}

#[cfg(test)]
mod tests {
    use kernel::Actor;
    use serde_json::json;

    use super::*;
    use crate::demands::actions::intake;
    use crate::testing::{TestCity, fields};

    #[test]
    fn quarters_follow_one_another() {
        let last = Quarter::parse("2025-Q4").unwrap();
        assert_eq!(last.after().code(), "2026-Q1");
        assert_eq!(last.after().before(), last);
        assert_eq!(Quarter::of(Date::constant(2026, 3, 31)).label(), "2026 年第 1 季度");
        assert_eq!(Quarter::of(Date::constant(2026, 12, 1)).number, 4);
        let wrong = ["2026", "2026-Q0", "2026-Q5", "26-Q1", "2026-Q", "-Q1"];
        assert!(wrong.iter().all(|text| Quarter::parse(text).is_none()));
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        assert_eq!(last.after().start(&zone).rfc3339(&zone), "2026-01-01T00:00:00+08:00");
    }

    #[test]
    fn both_engines_count_alike() {
        TestCity::on_both_engines(|city| {
            let quarter = Quarter { year: 2026, number: 1 };
            let counted = || city.app.read_now(&Actor::public(), move |cx| figures(cx, quarter)).unwrap();
            let none = counted();
            assert_eq!((none.heard, none.on_time, none.solved), (0, Share::default(), Share::default()));
            city.app
                .write_now(&Actor::public(), |cx| {
                    let said = fields(json!({ "audience": "public", "title": "路灯坏了", "text": "三盏路灯不亮" }));
                    let said = intake::check(cx.app, cx.actor, &said)?;
                    intake::register(cx, "AN20260302W0001", &said, &[])
                })
                .unwrap();
            assert_eq!(counted().heard, 0, "kept for five minutes");
            city.at("2026-03-02T09:05:00+08:00");
            let one = counted();
            assert_eq!(
                (one.heard, one.by_audience[0], one.by_theme.as_slice()),
                (1, (Audience::Public, 1), &[(None, 1)][..])
            );
        });
    }

    #[test]
    fn small_numbers_are_not_shown() {
        assert_eq!(Share { part: 4, whole: 4 }.percent(), None);
        assert_eq!(Share { part: 5, whole: 5 }.percent().unwrap(), "100.0");
        assert_eq!(Share { part: 1999, whole: 2000 }.percent().unwrap(), "99.9");
        assert_eq!(Share { part: 0, whole: 6 }.percent().unwrap(), "0.0");
    }
}
