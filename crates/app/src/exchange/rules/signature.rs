//! Who made a package: HMAC-SM3 over its header (which bears the digest of the rest) under a key that the city and one remote
//! share. A file that somebody carries is then as good as a call with a token.

use hmac::{Hmac, KeyInit, Mac};
use kernel::Refusal;
use sm3::Sm3;
use subtle::ConstantTimeEq;

use super::package::Header;
use crate::city::Remote;

/// The key of a remote: it follows from the city's secret, so that nothing has to be stored; another `key_version` in the
/// profile is another key.
pub fn key(secret: &[u8], remote: &Remote) -> String {
    mac(secret, &format!("exchange:{}:{}", remote.code, remote.key_version))
}

/// The signature of a header; its own `mac` is not part of it.
pub fn sign(header: &Header, key: &str) -> String {
    let (sequence, count) = (header.sequence.to_string(), header.count.to_string());
    let received = header.received.map(|n| n.to_string()).unwrap_or_default();
    let digest = header.sm3.to_ascii_lowercase();
    let parts = [
        &header.contract,
        &header.remote,
        &header.direction,
        &header.package,
        &sequence,
        &count,
        &digest,
        &header.made_at,
        &received,
    ];
    mac(key.as_bytes(), &parts.map(String::as_str).join("\n"))
}

/// Refuses a package with a wrong signature, and one without where the remote signs.
pub fn check(header: &Header, remote: &Remote, key: &str) -> Result<(), Refusal> {
    match &header.mac {
        None if remote.signed => {
            let message = format!("{}的包须带签名（mac），这个包没有，没有登记任何内容", remote.name);
            Err(Refusal::field("mac", "required", message))
        }
        None => Ok(()),
        Some(given) => {
            let right = sign(header, key);
            match bool::from(right.as_bytes().ct_eq(given.to_ascii_lowercase().as_bytes())) {
                true => Ok(()),
                false => {
                    let message = "包的签名（mac）不对：密钥不一致，或者包头被改动，没有登记任何内容";
                    Err(Refusal::field("mac", "mismatch", message))
                }
            }
        }
    }
}

fn mac(key: &[u8], text: &str) -> String {
    // HMAC takes keys of any length, so that there is nothing to go wrong.
    let Ok(mut mac) = Hmac::<Sm3>::new_from_slice(key) else { return String::new() };
    mac.update(text.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}
