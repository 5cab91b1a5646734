//! Amounts of working time, limits, and what is wrong with a limit.

use std::ops::{Add, Neg, Sub};

use serde::{Deserialize, Serialize};

use super::date::MINUTE;
use crate::{Error, Refusal, RefusalKind};

/// An amount of working time, exact to the microsecond; negative where something is late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkingTime(pub(super) i64);

impl WorkingTime {
    /// None.
    pub const ZERO: Self = Self(0);

    /// So many minutes; absurdly many saturate.
    pub fn from_minutes(minutes: i64) -> Self {
        Self(minutes.saturating_mul(MINUTE))
    }

    /// Whole minutes, towards zero.
    pub fn minutes(self) -> i64 {
        self.0 / MINUTE
    }

    /// Microseconds.
    pub fn micros(self) -> i64 {
        self.0
    }

    /// How people say it: `3 小时 30 分钟`; a started minute counts, because what is left of it can still be used.
    pub fn phrase(self) -> String {
        let minutes = self.0.unsigned_abs().div_ceil(MINUTE as u64);
        match (minutes / 60, minutes % 60) {
            (0, m) => format!("{m} 分钟"),
            (h, 0) => format!("{h} 小时"),
            (h, m) => format!("{h} 小时 {m} 分钟"),
        }
    }
}

impl Add for WorkingTime {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for WorkingTime {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for WorkingTime {
    type Output = Self;

    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

/// How long something may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Until the offices close on the nth working day after the day of receipt; 0 is the day of receipt itself or, where
    /// its office hours are over, the next working day.
    WorkingDays(u32),
    /// So many minutes of office hours, counted from the receipt on.
    WorkingMinutes(u32),
}

impl Limit {
    /// The longest limit in working days: ten years, so that a slip of the finger is found at once.
    pub const MOST_DAYS: u32 = 2_500;
    /// The longest limit in working minutes.
    pub const MOST_MINUTES: u32 = Self::MOST_DAYS * 24 * 60;

    /// So many hours of office hours.
    pub fn working_hours(hours: u32) -> Self {
        Self::WorkingMinutes(hours.saturating_mul(60))
    }

    /// How people say it.
    pub fn label(self) -> String {
        match self {
            Self::WorkingDays(0) => "当日".to_owned(),
            Self::WorkingDays(days) => format!("{days} 个工作日"),
            Self::WorkingMinutes(minutes) => {
                format!("办公时间 {}", WorkingTime::from_minutes(i64::from(minutes)).phrase())
            }
        }
    }

    pub(super) fn check(self) -> Result<Self, WorktimeError> {
        match self {
            Self::WorkingDays(days) if days > Self::MOST_DAYS => Err(WorktimeError::TooManyDays(days)),
            Self::WorkingMinutes(minutes) if minutes > Self::MOST_MINUTES => {
                Err(WorktimeError::TooManyMinutes(minutes))
            }
            fine => Ok(fine),
        }
    }
}

/// Why there is no such due date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorktimeError {
    /// More working days than a limit may have.
    #[error("时限最长 {} 个工作日，现在是 {} 个", Limit::MOST_DAYS, .0)]
    TooManyDays(u32),
    /// More working minutes than a limit may have.
    #[error("时限最长 {} 个工作分钟，现在是 {} 个", Limit::MOST_MINUTES, .0)]
    TooManyMinutes(u32),
    /// A date beyond the year 9999.
    #[error("推算的日期超出公元 9999 年")]
    OutOfRange,
}

impl From<WorktimeError> for Error {
    fn from(error: WorktimeError) -> Self {
        Refusal::new(RefusalKind::Invalid, error.to_string()).into()
    }
}
