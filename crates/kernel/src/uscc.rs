//! 统一社会信用代码: the check digit of GB 32100-2015 and the writing of codes that people really type.

/// The 31 characters of GB 32100-2015, in the order of their values: no I, O, S, V, Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// What a code lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsccError {
    /// Not 18 characters.
    #[error("统一社会信用代码应为 18 位")]
    Length,
    /// A character that the standard does not use.
    #[error("统一社会信用代码里有不该出现的字符（不用 I、O、S、V、Z）")]
    Alphabet,
    /// The last character does not follow from the others.
    #[error("统一社会信用代码的校验位不对，请核对是否有抄错的字符")]
    CheckDigit,
}

/// A code that satisfies the standard, in its canonical writing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Uscc(String);

impl Uscc {
    /// The code in `text`, read generously: lower case, full-width characters, blanks and hyphens are what people type.
    pub fn parse(text: &str) -> Result<Self, UsccError> {
        Self::parse_strict(&normalise(text))
    }

    /// The code in `text`, which must be written exactly as the standard says.
    pub fn parse_strict(text: &str) -> Result<Self, UsccError> {
        if text.chars().count() != 18 {
            return Err(UsccError::Length);
        }
        let value = |c: char| ALPHABET.iter().position(|a| char::from(*a) == c);
        let values: Option<Vec<usize>> = text.chars().map(value).collect();
        let values = values.ok_or(UsccError::Alphabet)?;
        let (check, body) = values.split_last().ok_or(UsccError::Length)?;
        // Weights are 3^i mod 31 (GB 32100-2015, 5.2).
        let sum = body.iter().fold((0, 1), |(sum, weight), v| (sum + v * weight, weight * 3 % 31)).0;
        if (31 - sum % 31) % 31 == *check { Ok(Self(text.to_owned())) } else { Err(UsccError::CheckDigit) }
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn normalise(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '－' | '‐'))
        .map(|c| match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
            other => other,
        })
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example of GB 32100-2015 and codes made for this test (no real firm's).
    #[test]
    fn check_digits() {
        for (code, expected) in [
            ("91350100M000100Y43", Ok(())),
            ("91350100M000100Y44", Err(UsccError::CheckDigit)),
            ("91350100M000100Y4", Err(UsccError::Length)),
            ("91350100M000100Y4I", Err(UsccError::Alphabet)),
            ("", Err(UsccError::Length)),
        ] {
            assert_eq!(Uscc::parse_strict(code).map(|_| ()), expected, "{code}");
        }
    }

    #[test]
    fn generous_reading() {
        for typed in [
            "91350100m000100y43",
            " 9135 0100 M000 100Y 43 ",
            "９１３５０１００Ｍ０００１００Ｙ４３",
            "91350100-M000100Y4-3",
        ] {
            assert_eq!(Uscc::parse(typed).map(|u| u.0), Ok("91350100M000100Y43".to_owned()), "{typed}");
        }
    }

    #[test]
    fn any_single_wrong_character_is_found() {
        let good = "91350100M000100Y43";
        for place in 0..18 {
            for wrong in ALPHABET {
                let mut bytes = good.as_bytes().to_vec();
                if bytes[place] != *wrong {
                    bytes[place] = *wrong;
                    assert!(Uscc::parse_strict(&String::from_utf8(bytes).unwrap()).is_err());
                }
            }
        }
    }
}
