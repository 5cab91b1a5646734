//! Chinese numerals.

const SMALL: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
const LARGE: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];

/// Digit by digit, with 〇: `2026` → `二〇二六`. Anything but digits stays.
pub fn digits(text: &str) -> String {
    let numeral = |c: char| match c.to_digit(10) {
        Some(0) => '〇',
        Some(value) => SMALL[value as usize],
        None => c,
    };
    text.chars().map(numeral).collect()
}

/// A number as it is spoken: `12` → `十二`, `1005` → `一千零五`, `20 000 003` → `二千万零三`.
pub fn count(number: u64) -> String {
    let spoken = spell(number, &SMALL, ['十', '百', '千']);
    // Ten to nineteen go without the one.
    spoken.strip_prefix("一十").map_or(spoken.clone(), |rest| format!("十{rest}"))
}

/// An amount in the numerals that cannot be altered, from 分: `123 050` → `壹仟贰佰叁拾元伍角整`.
pub fn amount(fen: u64) -> String {
    let (yuan, jiao, fen) = (fen / 100, fen / 10 % 10, fen % 10);
    let mut out = String::new();
    if yuan > 0 || (jiao == 0 && fen == 0) {
        out.push_str(&spell(yuan, &LARGE, ['拾', '佰', '仟']));
        out.push('元');
    }
    if jiao > 0 {
        out.push(LARGE[jiao as usize]);
        out.push('角');
    } else if fen > 0 && yuan > 0 {
        out.push('零');
    }
    if fen > 0 {
        out.push(LARGE[fen as usize]);
        out.push('分');
    } else {
        out.push('整');
    }
    out
}

/// Groups of four digits, each with its unit; a gap of any length is one zero.
fn spell(number: u64, numerals: &[char; 10], units: [char; 3]) -> String {
    if number == 0 {
        return numerals[0].to_string();
    }
    let mut out = String::new();
    let mut gap = false;
    for (place, unit) in [(4, "亿亿"), (3, "万亿"), (2, "亿"), (1, "万"), (0, "")] {
        let group = number / 10_u64.pow(place * 4) % 10_000;
        for (digit_place, unit) in [(3, Some(units[2])), (2, Some(units[1])), (1, Some(units[0])), (0, None)] {
            let digit = group / 10_u64.pow(digit_place) % 10;
            if digit == 0 {
                gap = true;
                continue;
            }
            if gap && !out.is_empty() {
                out.push(numerals[0]);
            }
            gap = false;
            out.push(numerals[digit as usize]);
            out.extend(unit);
        }
        // 万亿 followed by a filled 亿 group would say 亿 twice.
        let hundreds_of_millions_follow = place == 3 && !(number / 100_000_000).is_multiple_of(10_000);
        if group > 0 {
            out.push_str(if hundreds_of_millions_follow { "万" } else { unit });
            // Zeros at the end of a group are not spoken before the next group's thousands.
            gap = false;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spoken() {
        for (number, expected) in [
            (0, "零"),
            (1, "一"),
            (10, "十"),
            (12, "十二"),
            (20, "二十"),
            (101, "一百零一"),
            (110, "一百一十"),
            (1_005, "一千零五"),
            (1_050, "一千零五十"),
            (10_000, "一万"),
            (10_001, "一万零一"),
            (12_345, "一万二千三百四十五"),
            (100_500, "十万零五百"),
            (110_000, "十一万"),
            (20_000_003, "二千万零三"),
            (100_000_000, "一亿"),
            (100_010_000, "一亿零一万"),
            (1_000_000_000_000, "一万亿"),
            (1_000_200_000_000, "一万零二亿"),
        ] {
            assert_eq!(count(number), expected, "{number}");
        }
        assert_eq!(digits("2026-00"), "二〇二六-〇〇");
    }

    #[test]
    fn amounts() {
        for (fen, expected) in [
            (0, "零元整"),
            (1, "壹分"),
            (10, "壹角整"),
            (100, "壹元整"),
            (101, "壹元零壹分"),
            (123_050, "壹仟贰佰叁拾元伍角整"),
            (100_000_000, "壹佰万元整"),
            (168_032, "壹仟陆佰捌拾元叁角贰分"),
            (10_700_053, "壹拾万柒仟元伍角叁分"),
            (600_714, "陆仟零柒元壹角肆分"),
        ] {
            assert_eq!(amount(fen), expected, "{fen}");
        }
    }

    /// Reads a spoken number back.
    fn value(text: &str) -> u64 {
        let (mut total, mut part, mut digit) = (0_u64, 0_u64, 0_u64);
        for c in text.chars() {
            match c {
                '十' => (part, digit) = (part + digit.max(1) * 10, 0),
                '百' => (part, digit) = (part + digit * 100, 0),
                '千' => (part, digit) = (part + digit * 1000, 0),
                '万' => (total, part, digit) = (total + (part + digit) * 10_000, 0, 0),
                '亿' => (total, part, digit) = ((total + part + digit) * 100_000_000, 0, 0),
                _ => digit = SMALL.iter().position(|n| *n == c).unwrap() as u64,
            }
        }
        total + part + digit
    }

    proptest! {
        #[test]
        fn a_spoken_number_is_the_number(number in 0_u64..1_000_000_000_000, zeros in 0_u32..9) {
            let number = number / 10_u64.pow(zeros) * 10_u64.pow(zeros);
            prop_assert_eq!(value(&count(number)), number);
            prop_assert!(!count(number).contains("零零"));
        }
    }
}
