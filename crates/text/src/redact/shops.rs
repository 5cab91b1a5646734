//! Small businesses that bear their owner's name: 张记面馆, 李四五金店, 老王修车铺. Only the part that names somebody is found;
//! the trade stays. A firm of another name may be named in public, so this is asked for separately.

use super::cells::Cells;
use super::lexicon::{facts, is_compound};
use super::names::{broken_left, is_stop};
use super::{Kind, Span};
use crate::normal::is_han;

/// What a small business is, the longer of those that end alike first.
const TRADES: [&str; 72] = [
    "面馆",
    "饭店",
    "饭馆",
    "餐馆",
    "餐厅",
    "饭庄",
    "酒楼",
    "小吃",
    "早餐店",
    "早点铺",
    "火锅店",
    "烧烤店",
    "烧烤摊",
    "快餐店",
    "米线店",
    "米线馆",
    "粉店",
    "面店",
    "卤菜店",
    "熟食店",
    "蛋糕店",
    "包子铺",
    "馒头店",
    "豆腐坊",
    "奶茶店",
    "茶馆",
    "茶楼",
    "农家乐",
    "超市",
    "便利店",
    "小卖部",
    "副食店",
    "杂货店",
    "粮油店",
    "水果店",
    "蔬菜店",
    "肉铺",
    "五金店",
    "建材店",
    "灯具店",
    "电器店",
    "手机店",
    "眼镜店",
    "服装店",
    "鞋店",
    "家具店",
    "家具厂",
    "裁缝店",
    "花店",
    "药店",
    "诊所",
    "理发店",
    "美发店",
    "美容院",
    "发廊",
    "汽修厂",
    "汽修店",
    "修理厂",
    "修理铺",
    "修车铺",
    "修配厂",
    "维修部",
    "洗车店",
    "轮胎店",
    "加工厂",
    "加工店",
    "经营部",
    "门市部",
    "批发部",
    "商行",
    "工作室",
    "养殖场",
];
/// Words between a name and its trade at most: 张记老味道牛肉面馆.
const BETWEEN: usize = 6;

/// The naming parts of the shops in `cells`.
pub(super) fn find(cells: &Cells) -> Vec<Span> {
    let joined = cells.joined();
    let chars: Vec<char> = joined.0.iter().map(|cell| cell.c).collect();
    let mut found: Vec<(usize, usize)> = Vec::new();
    for at in 1..chars.len() {
        if is_han(chars[at - 1]) && TRADES.iter().any(|trade| starts(&chars[at..], trade)) {
            let name = named(&chars, at).filter(|(from, _)| found.last().is_none_or(|(_, to)| to <= from));
            found.extend(name);
        }
    }
    found.into_iter().map(|(from, to)| joined.span(from, to, Kind::Shop)).collect()
}

fn starts(rest: &[char], word: &str) -> bool {
    word.chars().enumerate().all(|(i, c)| rest.get(i) == Some(&c))
}

/// The part before the trade at `trade` that names somebody; the name nearest to the trade counts.
fn named(chars: &[char], trade: usize) -> Option<(usize, usize)> {
    let first = (0..trade).rev().take(BETWEEN + 3).take_while(|at| is_han(chars[*at])).last()?;
    (first..trade).rev().find_map(|at| {
        marked(chars, at, trade).or_else(|| nickname(chars, at, trade)).or_else(|| full(chars, at, trade))
    })
}

fn surname(c: char) -> bool {
    facts(c).sure || facts(c).doubtful
}

/// 张记, 李氏: a surname with its mark, the trade some words later.
fn marked(chars: &[char], at: usize, trade: usize) -> Option<(usize, usize)> {
    let to = at + 2;
    let mark = matches!(chars.get(at + 1), Some('记' | '氏'));
    (mark && to <= trade && trade - to <= BETWEEN && surname(chars[at]) && !broken_left(chars, at)).then_some((at, to))
}

/// 老王, 阿芳, 小李家: a familiar name right before the trade or its goods.
fn nickname(chars: &[char], at: usize, trade: usize) -> Option<(usize, usize)> {
    let familiar = match chars[at] {
        '老' | '小' => chars.get(at + 1).is_some_and(|c| facts(*c).sure),
        '阿' => chars.get(at + 1).is_some_and(|c| facts(*c).given),
        _ => false,
    };
    let to = at + 2;
    (familiar && to <= trade && trade - to <= 2 && !is_stop(&chars[at + 1..trade])).then_some((at, to))
}

/// 李四, 王小明: a whole name right before the trade.
fn full(chars: &[char], at: usize, trade: usize) -> Option<(usize, usize)> {
    let own = &chars[at..trade];
    let length = if own.len() > 2 && is_compound(own[0], own[1]) { 2 } else { 1 };
    let given = own.get(length..)?;
    let reads = facts(own[0]).sure || length == 2;
    let fits = (1..=2).contains(&given.len()) && given.iter().all(|c| facts(*c).given && !facts(*c).never);
    // A surname of the last character only would be the end of another word: 津市王记 is marked, 张王超市 is not.
    let apart =
        at == 0 || !is_han(chars[at - 1]) || "的在到去是叫由找对和与了家给把被向从开名有说".contains(chars[at - 1]);
    (reads && fits && apart && !is_stop(own) && !broken_left(chars, at)).then_some((at, trade))
}
