//! The arithmetic under the calendar. Between the first and the last year with any exception, every day is a row of
//! running totals; outside, weeks are regular. So counting needs no walk over days, however far apart two instants lie.

use super::{
    date::{DAY, Wall},
    hours::OfficeHours,
};

/// Days, working days and working time, as running totals.
#[derive(Debug)]
pub(super) struct Table {
    /// The number of the first row's day.
    first: i64,
    /// The hours of each row, as a place in `hours`; `OFF` for none.
    kinds: Vec<u32>,
    /// The regular hours, then those of half days.
    hours: Vec<OfficeHours>,
    /// Working days in the rows before; one more than there are rows.
    days_before: Vec<i64>,
    /// Working time in the rows before; one more than there are rows.
    work_before: Vec<i64>,
    /// The working days among the rows.
    working: Vec<i64>,
}

const OFF: u32 = u32::MAX;
const REGULAR: u32 = 0;

impl Table {
    /// The table of the days `first..end`, whose hours `hours_of` tells; outside, Monday to Friday are `regular`.
    pub fn build(first: i64, end: i64, regular: OfficeHours, hours_of: impl Fn(i64) -> Option<OfficeHours>) -> Self {
        let mut table = Self {
            first,
            kinds: Vec::new(),
            hours: vec![regular],
            days_before: vec![0],
            work_before: vec![0],
            working: Vec::new(),
        };
        for day in first..end {
            table.push(day, hours_of(day));
        }
        table
    }

    /// The hours of `day`; `None` where it is off.
    pub fn hours(&self, day: i64) -> Option<&OfficeHours> {
        self.hours.get(self.kind(day) as usize)
    }

    /// Working days before `day`, counted from an origin of this table's own.
    pub fn days_before(&self, day: i64) -> i64 {
        self.total_before(day, &self.days_before, 1)
    }

    /// Working time before `wall`, counted from an origin of this table's own.
    pub fn work_before(&self, wall: Wall) -> i64 {
        let day = wall.day();
        let today = self.hours(day).map_or(0, |hours| hours.worked_by(wall.time()));
        self.total_before(day, &self.work_before, self.regular().total()) + today
    }

    /// The working day that has exactly `count` working days before it.
    pub fn working_day(&self, count: i64) -> i64 {
        let inside = self.working.len() as i64;
        match count {
            _ if count < 0 => regular_day(regular_before(self.first) + count),
            _ if count < inside => self.working[count as usize],
            _ => regular_day(regular_before(self.end()) + count - inside),
        }
    }

    /// The first wall time before which `work` has passed, counted from this table's origin.
    pub fn wall_when(&self, work: i64) -> Wall {
        let inside = self.work_before.last().copied().unwrap_or(0);
        if work <= 0 || work > inside {
            let (from, done) = if work <= 0 { (self.first, 0) } else { (self.end(), inside) };
            return self.regular_wall_when(from, work - done);
        }
        let row = self.work_before.partition_point(|before| *before < work) - 1;
        let day = self.first + row as i64;
        let time = self.hours(day).map_or(0, |hours| hours.time_when(work - self.work_before[row]));
        Wall::on(day, time)
    }

    fn regular_wall_when(&self, from: i64, work: i64) -> Wall {
        let per_day = self.regular().total();
        // A day's last microsecond of work belongs to that day, not to the next one.
        let whole_days = (work - 1).div_euclid(per_day);
        let day = regular_day(regular_before(from) + whole_days);
        Wall(day.saturating_mul(DAY).saturating_add(self.regular().time_when(work - whole_days * per_day)))
    }

    fn push(&mut self, day: i64, hours: Option<OfficeHours>) {
        let work = hours.as_ref().map_or(0, OfficeHours::total);
        let days = i64::from(hours.is_some());
        let kind = hours.map_or(OFF, |hours| self.place_of(hours));
        self.kinds.push(kind);
        self.days_before.push(self.days_before.last().copied().unwrap_or(0) + days);
        self.work_before.push(self.work_before.last().copied().unwrap_or(0) + work);
        if days == 1 {
            self.working.push(day);
        }
    }

    fn place_of(&mut self, hours: OfficeHours) -> u32 {
        let place = self.hours.iter().position(|known| *known == hours).unwrap_or_else(|| {
            self.hours.push(hours);
            self.hours.len() - 1
        });
        place as u32
    }

    fn kind(&self, day: i64) -> u32 {
        match usize::try_from(day - self.first).ok().and_then(|row| self.kinds.get(row)) {
            Some(kind) => *kind,
            None if is_regular(day) => REGULAR,
            None => OFF,
        }
    }

    fn total_before(&self, day: i64, rows: &[i64], per_regular_day: i64) -> i64 {
        let inside = rows.last().copied().unwrap_or(0);
        match day - self.first {
            row if row < 0 => (regular_before(day) - regular_before(self.first)) * per_regular_day,
            row if (row as usize) < rows.len() => rows[row as usize],
            _ => inside + (regular_before(day) - regular_before(self.end())) * per_regular_day,
        }
    }

    fn end(&self) -> i64 {
        self.first + self.kinds.len() as i64
    }

    fn regular(&self) -> &OfficeHours {
        &self.hours[REGULAR as usize]
    }
}

/// The number of a Monday, 1970-01-05.
const MONDAY: i64 = 4;

/// Whether `day` is a Monday to Friday.
pub(super) fn is_regular(day: i64) -> bool {
    (day - MONDAY).rem_euclid(7) < 5
}

fn regular_before(day: i64) -> i64 {
    let since = day - MONDAY;
    since.div_euclid(7) * 5 + since.rem_euclid(7).min(5)
}

fn regular_day(count: i64) -> i64 {
    MONDAY + count.div_euclid(5) * 7 + count.rem_euclid(5)
}
