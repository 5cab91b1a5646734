//! Telephone numbers, identity numbers and bank accounts. Digits are read in groups, so that blanks, hyphens, dots, line
//! breaks and a change from figures to characters (`138 0000 八八八八`) do not hide a number, while a number only ever
//! begins and ends where a group does.

use super::cells::{Cells, digit};
use super::{Kind, Span};

const BANK_WORDS: [&str; 14] = [
    "卡号",
    "账号",
    "帐号",
    "账户",
    "帐户",
    "银行",
    "开户",
    "收款",
    "打款",
    "转账",
    "汇款",
    "公户",
    "工资卡",
    "社保卡",
];
const ID_WORDS: [&str; 5] = ["身份证", "证件号", "身份号", "公民身份", "护照"];
const PHONE_WORDS: [&str; 12] =
    ["电话", "座机", "热线", "致电", "拨打", "联系", "固话", "tel", "手机", "传真", "号码", "来电"];

/// More digits than any number we look for.
const MOST_DIGITS: usize = 26;

/// Neighbouring digits of one writing.
struct Group {
    from: usize,
    to: usize,
    digits: Vec<u8>,
}

/// Everything found in `cells`.
pub(super) fn find(cells: &Cells) -> Vec<Span> {
    let codes = firm_codes(cells);
    let mut found = Vec::new();
    for chain in chains(cells) {
        let mut at = 0;
        while at < chain.len() {
            let in_code = codes.iter().any(|(from, to)| *from < chain[at].to && chain[at].from < *to);
            match (!in_code).then(|| number_at(cells, &chain[at..])).flatten() {
                Some((groups, to, kind)) => {
                    found.push(cells.span(opened(cells, chain[at].from, to), to, kind));
                    at += groups;
                }
                None => at += 1,
            }
        }
    }
    found
}

/// The cell of the bracket that opens before a number whose area code it encloses.
fn opened(cells: &Cells, from: usize, to: usize) -> usize {
    let encloses = from > 0 && cells.at(from - 1) == '(' && cells.0[from..to].iter().any(|cell| cell.c == ')');
    from - usize::from(encloses)
}

/// Groups of digits that nothing but separators keeps apart.
fn chains(cells: &Cells) -> Vec<Vec<Group>> {
    let mut chains: Vec<Vec<Group>> = Vec::new();
    let mut at = 0;
    while at < cells.0.len() {
        let Some(group) = group_at(cells, at) else {
            at += 1;
            continue;
        };
        at = group.to;
        match chains.last_mut() {
            Some(chain) if chain.last().is_some_and(|last| separates(cells, last.to, group.from)) => chain.push(group),
            _ => chains.push(vec![group]),
        }
    }
    chains
}

fn group_at(cells: &Cells, from: usize) -> Option<Group> {
    digit(cells.at(from))?;
    let ascii = cells.at(from).is_ascii();
    let mut group = Group { from, to: from, digits: Vec::new() };
    while let Some(value) = value_at(cells, group.to, from, ascii) {
        group.digits.push(value);
        group.to += 1;
    }
    Some(group)
}

/// The digit at `at` within a group that began at `from`; letters that look like digits count inside a group of figures.
fn value_at(cells: &Cells, at: usize, from: usize, ascii: bool) -> Option<u8> {
    let c = cells.at(at);
    if let Some(value) = digit(c) {
        return (c.is_ascii() == ascii).then_some(value);
    }
    let looks = match c {
        'o' => Some(0),
        'l' | 'i' | '|' => Some(1),
        _ => None,
    };
    looks.filter(|_| ascii && at > from && closed_by_digits(cells, at))
}

/// Whether the letters from `at` on end in a digit or in something that is no letter.
fn closed_by_digits(cells: &Cells, at: usize) -> bool {
    let mut after = at;
    while matches!(cells.at(after), 'o' | 'l' | 'i' | '|') {
        after += 1;
    }
    !cells.at(after).is_ascii_alphabetic()
}

fn separates(cells: &Cells, from: usize, to: usize) -> bool {
    let between = &cells.0[from.min(to)..to];
    let strong = |c: char| matches!(c, '.' | '·' | '•' | '_' | '/' | '\\' | ',' | '、' | '，' | '*' | '~' | '+' | ':');
    let weak = |c: char| c == ' ' || c == '\n' || is_hyphen(c) || matches!(c, '(' | ')');
    between.len() <= 4
        && between.iter().all(|cell| strong(cell.c) || weak(cell.c))
        && between.iter().filter(|cell| strong(cell.c)).count() <= 1
}

pub(super) fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '─' | 'ー')
}

/// What so many groups, their digits and the cell after them are.
type Test<'a> = &'a dyn Fn(usize, &[u8], usize) -> Option<(usize, Kind)>;

/// The number that begins with the first group: how many groups it takes, the cell after it, and what it is.
fn number_at(cells: &Cells, chain: &[Group]) -> Option<(usize, usize, Kind)> {
    let mut reach = Vec::new();
    let mut digits: Vec<u8> = Vec::new();
    for (number, group) in chain.iter().enumerate() {
        if digits.len() + group.digits.len() > MOST_DIGITS {
            break;
        }
        digits.extend(&group.digits);
        reach.push((number + 1, digits.len(), group.to));
    }
    let first = chain.first()?;
    let seen = |test: Test<'_>| {
        reach.iter().rev().find_map(|(groups, length, to)| {
            test(*groups, &digits[..*length], *to).map(|(to, kind)| (*groups, to, kind))
        })
    };
    seen(&|_, digits, to| identity(cells, first.from, digits, to))
        .or_else(|| seen(&|groups, digits, to| mobile(cells, &chain[..groups], digits, to)))
        .or_else(|| {
            with_extension(cells, chain, seen(&|groups, digits, to| landline(cells, &chain[..groups], digits, to)))
        })
        .or_else(|| seen(&|groups, digits, to| bank(cells, &chain[..groups], digits, to)))
}

/// 18 or 15 characters with a province and a day of birth; near 身份证 also those with a slip in them.
fn identity(cells: &Cells, from: usize, digits: &[u8], to: usize) -> Option<(usize, Kind)> {
    let end = if digits.len() == 17 { check_letter(cells, to)? } else { to };
    let named = || cells.has_before(from, 14, &ID_WORDS);
    let right = match digits.len() {
        17 | 18 => province(digits) && birth(number(&digits[6..10]), &digits[10..14]) || named(),
        15 => province(digits) && birth(1900 + number(&digits[6..8]), &digits[8..12]) || named(),
        14 | 16 | 19 => named() && province(digits),
        _ => false,
    };
    (right && !(digits.len() == 15 && is_amount(cells, from, to))).then_some((end, Kind::IdNumber))
}

/// The cell after the X that ends an identity number of 17 digits.
fn check_letter(cells: &Cells, to: usize) -> Option<usize> {
    let skip = (to..to + 2).find(|at| !matches!(cells.at(*at), ' ') && !is_hyphen(cells.at(*at))).unwrap_or(to);
    let letter = matches!(cells.at(skip), 'x' | '×' | '✕' | '╳' | '乂');
    (letter && !cells.at(skip + 1).is_ascii_alphanumeric()).then_some(skip + 1)
}

fn province(digits: &[u8]) -> bool {
    matches!(number(&digits[..2]), 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83)
}

fn birth(year: u32, rest: &[u8]) -> bool {
    (1900..=2035).contains(&year) && (1..=12).contains(&number(&rest[..2])) && (1..=31).contains(&number(&rest[2..4]))
}

fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |sum, d| sum * 10 + u32::from(*d))
}

fn mobile(cells: &Cells, groups: &[Group], digits: &[u8], to: usize) -> Option<(usize, Kind)> {
    let own = match digits {
        [8, 6, rest @ ..] | [0, 0, 8, 6, rest @ ..] | [0, rest @ ..] if rest.len() == 11 => rest,
        all => all,
    };
    let right = own.len() == 11 && own[0] == 1 && own[1] >= 3;
    // 1,380,013 is an amount and 13、80、01 a list, but nobody writes either as 3-4-4.
    let loose = groups.windows(2).any(|pair| {
        cells.0[pair[0].to..pair[1].from].iter().any(|cell| matches!(cell.c, ',' | '，' | '、' | ':' | '+'))
    });
    let three_four_four = groups.iter().map(|g| g.digits.len()).eq([3, 4, 4]);
    (right && (!loose || three_four_four) && !is_amount(cells, groups[0].from, to)).then_some((to, Kind::Mobile))
}

/// Whether a number is money or a measure: signs before it, units or cents after it.
fn is_amount(cells: &Cells, from: usize, to: usize) -> bool {
    let before = if from == 0 { '\n' } else { cells.at(from - 1) };
    let cents = cells.at(to) == '.' && cells.at(to + 1).is_ascii_digit() && !cells.at(to + 4).is_ascii_digit();
    matches!(before, '¥' | '￥' | '$') || cents || matches!(cells.at(to), '元' | '万' | '亿' | '吨' | '度' | '㎡' | '%')
}

fn landline(cells: &Cells, groups: &[Group], digits: &[u8], to: usize) -> Option<(usize, Kind)> {
    let first = groups.first()?;
    let loose = groups.windows(2).any(|pair| {
        cells.0[pair[0].to..pair[1].from].iter().any(|cell| matches!(cell.c, ',' | '，' | '、' | ':' | '.' | '+' | '/'))
    });
    let right = match digits {
        [0, 1 | 2, ..] => first.digits.len() >= 3 && (10..=11).contains(&digits.len()) && (2..=8).contains(&digits[3]),
        [0, 3..=9, ..] => first.digits.len() >= 4 && (11..=12).contains(&digits.len()) && (2..=8).contains(&digits[4]),
        [4 | 8, 0, 0, ..] => digits.len() == 10 && first.digits.len() != 8,
        [2..=8, ..] if (7..=8).contains(&digits.len()) => {
            cells.has_before(first.from, 10, &PHONE_WORDS) && !is_date(digits) && groups.len() <= 2
        }
        _ => false,
    };
    (right && !loose && !is_amount(cells, first.from, to)).then_some((to, Kind::Landline))
}

fn is_date(digits: &[u8]) -> bool {
    digits.len() == 8 && matches!(number(&digits[..2]), 19 | 20) && birth(number(&digits[..4]), &digits[4..8])
}

/// A landline number with the extension after it: `-801`, `转801`.
fn with_extension(cells: &Cells, chain: &[Group], found: Option<(usize, usize, Kind)>) -> Option<(usize, usize, Kind)> {
    let (groups, to, kind) = found?;
    if let Some(next) = chain.get(groups) {
        let hyphen = next.from == to + 1 && is_hyphen(cells.at(to));
        if hyphen && next.digits.len() <= 4 {
            return Some((groups + 1, next.to, kind));
        }
    }
    let mut end = to + usize::from(cells.at(to) == '转');
    while end > to && end < to + 6 && digit(cells.at(end)).is_some() {
        end += 1;
    }
    Some((groups, if end > to + 1 { end } else { to }, kind))
}

fn bank(cells: &Cells, groups: &[Group], digits: &[u8], to: usize) -> Option<(usize, Kind)> {
    let from = groups.first()?.from;
    let blank = |c: char| c == ' ' || c == '\n' || is_hyphen(c);
    let plain = groups.windows(2).all(|pair| cells.0[pair[0].to..pair[1].from].iter().all(|cell| blank(cell.c)));
    let named = || {
        (12..=25).contains(&digits.len())
            && (cells.has_before(from, 20, &BANK_WORDS) || cells.has_after(to, 6, &BANK_WORDS))
    };
    let card = || {
        let begins = matches!(digits, [6, 0 | 2, ..] | [4, ..] | [5, 1..=5, ..] | [3, 5 | 7, ..]);
        begins && (16..=19).contains(&digits.len()) && luhn(digits)
    };
    (plain && (card() || named()) && !is_amount(cells, from, to)).then_some((to, Kind::BankAccount))
}

fn luhn(digits: &[u8]) -> bool {
    let double = |d: u8| if d > 4 { 2 * d - 9 } else { 2 * d };
    let sum: u32 =
        digits.iter().rev().enumerate().map(|(i, d)| u32::from(if i % 2 == 1 { double(*d) } else { *d })).sum();
    sum.is_multiple_of(10)
}

/// Where the text has 统一社会信用代码: they are public, and their digits are not telephone numbers.
fn firm_codes(cells: &Cells) -> Vec<(usize, usize)> {
    let mut codes = Vec::new();
    let mut at = 0;
    for run in cells.0.chunk_by(|a, b| a.c.is_ascii_alphanumeric() == b.c.is_ascii_alphanumeric()) {
        let code: String = run.iter().map(|cell| cell.c.to_ascii_uppercase()).collect();
        if run.len() == 18 && kernel::uscc::Uscc::parse_strict(&code).is_ok() && !is_identity(&code) {
            codes.push((at, at + run.len()));
        }
        at += run.len();
    }
    codes
}

fn is_identity(code: &str) -> bool {
    let digits: Vec<u8> = code.chars().filter_map(digit).collect();
    digits.len() >= 17 && province(&digits) && birth(number(&digits[6..10]), &digits[10..14])
}
