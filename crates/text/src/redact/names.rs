//! Personal names, found by what stands around them: a title after, a label or an office before, a telephone number
//! next to them, or a line or list of nothing else. A name that nothing marks cannot be told from other words.

use super::cells::Cells;
use super::lexicon::{begins_word, ends_word, facts, is_compound, is_office, label, may_follow, title};
use super::{Kind, Span};
use crate::normal::is_han;

/// A name found: its characters `from..to`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    from: usize,
    to: usize,
}

/// Surnames that stand before a title as verbs and particles far more often: 向书记反映, 任组长.
const VERBS: &str = "向和于从任时来全应容明关成安边居管计连祝支解加车水原党支宿符";

/// Those of them that stand before a title even where a name could begin: 和先生, 向女士.
const PARTICLES: &str = "和向于从来任";

/// How much the surroundings say that a name stands here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ground {
    /// 联系人：, a number beside it.
    Firm,
    /// 村民, 书记.
    Loose,
}

/// Everything found in `cells`; `numbers` are the spans of telephone and identity numbers.
pub(super) fn find(cells: &Cells, numbers: &[Span]) -> Vec<Span> {
    let joined = cells.joined();
    let chars: Vec<char> = joined.0.iter().map(|cell| cell.c).collect();
    let mut names: Vec<Name> = Vec::new();
    let mut claimed = vec![false; chars.len()];
    let mut add = |found: Option<Name>| {
        names.extend(found.filter(|name| {
            let free = !claimed[name.from..name.to].contains(&true);
            claimed[name.from..name.to].fill(true);
            free
        }));
    };
    // The surest ground first: what it claims, the others leave alone.
    (0..chars.len()).for_each(|at| add(before_title(&chars, at)));
    (0..chars.len()).for_each(|at| add(after_label(&chars, at).or_else(|| after_office(&chars, at))));
    for number in numbers {
        let at = joined.0.partition_point(|cell| cell.start < number.start);
        add(beside(&chars, at));
    }
    (1..chars.len()).filter(|at| is_sex(&chars, *at)).for_each(|at| add(beside(&chars, at)));
    alone(&chars).into_iter().for_each(|name| add(Some(name)));
    names.into_iter().map(|name| joined.span(name.from, name.to, Kind::Name)).collect()
}

/// Whether `text` begins with a title such as 先生 or 副局长.
pub(super) fn title_begins(text: &str) -> bool {
    let chars: Vec<char> = text.chars().filter(|c| *c != ' ').take(6).collect();
    title_at(&chars, 0).is_some()
}

/// The length of the title that begins at `at`, with the 副 or 总 before it.
fn title_at(chars: &[char], at: usize) -> Option<usize> {
    let rest = &chars[at.min(chars.len())..];
    let own = |rest: &[char]| {
        let length = title(rest)?;
        // 律师事务所 is no person, and 超市长期 is no 市长.
        let other = starts(&rest[length..], "事务所")
            || rest[length - 1] == '长' && rest.get(length).is_some_and(|c| "期效江沙春大达久时途远".contains(*c));
        (!other).then_some(length)
    };
    own(rest).or_else(|| match rest.first()? {
        '副' | '大' | '小' => own(&rest[1..]).map(|length| length + 1),
        _ => None,
    })
}

/// 张总, 李工: titles of one character, where nothing follows that makes another word of them.
fn is_short_title(rest: &[char]) -> bool {
    let next = rest.get(1).copied().unwrap_or('\n');
    let ends = !is_han(next) || "说来的反联回到在答告电让叫和与也已给不没就都把将要会能".contains(next);
    rest.first().is_some_and(|c| "总工局董哥姐叔姨".contains(*c)) && ends
}

fn starts(rest: &[char], word: &str) -> bool {
    let mut length = 0;
    word.chars().all(|c| {
        length += 1;
        rest.get(length - 1) == Some(&c)
    })
}

fn ends_with(before: &[char], word: &str) -> bool {
    word.chars().rev().enumerate().all(|(i, c)| before.len() > i && before[before.len() - 1 - i] == c)
}

/// 张先生, 王建国副局长, 李总.
fn before_title(chars: &[char], title: usize) -> Option<Name> {
    if title == 0 || !is_han(chars[title - 1]) {
        return None;
    }
    if title_at(chars, title).is_none() {
        let surname = chars[title - 1];
        let name = Name { from: title - 1, to: title };
        let plain = facts(surname).sure && !broken_left(chars, name.from) && !begins_word(surname, *chars.get(title)?);
        return (plain && is_short_title(&chars[title..])).then_some(name);
    }
    let personal = starts(&chars[title..], "先生") || starts(&chars[title..], "女士");
    (1..=4.min(title))
        .map(|length| Name { from: title - length, to: title })
        .filter_map(|name| titled(chars, name, personal).map(|score| (score, name)))
        .max_by_key(|(score, name)| (*score, name.from))
        .map(|(_, name)| name)
}

/// How well `name` before a title reads as a name, if at all.
fn titled(chars: &[char], name: Name, personal: bool) -> Option<i32> {
    let own = &chars[name.from..name.to];
    let surname = surname_length(own)?;
    let given = own.get(surname..)?;
    let impossible = given.len() > 2 || given.iter().any(|c| !is_han(*c) || facts(*c).never || *c == '某');
    if impossible || broken_left(chars, name.from) || is_stop(own) || is_stop(given) {
        return None;
    }
    let edge = left_edge(chars, name.from);
    let sure = surname == 2 || facts(own[0]).sure;
    let plausible = given.iter().filter(|c| facts(**c).given).count();
    let all = plausible == given.len();
    let verb = VERBS.contains(own[0]);
    let reads = match (sure, given.is_empty()) {
        (true, true) => true,
        (true, false) => all || plausible > 0 || edge > 0,
        (false, true) if verb => personal && (edge == 2 && own[0] != '和' || edge == 1 && !PARTICLES.contains(own[0])),
        (false, true) => edge > 0 || personal,
        (false, false) => {
            if verb {
                all && (edge == 2 || edge > 0 && (given.len() == 2 || !PARTICLES.contains(own[0])))
            } else {
                edge > 0 && plausible > 0
            }
        }
    };
    let of_surname = if surname == 2 { 4 } else { 2 * i32::from(sure) };
    let of_given = 2 * i32::from(all) + i32::try_from(plausible).unwrap_or(0);
    reads.then_some(2 * edge + of_surname + of_given)
}

/// How many characters of `own` are its surname, if it begins with one.
fn surname_length(own: &[char]) -> Option<usize> {
    let first = *own.first()?;
    match own.get(1) {
        Some(second) if is_compound(first, *second) => Some(2),
        _ if facts(first).sure || facts(first).doubtful => Some(1),
        _ => None,
    }
}

/// Whether the character at `at` ends an everyday word instead of beginning a name.
/// Whether an everyday word ends in the character at `at`.
pub(super) fn broken_left(chars: &[char], at: usize) -> bool {
    // In 感谢谢主任 the word ends before the surname.
    at > 0 && ends_word(chars[at - 1], chars[at]) && !(at > 1 && ends_word(chars[at - 2], chars[at - 1]))
}

/// Whether these characters begin an everyday word.
pub(super) fn is_stop(own: &[char]) -> bool {
    own.len() > 1 && begins_word(own[0], own[1])
}

/// 2 where a name plainly begins at `at`, 1 where it may well, 0 where nothing says so.
fn left_edge(chars: &[char], at: usize) -> i32 {
    const MAY: &str = "的找是由叫给对与和及请问系人位名为让被跟同我到着了说有区市县局部处科司厂村镇室会院店业员求望谢见告诉约向任把等组队所站长记理师";
    match at.checked_sub(1).map(|before| chars[before]) {
        None => 2,
        Some(c) if !is_han(c) => 2,
        Some(c) if MAY.contains(c) => 1,
        Some(_) => 0,
    }
}

/// 联系人：张三, 我叫李四, 法定代表人王五.
fn after_label(chars: &[char], at: usize) -> Option<Name> {
    if at == 0 || !is_han(chars[at - 1]) {
        return None;
    }
    let label: String = label(&chars[..at])?.iter().collect();
    let mut from = at;
    let limit = at + 5;
    while from < limit
        && chars.get(from).is_some_and(|c| {
            matches!(c, ':' | '：' | ' ' | '(' | '为' | '是' | '叫' | '"' | '“' | '\n' | '一' | '-' | '—')
        })
    {
        from += 1;
    }
    let marked = from > at || matches!(label.as_str(), "我叫" | "名叫" | "叫做");
    name_at(chars, from, if marked { Ground::Firm } else { Ground::Loose })
}

/// 村民张三, 书记李四.
fn after_office(chars: &[char], at: usize) -> Option<Name> {
    if at == 0 || !is_han(chars[at - 1]) || !chars.get(at).is_some_and(|c| is_han(*c)) {
        return None;
    }
    is_office(&chars[..at]).then(|| name_at(chars, at, Ground::Loose)).flatten()
}

/// The name that begins at `from`, as long as its surroundings allow.
fn name_at(chars: &[char], from: usize, ground: Ground) -> Option<Name> {
    let rest = &chars[from.min(chars.len())..];
    let surname = surname_length(rest)?;
    let sure = surname == 2 || facts(rest[0]).sure;
    let stop = is_stop(rest);
    let fits = |given: usize| -> Option<i32> {
        let own = rest.get(surname..surname + given)?;
        let titled = (0..given).any(|at| title_at(rest, surname + at).is_some());
        if titled || own.iter().any(|c| !is_han(*c) || facts(*c).never || *c == '某') {
            return None;
        }
        let plausible = own.iter().filter(|c| facts(**c).given).count();
        let after = rest.get(surname + given).copied().unwrap_or('\n');
        let ended = !is_han(after) || title_at(rest, surname + given).is_some();
        // 负责人：史志强 ends where it should, whatever word it begins like.
        if stop && !(ended && ground == Ground::Firm) {
            return None;
        }
        let followed = ended || may_follow(&rest[surname + given..]);
        let all = plausible == given;
        let accepted = match ground {
            Ground::Firm if ended || followed && plausible > 0 || given == 2 && all => true,
            _ if vouched(&rest[surname + given..]) => true,
            Ground::Loose if !sure => all && (given == 2 && followed || ended) && !VERBS.contains(rest[0]),
            Ground::Loose if given == 2 => ended && plausible > 0 || followed && all,
            Ground::Loose => ended && all,
            Ground::Firm => false,
        };
        let score = if ended { 4 } else { 0 } + if followed { 2 } else { 0 } + i32::try_from(plausible).unwrap_or(0);
        accepted.then_some(score)
    };
    let best = [2, 1].into_iter().filter_map(|given| fits(given).map(|score| (score, given))).max()?;
    Some(Name { from, to: from + surname + best.1 })
}

/// Whether what follows a name says so: `，男，`.
fn vouched(after: &[char]) -> bool {
    matches!(after, [',' | ' ' | '(' | '，' | '、', '男' | '女', rest @ ..] if rest.first().is_none_or(|c| !is_han(*c)))
}

/// Whether 男 or 女 stands alone at `at`, as behind a name.
fn is_sex(chars: &[char], at: usize) -> bool {
    matches!(chars[at], '男' | '女') && !is_han(chars[at - 1]) && chars.get(at + 1).is_none_or(|c| !is_han(*c))
}

/// 张三 138…, 李四（电话…）, 王五，男: the run of Han characters that ends right before a number or a sex.
fn beside(chars: &[char], number: usize) -> Option<Name> {
    const BETWEEN: [&str; 14] = [
        "联系电话",
        "手机号码",
        "电话号码",
        "联系方式",
        "身份证号码",
        "身份证号",
        "身份证",
        "手机号",
        "电话",
        "手机",
        "微信",
        "号码",
        "联系",
        "本人",
    ];
    let mut to = number.min(chars.len());
    for _ in 0..3 {
        while to > 0 && !is_han(chars[to - 1]) && !chars[to - 1].is_ascii_alphanumeric() && number - to < 8 {
            to -= 1;
        }
        match BETWEEN.iter().find(|word| ends_with(&chars[..to], word)) {
            Some(word) => to -= word.chars().count(),
            None => break,
        }
    }
    let run = chars[..to].iter().rev().take_while(|c| is_han(**c)).count();
    let from = to - run;
    let own = &chars[from..to];
    let surname = surname_length(own)?;
    let length_fits = (surname + 1..=surname + 2).contains(&run);
    let given_fits = length_fits && own[surname..].iter().all(|c| !facts(*c).never && *c != '某');
    let reads = given_fits && (facts(own[0]).sure || surname == 2 || own[surname..].iter().all(|c| facts(*c).given));
    (reads && !is_stop(own)).then_some(Name { from, to })
}

/// Names that are a line of their own at the end, or stand in a list of names.
fn alone(chars: &[char]) -> Vec<Name> {
    let mut found: Vec<Name> = Vec::new();
    let mut runs: Vec<Name> = Vec::new();
    let mut at = 0;
    for run in chars.chunk_by(|a, b| is_han(*a) == is_han(*b)) {
        if is_han(run[0]) {
            runs.push(Name { from: at, to: at + run.len() });
        }
        at += run.len();
    }
    for (number, run) in runs.iter().enumerate() {
        let own = &chars[run.from..run.to];
        let listed = |other: Option<&Name>| {
            other.is_some_and(|other| {
                let (low, high) = (run.to.min(other.to), run.from.max(other.from));
                let between = &chars[low..high];
                matches!(between, ['、'] | [' '] | [',' | '，']) && begins_alone(&chars[other.from..other.to])
            })
        };
        let neighbours = listed(number.checked_sub(1).and_then(|n| runs.get(n))) || listed(runs.get(number + 1));
        let line_before = run.from == 0 || chars[..run.from].iter().rev().find(|c| **c != ' ') == Some(&'\n');
        let line_after = chars[run.to..].iter().find(|c| **c != ' ').is_none_or(|c| *c == '\n');
        let signed = line_before && line_after && run.from > 0 && own.len() >= 2;
        let dated = || chars[run.to..].iter().find(|c| !c.is_whitespace()).is_none_or(char::is_ascii_digit);
        let reads = reads_alone(own) || signed && dated() && reads_doubtful(own);
        if reads && (neighbours && own.len() > 2 || signed) {
            found.push(*run);
        } else if after_name(chars, *run, found.last()) {
            found.extend(name_at(chars, run.from, Ground::Loose));
        }
    }
    found
}

/// Whether a run of Han characters begins with what reads as a name of three characters.
fn begins_alone(own: &[char]) -> bool {
    reads_alone(own) || own.len() > 3 && reads_alone(&own[..3]) && may_follow(&own[3..])
}

/// Whether a run stands behind a name in a list: 张三、李四等人.
fn after_name(chars: &[char], run: Name, before: Option<&Name>) -> bool {
    before.is_some_and(|before| chars[before.to..run.from] == ['、'])
}

/// Whether a run of Han characters, all of it, reads as a name.
fn reads_alone(own: &[char]) -> bool {
    own.first().is_some_and(|c| facts(*c).sure) && reads_doubtful(own)
        || matches!(own, [first, second, ..] if is_compound(*first, *second)) && reads_doubtful(own)
}

/// The same where the surname is an everyday word too.
fn reads_doubtful(own: &[char]) -> bool {
    let Some(surname) = surname_length(own) else { return false };
    let given = &own[surname..];
    (1..=2).contains(&given.len()) && given.iter().all(|c| facts(*c).given) && !is_stop(own)
}
