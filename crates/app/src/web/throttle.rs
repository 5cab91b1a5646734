//! How often something may be tried, per key, in constant memory: a fixed table of token buckets. When two keys meet in
//! one set, the bucket that has recovered most gives way, so an attacker cannot buy fresh tries by filling the table
//! without also waiting.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

use kernel::{Instant, Refusal, RefusalKind};

const WAYS: usize = 4;

/// Token buckets for any number of keys.
pub struct Throttle {
    buckets: Mutex<Vec<Bucket>>,
    hasher: RandomState,
    burst: f64,
    per_second: f64,
}

#[derive(Clone, Copy, Default)]
struct Bucket {
    tag: u64,
    spent: f64,
    at: Instant,
}

impl Throttle {
    /// `burst` tries at once, and one more every `seconds` after that; `sets` × 4 keys are told apart.
    pub fn new(sets: usize, burst: u32, seconds: u32) -> Self {
        let buckets = Mutex::new(vec![Bucket::default(); sets.max(1) * WAYS]);
        Self {
            buckets,
            hasher: RandomState::new(),
            burst: f64::from(burst),
            per_second: 1.0 / f64::from(seconds.max(1)),
        }
    }

    /// Refuses if `key` has no try left, without spending one.
    pub fn check(&self, key: &str, now: Instant) -> Result<(), Refusal> {
        let tag = self.tag(key);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = self.bucket(&mut buckets, tag, now);
        self.left(bucket, tag, now).map(drop)
    }

    /// Spends one try of `key`, or refuses and says how long to wait.
    pub fn spend(&self, key: &str, now: Instant) -> Result<(), Refusal> {
        let tag = self.tag(key);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = self.bucket(&mut buckets, tag, now);
        let spent = self.left(bucket, tag, now)?;
        *bucket = Bucket { tag, spent: spent + 1.0, at: now };
        Ok(())
    }

    /// 1 in the lowest bit keeps every tag apart from an empty bucket's.
    fn tag(&self, key: &str) -> u64 {
        self.hasher.hash_one(key) | 1
    }

    /// The bucket of `tag`, or the one that gives way to it.
    fn bucket<'a>(&self, buckets: &'a mut [Bucket], tag: u64, now: Instant) -> &'a mut Bucket {
        let sets = buckets.len() / WAYS;
        let first = (tag >> 1) as usize % sets * WAYS;
        let set = &mut buckets[first..first + WAYS];
        let spent = |place: usize| self.spent_by(&set[place], now);
        let place = set.iter().position(|b| b.tag == tag);
        let place = place.or_else(|| (0..WAYS).min_by(|a, b| spent(*a).total_cmp(&spent(*b))));
        &mut set[place.unwrap_or_default()]
    }

    /// What `tag` has spent, if one more try is within the burst.
    fn left(&self, bucket: &Bucket, tag: u64, now: Instant) -> Result<f64, Refusal> {
        let spent = if bucket.tag == tag { self.spent_by(bucket, now) } else { 0.0 };
        if spent + 1.0 <= self.burst {
            return Ok(spent);
        }
        let wait = ((spent + 1.0 - self.burst) / self.per_second).ceil() as u64;
        Err(Refusal::new(RefusalKind::TooMany, format!("尝试次数过多，请 {} 后再试", in_words(wait))))
    }

    /// Gives the tries of `key` back, after one that succeeded.
    pub fn forgive(&self, key: &str) {
        let tag = self.tag(key);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.iter_mut().filter(|b| b.tag == tag).for_each(|b| *b = Bucket::default());
    }

    fn spent_by(&self, bucket: &Bucket, now: Instant) -> f64 {
        let idle = now.seconds_since(bucket.at).max(0) as f64;
        (bucket.spent - idle * self.per_second).max(0.0)
    }
}

fn in_words(seconds: u64) -> String {
    if seconds < 60 { format!("{seconds} 秒") } else { format!("{} 分钟", seconds.div_ceil(60)) }
}
