//! What a public reply must not carry: words of internal handling, marks of a draft, blanks never filled in, and what is
//! personal. The check advises in Chinese; whoever publishes decides.

use serde::Serialize;

use crate::normal::{Normal, is_han};
use crate::redact::{self, Kind};

/// How much a leak weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Must be changed before the text is public.
    Stop,
    /// May be right: somebody has to confirm it.
    Ask,
}

/// One thing that should not be there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Leak {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
    /// What stands there.
    pub found: String,
    /// Whether it must go or may be confirmed.
    pub severity: Severity,
    /// What is wrong and what to do, in Chinese.
    pub advice: String,
}

/// Words by what is wrong with them; within a group the longer ones come first.
const WORDS: [(&[&str], Severity, &str); 7] = [
    (
        &[
            "请领导审示",
            "请领导审定",
            "请领导审核",
            "请领导批示",
            "请领导阅示",
            "请领导审阅",
            "呈领导",
            "妥否请批示",
            "妥否 请批示",
            "妥否 请示",
            "请审示",
            "请阅示",
            "请批示",
            "当否 请批示",
            "当否请批示",
            "报请领导",
            "拟办意见",
            "拟同意",
            "领导意见",
            "领导批示",
        ],
        Severity::Stop,
        "是报领导审批的用语，不应出现在公开答复里，请删去",
    ),
    (
        &[
            "仅供内部",
            "内部资料",
            "内部掌握",
            "内部文件",
            "内部使用",
            "内部参考",
            "内部口径",
            "内部意见",
            "内部讨论",
            "内部备注",
            "内部流转",
            "不对外公开",
            "不宜公开",
            "不予公开",
            "不得外传",
            "请勿外传",
            "请勿公开",
            "对内口径",
            "对外口径",
            "统一口径",
            "答复口径",
            "注意保密",
            "机密",
            "涉密",
            "绝密",
        ],
        Severity::Stop,
        "是内部用语，不应公开，请删去",
    ),
    (
        &["草稿", "未定稿", "待补充", "待填写", "待填", "待定稿", "此处填写", "此处插入", "todo"],
        Severity::Stop,
        "说明文字还没有定稿，请补全或删去",
    ),
    (
        &["征求意见稿", "初稿", "讨论稿", "送审稿", "修改稿", "待补", "待核实", "待确认", "待完善", "请填写"],
        Severity::Ask,
        "可能说明文字还没有定稿，请确认",
    ),
    (&["某某", "某单位", "某部门", "某同志"], Severity::Stop, "是没有写明的代称，请写清楚或删去"),
    (&["内部", "秘密", "保密", "口径"], Severity::Ask, "有时是内部用语，请确认可以公开"),
    (
        &["该同志态度", "无理取闹", "缠访", "闹访", "刁民", "重复投诉人", "重点人", "稳控", "摆平", "冷处理", "应付"],
        Severity::Ask,
        "会伤害诉求人，请改为客观的说法",
    ),
];

/// What in `text`, a reply about to be public, should not be there, in the order of the text.
pub fn leaks(text: &str) -> Vec<Leak> {
    let mut found = personal(text);
    let normal = Normal::new(text);
    wording(text, &normal, &mut found);
    blanks(text, &mut found);
    found.sort_by_key(|leak| (leak.start, leak.severity));
    // A doubt within what must go anyway is no advice of its own.
    let gone: Vec<(usize, usize)> =
        found.iter().filter(|l| l.severity == Severity::Stop).map(|l| (l.start, l.end)).collect();
    found.retain(|l| {
        l.severity == Severity::Stop || !gone.iter().any(|(start, end)| *start <= l.start && l.end <= *end)
    });
    found
}

fn leak(text: &str, start: usize, end: usize, severity: Severity, reason: &str) -> Leak {
    let found = text[start..end].to_owned();
    Leak { advice: format!("“{found}”{reason}。"), start, end, found, severity }
}

fn personal(text: &str) -> Vec<Leak> {
    let advise = |span: redact::Span| {
        let (severity, reason) = match span.kind {
            Kind::Shop => (Severity::Ask, "像是店铺的名号，认得出是谁开的，公开前请改为“某店”，或确认可以公开"),
            Kind::Name => (Severity::Ask, "像是人名，公开前请改为“某先生”“某女士”，或确认可以公开"),
            Kind::Landline => (Severity::Ask, "是固定电话，请确认是单位的公开电话"),
            Kind::Email => (Severity::Ask, "是电子邮箱，请确认是单位的公开邮箱"),
            Kind::IdNumber => (Severity::Stop, "像是身份证件号码，请删去或遮盖"),
            Kind::Mobile => (Severity::Stop, "像是手机号码，请删去或改为单位的公开电话"),
            Kind::BankAccount => (Severity::Stop, "像是银行账号，请删去"),
            Kind::Handle => (Severity::Stop, "像是 QQ 或微信号，请删去"),
            Kind::Plate => (Severity::Stop, "像是车牌号，请删去"),
            Kind::Address => (Severity::Stop, "像是详细住址，请只写到小区或道路"),
        };
        leak(text, span.start, span.end, severity, reason)
    };
    redact::find_public(text).into_iter().map(advise).collect()
}

fn wording(text: &str, normal: &Normal, found: &mut Vec<Leak>) {
    let mut taken = vec![false; normal.chars.len()];
    for (words, severity, reason) in WORDS {
        for word in words {
            let word: Vec<char> = word.chars().collect();
            for at in places(&normal.chars, &word) {
                let span = at..at + word.len();
                if taken[span.clone()].contains(&true) || is_part(&normal.chars, span.clone()) {
                    continue;
                }
                // 张某某 is a name already hidden, not a blank.
                if word[0] == '某' && at > 0 && redact::is_surname(normal.chars[at - 1]) {
                    continue;
                }
                taken[span.clone()].fill(true);
                let last = normal.origins[span.end - 1];
                let end = last + text[last..].chars().next().map_or(0, char::len_utf8);
                found.push(leak(text, normal.origins[at], end, severity, reason));
            }
        }
    }
}

fn places(chars: &[char], word: &[char]) -> Vec<usize> {
    let first = word[0];
    let begins = chars.iter().enumerate().filter(|(_, c)| **c == first).map(|(at, _)| at);
    begins.filter(|at| chars[*at..].starts_with(word)).collect()
}

/// A Latin word counts only whole.
fn is_part(chars: &[char], span: std::ops::Range<usize>) -> bool {
    let letter = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| c.is_ascii_alphanumeric());
    chars[span.start].is_ascii_alphabetic() && (letter(span.start.checked_sub(1)) || letter(Some(span.end)))
}

/// XXX, ××, ___, ？？？ and a lone X where a number or a name belongs.
fn blanks(text: &str, found: &mut Vec<Leak>) {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut at = 0;
    while at < chars.len() {
        let mark = blank_mark(chars[at].1);
        let run = chars[at..].iter().take_while(|(_, c)| mark.is_some() && blank_mark(*c) == mark).count();
        let neighbour = |at: Option<usize>| at.and_then(|at| chars.get(at)).map_or(' ', |(_, c)| *c);
        let (before, after) = (neighbour(at.checked_sub(1)), neighbour(Some(at + run)));
        let hidden_name = mark == Some('x') && redact::is_surname(before);
        let free = !before.is_ascii_alphanumeric() && !after.is_ascii_alphanumeric() && !hidden_name;
        let unfilled = match mark {
            Some('x') => {
                free && (run > 1
                    || run == 1 && "年月日号元人户名单局万个".contains(after) && (is_han(before) || before == ' '))
            }
            Some('?') => run > 3,
            Some(_) => run > 1,
            None => false,
        };
        if unfilled {
            let end = chars.get(at + run).map_or(text.len(), |(byte, _)| *byte);
            found.push(leak(text, chars[at].0, end, Severity::Stop, "是没有填写的空白，请补全或删去"));
        }
        let note = bracketed_note(&chars[at..]);
        if note > 0 {
            let end = chars.get(at + note).map_or(text.len(), |(byte, _)| *byte);
            found.push(leak(text, chars[at].0, end, Severity::Stop, "是留待补全的说明，请补全或删去"));
        }
        at += run.max(note).max(1);
    }
}

/// The length of a note to oneself in brackets, such as 【待补：金额】.
fn bracketed_note(rest: &[(usize, char)]) -> usize {
    let opens = matches!(rest, [(_, '【' | '[' | '［' | '〔'), (_, '待' | '此' | '补' | '请' | '填'), ..]);
    let closes = || rest.iter().take(24).position(|(_, c)| matches!(c, '】' | ']' | '］' | '〕'));
    opens.then(closes).flatten().map_or(0, |at| at + 1)
}

fn blank_mark(c: char) -> Option<char> {
    match c {
        'x' | 'X' | 'ｘ' | 'Ｘ' | '×' | '✕' | '╳' => Some('x'),
        '?' | '？' => Some('?'),
        '_' | '＿' => Some('_'),
        '■' | '□' | '●' | '○' => Some('■'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, Severity)> {
        leaks(text).into_iter().map(|l| (l.found, l.severity)).collect()
    }

    #[test]
    fn wording_that_is_not_for_the_public() {
        for (text, wanted) in [
            ("此件仅供内部参考", &["仅供内部"][..]),
            ("以上意见妥否，请批示。", &["妥否，请批示"]),
            ("请领导审示：已办结", &["请领导审示"]),
            ("【待补】金额为XXX元，由××街道负责", &["【待补】", "XXX", "××"]),
            ("草 稿：经我局某某科核实", &["草 稿", "某某"]),
            ("将于2026年X月X日前完成", &["X", "X"]),
            ("地址：____", &["____"]),
            ("请联系ＸＸ同志", &["ＸＸ"]),
            ("钟某某、贺XX与此无关", &[]),
        ] {
            let got = leaks(text);
            let got: Vec<&str> =
                got.iter().filter(|l| l.severity == Severity::Stop).map(|l| l.found.as_str()).collect();
            assert_eq!(got, wanted, "{text}");
        }
    }

    #[test]
    fn personal_data_and_doubts() {
        use Severity::{Ask, Stop};
        assert_eq!(found("请致电13800000000"), [("13800000000".into(), Stop)]);
        assert_eq!(found("请致电0871-68000000"), [("0871-68000000".into(), Ask)]);
        assert_eq!(found("王女士您好"), [("王".into(), Ask)]);
        assert_eq!(found("小区内部道路已修好"), [("内部".into(), Ask)]);
        assert!(leaks("请致电13800000000")[0].advice.contains("手机号码"));
    }

    #[test]
    fn a_good_reply_passes() {
        let reply = "您好！您反映的有序用电通知时间短的问题已收悉。经核实，我局自2026年12月1日起提前24小时通知，\
            依据《电力负荷管理办法》第三条。规格 20×30 厘米的告示牌已更换。咨询电话12345。感谢您的监督！";
        assert_eq!(found(reply), []);
        assert_eq!(found("某先生：您好，电话138****0000已登记"), []);
        assert_eq!(found(""), []);
    }
}
