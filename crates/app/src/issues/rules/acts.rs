//! What people may do to an issue, as one table, and what each act does.

use kernel::error::Checker;
use kernel::{Id, Instant, Refusal, RefusalKind};
use serde::{Deserialize, Serialize};

use super::issue::{Issue, Member, Standing, State, Whole};
use super::reading::Given;
use crate::demands::rules::vocabulary::words;

words! {
    /// What can be done to an issue. The names are the API's; the order is that of the buttons.
    Act {
        /// It is one: members are kept or taken out, a body co-ordinates.
        Confirm = "confirm" / "确认为共性问题",
        /// It is none.
        SetAside = "set_aside" / "不是共性问题",
        /// Demands are put in by hand, or what the program put in is agreed to.
        Attach = "attach" / "归入诉求",
        /// Demands are taken out.
        Detach = "detach" / "移出诉求",
        /// Some demands become an issue of their own.
        Split = "split" / "拆出一部分",
        /// All demands go to another issue.
        Join = "join" / "并入另一个问题",
        /// What was joined stands on its own again.
        Unjoin = "unjoin" / "恢复为单独的问题",
        /// Another name.
        Rename = "rename" / "改名",
    }
}

impl Act {
    /// The states in which it can be done.
    pub const fn from(self) -> &'static [State] {
        use State::{Answered, Candidate, Confirmed, Joined, SetAside};
        match self {
            Self::Confirm => &[Candidate, SetAside],
            Self::SetAside => &[Candidate, Confirmed],
            Self::Attach | Self::Detach | Self::Split | Self::Join => &[Candidate, Confirmed, Answered],
            Self::Unjoin => &[Joined],
            Self::Rename => &[Candidate, Confirmed, Answered, SetAside],
        }
    }

    /// Refuses where an issue of `state` cannot be treated so.
    pub fn allowed(self, state: State) -> Result<(), Refusal> {
        if self.from().contains(&state) {
            return Ok(());
        }
        let message = format!("“{}”的问题不能“{}”", state.label(), self.label());
        Err(Refusal::field("act", "not_allowed", message))
    }
}

/// Who acts, and when.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// The signature.
    pub name: &'a str,
    /// The instant.
    pub now: Instant,
}

impl By<'_> {
    fn moved(self, member: &Member, standing: Standing) -> Member {
        Member { standing, by_name: Some(self.name.to_owned()), at: self.now, ..member.clone() }
    }
}

/// It is one. Where some members are named, the others are taken out.
pub fn confirm(whole: &mut Whole, given: &Given, by: By<'_>) -> Result<(), Refusal> {
    Act::Confirm.allowed(whole.issue.state)?;
    let kept = |member: &Member| given.members.is_empty() || given.members.contains(&member.demand);
    for member in whole.members.iter_mut().filter(|member| member.stands()) {
        *member = by.moved(member, if kept(member) { Standing::Attached } else { Standing::Removed });
    }
    whole.issue.coordinator = given.coordinator.clone();
    whole.issue.lead_unit = given.lead_unit.clone();
    rename_to(&mut whole.issue, given);
    decide(&mut whole.issue, State::Confirmed, given, by);
    Ok(())
}

/// It is none; the program brings it back only after it has grown much.
pub fn set_aside(whole: &mut Whole, given: &Given, by: By<'_>) -> Result<(), Refusal> {
    Act::SetAside.allowed(whole.issue.state)?;
    whole.issue.aside_size = whole.size();
    decide(&mut whole.issue, State::SetAside, given, by);
    Ok(())
}

/// Another name.
pub fn rename(whole: &mut Whole, given: &Given) -> Result<(), Refusal> {
    Act::Rename.allowed(whole.issue.state)?;
    rename_to(&mut whole.issue, given);
    whole.issue.version += 1;
    Ok(())
}

/// Demands that stand elsewhere or nowhere are put in; with each comes when it was received.
pub fn attach(whole: &mut Whole, demands: &[(Id, Instant)], by: By<'_>) -> Result<(), Refusal> {
    Act::Attach.allowed(whole.issue.state)?;
    for (demand, received_at) in demands {
        let known = whole.member(*demand).map(|member| by.moved(member, Standing::Attached));
        whole.put(known.unwrap_or_else(|| Member {
            demand: *demand,
            standing: Standing::Attached,
            likeness: None,
            shared: Vec::new(),
            by_name: Some(by.name.to_owned()),
            at: by.now,
            received_at: *received_at,
            came_from: None,
        }));
    }
    whole.issue.version += 1;
    Ok(())
}

/// Demands are taken out and stay out.
pub fn detach(whole: &mut Whole, demands: &[Id], by: By<'_>) -> Result<(), Refusal> {
    Act::Detach.allowed(whole.issue.state)?;
    take_out(whole, demands, by);
    Ok(())
}

/// Takes demands out, whatever the issue's state: they were put into another.
pub fn take_out(whole: &mut Whole, demands: &[Id], by: By<'_>) {
    for member in whole.members.iter_mut().filter(|member| demands.contains(&member.demand)) {
        *member = by.moved(member, Standing::Removed);
    }
    whole.issue.version += 1;
}

/// Some demands become an issue of their own, as far as this one is: the new one.
pub fn split(whole: &mut Whole, given: &Given, (id, number): (Id, String), by: By<'_>) -> Result<Whole, Refusal> {
    Act::Split.allowed(whole.issue.state)?;
    if given.members.len() >= whole.size() {
        return Err(Refusal::field("members", "too_many", "全部拆出就是改名；请留下至少一件"));
    }
    let chosen = whole.standing().filter(|member| given.members.contains(&member.demand));
    let members: Vec<Member> = chosen.map(|member| by.moved(member, Standing::Attached)).collect();
    take_out(whole, &given.members, by);
    let mut issue = Issue {
        id,
        number,
        version: 1,
        state: if whole.issue.state == State::Candidate { State::Candidate } else { State::Confirmed },
        why: vec![format!("由{}从 {} 拆出", by.name, whole.issue.number)],
        joined: None,
        aside_size: 0,
        created_at: by.now,
        reason: given.reason.clone(),
        decided_at: Some(by.now),
        ..whole.issue.clone()
    };
    rename_to(&mut issue, given);
    Ok(Whole { issue, members })
}

/// All demands of `whole` go to `into`.
pub fn join(whole: &mut Whole, into: &mut Whole, given: &Given, by: By<'_>) -> Result<(), Refusal> {
    Act::Join.allowed(whole.issue.state)?;
    let mut check = Checker::default();
    if whole.issue.id == into.issue.id {
        check.wrong("into", "not_allowed", "不能并入自己");
    } else if Act::Join.allowed(into.issue.state).is_err() {
        check.wrong("into", "not_allowed", format!("那一个{}，不能再并入", into.issue.state.label()));
    } else if whole.issue.state.is_decided() && !into.issue.state.is_decided() {
        check.wrong("into", "not_allowed", "那一个还没有确认，请先确认，或者反过来把它并入这一个");
    }
    check.done()?;
    let guessed = whole.issue.state == State::Candidate && into.issue.state.is_decided();
    for member in whole.members.extract_if(.., |member| member.stands()) {
        let standing = if guessed { Standing::Attached } else { member.standing };
        into.put(Member { came_from: Some(whole.issue.id), ..by.moved(&member, standing) });
    }
    whole.issue.joined = Some((into.issue.id, whole.issue.state));
    decide(&mut whole.issue, State::Joined, given, by);
    into.issue.version += 1;
    Ok(())
}

/// What was joined to `into` stands on its own again, with those of its demands that are still there.
pub fn unjoin(whole: &mut Whole, into: &mut Whole, given: &Given, by: By<'_>) -> Result<(), Refusal> {
    Act::Unjoin.allowed(whole.issue.state)?;
    let (id, before) = (whole.issue.id, whole.issue.joined.map_or(State::Candidate, |(_, before)| before));
    let gone = |message: String| Refusal::new(RefusalKind::Conflict { current: None }, message);
    if into.issue.state == State::Joined {
        return Err(gone(format!("它并入的 {} 后来又并入了别处，请先恢复那一个", into.issue.number)));
    }
    if !into.standing().any(|member| member.came_from == Some(id)) {
        return Err(gone(format!("当初并入的诉求已经不在 {} 里，没有可以恢复的", into.issue.number)));
    }
    for member in into.members.extract_if(.., |member| member.stands() && member.came_from == Some(id)) {
        whole.put(Member { came_from: None, ..by.moved(&member, member.standing) });
    }
    whole.issue.joined = None;
    decide(&mut whole.issue, before, given, by);
    into.issue.version += 1;
    Ok(())
}

/// One answer was given for all.
pub fn answered(whole: &mut Whole) -> Result<(), Refusal> {
    if !whole.issue.state.is_decided() {
        let message = format!("“{}”的问题不能统一答复，请先确认", whole.issue.state.label());
        return Err(Refusal::field("act", "not_allowed", message));
    }
    whole.issue.state = State::Answered;
    whole.issue.version += 1;
    Ok(())
}

fn rename_to(issue: &mut Issue, given: &Given) {
    if let Some(name) = &given.name {
        issue.named |= *name != issue.name;
        issue.name.clone_from(name);
    }
}

fn decide(issue: &mut Issue, state: State, given: &Given, by: By<'_>) {
    issue.state = state;
    issue.reason.clone_from(&given.reason);
    issue.decided_at = Some(by.now);
    issue.version += 1;
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    pub fn by() -> By<'static> {
        By { name: "统筹岗甲", now: Instant(1_000_000) }
    }

    /// A candidate with `size` demands, numbered from 1.
    pub fn whole(size: i64, at: Instant) -> Whole {
        let issue = Issue {
            id: Id(100),
            number: "ANGX2026-001".into(),
            version: 1,
            state: State::Candidate,
            name: "有序用电 通知过晚".into(),
            named: false,
            why: Vec::new(),
            coordinator: None,
            lead_unit: None,
            reason: None,
            decided_at: None,
            aside_size: 0,
            joined: None,
            created_at: at,
        };
        let member = |n| Member {
            demand: Id(n),
            standing: Standing::Proposed,
            likeness: Some(0.5),
            shared: vec!["用电".into()],
            by_name: None,
            at,
            received_at: Instant(n),
            came_from: None,
        };
        Whole { issue, members: (1..=size).map(member).collect() }
    }

    fn named(name: &str, members: &[i64]) -> Given {
        let members = members.iter().copied().map(Id).collect();
        Given { name: Some(name.to_owned()), reason: Some("理由".into()), members, ..Given::default() }
    }

    #[test]
    fn what_is_not_kept_at_the_confirmation_is_taken_out() {
        let mut issue = whole(4, by().now);
        confirm(&mut issue, &named("通知提前量", &[1, 2, 4]), by()).unwrap();
        assert_eq!(issue.belonging(), BTreeSet::from([Id(1), Id(2), Id(4)]));
        assert_eq!((issue.size(), issue.issue.version, issue.issue.named), (3, 2, true));
        assert!(confirm(&mut issue, &Given::default(), by()).is_err());
    }

    #[test]
    fn what_was_joined_can_stand_alone_again() {
        let (mut one, mut other) = (whole(3, by().now), whole(0, by().now));
        other.issue.id = Id(200);
        attach(&mut other, &[(Id(8), by().now), (Id(9), by().now)], by()).unwrap();
        let before: BTreeSet<Id> = one.standing().map(|member| member.demand).collect();
        join(&mut one, &mut other, &Given::default(), by()).unwrap();
        assert_eq!((one.size(), other.size(), one.issue.state), (0, 5, State::Joined));
        unjoin(&mut one, &mut other, &Given::default(), by()).unwrap();
        assert_eq!(one.standing().map(|member| member.demand).collect::<BTreeSet<_>>(), before);
        assert_eq!((other.size(), one.issue.state), (2, State::Candidate));
    }

    #[test]
    fn in_a_chain_the_last_stands_alone_first() {
        let [mut one, mut other, mut third] = [3, 0, 0].map(|size| whole(size, by().now));
        (other.issue.id, third.issue.id) = (Id(200), Id(300));
        attach(&mut other, &[(Id(8), by().now)], by()).unwrap();
        attach(&mut third, &[(Id(9), by().now)], by()).unwrap();
        join(&mut one, &mut other, &Given::default(), by()).unwrap();
        join(&mut other, &mut third, &Given::default(), by()).unwrap();
        let refused = unjoin(&mut one, &mut other, &Given::default(), by()).unwrap_err();
        assert!(refused.message.contains("请先恢复"), "{refused}");
        unjoin(&mut other, &mut third, &Given::default(), by()).unwrap();
        let refused = unjoin(&mut one, &mut other, &Given::default(), by()).unwrap_err();
        assert!(refused.message.contains("没有可以恢复的"), "{refused}");
        assert_eq!((one.issue.state, other.size(), third.size()), (State::Joined, 4, 1), "nothing is lost");
    }

    #[test]
    fn nobody_joins_what_is_confirmed_to_a_guess() {
        let (mut one, mut other) = (whole(3, by().now), whole(0, by().now));
        other.issue.id = Id(200);
        confirm(&mut one, &Given::default(), by()).unwrap();
        assert_eq!(join(&mut one, &mut other, &Given::default(), by()).unwrap_err().errors[0].field, "into");
        let mut itself = one.clone();
        assert_eq!(join(&mut one, &mut itself, &Given::default(), by()).unwrap_err().errors[0].field, "into");
    }

    proptest! {
        /// Whatever people do in whatever order, a demand stands in one issue at most, and belongs to none that is not
        /// decided; versions rise with every act that is done.
        #[test]
        fn demands_stay_in_one_place(acts in prop::collection::vec((0..Act::ALL.len(), 0..4_usize, 0..4_usize, 1..13_i64), 0..60)) {
            let mut issues = vec![whole(6, by().now), whole(0, by().now)];
            issues[1].issue.id = Id(101);
            for (n, (act, at, other, demand)) in acts.into_iter().enumerate() {
                let (at, other) = (at % issues.len(), other % issues.len());
                let mut whole = issues[at].clone();
                let before = whole.issue.version;
                let given = named("名称", &[demand]);
                let inside = whole.member(Id(demand)).is_some();
                let done = match Act::ALL[act] {
                    Act::Confirm => confirm(&mut whole, &Given { members: Vec::new(), ..given }, by()),
                    Act::SetAside => set_aside(&mut whole, &given, by()),
                    Act::Rename => rename(&mut whole, &given),
                    Act::Detach if inside => detach(&mut whole, &[Id(demand)], by()),
                    Act::Attach => attach(&mut whole, &[(Id(demand), by().now)], by()).map(|()| {
                        // As the action does: whoever holds it gives it up.
                        let holder = (0..issues.len()).find(|i| *i != at && issues[*i].member(Id(demand)).is_some());
                        if let Some(holder) = holder { take_out(&mut issues[holder], &[Id(demand)], by()); }
                    }),
                    Act::Split if inside => split(&mut whole, &given, (Id(1000 + n as i64), n.to_string()), by()).map(|new| issues.push(new)),
                    Act::Join => join(&mut whole, &mut issues[other], &given, by()),
                    Act::Unjoin => {
                        let into = whole.issue.joined.and_then(|(into, _)| issues.iter_mut().find(|one| one.issue.id == into));
                        into.map_or(Ok(()), |into| unjoin(&mut whole, into, &given, by()))
                    }
                    Act::Detach | Act::Split => Ok(()),
                };
                if done.is_ok() {
                    prop_assert!(whole.issue.version >= before);
                    issues[at] = whole;
                }
                let mut seen = BTreeSet::new();
                for whole in &issues {
                    for member in whole.standing() {
                        prop_assert!(seen.insert(member.demand), "{} stands twice", member.demand);
                    }
                    prop_assert!(whole.issue.state.is_decided() || whole.belonging().is_empty());
                    prop_assert!(whole.issue.state != State::Joined || whole.size() == 0);
                }
            }
        }
    }
}
