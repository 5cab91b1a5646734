//! Whether a reply answers: what the demand asked that the reply does not touch, parts that say nothing, promises without
//! a date, referrals to nobody. The check advises in Chinese and may be wrong, so it speaks only where hardly a telling word
//! of what was asked is met again; whoever replies decides.

mod asking;
mod dates;

use std::collections::HashSet;

use serde::Serialize;

use crate::normal::{is_han, normalise};
use crate::synonyms::Synonyms;
pub use asking::{Asked, asked};
use dates::says_when;

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// Something was asked that the reply does not touch.
    Untouched,
    /// It was asked when, and the reply names no time.
    When,
    /// A part that has to say something says nothing.
    Part,
    /// The whole reply says nothing beyond courtesies.
    Nothing,
    /// A promise without a date.
    Promise,
    /// Somebody is referred to a unit that is not named.
    Nobody,
}

/// One thing that a reply may lack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// What kind of thing.
    pub gap: Gap,
    /// The part of the reply, counted from 0; absent where the reply as a whole is meant.
    pub part: Option<usize>,
    /// The first byte in that part, and the byte after the last; equal where no place is meant.
    pub start: usize,
    /// See `start`.
    pub end: usize,
    /// What stands there, or what the demand asked.
    pub found: String,
    /// What to do about it, in Chinese.
    pub advice: String,
}

/// Words of a promise; the longer of those that begin alike first.
const PROMISES: [&str; 17] = [
    "尽快",
    "尽早",
    "近期",
    "近日",
    "早日",
    "择机",
    "适时",
    "择日",
    "抓紧",
    "正在研究",
    "正在协调",
    "正在推进",
    "将逐步",
    "逐步推进",
    "积极推进",
    "进一步研究",
    "陆续",
];
/// Before a promise: it is asked of the reader, or it is past.
const NOT_PROMISED: [&str; 7] = ["请", "请您", "敬请", "建议您", "您可", "已", "要求"];
/// Referrals that name nobody.
const NOBODIES: [&str; 12] = [
    "咨询有关部门",
    "咨询相关部门",
    "联系有关部门",
    "联系相关部门",
    "向有关部门",
    "向相关部门",
    "转有关部门",
    "转相关部门",
    "转交有关部门",
    "转交相关部门",
    "由有关部门",
    "由相关部门",
];
/// What a part says that says nothing.
const EMPTY: [&str; 12] =
    ["无", "略", "同上", "见上", "见附件", "暂无", "没有", "如上", "详见附件", "已处理", "已办理", "已回复"];
/// Courtesies and turns of phrase that tell nothing; taken away before what is left is counted.
const COURTESIES: [&str; 30] = [
    "您好",
    "你好",
    "网友",
    "同志",
    "尊敬的",
    "感谢您对我们工作的",
    "感谢您的",
    "感谢你的",
    "感谢您对",
    "感谢",
    "理解",
    "支持",
    "关注",
    "监督",
    "关心",
    "留言已收悉",
    "已收悉",
    "收悉",
    "来信",
    "您的留言",
    "您反映的问题",
    "您反映的",
    "现回复如下",
    "现答复如下",
    "答复如下",
    "回复如下",
    "高度重视",
    "我们将认真研究",
    "我们会认真研究",
    "祝您生活愉快",
];
/// Fewer characters and figures than this, courtesies aside, answer nothing.
const SAYS_LITTLE: usize = 10;
/// How many telling pairs met again show that a reply is on the matter.
const MATTER: usize = 2;
/// More of one kind helps nobody.
const MOST: usize = 4;

/// The words of a reply, ready to be looked through.
struct Said {
    plain: String,
    pairs: HashSet<[char; 2]>,
}

impl Said {
    fn new(whole: &str) -> Self {
        let plain = normalise(whole);
        Self { pairs: asking::pairs(&plain, asking::TELLING).into_iter().collect(), plain }
    }
}

/// What a reply of named parts may lack as an answer to a demand.
pub fn check(title: &str, text: &str, parts: &[(&str, &str)], synonyms: &Synonyms) -> Vec<Advice> {
    let whole: String = parts.iter().map(|(_, text)| *text).collect::<Vec<_>>().join("\n");
    let said = Said::new(&whole);
    let mut all = Vec::new();
    all.extend(nothing(&whole).then(|| {
        overall(Gap::Nothing, "", "答复里除了客气话没有实质内容，请写明查到了什么、怎么办、依据什么。".into())
    }));
    let asked = asked(text);
    let (met, unmet): (Vec<&Asked>, Vec<&Asked>) = asked.iter().partition(|ask| touched(ask, &said, synonyms));
    if !on_the_matter(title, text, &said, synonyms) && all.is_empty() && !said.plain.is_empty() {
        let matter = if title.is_empty() { text } else { title };
        all.push(overall(
            Gap::Untouched,
            matter,
            "答复里几乎没有提到诉求说的事，请看看是不是没有答到，或者答错了件。".into(),
        ));
    } else {
        // One question alone may be answered in quite other words; of several, one that is left out stands out.
        let left_out = unmet.into_iter().filter(|ask| ask.point || !met.is_empty()).take(MOST);
        all.extend(left_out.map(|ask| {
            overall(
                Gap::Untouched,
                &ask.text,
                format!("诉求问到“{}”，答复里没有看到对应的内容，请看看要不要补上。", ask.text),
            )
        }));
    }
    let when = met.iter().find(|ask| ask.when).filter(|_| !says_when(&whole));
    all.extend(
        when.map(|ask| overall(Gap::When, &ask.text, format!("诉求问什么时候（“{}”），答复里没有写时间。", ask.text))),
    );
    for (number, (name, text)) in parts.iter().enumerate() {
        let same = parts[..number].iter().find(|(_, other)| normalise(other) == normalise(text));
        all.extend(empty_part(name, text, same.map(|(other, _)| *other)).map(|advice| Advice {
            gap: Gap::Part,
            part: Some(number),
            start: 0,
            end: text.len(),
            found: (*text).to_owned(),
            advice,
        }));
        all.extend(in_sentences(number, text).take(MOST));
    }
    all
}

fn overall(gap: Gap, found: &str, advice: String) -> Advice {
    Advice { gap, part: None, start: 0, end: 0, found: found.to_owned(), advice }
}

/// Whether the reply speaks of what the demand speaks of: some of its telling pairs are met again.
fn on_the_matter(title: &str, text: &str, said: &Said, synonyms: &Synonyms) -> bool {
    let words = format!("{title}\n{}", asking::read(text));
    let telling = asking::pairs(&normalise(&words), asking::TELLING);
    let met = telling.iter().filter(|pair| said.pairs.contains(*pair)).take(MATTER).count();
    met >= MATTER.min(telling.len()) || by_another_name(&words, said, synonyms)
}

/// Whether a telling word of what was asked is met again in the reply, itself or by another name.
fn touched(ask: &Asked, said: &Said, synonyms: &Synonyms) -> bool {
    let met = || ask.telling.iter().any(|pair| said.pairs.contains(pair));
    met() || by_another_name(&ask.text, said, synonyms)
}

fn by_another_name(words: &str, said: &Said, synonyms: &Synonyms) -> bool {
    let within = synonyms.within(words);
    within.iter().any(|(_, others)| others.iter().any(|other| said.plain.contains(&normalise(other))))
}

fn nothing(whole: &str) -> bool {
    let mut rest = normalise(whole);
    for phrase in COURTESIES.iter().chain(&PROMISES).chain(&NOBODIES) {
        rest = rest.replace(phrase, " ");
    }
    let left = rest.chars().filter(|c| *c != ' ').count();
    left < SAYS_LITTLE && !whole.trim().is_empty()
}

fn empty_part(name: &str, text: &str, same: Option<&str>) -> Option<String> {
    let plain = normalise(text);
    let named = if name.is_empty() { "答复".to_owned() } else { format!("“{name}”") };
    if EMPTY.contains(&plain.as_str()) || plain.chars().filter(|c| is_han(*c)).count() < 2 {
        return Some(format!("{named}只写了“{}”，等于没有写；真的没有的，请写明为什么没有。", text.trim()));
    }
    same.filter(|_| !plain.is_empty()).map(|same| format!("{named}与“{same}”一字不差，请各写各的内容。"))
}

/// Promises without a date and referrals to nobody, sentence by sentence.
fn in_sentences(part: usize, text: &str) -> impl Iterator<Item = Advice> + '_ {
    asking::sentences(text).flat_map(move |(from, sentence)| {
        let promise = if says_when(sentence) { None } else { promise(sentence) };
        let promise = promise.map(|(at, word)| {
            (Gap::Promise, at, word, "没有说到什么时候；能写日期或者期限的请写上，写不了的请说明在等什么")
        });
        let nobody = NOBODIES
            .iter()
            .find_map(|word| Some((Gap::Nobody, sentence.find(word)?, *word, "没有说是哪个单位，请写明名称和电话")));
        [promise, nobody].into_iter().flatten().map(move |(gap, at, word, what)| Advice {
            gap,
            part: Some(part),
            start: from + at,
            end: from + at + word.len(),
            found: word.to_owned(),
            advice: format!("“{word}”{what}。"),
        })
    })
}

fn promise(sentence: &str) -> Option<(usize, &'static str)> {
    let promised = |at: usize| !NOT_PROMISED.iter().any(|word| sentence[..at].ends_with(word));
    PROMISES.iter().find_map(|word| Some((sentence.find(word).filter(|at| promised(*at))?, *word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn synonyms() -> Synonyms {
        Synonyms::new(vec![vec!["用电".into(), "电力".into()], vec!["停车".into(), "泊车".into()]])
    }

    fn gaps(title: &str, text: &str, reply: &[&str]) -> Vec<(Gap, String)> {
        let parts: Vec<(&str, &str)> = reply.iter().map(|text| ("", *text)).collect();
        check(title, text, &parts, &synonyms()).into_iter().map(|a| (a.gap, a.found)).collect()
    }

    #[test]
    fn what_was_asked_and_not_answered() {
        let text = "我公司被错避峰。请求：1. 通知至少提前24小时；2. 明确优先级名单；3. 修好厂区门口的路灯。";
        let reply = "经与供电局商定，自12月1日起错避峰通知提前24小时发出，优先级名单已在网站公布。";
        assert_eq!(gaps("错避峰通知太晚", text, &[reply]), [(Gap::Untouched, "修好厂区门口的路灯".to_owned())]);
        let whole = format!("{reply}厂区门口路灯已于11月20日修复。");
        assert_eq!(gaps("错避峰通知太晚", text, &[&whole]), []);
        assert_eq!(gaps("", "园区泊车难，请增设泊位。", &["园区已新增停车位120个。"]), [], "by another name");
    }

    #[test]
    fn when_is_asked_and_a_date_is_owed() {
        let text = "请问沙河路什么时候能够修通？";
        let found = gaps("", text, &["沙河路项目已列入计划，正在办理征地手续。"]);
        assert_eq!(found.iter().map(|(gap, _)| *gap).collect::<Vec<_>>(), [Gap::When]);
        assert_eq!(gaps("", text, &["沙河路项目计划2026年6月底前修通。"]), []);
    }

    #[test]
    fn promises_have_dates() {
        let found = |reply: &str| gaps("", "", &[reply]);
        let base = "经核实，该路段属城投公司管养，路面破损十二处，";
        assert_eq!(found(&format!("{base}将尽快修复。")), [(Gap::Promise, "尽快".to_owned())]);
        assert_eq!(found(&format!("{base}将尽快修复，最迟12月15日前完工。")), []);
        assert_eq!(found(&format!("{base}请您尽快补交材料。")), []);
        assert_eq!(found(&format!("{base}请咨询有关部门。")), [(Gap::Nobody, "咨询有关部门".to_owned())]);
    }

    #[test]
    fn parts_that_say_nothing() {
        let kinds = |reply: &[&str]| gaps("", "", reply).into_iter().map(|(gap, _)| gap).collect::<Vec<_>>();
        let full = "依据《电力负荷管理办法》第三条，错避峰通知应当提前二十四小时发出。";
        assert_eq!(kinds(&[full, "无"]), [Gap::Part]);
        assert_eq!(kinds(&[full, full]), [Gap::Part]);
        assert_eq!(kinds(&["您好，您的留言已收悉，感谢您对我们工作的关注和支持！"]), [Gap::Nothing]);
        assert_eq!(kinds(&[]), []);
    }
}
