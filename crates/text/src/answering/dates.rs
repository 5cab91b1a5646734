//! Whether words name a time: a date, a limit, a half of the year.

use crate::normal::normalise;

/// Times that are named without a figure.
const NAMED: [&str; 24] = [
    "年底",
    "月底",
    "年内",
    "本月",
    "本周",
    "本季度",
    "上半年",
    "下半年",
    "季度末",
    "今天",
    "明天",
    "当日",
    "当天",
    "即日起",
    "今年",
    "明年",
    "次年",
    "月初",
    "年初",
    "月中旬",
    "月上旬",
    "月下旬",
    "春节前",
    "开学前",
];
/// What a figure counts in a time.
const UNITS: [&str; 12] = ["年", "月", "日", "号", "天", "周", "个月", "工作日", "个工作日", "小时", "个小时", "季度"];

/// Whether `text` says when.
pub(super) fn says_when(text: &str) -> bool {
    let plain = normalise(text);
    let figure = |c: char| c.is_ascii_digit() || "一二三四五六七八九十两".contains(c);
    let counted = || {
        plain.char_indices().filter(|(_, c)| figure(*c)).any(|(at, c)| {
            let after = plain[at + c.len_utf8()..].trim_start();
            UNITS.iter().any(|unit| after.starts_with(unit))
        })
    };
    NAMED.iter().any(|word| plain.contains(word)) || counted()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for text in ["12月15日前", "五个工作日内", "2026 年", "年底前完成", "24小时"] {
            assert!(says_when(text), "{text}");
        }
        for text in ["将尽快修复", "三个泵站", "", "第3条"] {
            assert!(!says_when(text), "{text}");
        }
    }
}
