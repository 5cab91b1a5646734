//! The law of absences: what one is, who may stand in for whom, and who acts at an instant. Pure.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use kernel::error::Checker;
use kernel::{Actor, Id, Instant, Permission, Refusal, Role};
use serde::{Deserialize, Serialize};

use crate::city::City;
use crate::people::{self, Colleague};

/// The longest absence, in days.
pub const LONGEST_DAYS: i32 = 366;
/// An absence may be recorded so many days after it began: somebody fell ill and the papers came later.
pub const LATE_DAYS: i32 = 30;
/// Characters of a reason at most.
pub const REASON_MOST: usize = 100;
/// The halves of a day.
pub const HALVES: [(&str, &str); 2] = [("am", "上午"), ("pm", "下午")];

/// Somebody away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// The row.
    pub id: Id,
    /// Who is away.
    pub account: Id,
    /// The name when it was recorded.
    pub account_name: String,
    /// The unit when it was recorded.
    pub unit: Option<String>,
    /// From when.
    pub from_at: Instant,
    /// Until when, not included.
    pub until_at: Instant,
    /// Who stands in.
    pub substitute: Option<Id>,
    /// The name of who stands in, when it was recorded.
    pub substitute_name: Option<String>,
    /// To what it is limited.
    pub limits: Limits,
    /// Why, in words.
    pub reason: Option<String>,
    /// Who recorded it.
    pub by_name: String,
    /// When it was recorded.
    pub at: Instant,
    /// Ended before its time.
    pub ended_at: Option<Instant>,
    /// Who ended it.
    pub ended_by: Option<String>,
}

/// The demands to which standing in is limited; an empty list is all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Themes by code.
    pub themes: Vec<String>,
    /// Routes by code.
    pub routes: Vec<String>,
}

impl Limits {
    /// Whether there is none.
    pub fn none(&self) -> bool {
        self.themes.is_empty() && self.routes.is_empty()
    }

    /// Whether they let a demand of this theme and route through; what has not been sorted yet belongs to no limited one.
    pub fn cover(&self, theme: Option<&str>, route: Option<&str>) -> bool {
        let within =
            |list: &[String], code: Option<&str>| list.is_empty() || code.is_some_and(|c| list.iter().any(|l| l == c));
        within(&self.themes, theme) && within(&self.routes, route)
    }

    /// What both allow; `None` where that is nothing.
    pub fn and(&self, other: &Self) -> Option<Self> {
        Some(Self { themes: common(&self.themes, &other.themes)?, routes: common(&self.routes, &other.routes)? })
    }
}

fn common(a: &[String], b: &[String]) -> Option<Vec<String>> {
    if a.is_empty() || b.is_empty() {
        return Some(if a.is_empty() { b } else { a }.to_vec());
    }
    let both: Vec<String> = a.iter().filter(|code| b.contains(code)).cloned().collect();
    (!both.is_empty()).then_some(both)
}

impl Absence {
    /// When it is over in truth.
    pub fn over_at(&self) -> Instant {
        self.ended_at.map_or(self.until_at, |ended| ended.min(self.until_at))
    }

    /// Whether the person is away at `at`.
    pub fn holds_at(&self, at: Instant) -> bool {
        self.from_at <= at && at < self.over_at()
    }

    /// The time that this and `other` have in common.
    fn overlap(&self, (from, until): (Instant, Instant)) -> Option<(Instant, Instant)> {
        let both = (self.from_at.max(from), self.over_at().min(until));
        (both.0 < both.1).then_some(both)
    }
}

/// Who acts for somebody at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acting {
    /// Whom the way passed that are away as well.
    pub through: Vec<Id>,
    /// Who is there at its end; `None` where nobody is.
    pub who: Option<Id>,
    /// For which demands.
    pub limits: Limits,
}

/// Who acts by `absence`, where `away` are all absences of that instant and `fits` says whether somebody who is there may
/// act for the first one. A ring, which the law does not let come about, ends with nobody.
pub fn acting(absence: &Absence, away: &[Absence], fits: &dyn Fn(Id) -> bool) -> Vec<Acting> {
    let mut found = Vec::new();
    follow(absence, Acting { through: Vec::new(), who: None, limits: absence.limits.clone() }, away, fits, &mut found);
    found
}

fn follow(absence: &Absence, way: Acting, away: &[Absence], fits: &dyn Fn(Id) -> bool, found: &mut Vec<Acting>) {
    let Some(next) = absence.substitute.filter(|next| !way.through.contains(next)) else { return found.push(way) };
    let own: Vec<&Absence> = away.iter().filter(|other| other.account == next).collect();
    if own.is_empty() {
        return found.push(Acting { who: Some(next).filter(|who| fits(*who)), ..way });
    }
    let through: Vec<Id> = way.through.iter().copied().chain([next]).collect();
    if own.iter().all(|other| !other.limits.none()) {
        // What none of them extends to is with nobody.
        found.push(Acting { through: through.clone(), who: None, limits: way.limits.clone() });
    }
    for other in own {
        if let Some(limits) = way.limits.and(&other.limits) {
            follow(other, Acting { through: through.clone(), who: None, limits }, away, fits, found);
        }
    }
}

/// Which roles of `absent` pass to `substitute`: those of the unit within the unit, a coordinator's also to another
/// coordinator, a leader's only to another leader. To administer and to audit passes to nobody.
pub fn roles_that_pass(absent: &Colleague, substitute: &Colleague) -> Vec<Role> {
    let has = |role| substitute.roles.contains(&role);
    let handles = has(Role::Coordinator) || has(Role::UnitHead) || has(Role::UnitHandler);
    let same_unit = absent.unit.is_some() && absent.unit == substitute.unit && handles;
    let passes = |role: &Role| match role {
        Role::UnitHead | Role::UnitHandler => same_unit,
        Role::Coordinator => same_unit || has(Role::Coordinator),
        Role::Leader => has(Role::Leader),
        Role::Administrator | Role::Auditor | Role::Enterprise => false,
    };
    absent.roles.iter().copied().filter(passes).collect()
}

/// Whether `actor` may record and end absences of somebody.
pub fn may_record(actor: &Actor, account: Id, unit: Option<&str>) -> bool {
    // In the head's place one answers for the unit, but not for how long one does so.
    let in_their_place = actor.standing_in_for.as_ref().is_some_and(|absent| absent.account == account);
    actor.account == Some(account)
        || people::may(actor, Permission::Administer)
        || people::may(actor, Permission::HeadUnit)
            && !in_their_place
            && unit.is_some()
            && actor.unit.as_deref() == unit
}

/// What is filled in to record an absence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct AbsenceInput {
    /// Who is away, by user name; absent: oneself.
    pub account: Option<String>,
    /// The first day, `2026-03-05`.
    pub from: Option<String>,
    /// `am` (the whole day) or `pm` (from noon); absent: `am`.
    pub from_half: Option<String>,
    /// The last day.
    pub until: Option<String>,
    /// `am` (until noon) or `pm` (the whole day); absent: `pm`.
    pub until_half: Option<String>,
    /// Who stands in, by user name; absent: nobody, and the head of the unit is warned.
    pub substitute: Option<String>,
    /// Only demands of these themes, by code; empty: all.
    pub themes: Vec<String>,
    /// Only demands of these routes, by code; empty: all.
    pub routes: Vec<String>,
    /// Why, in words.
    pub reason: Option<String>,
}

/// What recording an absence is judged by.
pub struct Recording<'a> {
    /// Who records.
    pub actor: &'a Actor,
    /// When.
    pub now: Instant,
    /// The city's themes and routes.
    pub city: &'a City,
    /// Every open account.
    pub colleagues: &'a [Colleague],
    /// Every absence that is not over.
    pub known: &'a [Absence],
}

/// A new absence, or everything that is wrong with it.
pub fn recorded(input: &AbsenceInput, by: &Recording<'_>, id: Id) -> Result<Absence, Refusal> {
    let mut check = Checker::default();
    let absent = absent(input, by, &mut check);
    let (from_at, until_at) = times(input, by, &mut check);
    let substitute = substitute(input, by, absent, &mut check);
    let limits = limits(input, by.city, &mut check);
    let reason = check.optional_text("reason", "事由", input.reason.as_deref(), REASON_MOST);
    if !limits.none() && substitute.is_none() && !check.has("substitute") {
        check.wrong("substitute", "required", "限定了代办范围，请写明由谁代办");
    }
    let Some(absent) = absent else { return Err(check.done().err().unwrap_or_else(|| Refusal::invalid(Vec::new()))) };
    let absence = Absence {
        id,
        account: absent.id,
        account_name: absent.name.clone(),
        unit: absent.unit.clone(),
        from_at,
        until_at,
        substitute: substitute.map(|s| s.id),
        substitute_name: substitute.map(|s| s.name.clone()),
        limits,
        reason,
        by_name: by.actor.signature(),
        at: by.now,
        ended_at: None,
        ended_by: None,
    };
    if !check.has("from") && !check.has("until") {
        beside_others(&absence, by.known, &mut check);
    }
    check.done()?;
    Ok(absence)
}

fn absent<'a>(input: &AbsenceInput, by: &Recording<'a>, check: &mut Checker) -> Option<&'a Colleague> {
    let found = match check.optional_text("account", "请假人", input.account.as_deref(), 60) {
        None => by.colleagues.iter().find(|c| by.actor.account == Some(c.id)),
        Some(username) => by.colleagues.iter().find(|c| c.username == username),
    };
    match found {
        None => {
            if !check.has("account") {
                check.wrong("account", "unknown", "没有这个可用的账号");
            }
            None
        }
        Some(colleague) if !may_record(by.actor, colleague.id, colleague.unit.as_deref()) => {
            check.wrong("account", "not_allowed", "只能登记自己的请假；单位负责人可以登记本单位的人");
            None
        }
        Some(colleague) => Some(colleague),
    }
}

fn times(input: &AbsenceInput, by: &Recording<'_>, check: &mut Checker) -> (Instant, Instant) {
    let zone = &by.city.zone;
    let from = day("from", "开始日期", input.from.as_deref(), check);
    let until = day("until", "结束日期", input.until.as_deref(), check);
    let from_half = half("from_half", input.from_half.as_deref(), "am", check);
    let until_half = half("until_half", input.until_half.as_deref(), "pm", check);
    let (Some(from), Some(until)) = (from, until) else { return (Instant(0), Instant(0)) };
    let from_at = if from_half == "am" { start(from, zone) } else { noon(from, zone) };
    let next = until.saturating_add(jiff::Span::new().days(1));
    let until_at = if until_half == "am" { noon(until, zone) } else { start(next, zone) };
    let today = by.now.in_zone(zone).date();
    let earliest = today.saturating_sub(jiff::Span::new().days(LATE_DAYS));
    if from_at >= until_at {
        check.wrong("until", "before_from", "结束早于开始");
    } else if until_at <= by.now {
        check.wrong("until", "past", "已经过去的请假不用登记：没有人能回到过去代办");
    } else if until > from.saturating_add(jiff::Span::new().days(LONGEST_DAYS)) {
        check.wrong("until", "too_long", format!("一次最长 {LONGEST_DAYS} 天"));
    }
    if from < earliest {
        check.wrong("from", "past", format!("开始日期最早可以补登到 {earliest}"));
    }
    (from_at, until_at)
}

fn day(field: &str, name: &str, value: Option<&str>, check: &mut Checker) -> Option<Date> {
    let text = check.text(field, name, value, 20);
    if check.has(field) {
        return None;
    }
    let day = text.parse().ok().filter(|day: &Date| (2000..=2190).contains(&day.year()));
    if day.is_none() {
        check.wrong(field, "bad_format", format!("{name}请写成 2026-03-05 的样子"));
    }
    day
}

fn half(field: &str, value: Option<&str>, otherwise: &'static str, check: &mut Checker) -> &'static str {
    match value.map(str::trim).filter(|text| !text.is_empty()) {
        None => otherwise,
        Some(text) => HALVES.iter().find(|(code, _)| *code == text).map_or_else(
            || {
                check.wrong(field, "unknown", "半天只能是 am（上午）或 pm（下午）");
                otherwise
            },
            |(code, _)| *code,
        ),
    }
}

fn start(day: Date, zone: &TimeZone) -> Instant {
    day.to_zoned_datetime(zone.clone()).map_or(Instant(0), |zoned| Instant::from(&zoned))
}

fn noon(day: Date, zone: &TimeZone) -> Instant {
    let noon = day.to_datetime(Time::constant(12, 0, 0, 0));
    noon.to_zoned_datetime(zone.clone()).map_or(Instant(0), |zoned| Instant::from(&zoned))
}

fn substitute<'a>(
    input: &AbsenceInput,
    by: &Recording<'a>,
    absent: Option<&Colleague>,
    check: &mut Checker,
) -> Option<&'a Colleague> {
    let username = check.optional_text("substitute", "代办人", input.substitute.as_deref(), 60)?;
    let Some(found) = by.colleagues.iter().find(|c| c.username == username) else {
        check.wrong("substitute", "unknown", "没有这个可用的账号");
        return None;
    };
    let absent = absent?;
    if found.id == absent.id {
        check.wrong("substitute", "not_allowed", "不能由请假人自己代办");
        return None;
    }
    if roles_that_pass(absent, found).is_empty() {
        let message =
            "这个人代办不了：承办单位的事由本单位的人代办，统筹岗也可由另一位统筹岗代办，市领导由另一位市领导代办";
        check.wrong("substitute", "not_allowed", message);
        return None;
    }
    Some(found)
}

fn limits(input: &AbsenceInput, city: &City, check: &mut Checker) -> Limits {
    let themes = codes("themes", "领域", &input.themes, |code| city.themes.get(code).is_some(), check);
    let routes = codes("routes", "办理形式", &input.routes, |code| city.routes.iter().any(|r| r.code == code), check);
    Limits { themes, routes }
}

fn codes(field: &str, name: &str, given: &[String], known: impl Fn(&str) -> bool, check: &mut Checker) -> Vec<String> {
    let mut list: Vec<String> = given.iter().map(|c| c.trim().to_owned()).filter(|c| !c.is_empty()).collect();
    list.sort();
    list.dedup();
    if list.iter().any(|code| !known(code)) {
        check.wrong(field, "unknown", format!("{name}里有系统没有的代码"));
    }
    list
}

fn beside_others(new: &Absence, known: &[Absence], check: &mut Checker) {
    let time = (new.from_at, new.until_at);
    let twice = |other: &&Absence| {
        other.account == new.account && other.overlap(time).is_some() && new.limits.and(&other.limits).is_some()
    };
    if known.iter().any(|other| twice(&other)) {
        check.wrong("from", "overlap", "这段时间已经登记过请假；要换代办人，请先结束原来的那一条");
    }
    if closes_a_ring(new, known) {
        check.wrong("substitute", "ring", "代办人同一段时间也不在，并且最后又要请假人自己代办；请换一位");
    }
}

/// Whether somebody for whom the new one's substitute relies on others would in the end rely on the new one.
pub fn closes_a_ring(new: &Absence, known: &[Absence]) -> bool {
    let Some(first) = new.substitute else { return false };
    let mut open = vec![(first, (new.from_at, new.over_at()), vec![new.account])];
    while let Some((who, time, passed)) = open.pop() {
        if who == new.account {
            return true;
        }
        if passed.contains(&who) {
            continue;
        }
        for absence in known.iter().filter(|absence| absence.account == who) {
            if let (Some(time), Some(next)) = (absence.overlap(time), absence.substitute) {
                open.push((next, time, [passed.as_slice(), &[who]].concat()));
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn away(id: i64, who: i64, by: Option<i64>, (from, until): (i64, i64)) -> Absence {
        Absence {
            id: Id(id),
            account: Id(who),
            account_name: format!("甲{who}"),
            unit: None,
            from_at: Instant(from),
            until_at: Instant(until),
            substitute: by.map(Id),
            substitute_name: None,
            limits: Limits::default(),
            reason: None,
            by_name: String::new(),
            at: Instant(0),
            ended_at: None,
            ended_by: None,
        }
    }

    fn limited(mut absence: Absence, themes: &[&str]) -> Absence {
        absence.limits.themes = themes.iter().map(|t| (*t).to_owned()).collect();
        absence
    }

    fn who(absence: &Absence, known: &[Absence], at: i64) -> Vec<Option<i64>> {
        let now: Vec<Absence> = known.iter().filter(|a| a.holds_at(Instant(at))).cloned().collect();
        acting(absence, &now, &|_| true).iter().map(|a| a.who.map(|id| id.0)).collect()
    }

    /// zammad#3694: A is replaced by B, B is away as well and replaced by C; later B is back.
    #[test]
    fn a_chain_ends_with_somebody_who_is_there() {
        let known = [away(1, 1, Some(2), (0, 10)), away(2, 2, Some(3), (0, 5))];
        assert_eq!(who(&known[0], &known, 3), [Some(3)]);
        assert_eq!(who(&known[0], &known, 7), [Some(2)], "back again, the nearest one acts");
        assert_eq!(who(&known[1], &known, 3), [Some(3)]);
        let nobody = [away(1, 1, Some(2), (0, 10)), away(2, 2, None, (0, 5))];
        assert_eq!(who(&nobody[0], &nobody, 3), [None]);
        assert_eq!(acting(&known[0], &[], &|_| false)[0].who, None, "present, but not able to do it");
    }

    #[test]
    fn a_chain_by_theme_says_what_nobody_covers() {
        let known = [away(1, 1, Some(2), (0, 10)), limited(away(2, 2, Some(3), (0, 10)), &["land"])];
        let found = acting(&known[0], &known, &|_| true);
        assert_eq!(found.iter().map(|a| a.who).collect::<Vec<_>>(), [None, Some(Id(3))]);
        assert_eq!(found[1].limits.themes, ["land"]);
        let apart = [limited(away(1, 1, Some(2), (0, 10)), &["tax"]), known[1].clone()];
        assert_eq!(who(&apart[0], &apart, 3), [None]);
    }

    #[test]
    fn rings_are_seen_only_where_the_times_meet() {
        let known = [away(1, 2, Some(3), (0, 10)), away(2, 3, Some(1), (5, 20))];
        assert!(closes_a_ring(&away(3, 1, Some(2), (6, 8)), &known));
        assert!(!closes_a_ring(&away(3, 1, Some(2), (0, 5)), &known));
        assert!(!closes_a_ring(&away(3, 1, Some(2), (10, 15)), &known), "2 is back by then");
        assert!(!closes_a_ring(&away(3, 1, None, (0, 50)), &known));
    }

    proptest! {
        /// Whatever was let in one after another: at every instant each way ends, and never with somebody who is away.
        #[test]
        fn no_chain_breaks(asked in proptest::collection::vec((1_i64..6, proptest::option::of(1_i64..6), 0_i64..20, 1_i64..15), 1..14)) {
            let mut known: Vec<Absence> = Vec::new();
            for (n, (who, by, from, long)) in asked.into_iter().enumerate() {
                let new = away(n as i64, who, by.filter(|by| *by != who), (from, from + long));
                let mut check = Checker::default();
                beside_others(&new, &known, &mut check);
                if check.done().is_ok() {
                    known.push(new);
                }
            }
            for at in 0..40 {
                let now: Vec<Absence> = known.iter().filter(|a| a.holds_at(Instant(at))).cloned().collect();
                for absence in &now {
                    for found in acting(absence, &now, &|_| true) {
                        let Some(who) = found.who else {
                            // Without anybody only where the last one named nobody: rings were not let in.
                            let last = found.through.last().copied().unwrap_or(absence.account);
                            prop_assert!(now.iter().any(|a| a.account == last && a.substitute.is_none()));
                            continue;
                        };
                        prop_assert!(who != absence.account && now.iter().all(|a| a.account != who));
                    }
                }
            }
        }
    }
}
