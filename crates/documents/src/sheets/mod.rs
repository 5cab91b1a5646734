//! How official paper writes numbers, dates, amounts and headings (GB/T 9704-2012), and the short code that ties a
//! printed sheet to its content.

mod numerals;

use jiff::civil::{Date, DateTime};

pub use numerals::{amount, count, digits};

/// A date as the foot of a document writes it in figures, which is what GB/T 9704 asks for: `2026年11月23日`.
pub fn date(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// A date in Chinese numerals, as seals and older paper have it: `二〇二六年十一月二十三日`.
pub fn date_in_words(day: Date) -> String {
    let part = |value: i8| count(u64::from(value.unsigned_abs()));
    format!("{}年{}月{}日", digits(&day.year().to_string()), part(day.month()), part(day.day()))
}

/// A moment as paper writes it: `2026年11月23日17时05分`.
pub fn moment(at: DateTime) -> String {
    format!("{}{}时{:02}分", date(at.date()), at.hour(), at.minute())
}

/// A document number: `安营商办交〔2026〕12号`. The year stands in hexagonal brackets and the number has no zeros before it.
pub fn document_number(mark: &str, year: i16, number: u64) -> String {
    format!("{mark}〔{year}〕{number}号")
}

/// The number of a heading at a level of GB/T 9704: `一、`, `（一）`, `1.`, `（1）`. Deeper levels repeat the last.
pub fn heading_number(level: u8, number: u64) -> String {
    match level {
        0 | 1 => format!("{}、", count(number)),
        2 => format!("（{}）", count(number)),
        3 => format!("{number}."),
        _ => format!("（{number}）"),
    }
}

/// The first sixteen digits of a hash in groups of four, as a sheet prints them: `1A2B-3C4D-5E6F-7081`. `None` where
/// the text is no hash in hexadecimal digits.
pub fn check_code(hash: &str) -> Option<String> {
    let head = hash.get(..16)?;
    if !hash.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let groups: Vec<&str> = (0..4).map(|group| &head[group * 4..group * 4 + 4]).collect();
    Some(groups.join("-").to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use jiff::civil;

    use super::*;

    #[test]
    fn dates_on_paper() {
        for (day, figures, words) in [
            (civil::date(2026, 11, 23), "2026年11月23日", "二〇二六年十一月二十三日"),
            (civil::date(2020, 1, 10), "2020年1月10日", "二〇二〇年一月十日"),
            (civil::date(2019, 10, 31), "2019年10月31日", "二〇一九年十月三十一日"),
        ] {
            assert_eq!((date(day).as_str(), date_in_words(day).as_str()), (figures, words));
        }
        assert_eq!(moment(civil::date(2026, 3, 2).at(9, 5, 0, 0)), "2026年3月2日9时05分");
        assert_eq!(document_number("安营商办交", 2026, 12), "安营商办交〔2026〕12号");
    }

    #[test]
    fn headings() {
        for (level, number, expected) in
            [(1, 1, "一、"), (1, 12, "十二、"), (2, 3, "（三）"), (3, 4, "4."), (4, 5, "（5）"), (5, 6, "（6）")]
        {
            assert_eq!(heading_number(level, number), expected);
        }
    }

    #[test]
    fn check_codes() {
        for (hash, expected) in [
            ("1a2b3c4d5e6f7081ffff", Some("1A2B-3C4D-5E6F-7081")),
            ("1a2b3c4d5e6f7081", Some("1A2B-3C4D-5E6F-7081")),
            ("1a2b", None),
            ("一二三四五六七八", None),
            ("1a2b3c4d5e6f708g", None),
            ("", None),
        ] {
            assert_eq!(check_code(hash).as_deref(), expected, "{hash}");
        }
    }
}
