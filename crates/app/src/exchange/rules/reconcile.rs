//! 对账: the remote's list of the cases that it handed over against ours; every difference is named, and what is merely on
//! its way is told apart from what nobody can explain. One pass over each list.

use std::collections::HashMap;

use kernel::Instant;
use serde::{Deserialize, Serialize};

/// Seconds for which something may be on its way.
pub const IN_TRANSIT: i64 = 86_400;

/// A case as the remote lists it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Theirs {
    /// The row in the list.
    pub row: u64,
    /// The number there.
    pub case: String,
    /// Our number, as far as it is known there.
    pub number: Option<String>,
    /// The status code there.
    pub status: Option<String>,
    /// Whether it is closed there.
    pub closed: Option<bool>,
    /// The digest of the reply there.
    pub reply_sm3: Option<String>,
    /// When it last changed there.
    pub changed_at: Option<Instant>,
}

/// A case as we have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ours {
    /// The number there.
    pub case: String,
    /// Our number.
    pub number: String,
    /// The status code under which we tell it.
    pub status: String,
    /// Whether it has ended here.
    pub closed: bool,
    /// The digest of the reply that was told.
    pub reply_sm3: Option<String>,
    /// When it came in.
    pub since: Instant,
    /// When the oldest message was made that the remote has not acknowledged; `None` where it has them all.
    pub waiting_since: Option<Instant>,
}

/// What is different.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The remote lists a case that is not here.
    MissingHere,
    /// We have a case that the remote does not list.
    MissingThere,
    /// The remote lists a case twice.
    DuplicatedThere,
    /// The remote has another number of ours.
    NumberDiffers,
    /// The status is another.
    StatusDiffers,
    /// Closed on one side only.
    ClosedDiffers,
    /// The reply is another, or one side has none.
    ReplyDiffers,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::MissingHere,
        Self::MissingThere,
        Self::DuplicatedThere,
        Self::NumberDiffers,
        Self::StatusDiffers,
        Self::ClosedDiffers,
        Self::ReplyDiffers,
    ];

    /// In Chinese.
    pub const fn label(self) -> &'static str {
        match self {
            Self::MissingHere => "对方有、本市没有",
            Self::MissingThere => "本市有、对方没有",
            Self::DuplicatedThere => "对方重复",
            Self::NumberDiffers => "本市编号不一致",
            Self::StatusDiffers => "状态不一致",
            Self::ClosedDiffers => "一方办结、一方未结",
            Self::ReplyDiffers => "答复不一致",
        }
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Which.
    pub kind: Kind,
    /// The number there.
    pub case: String,
    /// Our number, where there is one.
    pub number: Option<String>,
    /// The row of the remote's list, where there is one.
    pub row: Option<u64>,
    /// What stands there.
    pub theirs: String,
    /// What stands here.
    pub ours: String,
    /// Why it is nothing to worry about, where it is not.
    pub explained: Option<String>,
}

/// What came out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Rows of the remote's list.
    pub theirs: u64,
    /// Cases here.
    pub ours: u64,
    /// Cases that are the same on both sides.
    pub agreed: u64,
    /// Every difference, in the order of the remote's list, then of ours.
    pub differences: Vec<Difference>,
}

impl Comparison {
    /// Differences that nobody can explain.
    pub fn unexplained(&self) -> u64 {
        self.differences.iter().filter(|difference| difference.explained.is_none()).count() as u64
    }
}

/// Compares the lists as of `now`.
pub fn compare(theirs: &[Theirs], ours: &[Ours], now: Instant) -> Comparison {
    let here: HashMap<&str, usize> = ours.iter().enumerate().map(|(at, case)| (case.case.as_str(), at)).collect();
    // A list without a column for replies or for our numbers says nothing about them.
    let says = Says {
        numbers: theirs.iter().any(|row| row.number.is_some()),
        replies: theirs.iter().any(|row| row.reply_sm3.is_some()),
    };
    let mut listed: Vec<Option<u64>> = vec![None; ours.len()];
    let mut unknown: HashMap<&str, u64> = HashMap::new();
    let mut differences = Vec::new();
    let mut agreed = 0;
    for row in theirs {
        let Some(&at) = here.get(row.case.as_str()) else {
            match unknown.insert(&row.case, row.row) {
                Some(first) => differences.push(twice(row, first, None)),
                None => differences.push(missing_here(row, now)),
            }
            continue;
        };
        if let Some(first) = listed[at] {
            differences.push(twice(row, first, Some(&ours[at].number)));
            continue;
        }
        listed[at] = Some(row.row);
        let before = differences.len();
        differ(row, &ours[at], says, now, &mut differences);
        agreed += u64::from(differences.len() == before);
    }
    let missing = ours.iter().zip(&listed).filter(|(_, listed)| listed.is_none());
    differences.extend(missing.map(|(case, _)| missing_there(case, now)));
    Comparison { theirs: theirs.len() as u64, ours: ours.len() as u64, agreed, differences }
}

#[derive(Clone, Copy)]
struct Says {
    numbers: bool,
    replies: bool,
}

fn recent(at: Option<Instant>, now: Instant) -> bool {
    at.is_some_and(|at| now.seconds_since(at) < IN_TRANSIT)
}

fn missing_here(row: &Theirs, now: Instant) -> Difference {
    let explained = recent(row.changed_at, now).then(|| "对方一天内刚有变动，交来的包可能还在途中".to_owned());
    let theirs = row.status.clone().map_or_else(|| "已列出".to_owned(), |status| format!("状态 {status}"));
    Difference {
        kind: Kind::MissingHere,
        case: row.case.clone(),
        number: row.number.clone(),
        row: Some(row.row),
        theirs,
        ours: "没有这件".to_owned(),
        explained,
    }
}

fn missing_there(case: &Ours, now: Instant) -> Difference {
    let explained = recent(Some(case.since), now).then(|| "一天内刚收到，对方的清单可能早于它".to_owned());
    Difference {
        kind: Kind::MissingThere,
        case: case.case.clone(),
        number: Some(case.number.clone()),
        row: None,
        theirs: "没有列出".to_owned(),
        ours: format!("状态 {}", case.status),
        explained,
    }
}

fn twice(row: &Theirs, first: u64, number: Option<&String>) -> Difference {
    Difference {
        kind: Kind::DuplicatedThere,
        case: row.case.clone(),
        number: number.cloned(),
        row: Some(row.row),
        theirs: format!("第 {first} 行已列过"),
        ours: "只有一件".to_owned(),
        explained: None,
    }
}

fn differ(row: &Theirs, case: &Ours, says: Says, now: Instant, found: &mut Vec<Difference>) {
    let waiting = recent(case.waiting_since, now);
    let explained = waiting.then(|| "有消息还没有得到对方回执，产生不到一天，可能还在途中".to_owned());
    let mut push = |kind, theirs: &str, ours: &str| {
        found.push(Difference {
            kind,
            case: case.case.clone(),
            number: Some(case.number.clone()),
            row: Some(row.row),
            theirs: theirs.to_owned(),
            ours: ours.to_owned(),
            explained: explained.clone(),
        });
    };
    if says.numbers && row.number.as_deref() != Some(case.number.as_str()) {
        push(Kind::NumberDiffers, row.number.as_deref().unwrap_or("没有本市编号"), &case.number);
    }
    if let Some(status) = row.status.as_deref().filter(|status| *status != case.status) {
        push(Kind::StatusDiffers, status, &case.status);
    }
    let ended = |closed| if closed { "已办结" } else { "未办结" };
    if let Some(closed) = row.closed.filter(|closed| *closed != case.closed) {
        push(Kind::ClosedDiffers, ended(closed), ended(case.closed));
    }
    let (there, here) = (row.reply_sm3.as_deref(), case.reply_sm3.as_deref());
    if says.replies && there != here {
        push(Kind::ReplyDiffers, &replied(there), &replied(here));
    }
}

fn replied(digest: Option<&str>) -> String {
    digest.map_or_else(
        || "没有答复".to_owned(),
        |digest| format!("答复摘要 {}", digest.chars().take(8).collect::<String>()),
    )
}
