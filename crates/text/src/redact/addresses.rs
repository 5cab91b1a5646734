//! Addresses down to the door: building, entrance and room, or a house number in a village group. A street number alone
//! is public unless the text says that somebody lives there.

use super::cells::{Cells, digit};
use super::numbers::is_hyphen;
use super::{Kind, Span};

/// The steps of an address from the outside in; a step names what its number counts.
const STEPS: [(&str, Level); 23] = [
    ("号楼", Level::Building),
    ("号院", Level::Building),
    ("号栋", Level::Building),
    ("号房", Level::Door),
    ("号宅", Level::Door),
    ("单元", Level::Entrance),
    ("村民小组", Level::Group),
    ("小组", Level::Group),
    ("栋", Level::Building),
    ("幢", Level::Building),
    ("座", Level::Building),
    ("#楼", Level::Building),
    ("#", Level::Building),
    ("弄", Level::Building),
    ("期", Level::Building),
    ("组", Level::Group),
    ("社", Level::Group),
    ("楼", Level::Entrance),
    ("层", Level::Entrance),
    ("室", Level::Door),
    ("户", Level::Door),
    ("房", Level::Door),
    ("号", Level::Number),
];

const HOME_WORDS: [&str; 10] = ["家住", "住址", "住在", "家庭地址", "家庭住址", "户籍", "现住", "居住", "暂住", "我家"];
const ESTATES: [&str; 14] =
    ["小区", "花园", "苑", "公寓", "家园", "新村", "园", "府", "城", "居", "里", "湾", "院", "宿舍"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Building,
    Entrance,
    Group,
    /// 号: a door after a building or a group, a street number after a street.
    Number,
    Door,
    /// Digits with nothing after them.
    Bare,
}

/// Everything found in `cells`.
pub(super) fn find(cells: &Cells) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < cells.0.len() {
        if !is_digit(cells, at) || (at > 0 && is_digit(cells, at - 1)) {
            at += 1;
            continue;
        }
        let (steps, to) = steps_from(cells, at);
        if is_door(cells, at, to, &steps) {
            found.push(cells.span(at, to, Kind::Address));
        }
        at = to.max(at + 1);
    }
    found
}

/// Digits, 十 and the letters that name buildings.
fn is_digit(cells: &Cells, at: usize) -> bool {
    digit(cells.at(at)).is_some() || cells.at(at) == '十' || is_letter(cells, at)
}

/// A letter that stands for a building (A栋) or before its number (A3栋).
fn is_letter(cells: &Cells, at: usize) -> bool {
    let lone = at == 0 || !cells.at(at - 1).is_ascii_alphanumeric();
    lone && cells.at(at).is_ascii_lowercase() && !cells.at(at + 1).is_ascii_alphabetic()
}

struct Step {
    level: Level,
    digits: usize,
}

/// The steps that follow each other from `at`, and the cell after the last.
fn steps_from(cells: &Cells, at: usize) -> (Vec<Step>, usize) {
    let (mut steps, mut to, mut next) = (Vec::new(), at, at);
    while steps.len() < 6 {
        while next > at
            && next < to + 3
            && (matches!(cells.at(next), ' ' | ',' | '，' | '第') || is_hyphen(cells.at(next)))
        {
            next += 1;
        }
        let from = next;
        while is_digit(cells, next) && next < from + 6 {
            next += 1;
        }
        if next == from {
            break;
        }
        let digits = next - from;
        let bare = next;
        while cells.at(next) == ' ' && next < bare + 2 {
            next += 1;
        }
        let named = STEPS.iter().find(|(word, _)| word.chars().enumerate().all(|(i, c)| cells.at(next + i) == c));
        match named {
            Some((word, level)) => {
                next += word.chars().count();
                steps.push(Step { level: *level, digits });
            }
            None if steps.is_empty() && !is_hyphen(cells.at(next)) => break,
            None => {
                next = bare;
                steps.push(Step { level: Level::Bare, digits });
            }
        }
        to = next;
    }
    (steps, to)
}

/// Whether the steps lead to a door.
fn is_door(cells: &Cells, at: usize, to: usize, steps: &[Step]) -> bool {
    let has = |level: Level| steps.iter().any(|step| step.level == level);
    let inside = has(Level::Building) || has(Level::Entrance) || has(Level::Group);
    let (Some(first), Some(last)) = (steps.first(), steps.last()) else { return false };
    let next = cells.at(to);
    match last.level {
        Level::Door if cells.at(to - 1) == '户' => steps.len() > 1 && next != '型' && is_room(cells, to - 1),
        Level::Door => steps.len() > 1 || last.digits >= 3 && near_home(cells, at),
        Level::Number => inside || at > 0 && cells.at(at - 1) != '月' && near_home(cells, at),
        // 12-3-501 behind the name of an estate, or 3栋2单元501.
        Level::Bare if counted(next) => false,
        Level::Bare if first.level == Level::Bare => steps.len() == 3 && last.digits >= 3 && behind_estate(cells, at),
        Level::Bare => inside && first.level != Level::Group && (3..=4).contains(&last.digits),
        Level::Entrance => steps.len() > 1 && cells.has_before(at, 14, &HOME_WORDS),
        Level::Group => cells.has_before(at, 14, &HOME_WORDS) && steps.len() > 1,
        Level::Building => false,
    }
}

/// Whether what follows shows that a number counts something.
fn counted(next: char) -> bool {
    next.is_ascii_alphabetic() || "余多年月户人名套平米元个间块亩万千百%㎡.".contains(next)
}

/// Whether the number before `end` is a floor and a room (501), not a count of households (460户).
fn is_room(cells: &Cells, end: usize) -> bool {
    let digits: Vec<u8> = cells.0[..end].iter().rev().map_while(|cell| digit(cell.c)).take(5).collect();
    matches!(digits.as_slice(), [_, 0, _] | [_, 0, _, _] | [0..=2, 1, _] | [0..=2, 1, _, _])
}

fn near_home(cells: &Cells, at: usize) -> bool {
    cells.has_before(at, 24, &HOME_WORDS)
}

fn behind_estate(cells: &Cells, at: usize) -> bool {
    cells.has_before(at, 3, &ESTATES) || near_home(cells, at)
}
