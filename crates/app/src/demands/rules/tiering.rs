//! 分级分类: what the words of a demand tell, and which axes, tier and route follow (requirements.md 1.2; S06, S07, S17,
//! S53, S54). Pure: the rule is data ([`Tiering`]), the words are given, and every conclusion names the rule that led to
//! it. A person decides.

use std::collections::BTreeMap;

use serde::Serialize;
use text::{Keywords, Scored};

use super::axes::{axes, learned_axes, rule};
use super::parts::Part;
use super::vocabulary::{
    Audience, Breadth, DemandKind, Difficulty, Generality, PolicyAxis, PolicyWeight, Route, Scope, Source, Tier,
};
use crate::city::{City, Theme, Tiering, UnitKind};
use crate::models::{Aspect, Learned, Opinion};
use crate::units::{Unit, UnitNames};

/// A unit counts as touched from this share of the strongest unit's evidence on; less is a passing word.
const TOUCHED: f64 = 0.3;
/// How much the usual lead of the theme adds, as a share of the strongest unit's evidence: the power list goes before chance words.
const USUAL: [f64; 2] = [0.3, 0.1];

/// Two units whose evidence differs by less than this share are equally near by the power list; then the load decides (E26).
const EQUALLY_NEAR: f64 = 0.05;

/// What was said, as far as sorting looks at it.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// The title.
    pub title: &'a str,
    /// The text.
    pub text: &'a str,
    /// Who speaks.
    pub audience: Audience,
    /// The place, in words.
    pub area: Option<&'a str>,
    /// The list that somebody has put it into already.
    pub kind: Option<DemandKind>,
    /// The theme that somebody has chosen already.
    pub theme: Option<&'a str>,
    /// The route that somebody has decided already.
    pub route: Option<Route>,
}

/// A code with the words that speak for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The code, or the label of a body that the city has not named.
    pub code: String,
    /// The words.
    pub words: Vec<String>,
}

/// The axes of a triage (S06, S07), each with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axes {
    /// The list.
    pub kind: DemandKind,
    /// 难易程度
    pub difficulty: Difficulty,
    /// 涉及范围
    pub breadth: Breadth,
    /// 政策属性
    pub policy_weight: PolicyWeight,
    /// 全局或部门
    pub scope: Scope,
    /// 共性或个性
    pub generality: Generality,
    /// 政策或程序
    pub policy_axis: PolicyAxis,
    /// 紧急
    pub urgent: bool,
}

/// What is known of a demand before a tier is chosen.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Who speaks.
    pub audience: Audience,
    /// The theme's code, and the one above it.
    pub theme: Option<(String, Option<String>)>,
    /// Words that tell something, by list.
    pub lists: BTreeMap<String, Vec<String>>,
    /// Units of the city by mandate, strongest first.
    pub units: Vec<Evidence>,
    /// Bodies that the plan does not name.
    pub bodies: Vec<Evidence>,
    /// How often it was assigned without an end.
    pub dispatches: u32,
    /// How many submitters say the same.
    pub voices: u32,
}

/// Tier and route with the rule that gave them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// The tier.
    pub tier: Tier,
    /// The route.
    pub route: Route,
    /// The rule's code.
    pub rule: String,
    /// The unit that leads by this rule.
    pub lead: Option<String>,
    /// Why, as a sentence that names the rule.
    pub because: String,
}

/// An axis as it is proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AxisProposal {
    /// The field of the triage.
    pub field: &'static str,
    /// Its value.
    pub value: &'static str,
    /// The value in Chinese.
    pub value_label: &'static str,
    /// Why, as a sentence that names the rule; absent for what holds where no rule speaks.
    pub because: Option<String>,
}

/// Everything that is proposed for one demand.
#[derive(Clone, Debug)]
pub struct Sorted {
    /// The theme's code.
    pub theme: Option<String>,
    /// The lead unit's code.
    pub lead: Option<String>,
    /// Co-handling units, by code.
    pub co_units: Vec<String>,
    /// The axes.
    pub axes: Axes,
    /// The axes, one by one, with their reasons.
    pub explained: Vec<AxisProposal>,
    /// Tier and route.
    pub ruling: Ruling,
    /// Why, as sentences.
    pub because: Vec<String>,
    /// How far the first choice of a unit is ahead of the second, 0 to 1.
    pub margin: f64,
    /// Two units that are equally near, where one of them is the lead: [`Sorter::with_load`] decides between them.
    pub rivals: Option<[String; 2]>,
    /// What it rests on.
    pub facts: Facts,
    /// Theme, list, urgency and lead unit, each with where it comes from.
    pub parts: Vec<Part>,
    /// Whether anything speaks for a theme, a unit or a tier; otherwise tier and route are only what usually holds.
    pub speaks: bool,
}

/// The rule made ready for many demands.
pub struct Sorter<'a> {
    city: &'a City,
    units: &'a UnitNames,
    tiering: &'a Tiering,
    now: kernel::Instant,
    themes: Keywords,
    mandates: Keywords,
    lists: Keywords,
    bodies: Keywords,
    load: BTreeMap<String, u64>,
}

impl<'a> Sorter<'a> {
    /// Makes `tiering` ready, for the units that can handle demands at `now`.
    pub fn new(city: &'a City, units: &'a UnitNames, tiering: &'a Tiering, now: kernel::Instant) -> Self {
        let of = |lists: &[crate::city::WordList]| {
            Keywords::new(lists.iter().map(|list| (list.code.clone(), list.words.clone())).collect())
        };
        let mandates = units.handlers(now).map(|unit| (unit.code.clone(), unit.mandate.clone()));
        Self {
            city,
            units,
            tiering,
            now,
            themes: Keywords::new(city.themes.all().iter().map(|t| (t.code.clone(), t.keywords.clone())).collect()),
            mandates: Keywords::new(mandates.collect()),
            lists: of(&tiering.word_list),
            bodies: of(&tiering.body),
            load: BTreeMap::new(),
        }
    }

    /// With what units have in hand: of two that are equally near the one with less leads.
    pub fn with_load(self, load: BTreeMap<String, u64>) -> Self {
        Self { load, ..self }
    }

    /// What would be proposed, given what was learned from past decisions.
    pub fn sort(&self, said: &Words<'_>, learned: &Learned, dispatches: u32, voices: u32) -> Sorted {
        let words = format!("{}\n{}\n{}", said.title, said.title, said.text);
        let theme_part = self.theme(said, learned.of(Aspect::Theme), &words);
        let theme = theme_part.value.as_deref().and_then(|code| self.city.themes.get(code));
        let units = self.touched(&words, said.audience, theme);
        let facts = self.facts(said, &words, theme, &units, dispatches, voices);
        let (axes, explained, mut parts) = learned_axes(self.tiering, &facts, said.kind, learned);
        let ruling = rule(self.tiering, &facts, &axes, |code| self.units.short_name(code).to_owned());
        let last = self.tiering.tier_rule.last().is_some_and(|rule| rule.code == ruling.rule);
        let (lead_part, margin) = self.lead(said, theme, &units, &ruling, learned.of(Aspect::LeadUnit));
        let lead = lead_part.value.clone();
        let by_words = lead_part.source == Some(Source::Keywords);
        let rivals = rivals(&units).filter(|_| by_words).map(|two| two.map(|unit| unit.code.clone()));
        let speaks = theme.is_some() || !units.is_empty() || lead.is_some() || !last;
        let mut because = vec![theme_part.sentence(Aspect::Theme), lead_part.sentence(Aspect::LeadUnit)];
        // Who helps depends on how it is handled; what people have decided goes before the rule.
        let co_units = self.helpers(said, &facts, lead.as_deref(), said.route.unwrap_or(ruling.route));
        if !co_units.is_empty() {
            let names: Vec<&str> = co_units.iter().map(|code| self.units.short_name(code)).collect();
            because.push(format!("协办“{}”：职责里有诉求提到的事", names.join("、")));
        }
        if ruling.route != Route::Instant && !facts.bodies.is_empty() {
            let names = facts.bodies.iter().map(|body| format!("{}（{}）", body.code, body.words.join("、")));
            because.push(format!("还涉及方案没有列名的：{}", names.collect::<Vec<_>>().join("；")));
        }
        because.push(ruling.because.clone());
        let theme = said.theme.map(str::to_owned).or_else(|| theme_part.value.clone());
        if !speaks {
            // What is usual is no proposal where nothing is known of the demand.
            parts.iter_mut().filter(|part| part.source.is_none()).for_each(Part::take_back);
        }
        parts.insert(0, theme_part);
        parts.push(lead_part);
        Sorted { theme, lead, co_units, axes, explained, ruling, because, margin, rivals, facts, parts, speaks }
    }

    /// What is known of a demand for [`rule`]; the theme that people gave it counts.
    pub fn facts_of(&self, said: &Words<'_>, dispatches: u32, voices: u32) -> Facts {
        let words = format!("{}\n{}\n{}", said.title, said.title, said.text);
        let theme = match said.theme {
            Some(code) => self.city.themes.get(code),
            None => self.told_theme(&self.themes.classify(&words)).map(|(theme, _)| theme),
        };
        let units = self.touched(&words, said.audience, theme);
        self.facts(said, &words, theme, &units, dispatches, voices)
    }

    /// Tier and route for facts; axes that nobody gave follow from them.
    pub fn rule(&self, facts: &Facts, given: Option<Axes>, kind: Option<DemandKind>) -> Ruling {
        let axes = given.unwrap_or_else(|| axes(self.tiering, facts, kind).0);
        rule(self.tiering, facts, &axes, |code| self.units.short_name(code).to_owned())
    }

    /// The theme that somebody gave, that was surely learned and is still the city's, or that the words tell.
    fn theme(&self, said: &Words<'_>, opinion: Option<&Opinion>, words: &str) -> Part {
        let label = |code: &str| self.city.themes.label(code);
        if let Some(theme) = said.theme.and_then(|code| self.city.themes.get(code)) {
            return Part::given(Aspect::Theme, &theme.code, label(&theme.code));
        }
        if let Some(sure) = opinion.filter(|opinion| opinion.sure)
            && self.city.themes.get(&sure.value).is_some()
        {
            return Part::learned(Aspect::Theme, &sure.value, label(&sure.value), sure);
        }
        match self.told_theme(&self.themes.classify(words)) {
            Some((theme, told)) => {
                let because = format!("提到{}", told.join("、"));
                let keywords = Some(Source::Keywords);
                Part::said(Aspect::Theme, &theme.code, label(&theme.code), keywords, because, opinion)
            }
            None => Part::unknown(Aspect::Theme, opinion, label),
        }
    }

    /// The theme that the words tell, with the words.
    fn told_theme<'f>(&self, found: &'f [Scored]) -> Option<(&'a Theme, &'f [String])> {
        // A word that stands in both lists speaks for the narrower theme.
        let below = |scored: &&Scored| self.city.themes.get(&scored.code).is_some_and(|theme| theme.parent.is_some());
        let best = found.first()?;
        let first = found.iter().take_while(|scored| scored.score >= best.score).find(below).unwrap_or(best);
        Some((self.city.themes.get(&first.code)?, &first.because))
    }

    /// Who leads: whom the rule names, the street of the place where the matter is the street's, whom the office surely
    /// chose for such words, the unit whose mandate speaks loudest; and how far that one is ahead.
    fn lead(
        &self,
        said: &Words<'_>,
        theme: Option<&Theme>,
        units: &[Scored],
        ruling: &Ruling,
        opinion: Option<&Opinion>,
    ) -> (Part, f64) {
        let name = |code: &str| self.units.short_name(code).to_owned();
        let told = |code: &str, source, because: String| {
            Part::said(Aspect::LeadUnit, code, name(code), Some(source), because, opinion)
        };
        if let Some(lead) = &ruling.lead {
            return (told(lead, Source::Rule, format!("按规则“{}”", ruling.rule)), 1.0);
        }
        // The place is known, a model has only read words.
        let here = |street: &Unit| (told(&street.code, Source::Rule, "事情发生在这里，属地承办".to_owned()), 1.0);
        if let Some(street) = self.street(said, theme, false) {
            return here(street);
        }
        // Whoever took over from a unit gets what was its; a unit that is gone is nobody's proposal.
        let sure = opinion.filter(|opinion| opinion.sure);
        if let Some((sure, code)) = sure.and_then(|o| Some((o, self.units.resolve_handler(&o.value, self.now).ok()?))) {
            let mut part = Part::learned(Aspect::LeadUnit, &code, name(&code), sure);
            if code != sure.value {
                part.because = format!("{}；原由“{}”办，现由它接办", part.because, name(&sure.value));
            }
            return (part, sure.probability);
        }
        if let Some(street) = self.street(said, theme, units.is_empty()) {
            return here(street);
        }
        let Some(first) = units.first() else { return (Part::unknown(Aspect::LeadUnit, opinion, name), 0.0) };
        let second = units.get(1).map_or(0.0, |second| second.score);
        let margin = ((first.score - second) / first.score.max(f64::MIN_POSITIVE)).max(0.0);
        (told(&first.code, Source::Keywords, first.because.join("；")), margin)
    }

    /// Units by mandate, the usual lead of the theme helped, strongest first; `because` says why in words.
    fn touched(&self, words: &str, audience: Audience, theme: Option<&Theme>) -> Vec<Scored> {
        let mut units = self.mandates.classify(words);
        // A firm that names a street says where it is; what it needs is a department's. The street helps as the place.
        let is_street = |unit: &Scored| self.units.get(&unit.code).is_some_and(|u| u.kind == UnitKind::Subdistrict);
        if audience != Audience::Public && !units.iter().all(is_street) {
            units.retain(|unit| !is_street(unit));
        }
        for unit in &mut units {
            unit.because = vec![format!("提到{}", unit.because.join("、"))];
        }
        let strongest = units.first().map_or(1.0, |first| first.score);
        let usual = theme.map(|theme| theme.lead_units.as_slice()).unwrap_or_default();
        for (code, share) in usual.iter().zip(USUAL) {
            if self.units.handlers(self.now).all(|unit| unit.code != *code) {
                continue;
            }
            match units.iter_mut().find(|unit| unit.code == *code) {
                Some(unit) => {
                    unit.score += share * strongest;
                    unit.because.push("该领域通常由它牵头".to_owned());
                }
                None => units.push(Scored {
                    code: code.clone(),
                    score: share * strongest,
                    margin: 0.0,
                    because: vec!["该领域通常由它牵头".to_owned()],
                }),
            }
        }
        units.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.code.cmp(&b.code)));
        self.lighter_first(&mut units);
        units
    }

    /// Of two units that are equally near, the one with less in hand goes first and says so.
    fn lighter_first(&self, units: &mut [Scored]) {
        let Some(two) = rivals(units) else { return };
        let [Some(first), Some(second)] = two.map(|unit| self.load.get(&unit.code).copied()) else { return };
        if second < first {
            let other = self.units.short_name(&two[0].code);
            let because = format!("与“{other}”职责相当，在办 {second} 件，少于其 {first} 件");
            units.swap(0, 1);
            units[0].because.push(because);
        }
    }

    fn facts(
        &self,
        said: &Words<'_>,
        words: &str,
        theme: Option<&Theme>,
        units: &[Scored],
        dispatches: u32,
        voices: u32,
    ) -> Facts {
        let strongest = units.first().map_or(0.0, |first| first.score);
        let evidence = |code: String, words: Vec<String>| Evidence { code, words };
        let first = units.first().map(|unit| unit.code.as_str());
        // The dispatcher coordinates everything; words such as 窗口 make it a party only where it is the strongest.
        let coordinates = |unit: &Scored| unit.code == self.city.dispatcher && first != Some(unit.code.as_str());
        let by_mandate = |unit: &&Scored| {
            unit.score >= strongest * TOUCHED && unit.because[0].starts_with("提到") && !coordinates(unit)
        };
        let body_label = |code: &str| self.tiering.body.iter().find(|b| b.code == code).map(|b| b.label.clone());
        let bodies = self.bodies.classify(words).into_iter();
        Facts {
            audience: said.audience,
            theme: theme.map(|theme| (theme.code.clone(), theme.parent.clone())),
            lists: self.lists.classify(words).into_iter().map(|list| (list.code, list.because)).collect(),
            units: units.iter().filter(by_mandate).map(|u| evidence(u.code.clone(), u.because.clone())).collect(),
            bodies: bodies.map(|b| evidence(body_label(&b.code).unwrap_or(b.code), b.because)).collect(),
            dispatches,
            voices,
        }
    }

    /// The street of the place, where the matter is the street's: what the public says of its surroundings.
    fn street(&self, said: &Words<'_>, theme: Option<&Theme>, alone: bool) -> Option<&'a Unit> {
        let territorial = said.audience == Audience::Public && theme.is_some_and(|theme| theme.territorial);
        self.place(said).filter(|_| territorial || alone)
    }

    fn place(&self, said: &Words<'_>) -> Option<&'a Unit> {
        let street = said.area.and_then(|area| self.units.resolve(area, self.now).ok());
        street.filter(|unit| unit.kind == UnitKind::Subdistrict)
    }

    /// Who helps: the other touched units where several handle it, and the street of the place.
    pub fn helpers(&self, said: &Words<'_>, facts: &Facts, lead: Option<&str>, route: Route) -> Vec<String> {
        if !matches!(route, Route::Joint | Route::Leader | Route::Special) {
            return Vec::new();
        }
        let street = self.place(said).map(|unit| unit.code.clone());
        let mut helpers: Vec<String> = facts.units.iter().map(|unit| unit.code.clone()).take(4).chain(street).collect();
        helpers.retain(|code| Some(code.as_str()) != lead);
        helpers.dedup();
        helpers
    }
}

/// The first two units, if they are equally near.
fn rivals(units: &[Scored]) -> Option<[&Scored; 2]> {
    match units {
        [first, second, ..] if first.score - second.score < EQUALLY_NEAR * first.score => Some([first, second]),
        _ => None,
    }
}
