//! Looking a demand up from outside, by number and query code: each address has only so many wrong tries, so that codes
//! cannot be guessed, and whoever knows the code is never slowed down.

use std::future::Future;
use std::net::IpAddr;

use kernel::{Error, RefusalKind, Result};

use crate::context::App;
use crate::web::Throttle;

/// The tries that each address has: sixty wrong ones at once, and one more every ten seconds.
pub fn throttle() -> Throttle {
    Throttle::new(1024, 60, 10)
}

/// What each address may say through programs: forty things at once, and one more every minute.
pub fn writes() -> Throttle {
    Throttle::new(1024, 40, 60)
}

/// Does `work`, which looks something up by number and code on behalf of `address`; too many wrong tries are refused
/// before the work begins.
pub async fn tried<T>(app: &App, address: IpAddr, work: impl Future<Output = Result<T>>) -> Result<T> {
    let key = neighbourhood(address);
    app.lookups().check(&key, app.now())?;
    let outcome = work.await;
    if matches!(&outcome, Err(Error::Refused(refusal)) if refusal.kind == RefusalKind::NotFound) {
        app.lookups().spend(&key, app.now())?;
    }
    outcome
}

/// What one household or office cannot change at will: the whole IPv4 address, the first half of an IPv6 address.
pub fn neighbourhood(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("{:x}", u128::from(v6) >> 64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_share_their_tries() {
        let same = |a: &str, b: &str| neighbourhood(a.parse().unwrap()) == neighbourhood(b.parse().unwrap());
        assert!(same("2001:db8:1:2::3", "2001:db8:1:2:ffff::4"));
        assert!(!same("2001:db8:1:2::3", "2001:db8:1:3::3"));
        assert!(same("::ffff:192.0.2.7", "192.0.2.7"));
        assert!(!same("192.0.2.7", "192.0.2.8"));
    }
}
