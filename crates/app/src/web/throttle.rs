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

    /// Spends one try of `key`, or refuses and says how long to wait.
    pub fn spend(&self, key: &str, now: Instant) -> Result<(), Refusal> {
        let tag = self.hasher.hash_one(key) | 1;
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let sets = buckets.len() / WAYS;
        let first = (tag as usize >> 1) % sets * WAYS;
        let set = &mut buckets[first..first + WAYS];
        let place = set.iter().position(|b| b.tag == tag).unwrap_or_else(|| {
            let spent = |b: &Bucket| self.spent_by(b, now);
            (0..WAYS).min_by(|a, b| spent(&set[*a]).total_cmp(&spent(&set[*b]))).unwrap_or_default()
        });
        let bucket = &mut set[place];
        let spent = if bucket.tag == tag { self.spent_by(bucket, now) } else { 0.0 };
        if spent + 1.0 > self.burst {
            let wait = ((spent + 1.0 - self.burst) / self.per_second).ceil() as u64;
            return Err(Refusal::new(RefusalKind::TooMany, format!("尝试次数过多，请 {} 后再试", in_words(wait))));
        }
        *bucket = Bucket { tag, spent: spent + 1.0, at: now };
        Ok(())
    }

    /// Gives one try of `key` back: what was tried turned out to be no abuse.
    pub fn refund(&self, key: &str) {
        let tag = self.hasher.hash_one(key) | 1;
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.iter_mut().filter(|b| b.tag == tag).for_each(|b| b.spent = (b.spent - 1.0).max(0.0));
    }

    /// Gives the tries of `key` back, after one that succeeded.
    pub fn forgive(&self, key: &str) {
        let tag = self.hasher.hash_one(key) | 1;
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
