//! What a demand asks: questions, requests, and the points of a list that a request opens.

use crate::normal::{is_han, normalise};
use crate::words::pair_weight;

/// One thing that a demand asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The words, cut to the clauses that ask.
    pub text: String,
    /// The pairs of characters in it that tell what it is about.
    pub telling: Vec<[char; 2]>,
    /// Whether it is asked when.
    pub when: bool,
    /// Whether it is a point of a list.
    pub point: bool,
}

/// Words that make a question of a sentence without its mark.
const QUESTIONS: [&str; 19] = [
    "是否",
    "能否",
    "可否",
    "能不能",
    "可不可以",
    "是不是",
    "有没有",
    "何时",
    "什么时候",
    "什么时间",
    "多久",
    "几时",
    "如何",
    "怎么办",
    "怎样",
    "哪里",
    "哪些",
    "多少",
    "请问",
];
const REQUESTS: [&str; 19] = [
    "请求",
    "恳请",
    "恳求",
    "希望",
    "盼望",
    "我们要求",
    "强烈要求",
    "现要求",
    "建议",
    "诉求",
    "呼吁",
    "敬请",
    "望能",
    "盼能",
    "请为",
    "请给",
    "请对",
    "请帮",
    "请把",
];
const WHENS: [&str; 6] = ["什么时候", "何时", "多久", "几时", "什么时间", "哪一天"];
/// Turns of a question that want no answer.
const RHETORICAL: &[&str] = &[
    "难道",
    "何谈",
    "却要求",
    "死活",
    "怎么能",
    "怎能",
    "凭什么",
    "何在",
    "天理",
    "岂不",
    "岂能",
    "谁来管",
    "有什么用",
    "还有没有王法",
    "这合理吗",
    "公平吗",
    "良心",
];
/// What asks for attention or names no matter; taken away before telling words are looked for.
const ATTENTION: &[&str] = &[
    "领导",
    "重视",
    "关注",
    "回复",
    "答复",
    "处理",
    "解决",
    "关心",
    "帮助",
    "支持",
    "政府",
    "部门",
    "有关",
    "相关",
    "尽快",
    "早日",
    "老百姓",
    "百姓",
    "群众",
    "给予",
    "给与",
    "百忙",
    "过问",
    "调查",
    "核实",
    "管管",
    "书记",
    "市长",
    "县长",
    "局长",
    "大人",
    "原因",
    "解释",
    "说明",
    "采纳",
    "酌情",
    "平台",
    "为盼",
    "批评",
    "教育",
    "严肃",
    "查处",
    "严查",
    "类似",
    "再次",
    "事件",
    "指导",
    "进展",
    "情况",
    "合理",
    "问题",
    "目前",
    "为什么",
    "什么",
    "我们",
    "政策",
    "谢谢",
    "感谢",
    "以上",
    "具体",
    "咨询",
    "了解",
    "关怀",
    "理解",
    "督促",
    "难题",
    "依法",
    "采取",
    "上述",
    "方式",
    "意见",
    "真切",
];
/// A point of a list is as long as this, or it is none.
const POINT: std::ops::RangeInclusive<usize> = 4..=80;
/// A pair tells something from here on: one of its characters belongs to no turn of phrase.
pub(super) const TELLING: f64 = 1.5;
/// Fewer telling pairs are too few to say that they are not met again.
const LEAST: usize = 3;
const LEAST_OF_POINT: usize = 2;
/// Longer texts are read so far; their length must not be paid for by whoever previews.
const READ: usize = 8_000;
const MOST: usize = 12;

/// What a demand of these words asks, in its order, each thing once.
pub fn asked(text: &str) -> Vec<Asked> {
    let mut all: Vec<Asked> = Vec::new();
    let mut listing = false;
    for (_, sentence) in sentences(read(text)) {
        let (point, body) = numbered(sentence);
        listing = if point { listing } else { opens_list(sentence) };
        let point = point && listing;
        let asking = if point { Some(body) } else { asking(body, sentence) };
        let Some(ask) = asking.and_then(|words| ask(words, point)) else { continue };
        if !all.iter().any(|other| other.telling == ask.telling) && all.len() < MOST {
            all.push(ask);
        }
    }
    all
}

/// As much of a text as is read.
pub(super) fn read(text: &str) -> &str {
    text.char_indices().nth(READ).map_or(text, |(end, _)| &text[..end])
}

/// The sentences of a text with the byte at which each begins; the mark that ends one belongs to it, and a point of a list
/// begins one.
pub(super) fn sentences(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    let mut ends: Vec<usize> = Vec::new();
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        if matches!(c, '。' | '！' | '？' | '!' | '?' | '；' | ';' | '\n' | '：' | ':') {
            ends.push(at + c.len_utf8());
        } else if !before.is_ascii_digit() && number_length(&text[at..]).is_some() {
            ends.push(at);
        }
        before = c;
    }
    ends.push(text.len());
    ends.into_iter().filter_map(move |end| {
        let start = from;
        from = end;
        (!text[start..end].trim().is_empty()).then(|| (start, &text[start..end]))
    })
}

/// Whether a sentence is a point of a list, and what it says without its number.
fn numbered(sentence: &str) -> (bool, &str) {
    let sentence = sentence.trim_start();
    match number_length(sentence) {
        Some(length) => (true, sentence[length..].trim_start()),
        None => (false, sentence),
    }
}

/// The bytes of `1.`, `2、`, `（三）`, `④` or `一、` at the beginning of `text`.
fn number_length(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    if ('①'..='⑳').contains(&first) {
        return Some(first.len_utf8());
    }
    let open = if matches!(first, '（' | '(') { first.len_utf8() } else { 0 };
    let digits: usize = text[open..].chars().take(3).take_while(|c| is_number(*c)).map(char::len_utf8).sum();
    let after = &text[open + digits..];
    let mark = after.chars().next().filter(|c| match open {
        0 => matches!(c, '、' | '.' | '．'),
        _ => matches!(c, '）' | ')'),
    })?;
    // 3.5 is no third point.
    let decimal = mark == '.' && after[1..].starts_with(|c: char| c.is_ascii_digit());
    (digits > 0 && !decimal).then(|| open + digits + mark.len_utf8())
}

fn is_number(c: char) -> bool {
    c.is_ascii_digit() || "一二三四五六七八九十".contains(c)
}

fn opens_list(sentence: &str) -> bool {
    sentence.trim_end().ends_with(['：', ':']) && REQUESTS.iter().any(|word| sentence.contains(word))
}

/// The clauses of a sentence from the first that asks on; nothing where none does or the question wants no answer.
fn asking<'a>(body: &'a str, sentence: &str) -> Option<&'a str> {
    if RHETORICAL.iter().any(|word| body.contains(word)) || sentence.trim_end().ends_with(['：', ':']) {
        return None;
    }
    let question = sentence.trim_end().ends_with(['？', '?', '吗', '呢']);
    let first = |words: &[&str]| words.iter().filter_map(|word| body.find(word)).min();
    // 请问 without a question is a greeting.
    let asks = if question { first(&QUESTIONS).or(Some(0)) } else { first(&QUESTIONS[..QUESTIONS.len() - 1]) };
    let at = asks.into_iter().chain(first(&REQUESTS)).min()?;
    let clause = body[..at]
        .rfind(['，', ',', ' '])
        .map_or(0, |comma| comma + body[comma..].chars().next().map_or(1, char::len_utf8));
    Some(&body[clause..])
}

/// The pairs of Han characters of a normalised text that tell at least so much, each once.
pub(super) fn pairs(plain: &str, least: f64) -> Vec<[char; 2]> {
    let chars: Vec<char> = plain.chars().collect();
    let pairs = chars.windows(2).filter_map(|pair| <[char; 2]>::try_from(pair).ok());
    let told = |pair: &[char; 2]| pair.iter().all(|c| is_han(*c)) && pair_weight(pair[0], pair[1]) >= least;
    let mut pairs: Vec<[char; 2]> = pairs.filter(told).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// What is asked by these words, if they tell enough to look for.
fn ask(words: &str, point: bool) -> Option<Asked> {
    let text: String = words.trim().trim_end_matches(['。', '！', '？', '!', '?', '；', ';', '，', ',']).to_owned();
    if !POINT.contains(&text.chars().count()) {
        return None;
    }
    let mut plain = normalise(&text);
    for word in QUESTIONS.iter().chain(&REQUESTS).chain(ATTENTION) {
        plain = plain.replace(word, " ");
    }
    let telling = pairs(&plain, TELLING);
    let when = WHENS.iter().any(|word| text.contains(word));
    let least = if point { LEAST_OF_POINT } else { LEAST };
    (telling.len() >= least).then_some(Asked { text, telling, when, point })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        asked(text).into_iter().map(|ask| ask.text).collect()
    }

    #[test]
    fn questions_requests_and_points() {
        assert_eq!(found("请问沙河路什么时候修通？小区停水三天了。"), ["请问沙河路什么时候修通"]);
        assert_eq!(
            found("物业不作为，希望物业公司公示电梯维保记录。请领导重视！谢谢！"),
            ["希望物业公司公示电梯维保记录"]
        );
        assert_eq!(
            found("请求：1.通知提前二十四小时；2.公布优先级名单；3、损失由谁承担"),
            ["通知提前二十四小时", "公布优先级名单", "损失由谁承担"]
        );
        assert_eq!(found("难道纳税人就该受这种气吗？"), Vec::<String>::new());
        assert_eq!(found("小区路灯坏了。"), Vec::<String>::new());
        assert_eq!(found(""), Vec::<String>::new());
    }

    #[test]
    fn numbers_of_points() {
        for (text, length) in [
            ("1.路", Some(2)),
            ("12、路", Some(5)),
            ("（三）路", Some(9)),
            ("④路", Some(3)),
            ("一、路", Some(6)),
            ("3.5元", None),
            ("三路", None),
        ] {
            assert_eq!(number_length(text), length, "{text}");
        }
    }
}
