//! Aspects, versions, and what a model says of a demand. Pure.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, RwLock};

use kernel::error::Checker;
use kernel::{Instant, Refusal};
use serde::{Deserialize, Serialize};
use text::learn::{Metrics, Model};
use utoipa::ToSchema;

/// Words of a demand that are named as the reason at most.
const WORDS: usize = 4;
/// Unseen decisions of which a version must have been sure before it is believed.
const TRIED: f64 = 10.0;
/// The share of those that it must have had right.
const TRUSTED: f64 = 0.9;
/// Labels of an unsure opinion that are named at most.
const NAMED: usize = 3;

/// What is learned about a demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    /// 领域
    Theme,
    /// 列入哪张清单
    Kind,
    /// 是否紧急
    Urgent,
    /// 由谁牵头
    LeadUnit,
}

impl Aspect {
    /// Every aspect, in the order of the triage.
    pub const ALL: [Self; 4] = [Self::Theme, Self::Kind, Self::Urgent, Self::LeadUnit];

    /// The identifier; also the field of the move that decides it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Theme => "theme",
            Self::Kind => "kind",
            Self::Urgent => "urgent",
            Self::LeadUnit => "lead_unit",
        }
    }

    /// The Chinese name.
    pub fn label(self) -> &'static str {
        match self {
            Self::Theme => "领域",
            Self::Kind => "清单",
            Self::Urgent => "紧急",
            Self::LeadUnit => "牵头单位",
        }
    }

    /// The aspect of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|aspect| aspect.code() == code)
    }
}

/// Where a version stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is asked.
    InForce,
    /// It was asked before.
    Earlier,
    /// It was worse than the one in force.
    SetAside,
}

impl State {
    const ALL: [Self; 3] = [Self::InForce, Self::Earlier, Self::SetAside];

    /// The identifier.
    pub fn code(self) -> &'static str {
        match self {
            Self::InForce => "in_force",
            Self::Earlier => "earlier",
            Self::SetAside => "set_aside",
        }
    }

    /// The Chinese name.
    pub fn label(self) -> &'static str {
        match self {
            Self::InForce => "正在使用",
            Self::Earlier => "以前用过",
            Self::SetAside => "学了没有用",
        }
    }

    /// The state of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// How well a version does on decisions that it was not taught (cross-validation); shares from 0 to 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Figures {
    /// The mean of the classes' F1.
    pub macro_f1: f64,
    /// The share that is right, if it answers always.
    pub accuracy: f64,
    /// The share that is right among the surest four fifths.
    pub accuracy_at_80: f64,
    /// The share in which it is sure.
    pub coverage: f64,
    /// The share that is right where it is sure.
    pub accuracy_when_sure: f64,
    /// By class.
    pub classes: Vec<ClassFigures>,
}

/// One class of [`Figures`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ClassFigures {
    /// The code of what was decided.
    pub value: String,
    /// The share that is right among those that it puts here.
    pub precision: f64,
    /// The share that it puts here among those that belong here.
    pub recall: f64,
    /// The harmonic mean of both.
    pub f1: f64,
    /// Decisions that belong here.
    pub n: u64,
}

impl From<&Metrics> for Figures {
    fn from(metrics: &Metrics) -> Self {
        let classes = metrics.per_class.iter().map(|class| ClassFigures {
            value: class.label.clone(),
            precision: class.precision,
            recall: class.recall,
            f1: class.f1,
            n: class.n as u64,
        });
        Self {
            macro_f1: metrics.macro_f1,
            accuracy: metrics.accuracy,
            accuracy_at_80: metrics.accuracy_at_80,
            coverage: metrics.coverage,
            accuracy_when_sure: metrics.accuracy_when_sure,
            classes: classes.collect(),
        }
    }
}

impl Figures {
    /// The figures of a class.
    pub fn class(&self, value: &str) -> Option<&ClassFigures> {
        self.classes.iter().find(|class| class.value == value)
    }

    /// Decisions that were judged.
    pub fn lessons(&self) -> u64 {
        self.classes.iter().map(|class| class.n).sum()
    }

    /// Whether its being sure has been tried often enough and was right often enough to be told. After few decisions a
    /// margin looks safe by chance, and the profile's words would be the better proposal.
    pub fn trusted(&self) -> bool {
        self.coverage * self.lessons() as f64 >= TRIED && self.accuracy_when_sure >= TRUSTED
    }
}

/// A version without its bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// What it is about.
    pub aspect: Aspect,
    /// Its number, from 1 for each aspect.
    pub version: i64,
    /// Where it stands.
    pub state: State,
    /// Why it stands there.
    pub reason: String,
    /// Decisions that it was taught.
    pub lessons: i64,
    /// The fingerprint of those decisions.
    pub print: String,
    /// How well it does.
    pub figures: Figures,
    /// Whether its bytes are still there, so that it can be put back.
    pub whole: bool,
    /// Who had it learn.
    pub trained_by: String,
    /// When.
    pub trained_at: Instant,
    /// Who put it where it stands.
    pub settled_by: String,
    /// When.
    pub settled_at: Instant,
    /// Whether a person put it in force on a reason; then only a person replaces it.
    pub held: bool,
}

/// Which version to go back to, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct RollbackInput {
    /// The version; absent: the one that was in force before.
    pub version: Option<i64>,
    /// Why; at most 200 characters.
    #[schema(required, min_length = 1, max_length = 200)]
    pub reason: Option<String>,
}

/// The version that `input` means among `versions` (the latest first), and why; every mistake at once.
pub fn meant<'v>(input: &RollbackInput, versions: &'v [Version]) -> Result<(&'v Version, String), Refusal> {
    let mut check = Checker::default();
    let reason = check.text("reason", "理由", input.reason.as_deref(), 200);
    let before = || {
        let earlier = versions.iter().filter(|version| version.state == State::Earlier && version.whole);
        earlier.max_by_key(|version| version.settled_at)
    };
    let found = match input.version {
        Some(number) => versions.iter().find(|version| version.version == number),
        None => before(),
    };
    match found {
        None if input.version.is_some() => check.wrong("version", "unknown", "没有这个版本"),
        None => check.wrong("version", "required", "没有可以换回的版本"),
        Some(version) if version.state == State::InForce => {
            check.wrong("version", "unchanged", "现在用的就是这个版本");
        }
        Some(version) if !version.whole => {
            check.wrong("version", "not_allowed", "这个版本只留下了成绩，模型已经清理，不能再用");
        }
        Some(_) => {}
    }
    check.done()?;
    found.map(|version| (version, reason)).ok_or_else(|| Refusal::field("version", "unknown", "没有这个版本"))
}

/// A model that is asked.
#[derive(Debug)]
pub struct Active {
    /// The version's number.
    pub version: i64,
    figures: Figures,
    model: Model,
}

impl Active {
    /// A model of a version.
    pub fn new(version: i64, figures: Figures, model: Model) -> Self {
        Self { version, figures, model }
    }

    /// What it takes the demand for; `None` where it knows no part of it.
    pub fn ask(&self, title: &str, text: &str) -> Option<Opinion> {
        let judgement = self.model.judge(title, text);
        let named = |(label, probability): &(usize, f32)| {
            Some((self.model.labels().get(*label)?.clone(), f64::from(*probability)))
        };
        let (label, probability) = judgement.best()?;
        let value = self.model.labels().get(label)?.clone();
        Some(Opinion {
            version: self.version,
            probability: f64::from(probability),
            sure: judgement.sure() && self.figures.trusted(),
            words: self.model.because(title, text, &value, WORDS),
            decisions: self.figures.class(&value).map_or(0, |class| class.n),
            ranked: judgement.ranked().iter().take(NAMED).filter_map(named).collect(),
            value,
        })
    }

    /// The label that it would give.
    pub fn guess(&self, title: &str, text: &str) -> Option<&str> {
        let (label, _) = self.model.judge(title, text).best()?;
        self.model.labels().get(label).map(String::as_str)
    }
}

/// What a model takes a demand for.
#[derive(Clone, Debug, PartialEq)]
pub struct Opinion {
    /// The version that says so.
    pub version: i64,
    /// The code.
    pub value: String,
    /// How likely that is, 0 to 1.
    pub probability: f64,
    /// Whether the model stands by it; otherwise it abstains.
    pub sure: bool,
    /// The words that decided.
    pub words: Vec<String>,
    /// Decisions for this code that the model was taught.
    pub decisions: u64,
    /// The likeliest codes with their probabilities.
    pub ranked: Vec<(String, f64)>,
}

/// The models in force; an aspect that nothing was learned about has none.
#[derive(Clone, Debug, Default)]
pub struct Ready(pub(super) BTreeMap<Aspect, Arc<Active>>);

impl Ready {
    /// What they say of a demand.
    pub fn ask(&self, title: &str, text: &str) -> Learned {
        let opinions = self.0.iter().filter_map(|(aspect, model)| Some((*aspect, model.ask(title, text)?)));
        Learned(opinions.collect())
    }
}

/// What the models in force say of a demand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Learned(BTreeMap<Aspect, Opinion>);

impl Learned {
    /// These opinions.
    pub fn new(opinions: impl IntoIterator<Item = (Aspect, Opinion)>) -> Self {
        Self(opinions.into_iter().collect())
    }

    /// What is thought of an aspect, surely or not.
    pub fn of(&self, aspect: Aspect) -> Option<&Opinion> {
        self.0.get(&aspect)
    }

    /// What is surely thought of an aspect.
    pub fn sure(&self, aspect: Aspect) -> Option<&Opinion> {
        self.of(aspect).filter(|opinion| opinion.sure)
    }
}

/// A version's number, and the model where it could be read.
type LastRead = (i64, Option<Arc<Active>>);

/// What the program keeps of the models between requests: those that were read, and whether it is learning now.
#[derive(Debug, Default)]
pub struct Kept {
    /// By aspect the version that was read last, and what it was; nothing where it could not be read.
    pub(super) read: RwLock<BTreeMap<Aspect, LastRead>>,
    /// Held while this server learns: twice at once helps nobody.
    pub busy: Mutex<()>,
}
