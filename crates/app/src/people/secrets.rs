//! Passwords, session secrets and second factors: how they are made, and what is kept of them, which is never they
//! themselves.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use kernel::{Fault, Instant, Random, Result};
use sm3::{Digest, Sm3};
use tokio::sync::{Semaphore, SemaphorePermit};
use totp_rs::{Builder, Secret, Totp};

/// Letters and digits that nobody takes for one another.
const CLEAR: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// 46 MiB, one pass: one of OWASP's settings of equal strength. Blocks above 32 MiB go straight back to the system when
/// they are freed; with smaller ones glibc's arenas kept 100 MiB after a handful of logins.
const COST: (u32, u32, u32) = (46 * 1024, 1, 1);

/// More than two hashes at once would let a storm of logins take the memory.
static HASHING: Semaphore = Semaphore::const_new(2);

/// The argon2id hash of `password`. Takes tens of milliseconds: never inside a transaction.
pub fn hash_password(password: &str, random: &dyn Random) -> Result<String> {
    let mut salt = [0; 16];
    random.fill(&mut salt);
    let (memory, passes, lanes) = COST;
    let params =
        Params::new(memory, passes, lanes, None).map_err(|error| Fault::new("set up a hash", error.to_string()))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon2.hash_password_with_salt(password.as_bytes(), &salt);
    let hash = hash.map_err(|error| Fault::new("hash a password", error.to_string()))?;
    Ok(hash.to_string())
}

/// Whether `password` is the one that was hashed.
pub fn verify_password(password: &str, hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
}

/// A turn to hash, or to try a second factor; whoever holds one may look at the throttles and trust what they say.
pub async fn turn() -> Result<SemaphorePermit<'static>> {
    Ok(HASHING.acquire().await.map_err(|e| Fault::new("wait for a turn to hash", e))?)
}

/// Runs a hash on a thread that may take its time; whoever asks has a [`turn`].
pub async fn at_leisure<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    Ok(tokio::task::spawn_blocking(work).await.map_err(|e| Fault::new("hash on another thread", e))?)
}

/// A secret of 256 bits for a cookie or a token.
pub fn fresh_secret(random: &dyn Random) -> String {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    hex::encode(bytes)
}

/// What is kept of a secret. It has 256 bits of its own, so a plain hash is enough.
pub fn digest(secret: &str) -> String {
    hex::encode(Sm3::digest(secret.as_bytes()))
}

/// A password for one use, in groups that can be read out: `k7wm-9xpt-h3cd`.
pub fn one_time_password(random: &dyn Random) -> String {
    [(); 3].map(|()| random.text(CLEAR, 4)).join("-")
}

/// Ten codes that stand in for a lost second factor, once each.
pub fn recovery_codes(random: &dyn Random) -> Vec<String> {
    (0..10).map(|_| [(); 2].map(|()| random.text(CLEAR, 5)).join("-")).collect()
}

/// A fresh second factor, base32.
pub fn fresh_totp(random: &dyn Random) -> String {
    let mut bytes = [0; 20];
    random.fill(&mut bytes);
    Secret::new(Box::new(bytes)).to_base32()
}

/// The time step that `code` belongs to, if it is right at `now`.
pub fn check_totp(secret: &str, code: &str, now: Instant) -> Option<i64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(now.0 / 1_000_000).ok()?;
    let step = totp(secret)?.check(&digits, seconds)?;
    i64::try_from(step).ok()
}

/// What an authenticator app reads out of the QR code.
pub fn totp_address(secret: &str, username: &str, platform: &str) -> String {
    use crate::web::parts::encode;
    let (issuer, secret) = (encode(&platform.replace(':', "")), encode(secret));
    format!("otpauth://totp/{issuer}:{}?secret={secret}&issuer={issuer}", encode(username))
}

fn totp(secret: &str) -> Option<Totp> {
    let secret = Secret::try_from_base32(secret).ok()?;
    Builder::new().with_secret(secret).with_skew(1).build().ok()
}

/// The code of `secret` at `now`, for tests.
#[cfg(test)]
pub fn totp_code(secret: &str, now: Instant) -> String {
    totp(secret).unwrap().generate((now.0 / 1_000_000) as u64).to_string()
}
