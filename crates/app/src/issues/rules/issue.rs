//! The values: an issue, the demands in it, and how each stands there.

use std::collections::BTreeSet;

use kernel::{Id, Instant};
use serde::{Deserialize, Serialize};

use crate::demands::rules::vocabulary::words;

words! {
    /// How far an issue has come, in the order of the list.
    State {
        /// Found by the program; a person has to look.
        Candidate = "candidate" / "待确认",
        /// A person confirmed it.
        Confirmed = "confirmed" / "已确认",
        /// One answer was given for all of its demands.
        Answered = "answered" / "已统一答复",
        /// A person says that it is none.
        SetAside = "set_aside" / "不是共性问题",
        /// It was joined to another.
        Joined = "joined" / "已并入另一个",
    }
}
words! {
    /// How a demand stands in an issue.
    Standing {
        /// The program put it there.
        Proposed = "proposed" / "由程序归入，待确认",
        /// A person put it there, or agreed.
        Attached = "attached" / "已归入",
        /// A person took it out; the program never puts it back.
        Removed = "removed" / "已移出",
    }
}

impl State {
    /// Whether a person decided that it is one: its demands belong to it then.
    pub const fn is_decided(self) -> bool {
        matches!(self, Self::Confirmed | Self::Answered)
    }

    /// Its place in the list.
    pub fn rank(self) -> i64 {
        Self::ALL.iter().position(|state| *state == self).map_or(0, |place| place as i64)
    }
}

/// What several demands have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Issue {
    /// The row.
    pub id: Id,
    /// For example `ANGX2026-001`.
    pub number: String,
    /// Rises by one with every change; a writer names the version that it saw.
    pub version: i64,
    /// How far it has come.
    pub state: State,
    /// What it is called.
    pub name: String,
    /// Whether a person gave the name.
    pub named: bool,
    /// Why its demands belong together, as sentences.
    pub why: Vec<String>,
    /// 协调主体, by code, once confirmed.
    pub coordinator: Option<String>,
    /// The lead unit, by code, where one was named.
    pub lead_unit: Option<String>,
    /// What was said with the last decision.
    pub reason: Option<String>,
    /// When that was.
    pub decided_at: Option<Instant>,
    /// How many demands it had when it was set aside.
    pub aside_size: usize,
    /// The issue that it was joined to, and how it stood before.
    pub joined: Option<(Id, State)>,
    /// When it was found or split off.
    pub created_at: Instant,
}

/// A demand in an issue.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The demand.
    pub demand: Id,
    /// How it stands.
    pub standing: Standing,
    /// How like the others it is, 0 to 1; a person's own choice has none.
    pub likeness: Option<f64>,
    /// The words that it shares with them.
    pub shared: Vec<String>,
    /// Who put it there or took it out; `None` is the program.
    pub by_name: Option<String>,
    /// When.
    pub at: Instant,
    /// When the demand was received.
    pub received_at: Instant,
    /// The issue from which it came with a joining.
    pub came_from: Option<Id>,
}

impl Member {
    /// Whether it is in, not taken out.
    pub fn stands(&self) -> bool {
        self.standing != Standing::Removed
    }
}

/// An issue with its demands, those that were taken out included.
#[derive(Clone, Debug, PartialEq)]
pub struct Whole {
    /// The issue.
    pub issue: Issue,
    /// Its demands.
    pub members: Vec<Member>,
}

impl Whole {
    /// The demands that are in.
    pub fn standing(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| member.stands())
    }

    /// How many are in.
    pub fn size(&self) -> usize {
        self.standing().count()
    }

    /// When the latest of them was received.
    pub fn last_at(&self) -> Instant {
        self.standing().map(|member| member.received_at).max().unwrap_or(self.issue.created_at)
    }

    /// A demand that is in.
    pub fn member(&self, demand: Id) -> Option<&Member> {
        self.standing().find(|member| member.demand == demand)
    }

    /// The demands that belong to it: attached to what a person confirmed.
    pub fn belonging(&self) -> BTreeSet<Id> {
        let attached = self.members.iter().filter(|member| member.standing == Standing::Attached);
        attached.filter(|_| self.issue.state.is_decided()).map(|member| member.demand).collect()
    }

    /// Puts a demand in, in place of how it stood before.
    pub(super) fn put(&mut self, member: Member) {
        self.members.retain(|other| other.demand != member.demand);
        self.members.push(member);
    }
}
