//! Where a text names a place: by how Chinese names of places end, by the codes that stand for names, and by the words
//! of the profile. A guess about one text; what the guesses of many texts add up to decides ([`super::stats`]).

use std::sync::OnceLock;

use super::stats::Table;
use crate::normal::{Class, class};
use crate::words::Words;

/// What a character belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// What a demand is about.
    #[default]
    Matter,
    /// An estate, a firm, a school, a park: where or with whom something is.
    Site,
    /// A district, a street, a road: where much else is too.
    Area,
}

/// A name may have this many characters before its ending.
const NAME: usize = 4;

/// How the names of estates and buildings end.
const SITES: &str = "小区 花园 家园 公寓 新城 之城 新村 新居 庄园 山庄 别墅 广场 大厦 大楼 商城 苑 园 城 府 湾 郡 邸";

/// How the names of places end that are of one kind; the ending says what the place is, only the name says which.
const KINDS: &str = "有限公司 幼儿园 工业园 产业园 火车站 地铁站 汽车站 市场 酒店 宾馆 医院 学校 大学 学院 中学 小学 公园 \
    景区 公司 集团 银行";

/// How the names of areas and of roads end.
const AREAS: &str =
    "开发区 经开区 高新区 街道 社区 大道 高速 国道 省道 新区 大桥 立交 省 市 区 县 旗 镇 乡 村 路 街 巷";

/// What often follows the name of an estate and is no part of it; the last two with a number before them, as in `二期`.
const FOLLOWERS: &str = "业主 楼盘 开发商 物业 期 栋";

/// What makes an ending of one character part of another word, when it stands before it or after it.
const OTHER_WORDS: &[(char, &str, &str)] = &[
    ('园', "校田公林花", "区林丁长艺"),
    ('城', "县全进商古长新老", "市管镇乡区中里"),
    ('府', "政", ""),
    ('省', "全本我该节", "级内外钱委厅"),
    ('市', "超城全本我该上门都股", "场民政委长容区面价值级内里"),
    ('区', "小片地社园校景城山郊库辖管住", "别域委政长间级分内里"),
    ('县', "全本我该", "城委政长级里内"),
    ('镇', "全本我该", "政长委里"),
    ('乡', "全本我该城家下老", "镇村亲音里"),
    ('村', "全本我该农乡", "民委里干长支镇庄道"),
    ('路', "道公铁马线出修一上下走过网电思半让条", "灯面边过线程费况政途标人"),
    ('街', "临上逛大", "道头坊边面"),
    ('巷', "小", "道"),
];

/// Characters at which a name cannot go on: particles, pronouns, prepositions.
pub(super) const PARTICLES: &str = "的了是在于与和及或对从把被让给向往由因为就都也还将会请我们你您他该这那此某各每";
/// And verbs that lead to a place.
const STOPS: &str = "能本有到至经住去离";

/// How demands open, and what stands before a name; none of it belongs to the name.
pub(super) const OPENERS: &[&str] = &[
    "投诉", "咨询", "反映", "反应", "关于", "请问", "建议", "举报", "请求", "希望", "位于", "附近", "旁边", "建设",
    "修建", "要求", "恳请", "强烈", "求助",
];

/// What an ending says.
#[derive(Clone, Copy)]
enum Ending {
    /// The name ends with it.
    Named(Kind),
    /// It tells the kind; the name stands before it.
    OfKind,
    /// It follows the name.
    Follows,
}

/// Endings by their last characters, longer ones first.
type Endings = Table<u32, Vec<(Vec<char>, Ending)>>;

fn endings() -> &'static Endings {
    static ENDINGS: OnceLock<Endings> = OnceLock::new();
    ENDINGS.get_or_init(|| {
        let mut table = Endings::default();
        let lists = [
            (FOLLOWERS, Ending::Follows),
            (SITES, Ending::Named(Kind::Site)),
            (KINDS, Ending::OfKind),
            (AREAS, Ending::Named(Kind::Area)),
        ];
        for (list, ending) in lists {
            for word in list.split_whitespace().map(|word| word.chars().collect::<Vec<char>>()) {
                table.entry(u32::from(word[word.len() - 1])).or_default().push((word, ending));
            }
        }
        table.values_mut().for_each(|list| list.sort_by_key(|(word, _)| std::cmp::Reverse(word.len())));
        table
    })
}

/// For each character of a normal form: what it belongs to, and whether it ends a name.
pub(super) fn mark(chars: &[char], known: &Words) -> Vec<(Kind, bool)> {
    let mut marks = vec![(Kind::Matter, false); chars.len()];
    for (from, to) in known.spans(chars) {
        put(&mut marks, from, to, Kind::Area);
    }
    for end in 1..=chars.len() {
        let Some((length, ending)) = ending(chars, end) else { continue };
        let to = end - length;
        let from = beginning(chars, &marks, to);
        match ending {
            Ending::Follows if to > from + 1 => put(&mut marks, from, to, Kind::Site),
            Ending::OfKind if to > from => {
                put(&mut marks, from, end, Kind::Site);
                marks[to..end].iter_mut().for_each(|mark| mark.0 = Kind::Matter);
            }
            // 小区 without a name is no matter either.
            Ending::Named(Kind::Site) if length > 1 && to == from => put(&mut marks, from, end, Kind::Area),
            // One character before an ending of one is a word of its own, unless it is a code.
            Ending::Named(kind) if to > from + usize::from(length == 1 && !is_code(&chars[from..to])) => {
                put(&mut marks, from, end, kind);
            }
            _ => {}
        }
    }
    marks
}

fn put(marks: &mut [(Kind, bool)], from: usize, to: usize, kind: Kind) {
    marks[from..to].fill((kind, false));
    marks[to - 1].1 = true;
}

/// The longest ending that the characters before `end` have; its length includes a number before it, as in `二期`.
fn ending(chars: &[char], end: usize) -> Option<(usize, Ending)> {
    let list = endings().get(&u32::from(chars[end - 1]))?;
    let (word, ending) = list.iter().find(|(word, _)| end > word.len() && chars[..end].ends_with(word))?;
    let before = &chars[..end - word.len()];
    match ending {
        Ending::Follows if word.len() == 1 => {
            let is_number = |c: &&char| c.is_ascii_digit() || "一二三四五六七八九十".contains(**c);
            let number = before.iter().rev().take_while(is_number).count();
            (number > 0).then_some((1 + number, *ending))
        }
        Ending::Named(_) if word.len() == 1 => stands_alone(chars, end - 1).then_some((1, *ending)),
        _ => Some((word.len(), *ending)),
    }
}

/// Whether a one-character ending is no part of a longer word.
fn stands_alone(chars: &[char], at: usize) -> bool {
    let Some((_, before, after)) = OTHER_WORDS.iter().find(|(c, _, _)| *c == chars[at]) else { return true };
    !before.contains(chars[at - 1]) && !chars.get(at + 1).is_some_and(|next| after.contains(*next))
}

/// Where the name before an ending begins.
fn beginning(chars: &[char], marks: &[(Kind, bool)], to: usize) -> usize {
    let mut from = to;
    while from > 0 && to - from < NAME {
        let c = chars[from - 1];
        let opens = from > 1 && OPENERS.iter().any(|o| o.chars().eq([chars[from - 2], c]));
        if c == ' ' || marks[from - 1].1 || STOPS.contains(c) || PARTICLES.contains(c) || opens {
            break;
        }
        from -= 1;
        // A code ends the way back: in `a2区` nothing before it belongs to the name.
        if class(c) == Class::Word && from > 0 && class(chars[from - 1]) != Class::Word {
            break;
        }
    }
    from
}

/// Whether a name is a code such as `a2`, which one letter may be.
fn is_code(name: &[char]) -> bool {
    !name.is_empty() && name.iter().all(|c| class(*c) == Class::Word)
}
