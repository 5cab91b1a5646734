//! The query code on a receipt: eight characters that follow from the number and the city's secret, so that nothing has
//! to be stored, a lost receipt can be printed again, and nobody can guess one from another.

use hmac::{Hmac, KeyInit, Mac};
use sm3::Sm3;
use subtle::ConstantTimeEq;

/// 31 characters that nobody confuses on paper or by telephone: no 0 O 1 I L.
const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// The code of a number.
pub fn code(secret: &[u8], number: &str) -> String {
    // HMAC takes keys of any length, so that there is nothing to go wrong.
    let Ok(mut mac) = Hmac::<Sm3>::new_from_slice(secret) else { return String::new() };
    mac.update(number.as_bytes());
    let digest = mac.finalize().into_bytes();
    let mut value = digest.iter().take(16).fold(0u128, |v, byte| v << 8 | u128::from(*byte));
    (0..8)
        .map(|_| {
            let letter = ALPHABET[(value % 31) as usize];
            value /= 31;
            char::from(letter)
        })
        .collect()
}

/// Whether `typed` is the code of `number`, in the same time whatever is wrong; case and blanks do not matter.
pub fn matches(secret: &[u8], number: &str, typed: &str) -> bool {
    let typed: String =
        typed.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect();
    code(secret, number).as_bytes().ct_eq(typed.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_follow_from_number_and_secret() {
        let code_of = |number| code(b"secret", number);
        assert_eq!(code_of("AN20261123W0042"), code_of("AN20261123W0042"));
        assert_ne!(code_of("AN20261123W0042"), code_of("AN20261123W0043"));
        assert_ne!(code_of("AN20261123W0042"), code(b"another", "AN20261123W0042"));
        assert_eq!(code_of("AN20261123W0042").len(), 8);
    }

    #[test]
    fn reads_what_people_type() {
        let code = code(b"secret", "AN1");
        let (a, b) = code.split_at(4);
        assert!(matches(b"secret", "AN1", &format!(" {}-{} ", a.to_lowercase(), b)));
        assert!(!matches(b"secret", "AN2", &code));
        assert!(!matches(b"secret", "AN1", ""));
    }
}
