//! The axes of a triage, and tier and route, by the rules of a process version and by what was learned. Pure.

use super::parts::Part;
use super::tiering::{Axes, AxisProposal, Facts, Ruling};
use super::vocabulary::{
    Breadth, DemandKind, Difficulty, Generality, PolicyAxis, PolicyWeight, Route, Scope, Source, Tier, Word,
};
use crate::city::{Tiering, When};
use crate::models::{Aspect, Learned};

/// The axes that the rule gives, each with its reason; a list that somebody chose stays.
pub fn axes(tiering: &Tiering, facts: &Facts, kind: Option<DemandKind>) -> (Axes, Vec<AxisProposal>) {
    let mut explained = Vec::new();
    let mut axis = |field: &'static str, choices: &[(&'static str, &'static str)], so_far: &Partial| {
        let rule = tiering.axis_rule.iter().find(|rule| rule.axis == field && holds(&rule.when, facts, so_far));
        let value = rule.map(|rule| rule.value.as_str()).or(Tiering::default_of(field)).unwrap_or_default();
        let (value, value_label) = choices.iter().copied().find(|(code, _)| *code == value).unwrap_or(("", ""));
        let because = rule.map(|rule| format!("{}（规则 {}）", reason(tiering, &rule.when, facts), rule.code));
        explained.push(AxisProposal { field, value, value_label, because });
        value
    };
    let mut known = Partial::default();
    known.kind = match kind {
        Some(kind) => Some(kind.code()),
        None => Some(axis("kind", word::<DemandKind>(), &known)),
    };
    known.difficulty = Some(axis("difficulty", word::<Difficulty>(), &known));
    known.breadth = Some(axis("breadth", word::<Breadth>(), &known));
    known.generality = Some(axis("generality", word::<Generality>(), &known));
    known.policy_weight = Some(axis("policy_weight", word::<PolicyWeight>(), &known));
    known.policy_axis = Some(axis("policy_axis", word::<PolicyAxis>(), &known));
    known.scope = Some(axis("scope", word::<Scope>(), &known));
    let urgent = axis("urgent", &[("false", "不急"), ("true", "紧急")], &known) == "true";
    (known.whole(urgent), explained)
}

/// The axes with what was learned of list and urgency, and both as parts. Urgency that a rule sees is never taken back: a
/// word of danger weighs more than many quiet decisions.
pub(super) fn learned_axes(
    tiering: &Tiering,
    facts: &Facts,
    given: Option<DemandKind>,
    learned: &Learned,
) -> (Axes, Vec<AxisProposal>, Vec<Part>) {
    let sure = learned.sure(Aspect::Kind).and_then(|sure| Some((sure, DemandKind::from_code(&sure.value)?)));
    let sure = sure.filter(|_| given.is_none());
    let (mut axes, mut explained) = axes(tiering, facts, given.or(sure.map(|(_, kind)| kind)));
    let kind = match (given, sure) {
        (Some(kind), _) => Part::given(Aspect::Kind, kind.code(), kind.label().to_owned()),
        (None, Some((opinion, kind))) => {
            let part = Part::learned(Aspect::Kind, kind.code(), kind.label().to_owned(), opinion);
            let because = Some(part.because.clone());
            explained.insert(0, AxisProposal { field: "kind", value: kind.code(), value_label: kind.label(), because });
            part
        }
        (None, None) => ruled(Aspect::Kind, &explained, learned),
    };
    let urgent =
        learned.sure(Aspect::Urgent).filter(|opinion| opinion.value == axes.urgent.to_string() || !axes.urgent);
    let urgent = match urgent {
        None => ruled(Aspect::Urgent, &explained, learned),
        Some(opinion) => {
            axes.urgent = opinion.value == "true";
            let (value, label) = if axes.urgent { ("true", "紧急") } else { ("false", "不急") };
            let part = Part::learned(Aspect::Urgent, value, label.to_owned(), opinion);
            for axis in explained.iter_mut().filter(|axis| axis.field == "urgent" && axis.because.is_none()) {
                (axis.value, axis.value_label, axis.because) = (value, label, Some(part.because.clone()));
            }
            part
        }
    };
    (axes, explained, vec![kind, urgent])
}

/// What the rules give for an axis, as a part.
fn ruled(aspect: Aspect, explained: &[AxisProposal], learned: &Learned) -> Part {
    let opinion = learned.of(aspect);
    let Some(axis) = explained.iter().find(|axis| axis.field == aspect.code()) else {
        return Part::unknown(aspect, opinion, str::to_owned);
    };
    let source = axis.because.as_ref().map(|_| Source::Rule);
    let because = axis.because.clone().unwrap_or_else(|| "没有规则说得上，按通常的填，请核对".to_owned());
    Part::said(aspect, axis.value, axis.value_label.to_owned(), source, because, opinion)
}

/// Tier and route: the first rule that holds.
pub fn rule(tiering: &Tiering, facts: &Facts, axes: &Axes, name: impl Fn(&str) -> String) -> Ruling {
    let known = Partial::of(axes);
    let found = tiering.tier_rule.iter().find_map(|rule| {
        let (tier, route) = (Tier::from_code(&rule.tier)?, Route::from_code(&rule.route)?);
        holds(&rule.when, facts, &known).then_some((rule, tier, route))
    });
    let Some((rule, tier, route)) = found else {
        let because = "没有规则说得上，按一般问题分发交办".to_owned();
        return Ruling { tier: Tier::General, route: Route::Assigned, rule: String::new(), lead: None, because };
    };
    let units: Vec<String> = facts.units.iter().map(|unit| name(&unit.code)).collect();
    let bodies = units.len() + facts.bodies.len();
    let why = reason(tiering, &rule.when, facts);
    let mut because = format!("{}：{}", route.label(), rule.because.replace("{n}", &bodies.to_string()));
    because = because.replace("{units}", &units.join("、"));
    if !why.is_empty() {
        because = format!("{because}。{why}");
    }
    because = format!("{because}（规则“{}”）", rule.label);
    Ruling { tier, route, rule: rule.code.clone(), lead: rule.lead.clone(), because }
}

fn word<W: Word>() -> &'static [(&'static str, &'static str)] {
    W::CHOICES
}

/// The axes as far as they are known.
#[derive(Clone, Copy, Debug, Default)]
struct Partial {
    kind: Option<&'static str>,
    difficulty: Option<&'static str>,
    breadth: Option<&'static str>,
    policy_weight: Option<&'static str>,
    scope: Option<&'static str>,
    generality: Option<&'static str>,
    policy_axis: Option<&'static str>,
}

impl Partial {
    fn of(axes: &Axes) -> Self {
        Self {
            kind: Some(axes.kind.code()),
            difficulty: Some(axes.difficulty.code()),
            breadth: Some(axes.breadth.code()),
            policy_weight: Some(axes.policy_weight.code()),
            scope: Some(axes.scope.code()),
            generality: Some(axes.generality.code()),
            policy_axis: Some(axes.policy_axis.code()),
        }
    }

    fn whole(&self, urgent: bool) -> Axes {
        Axes {
            kind: self.kind.and_then(DemandKind::from_code).unwrap_or(DemandKind::Matter),
            difficulty: self.difficulty.and_then(Difficulty::from_code).unwrap_or(Difficulty::Medium),
            breadth: self.breadth.and_then(Breadth::from_code).unwrap_or(Breadth::Narrow),
            policy_weight: self.policy_weight.and_then(PolicyWeight::from_code).unwrap_or(PolicyWeight::Weak),
            scope: self.scope.and_then(Scope::from_code).unwrap_or(Scope::Departmental),
            generality: self.generality.and_then(Generality::from_code).unwrap_or(Generality::Individual),
            policy_axis: self.policy_axis.and_then(PolicyAxis::from_code).unwrap_or(PolicyAxis::Procedure),
            urgent,
        }
    }
}

/// Whether everything holds that `when` asks for.
fn holds(when: &When, facts: &Facts, known: &Partial) -> bool {
    let told = |list: &String| facts.lists.contains_key(list);
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let (units, bodies) = (count(facts.units.len()), count(facts.units.len() + facts.bodies.len()));
    let among = |wanted: &[String], value: Option<&str>| {
        wanted.is_empty() || value.is_some_and(|value| wanted.iter().any(|wanted| wanted == value))
    };
    let (theme, above) = facts.theme.as_ref().map_or((None, None), |(own, up)| (Some(own.as_str()), up.as_deref()));
    (when.any.is_empty() || when.any.iter().any(told))
        && when.all.iter().all(told)
        && !when.none.iter().any(told)
        && when.units_min.is_none_or(|least| units >= least)
        && when.units_max.is_none_or(|most| units <= most)
        && when.bodies_min.is_none_or(|least| bodies >= least)
        && when.bodies_max.is_none_or(|most| bodies <= most)
        && when.dispatches_min.is_none_or(|least| facts.dispatches >= least)
        && when.voices_min.is_none_or(|least| facts.voices >= least)
        && among(&when.audience, Some(facts.audience.code()))
        && (among(&when.themes, theme) || above.is_some() && among(&when.themes, above))
        && among(&when.kind, known.kind)
        && among(&when.difficulty, known.difficulty)
        && among(&when.breadth, known.breadth)
        && among(&when.policy_weight, known.policy_weight)
        && among(&when.scope, known.scope)
        && among(&when.generality, known.generality)
        && among(&when.policy_axis, known.policy_axis)
}

/// The words that made the lists of `when` speak.
fn reason(tiering: &Tiering, when: &When, facts: &Facts) -> String {
    let told = when.any.iter().chain(&when.all).filter_map(|list| Some((list, facts.lists.get(list)?)));
    let parts: Vec<String> =
        told.map(|(list, words)| format!("{}：提到{}", tiering.list_label(list), words.join("、"))).collect();
    parts.join("；")
}
