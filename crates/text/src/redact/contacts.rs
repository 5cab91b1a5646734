//! E-mail addresses, QQ and WeChat names, number plates, passport numbers.

use super::cells::{Cell, Cells};
use super::numbers::is_hyphen;
use super::{Kind, Span};

const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领";
const HANDLE_WORDS: [&str; 8] = ["微信号", "微信", "qq群", "qq号", "qq", "vx", "wechat", "v信"];

/// Everything found in `cells`.
pub(super) fn find(cells: &Cells) -> Vec<Span> {
    let mut found = Vec::new();
    for at in 0..cells.0.len() {
        let c = cells.at(at);
        match c {
            '@' | '(' | '[' => found.extend(email(cells, at)),
            'q' | '微' | 'v' | 'w' => found.extend(handle(cells, at)),
            'a'..='z' => {}
            '护' => found.extend(passport(cells, at)),
            '\u{4E00}'..='\u{9FFF}' if before_letter(cells, at) && PROVINCES.contains(c) => {
                found.extend(plate(cells, at))
            }
            _ => {}
        }
    }
    found
}

/// Whether a letter follows within three characters: the cheap question before the dear one.
fn before_letter(cells: &Cells, at: usize) -> bool {
    (at + 1..at + 4).any(|i| cells.at(i).is_ascii_lowercase())
}

/// Whether the folded text has `word` at `at`.
fn has(cells: &Cells, at: usize, word: &str) -> bool {
    word.chars().enumerate().all(|(i, c)| cells.at(at + i) == c)
}

/// The address around an `@`, also written `(at)`.
fn email(cells: &Cells, at: usize) -> Option<Span> {
    let sign = ["@", "(at)", "[at]", "(@)", "[@]"].into_iter().find(|sign| has(cells, at, sign))?;
    let local = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '-');
    let mut before = at;
    while before > 0 && cells.at(before - 1) == ' ' {
        before -= 1;
    }
    let from = (0..before).rev().take_while(|i| local(cells.at(*i))).last()?;
    let mut to = at + sign.chars().count();
    while cells.at(to) == ' ' {
        to += 1;
    }
    let domain = to;
    while cells.at(to).is_ascii_alphanumeric() || matches!(cells.at(to), '.' | '-') {
        to += 1;
    }
    while to > domain && matches!(cells.at(to - 1), '.' | '-') {
        to -= 1;
    }
    let dotted = cells.0[domain..to].iter().any(|cell| cell.c == '.') || has(cells, domain, "qq");
    (dotted && to > domain + 1).then(|| cells.span(from, to, Kind::Email))
}

/// The name after 微信, QQ and the like.
fn handle(cells: &Cells, at: usize) -> Option<Span> {
    if at > 0 && cells.at(at - 1).is_ascii_alphanumeric() {
        return None;
    }
    let word = HANDLE_WORDS.into_iter().find(|word| has(cells, at, word))?;
    let mut from = at + word.chars().count();
    let limit = from + 4;
    while from < limit && matches!(cells.at(from), ' ' | ':' | '：' | '号' | '是' | '为' | '(' | ')') {
        from += 1;
    }
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let to = (from..cells.0.len()).take_while(|i| name(cells.at(*i))).last()? + 1;
    ((5..=20).contains(&(to - from))).then(|| cells.span(from, to, Kind::Handle))
}

/// A province's character, a letter, and five or six letters or digits, most of them digits.
fn plate(cells: &Cells, at: usize) -> Option<Span> {
    let gap = |c: char| c == ' ' || is_hyphen(c) || matches!(c, '·' | '.' | '•' | '・');
    let next = |mut i: usize| {
        let limit = i + 2;
        while i < limit && gap(cells.at(i)) {
            i += 1;
        }
        i
    };
    let letter = next(at + 1);
    if !cells.at(letter).is_ascii_lowercase() {
        return None;
    }
    let (mut to, mut taken) = (letter + 1, Vec::new());
    while taken.len() < 7 {
        let i = next(to);
        let last = matches!(cells.at(i), '挂' | '学' | '警' | '港' | '澳') && taken.len() == 4;
        if !cells.at(i).is_ascii_alphanumeric() && !last {
            break;
        }
        taken.push(cells.at(i));
        to = i + 1;
        if last {
            break;
        }
    }
    let digits = taken.iter().filter(|c| c.is_ascii_digit()).count();
    ((5..=6).contains(&taken.len()) && digits >= 3).then(|| cells.span(at, to, Kind::Plate))
}

/// A passport number, where the text says that it is one.
fn passport(cells: &Cells, at: usize) -> Option<Span> {
    let from = (at + 2..at + 8).find(|i| cells.at(*i).is_ascii_alphanumeric()).filter(|_| has(cells, at, "护照"))?;
    let run: Vec<&Cell> = cells.0[from..].iter().take_while(|cell| cell.c.is_ascii_alphanumeric()).collect();
    let digits = run.iter().filter(|cell| cell.c.is_ascii_digit()).count();
    ((8..=10).contains(&run.len()) && digits >= 7).then(|| cells.span(from, from + run.len(), Kind::IdNumber))
}
