//! From groups of like demands to what changes in the issues: what is new, what has grown, what comes back. Pure, so that
//! the same groups found again change nothing.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Id, Instant};

use super::issue::{Member, Standing, State, Whole};

/// Three voices are no accident any more, and few enough that the office hears of it while it is small.
pub const LEAST: usize = 3;

/// A group of demands that are alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// What it could be called.
    pub name: String,
    /// Why they belong together.
    pub why: Vec<String>,
    /// Its demands.
    pub members: Vec<Alike>,
}

/// A demand of a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Alike {
    /// The demand.
    pub demand: Id,
    /// When it was received.
    pub received_at: Instant,
    /// How like the others it is, 0 to 1.
    pub likeness: f64,
    /// The words that it shares with them.
    pub shared: Vec<String>,
}

/// What is known of an issue when groups are looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// The issue.
    pub id: Id,
    /// How it stands.
    pub state: State,
    /// The demands that are in.
    pub standing: BTreeSet<Id>,
    /// Those that a person took out.
    pub removed: BTreeSet<Id>,
}

impl Known {
    /// What is to be known of `whole`.
    pub fn of(whole: &Whole) -> Self {
        let of = |stands: bool| whole.members.iter().filter(move |m| m.stands() == stands).map(|m| m.demand).collect();
        Self { id: whole.issue.id, state: whole.issue.state, standing: of(true), removed: of(false) }
    }
}

/// What follows from a group.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// An issue that nobody knew.
    New(Group),
    /// Further demands for issues that are known; where a group touches several, `nearest` decides for each.
    Grown {
        /// The issues that the group belongs to.
        issues: Vec<Id>,
        /// The group, with only the further demands as members.
        group: Group,
    },
}

/// What follows from `groups`, in their order. A demand that stands somewhere stays there.
pub fn look(groups: Vec<Group>, known: &[Known]) -> Vec<Finding> {
    let mut holder: BTreeMap<Id, usize> = BTreeMap::new();
    for (index, issue) in known.iter().enumerate() {
        holder.extend(issue.standing.iter().map(|demand| (*demand, index)));
    }
    groups.into_iter().filter_map(|group| follows(group, known, &holder)).collect()
}

fn follows(mut group: Group, known: &[Known], holder: &BTreeMap<Id, usize>) -> Option<Finding> {
    let size = group.members.len();
    let mut votes: BTreeMap<usize, usize> = BTreeMap::new();
    for index in group.members.iter().filter_map(|member| holder.get(&member.demand)) {
        *votes.entry(*index).or_default() += 1;
    }
    // One demand that a person put elsewhere does not carry the whole group there.
    let belongs =
        |index: usize, voices: usize| voices * 3 >= size || voices > 1 && voices * 2 >= known[index].standing.len();
    let owners: Vec<&Known> =
        votes.iter().filter(|(index, voices)| belongs(**index, **voices)).map(|(index, _)| &known[*index]).collect();
    group.members.retain(|member| {
        let taken_out = owners.iter().any(|owner| owner.removed.contains(&member.demand));
        !holder.contains_key(&member.demand) && !taken_out
    });
    match (owners.is_empty(), group.members.len()) {
        (true, LEAST..) => Some(Finding::New(group)),
        (false, 1..) => Some(Finding::Grown { issues: owners.iter().map(|owner| owner.id).collect(), group }),
        _ => None,
    }
}

/// Puts further demands into an issue, as proposals; says whether that brought it back from being set aside.
pub fn grow(whole: &mut Whole, group: &Group, now: Instant) -> bool {
    for alike in &group.members {
        whole.put(proposed(alike, now));
    }
    let issue = &mut whole.issue;
    issue.version += 1;
    if issue.state == State::Candidate && !issue.named {
        issue.name.clone_from(&group.name);
    }
    if issue.state == State::Candidate {
        issue.why.clone_from(&group.why);
    }
    let back = issue.state == State::SetAside && has_grown(issue.aside_size, whole.size());
    if back {
        whole.issue.state = State::Candidate;
    }
    back
}

/// Whether what was set aside is worth another look: it has doubled, by one issue's worth of demands at least.
const fn has_grown(then: usize, now: usize) -> bool {
    now >= then * 2 && now >= then + LEAST
}

/// A demand that the program puts into an issue.
pub fn proposed(alike: &Alike, now: Instant) -> Member {
    Member {
        demand: alike.demand,
        standing: Standing::Proposed,
        likeness: Some(alike.likeness),
        shared: alike.shared.clone(),
        by_name: None,
        at: now,
        received_at: alike.received_at,
        came_from: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::acts::tests::{by, whole};
    use super::super::acts::{confirm, detach, set_aside};
    use super::super::reading::Given;
    use super::*;

    fn group(members: impl IntoIterator<Item = i64>) -> Group {
        let alike =
            |n| Alike { demand: Id(n), received_at: Instant(n), likeness: 0.5, shared: vec!["用电".to_owned()] };
        Group {
            name: "用电".into(), why: vec!["都说用电".into()], members: members.into_iter().map(alike).collect()
        }
    }

    fn ids(found: &[Finding]) -> Vec<(Vec<i64>, Vec<i64>)> {
        let of = |group: &Group| group.members.iter().map(|member| member.demand.0).collect();
        let row = |finding: &Finding| match finding {
            Finding::New(group) => (Vec::new(), of(group)),
            Finding::Grown { issues, group } => (issues.iter().map(|id| id.0).collect(), of(group)),
        };
        found.iter().map(row).collect()
    }

    #[test]
    fn the_same_groups_again_change_nothing() {
        let found = look(vec![group(1..=2), group(3..=5)], &[]);
        assert_eq!(ids(&found), [(vec![], vec![3, 4, 5])]);
        let known = [Known::of(&whole(5, by().now))];
        assert_eq!(look(vec![group(1..=5)], &known), []);
        assert_eq!(ids(&look(vec![group(1..=7)], &known)), [(vec![100], vec![6, 7])]);
    }

    #[test]
    fn what_a_person_took_out_stays_out() {
        let mut issue = whole(5, by().now);
        detach(&mut issue, &[Id(2)], by()).unwrap();
        assert_eq!(look(vec![group(1..=5)], &[Known::of(&issue)]), []);
    }

    #[test]
    fn one_demand_does_not_carry_a_group_into_another_issue() {
        let known = [Known::of(&whole(1, by().now))];
        assert_eq!(ids(&look(vec![group(1..=8)], &known)), [(vec![], (2..=8).collect())]);
    }

    #[test]
    fn what_was_set_aside_comes_back_only_when_it_has_doubled() {
        let mut issue = whole(4, by().now);
        set_aside(&mut issue, &Given::default(), by()).unwrap();
        assert!(!grow(&mut issue, &group(5..=7), by().now));
        assert_eq!(issue.issue.state, State::SetAside);
        assert!(grow(&mut issue, &group(8..=8), by().now));
        assert_eq!(issue.issue.state, State::Candidate);
    }

    #[test]
    fn what_joins_a_confirmed_issue_waits_for_a_person() {
        let mut issue = whole(3, by().now);
        confirm(&mut issue, &Given::default(), by()).unwrap();
        grow(&mut issue, &group(4..=4), by().now);
        assert_eq!((issue.size(), issue.belonging().len()), (4, 3));
        assert_eq!(issue.issue.name, "有序用电 通知过晚");
    }
}
