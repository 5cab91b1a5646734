//! Randomness as an argument: the operating system's for real work, a seeded stream for tests and the demonstration.

use std::sync::Mutex;

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

/// A source of random bytes.
pub trait Random: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);

    /// A random number of 64 bits.
    fn number(&self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// A text of `length` characters drawn evenly from `alphabet`, which is ASCII and not empty.
    fn text(&self, alphabet: &[u8], length: usize) -> String {
        // 64 random bits against an alphabet of at most 64 letters: the modulo bias is below 2^-57.
        (0..length).map(|_| char::from(alphabet[(self.number() % alphabet.len() as u64) as usize])).collect()
    }
}

/// The operating system's generator, for secrets.
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        // A machine without entropy cannot make a secret; going on with zeros would be worse than stopping.
        #[expect(clippy::expect_used, reason = "no secret may be made without entropy")]
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}

/// A reproducible stream: the same seed, the same demonstration city.
pub struct SeededRandom(Mutex<ChaCha8Rng>);

impl SeededRandom {
    /// The stream of `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(ChaCha8Rng::seed_from_u64(seed)))
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).fill_bytes(bytes);
    }
}
