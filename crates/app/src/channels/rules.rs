//! The law of coverage: the eight ways, what came by each, and when hearing is called thin.

use jiff::civil::Date;
use kernel::Refusal;
use kernel::error::Checker;

use crate::city::{Channel, City, Mode};

/// 偏少: fewer than this share of the median, in per cent (本市配置值).
pub const THIN_PERCENT: i64 = 25;
/// Days that are looked at where nobody says otherwise, today included.
pub const USUAL_DAYS: i64 = 90;

/// How much is heard somewhere, next to its likes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hearing {
    /// Enough to be no matter.
    Heard,
    /// Less than the thin share of the median.
    Thin,
    /// Nothing in the whole period.
    Silent,
}

impl Hearing {
    /// The rule, whole: nothing is silent, less than a quarter of the median is thin.
    pub fn of(n: i64, median: f64) -> Self {
        match n {
            0 => Self::Silent,
            n if (n * 100) as f64 >= median * THIN_PERCENT as f64 => Self::Heard,
            _ => Self::Thin,
        }
    }

    /// The identifier in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Heard => "heard",
            Self::Thin => "thin",
            Self::Silent => "silent",
        }
    }

    /// The word on the page.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Heard => "正常",
            Self::Thin => "偏少",
            Self::Silent => "空白",
        }
    }
}

/// The middle of some numbers; the mean of the two middle ones where their number is even.
pub fn median(numbers: &[i64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    match sorted.len() {
        0 => 0.0,
        n if n % 2 == 1 => sorted[n / 2] as f64,
        n => (sorted[n / 2 - 1] + sorted[n / 2]) as f64 / 2.0,
    }
}

/// The days that are looked at, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub from: Date,
    /// The last.
    pub to: Date,
}

impl Span {
    /// The days that an address asks for; what it leaves out is the last [`USUAL_DAYS`] days.
    pub fn read(from: Option<&str>, to: Option<&str>, today: Date) -> Result<Self, Refusal> {
        let mut check = Checker::default();
        let to = day("to", to, &mut check).unwrap_or(today);
        let usual = to.saturating_sub(jiff::Span::new().days(USUAL_DAYS - 1));
        let from = day("from", from, &mut check).unwrap_or(usual);
        if to < from {
            check.wrong("to", "before_from", "截止日期早于开始日期");
        }
        check.done()?;
        Ok(Self { from, to })
    }

    /// `from=…&to=…`, as lists take it.
    pub fn query(self) -> String {
        format!("from={}&to={}", self.from, self.to)
    }
}

fn day(name: &str, text: Option<&str>, check: &mut Checker) -> Option<Date> {
    let text = text.map(str::trim).filter(|text| !text.is_empty())?;
    let day = text.parse::<Date>().ok().filter(|day| (1900..=2200).contains(&day.year()));
    if day.is_none() {
        check.wrong(name, "bad_format", format!("{name} 请写成 2026-03-05 这样的日期"));
    }
    day
}

/// What came in by one channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// The channel's code.
    pub channel: String,
    /// How many voices.
    pub voices: i64,
    /// How many of each audience, in the order of `Audience::ALL`.
    pub audiences: [i64; 3],
}

/// What a unit handles, by channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitHeard {
    /// The unit's code.
    pub unit: String,
    /// Its short name.
    pub name: String,
    /// Whether it is a street or a park, where people live and firms stand.
    pub place: bool,
    /// How many by each channel.
    pub channels: Vec<(String, i64)>,
}

/// A channel within its way of collecting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelLine {
    /// The code.
    pub code: String,
    /// The name.
    pub label: String,
    /// How many voices.
    pub voices: i64,
    /// How many of each audience.
    pub audiences: [i64; 3],
    /// What the plan asks of it, where it does: the task's name and what can be checked.
    pub asks: Option<(String, String)>,
}

/// One of the eight ways of collecting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Which.
    pub mode: Mode,
    /// How many voices.
    pub voices: i64,
    /// How many of each audience.
    pub audiences: [i64; 3],
    /// Next to the other ways.
    pub hearing: Hearing,
    /// Its channels, in the profile's order.
    pub channels: Vec<ChannelLine>,
}

/// A unit, by way of collecting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitLine {
    /// The code.
    pub unit: String,
    /// The short name.
    pub name: String,
    /// How many in all.
    pub voices: i64,
    /// How many by each of the eight ways.
    pub cells: [i64; 8],
    /// A street or park next to the others; `None` for offices, whose share follows from their powers.
    pub hearing: Option<Hearing>,
}

/// Where the city hears, in a period.
#[derive(Clone, Debug, PartialEq)]
pub struct Coverage {
    /// The period.
    pub span: Span,
    /// Everything that was said: each voice counts, also one that joined another demand.
    pub voices: i64,
    /// How many of the voices joined another demand.
    pub joined: i64,
    /// The median of the eight ways.
    pub median: f64,
    /// The eight ways, in the plan's order.
    pub cells: Vec<Cell>,
    /// The units that handle what was said, streets and parks first.
    pub units: Vec<UnitLine>,
}

/// Puts what was counted into the eight ways and judges it.
pub fn coverage(city: &City, span: Span, joined: i64, heard: &[Heard], units: &[UnitHeard]) -> Coverage {
    let mut cells: Vec<Cell> = Mode::all().map(|mode| cell(city, mode, heard)).collect();
    let median_of_cells = median(&cells.iter().map(|cell| cell.voices).collect::<Vec<_>>());
    for cell in &mut cells {
        cell.hearing = Hearing::of(cell.voices, median_of_cells);
    }
    Coverage {
        span,
        voices: cells.iter().map(|cell| cell.voices).sum(),
        joined,
        median: median_of_cells,
        cells,
        units: unit_lines(city, units),
    }
}

fn cell(city: &City, mode: Mode, heard: &[Heard]) -> Cell {
    let channels: Vec<ChannelLine> =
        city.channels.all().iter().filter(|c| mode.covers(c)).map(|c| line(city, c, heard)).collect();
    let mut audiences = [0; 3];
    for line in &channels {
        (0..3).for_each(|at| audiences[at] += line.audiences[at]);
    }
    let voices = channels.iter().map(|line| line.voices).sum();
    Cell { mode, voices, audiences, hearing: Hearing::Heard, channels }
}

fn line(city: &City, channel: &Channel, heard: &[Heard]) -> ChannelLine {
    let found = heard.iter().find(|heard| heard.channel == channel.code);
    let task = channel.task.as_ref().and_then(|code| city.tasks.iter().find(|task| task.code == *code));
    ChannelLine {
        code: channel.code.clone(),
        label: channel.label.clone(),
        voices: found.map_or(0, |heard| heard.voices),
        audiences: found.map_or([0; 3], |heard| heard.audiences),
        asks: task.map(|task| (task.label.clone(), task.obligation.clone())),
    }
}

fn unit_lines(city: &City, units: &[UnitHeard]) -> Vec<UnitLine> {
    let modes: Vec<Mode> = Mode::all().collect();
    let mut lines: Vec<(bool, UnitLine)> = units
        .iter()
        .map(|unit| {
            let mut cells = [0; 8];
            for (code, n) in &unit.channels {
                let place =
                    city.channels.get(code).and_then(|channel| modes.iter().position(|mode| mode.covers(channel)));
                if let Some(place) = place {
                    cells[place] += n;
                }
            }
            let line = UnitLine {
                unit: unit.unit.clone(),
                name: unit.name.clone(),
                voices: cells.iter().sum(),
                cells,
                hearing: None,
            };
            (unit.place, line)
        })
        .collect();
    let places: Vec<i64> = lines.iter().filter(|(place, _)| *place).map(|(_, line)| line.voices).collect();
    let median = median(&places);
    for (place, line) in &mut lines {
        line.hearing = place.then(|| Hearing::of(line.voices, median));
    }
    // Stable: within each half the units stay in the city's order.
    lines.sort_by_key(|(place, _)| !place);
    lines.into_iter().map(|(_, line)| line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hearing_is_judged_by_the_median_alone() {
        let cases = [
            (0, 0.0, Hearing::Silent),
            (0, 9.0, Hearing::Silent),
            (1, 0.0, Hearing::Heard),
            (24, 100.0, Hearing::Thin),
            (25, 100.0, Hearing::Heard),
            (1, 4.5, Hearing::Thin),
            (1, 4.0, Hearing::Heard),
        ];
        for (n, median, expected) in cases {
            assert_eq!(Hearing::of(n, median), expected, "{n} of {median}");
        }
        assert_eq!((median(&[]), median(&[7, 1, 3]), median(&[4, 1, 3, 2])), (0.0, 3.0, 2.5));
    }

    #[test]
    fn the_period_is_ninety_days_unless_it_is_said() {
        let today = Date::constant(2026, 3, 31);
        let usual = Span::read(None, Some(" "), today).unwrap();
        assert_eq!(usual.query(), "from=2026-01-01&to=2026-03-31");
        let wrong = Span::read(Some("x"), Some("2026-13-01"), today).unwrap_err();
        assert_eq!(wrong.errors.len(), 2);
        assert!(Span::read(Some("2026-04-01"), Some("2026-03-01"), today).is_err());
    }
}
