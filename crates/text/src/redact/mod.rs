//! What in a text is about a person and must be hidden before the text is public: telephone numbers, identity numbers,
//! bank accounts, e-mail and chat handles, number plates, addresses down to the door, and names where the words around
//! them show that they are names. A firm's 统一社会信用代码 is not personal and stays.
//!
//! Recall comes first: a serial number hidden by mistake costs a look, a telephone number published costs a person.

mod addresses;
mod cells;
mod contacts;
mod lexicon;
mod names;
mod numbers;
mod shops;

use serde::Serialize;

use cells::{Cells, digit};

/// What a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A resident identity number of 18 or 15 characters, or a passport number named as such.
    IdNumber,
    /// A mobile number.
    Mobile,
    /// A telephone number with or without area code, or a 400/800 service number.
    Landline,
    /// A bank card or account.
    BankAccount,
    /// An e-mail address.
    Email,
    /// A QQ or WeChat name.
    Handle,
    /// A vehicle's number plate.
    Plate,
    /// An address down to the door.
    Address,
    /// A person's name; a title after it is not part of it.
    Name,
    /// The part of a small business's name that names its owner; see [`find_public`].
    Shop,
}

impl Kind {
    /// The Chinese name, for advice and for the log of an unmasking.
    pub fn label(self) -> &'static str {
        match self {
            Self::IdNumber => "身份证件号码",
            Self::Mobile => "手机号码",
            Self::Landline => "固定电话",
            Self::BankAccount => "银行账号",
            Self::Email => "电子邮箱",
            Self::Handle => "QQ 或微信号",
            Self::Plate => "车牌号",
            Self::Address => "详细住址",
            Self::Name => "姓名",
            Self::Shop => "店铺主人的名字",
        }
    }
}

/// A stretch of a text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
    /// What it is.
    pub kind: Kind,
}

/// Everything personal in `text`, in the order of the text and without overlaps.
pub fn find(text: &str) -> Vec<Span> {
    apart(personal(&Cells::new(text)))
}

/// Like [`find`], and the names of small businesses that say whose they are. Staff have to know them and large firms may be
/// named, so this is for what becomes public.
pub fn find_public(text: &str) -> Vec<Span> {
    let cells = Cells::new(text);
    let mut found = personal(&cells);
    found.extend(shops::find(&cells));
    apart(found)
}

fn personal(cells: &Cells) -> Vec<Span> {
    let mut found = numbers::find(cells);
    found.extend(contacts::find(cells));
    found.extend(addresses::find(cells));
    let numbers: Vec<Span> = found.clone();
    found.extend(names::find(cells, &numbers));
    found
}

/// In the order of the text and without overlaps; of two that meet, the kind that was listed first keeps its place.
fn apart(mut found: Vec<Span>) -> Vec<Span> {
    found.sort_by_key(|span| (span.kind, span.start));
    let mut kept: Vec<Span> = Vec::new();
    for span in found {
        let at = kept.partition_point(|k| k.start < span.start);
        let start = at.checked_sub(1).map_or(span.start, |before| kept[before].end.max(span.start));
        let end = kept.get(at).map_or(span.end, |after| after.start.min(span.end));
        if start < end {
            kept.insert(at, Span { start, end, ..span });
        }
    }
    kept
}

/// `text` with everything personal hidden: `138****0000`, `530181********1234`, 张先生 as 某先生, other names as `***`.
pub fn mask(text: &str) -> String {
    masked(text, find(text))
}

/// [`mask`] for what becomes public: 张记面馆 is 某面馆 as well.
pub fn mask_public(text: &str) -> String {
    masked(text, find_public(text))
}

fn masked(text: &str, spans: Vec<Span>) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        masked.push_str(&text[at..span.start]);
        let (what, after) = (&text[span.start..span.end], &text[span.end..]);
        match span.kind {
            Kind::Name if names::title_begins(after) => masked.push('某'),
            kind => masked.push_str(&mask_as(kind, what)),
        }
        // A number that was broken over two lines leaves the lines as they were.
        masked.extend(what.chars().filter(|c| *c == '\n'));
        at = span.end;
    }
    masked.push_str(&text[at..]);
    masked
}

fn mask_as(kind: Kind, what: &str) -> String {
    match kind {
        Kind::Mobile | Kind::Landline => mask_phone(what),
        Kind::IdNumber => mask_id(what),
        Kind::BankAccount => keep(&digits(what), 0, 4),
        Kind::Email => mask_email(what),
        Kind::Plate => keep(&what.chars().filter(|c| c.is_alphanumeric()).collect::<Vec<_>>(), 2, 0),
        Kind::Address => what.chars().map(|c| if digit(cells::folded(c)).is_some() { '*' } else { c }).collect(),
        Kind::Handle | Kind::Name => "***".to_owned(),
        Kind::Shop => "某".to_owned(),
    }
}

/// A telephone number as shown where it is masked: `138****0000`, `0871-****0000`.
pub fn mask_phone(phone: &str) -> String {
    let own = phone.split('转').next().unwrap_or(phone);
    let mut all = digits(own);
    let country: [&[char]; 2] = [&['8', '6'], &['0', '0', '8', '6']];
    for prefix in country {
        if all.len() > 11 && all.starts_with(prefix) {
            all.drain(..prefix.len());
        }
    }
    let area = match all.as_slice() {
        ['0', '1', '3'..='9', ..] if all.len() == 12 => return keep(&all[1..], 3, 4),
        ['0', '1' | '2', ..] if all.len() >= 10 => 3,
        ['0', ..] if all.len() >= 11 => 4,
        _ if all.len() >= 10 => return keep(&all, 3, 4),
        _ => return keep(&all, 0, 4),
    };
    // Digits beyond the number are an extension and go.
    all.truncate(area + 8);
    format!("{}-{}", all[..area].iter().collect::<String>(), keep(&all[area..], 0, 4))
}

/// An identity number as shown where it is masked: `530181********1234`.
pub fn mask_id(id: &str) -> String {
    let id: Vec<char> = id
        .chars()
        .map(cells::folded)
        .filter_map(|c| digit(c).map(number).or_else(|| c.is_ascii_alphabetic().then(|| c.to_ascii_uppercase())))
        .collect();
    match id.len() {
        16.. => keep(&id, 6, 4),
        12..16 => keep(&id, 6, 3),
        _ => keep(&id, 1, 1),
    }
}

/// A person's name as shown where it is masked: the surname and stars.
pub fn mask_name(name: &str) -> String {
    let name: Vec<char> = name.chars().filter(|c| !c.is_whitespace()).collect();
    match name.len() {
        0 | 1 => "*".repeat(name.len()),
        // A name in Latin letters shows its length too plainly.
        _ if name[0].is_ascii() => format!("{}***", name[0]),
        length => {
            let surname = if length > 2 && lexicon::is_compound(name[0], name[1]) { 2 } else { 1 };
            keep(&name, surname, 0)
        }
    }
}

/// Whether `c` may be a surname.
pub(crate) fn is_surname(c: char) -> bool {
    let facts = lexicon::facts(c);
    facts.sure || facts.doubtful
}

fn mask_email(email: &str) -> String {
    match email.char_indices().find(|(_, c)| matches!(cells::folded(*c), '@' | '(' | '[')) {
        Some((at, _)) => {
            let first: String = email.chars().take(1).collect();
            format!("{first}***{}", &email[at..])
        }
        None => "***".to_owned(),
    }
}

fn digits(text: &str) -> Vec<char> {
    text.chars().map(cells::folded).filter_map(digit).map(number).collect()
}

fn number(digit: u8) -> char {
    char::from(b'0' + digit)
}

/// The first `head` and last `tail` characters with stars between; nothing is kept of what is too short to hide.
fn keep(all: &[char], head: usize, tail: usize) -> String {
    if all.len() <= head + tail {
        return "*".repeat(all.len().max(3));
    }
    let hidden = std::iter::repeat_n('*', all.len() - head - tail);
    all[..head].iter().copied().chain(hidden).chain(all[all.len() - tail..].iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_texts() {
        for (text, expected) in [
            ("请联系张先生，电话13800000000。", "请联系某先生，电话138****0000。"),
            ("联系人：张建国，手机１３８－００００－００００", "联系人：***，手机138****0000"),
            ("身份证 530181 19900101 1234", "身份证 530181********1234"),
            ("座机（0871）6800 0000转801", "座机0871-****0000"),
            ("卡号6222 0000 0000 0000 000", "卡号***************0000"),
            ("邮箱 ceshi@example.com", "邮箱 c***@example.com"),
            ("车牌云A·12345堵门", "车牌云A*****堵门"),
            ("住翠湖苑3栋2单元501室", "住翠湖苑*栋*单元***室"),
            ("统一社会信用代码91350100M000100Y43", "统一社会信用代码91350100M000100Y43"),
            ("手机138\n00000000，快", "手机138****0000\n，快"),
            ("办结 3 件，2026年11月23日", "办结 3 件，2026年11月23日"),
            ("", ""),
        ] {
            assert_eq!(mask(text), expected);
        }
    }

    #[test]
    fn masks_small_businesses() {
        for (text, expected) in [
            ("张记面馆夜里排油烟", "某面馆夜里排油烟"),
            ("我在李四五金店买的水管", "我在某五金店买的水管"),
            ("老王修车铺占道", "某修车铺占道"),
            ("王氏老味道牛肉面馆", "某老味道牛肉面馆"),
            ("永辉超市、万达超市和津市牛肉粉店", "永辉超市、万达超市和津市牛肉粉店"),
            ("武钢集团昆明钢铁股份有限公司", "武钢集团昆明钢铁股份有限公司"),
        ] {
            assert_eq!(mask_public(text), expected);
            assert_eq!(mask(text), text, "only in public");
        }
    }

    #[test]
    fn masks_fields() {
        assert_eq!(mask_phone("138 0000 0000"), "138****0000");
        assert_eq!(mask_phone("+86 138-0000-0000"), "138****0000");
        assert_eq!(mask_phone("0871-68000000"), "0871-****0000");
        assert_eq!(mask_phone("010 68000000"), "010-****0000");
        assert_eq!(mask_phone("6800000"), "***0000");
        assert_eq!(mask_phone("12"), "***");
        assert_eq!(mask_id("53018119900101123x"), "530181********123X");
        assert_eq!(mask_id("530181900101123"), "530181******123");
        assert_eq!(mask_name("张三"), "张*");
        assert_eq!(mask_name("欧阳建国"), "欧阳**");
        assert_eq!(mask_name("John"), "J***");
        assert_eq!(mask_name(""), "");
    }
}
