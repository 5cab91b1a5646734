//! Row identifiers: 63-bit, time-ordered, made by the program, so that no engine needs a sequence.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

use serde::{Deserialize, Serialize};

use crate::{Clock, Instant, Random};

/// The identifier of a row: milliseconds since 1970 in the upper bits, 20 random bits below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Id(pub i64);

impl Id {
    /// The smallest identifier that can be made at `at`: what was made earlier lies below it.
    pub const fn floor(at: Instant) -> Self {
        Self((at.0 / 1000) << IdSource::RANDOM_BITS)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for Id {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// Makes identifiers that rise strictly within one process and practically never meet those of another.
#[derive(Default)]
pub struct IdSource {
    last: AtomicI64,
}

impl IdSource {
    const RANDOM_BITS: u32 = 20;

    /// The next identifier.
    pub fn next(&self, clock: &dyn Clock, random: &dyn Random) -> Id {
        let millis = clock.now().0.max(0) / 1000;
        let fresh = (millis << Self::RANDOM_BITS) | (random.number() >> (64 - Self::RANDOM_BITS)) as i64;
        let step = |last: i64| Some(if fresh > last { fresh } else { last + 1 });
        let last = self.last.fetch_update(Ordering::SeqCst, Ordering::SeqCst, step).unwrap_or_default();
        Id(if fresh > last { fresh } else { last + 1 })
    }
}
