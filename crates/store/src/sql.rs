//! Statement texts. A text is written once, as a literal, and runs on both engines; nothing a user types ever becomes part of one.

/// A statement text that was checked when the program was compiled; made by [`sql!`](crate::sql!).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sql(&'static str);

/// A statement text: `sql!("SELECT id FROM demand WHERE number = $1")`. Placeholders must first appear in the order
/// `$1`, `$2`, …, because SQLite numbers them by appearance and PostgreSQL by name.
#[macro_export]
macro_rules! sql {
    ($text:expr) => {{
        const TEXT: $crate::Sql = $crate::Sql::checked($text);
        TEXT
    }};
}

impl Sql {
    /// Checks the placeholders of `text`; used by [`sql!`](crate::sql!) at compile time.
    pub const fn checked(text: &'static str) -> Self {
        let bytes = text.as_bytes();
        let (mut at, mut highest, mut quoted) = (0, 0, false);
        while at < bytes.len() {
            let byte = bytes[at];
            at += 1;
            if byte == b'\'' {
                quoted = !quoted;
            }
            if quoted {
                continue;
            }
            assert!(byte != b'?', "write $1, $2, … instead of ?");
            if byte == b'$' {
                let mut number = 0;
                while at < bytes.len() && bytes[at].is_ascii_digit() {
                    number = number * 10 + (bytes[at] - b'0') as u32;
                    at += 1;
                }
                assert!(number > 0, "a $ outside quotes must be followed by the number of a parameter");
                assert!(number <= highest + 1, "placeholders must first appear in the order $1, $2, $3, …");
                if number > highest {
                    highest = number;
                }
            }
        }
        assert!(!quoted, "a quotation mark is not closed");
        Self(text)
    }

    /// The text.
    pub const fn text(self) -> &'static str {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Sql;

    #[test]
    fn placeholders_appear_in_order() {
        assert_eq!(crate::sql!("SELECT '?$' WHERE $1 = $2 AND $1 = $3").text().len(), 37);
        assert!(std::panic::catch_unwind(|| Sql::checked("SELECT $2, $1")).is_err());
        assert!(std::panic::catch_unwind(|| Sql::checked("SELECT ?")).is_err());
        assert!(std::panic::catch_unwind(|| Sql::checked("SELECT 'open")).is_err());
    }
}
