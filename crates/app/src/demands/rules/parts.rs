//! What is proposed for one field, where it comes from and how sure that is. What was learned from decisions goes before the
//! profile's words where it is sure; where neither speaks, the sentence says so instead of guessing. Pure.

use serde::Serialize;
use utoipa::ToSchema;

use super::vocabulary::Source;
use crate::models::{Aspect, Opinion};

/// Why nothing is proposed where nothing was learned either.
const NOTHING_SAID: &str = "没有把握：没有词语说得上，请人判断";

/// What is proposed for one field.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Part {
    /// The field of the move.
    pub field: &'static str,
    /// The code that is proposed; absent: the program does not know, and proposes nothing.
    pub value: Option<String>,
    /// The same in Chinese.
    pub value_label: Option<String>,
    /// `learned`, `keywords`, `rule`, `given`; absent: nothing speaks, and a value is only what is usual.
    pub source: Option<Source>,
    /// Whether the program stands by it; what it does not stand by wants a second look.
    pub sure: bool,
    /// How likely it is, 0 to 1, where that was learned.
    pub probability: Option<f64>,
    /// The version of what was learned, where it was asked.
    pub model: Option<i64>,
    /// Why, as a sentence.
    pub because: String,
}

impl Part {
    /// What somebody gave.
    pub fn given(aspect: Aspect, value: &str, label: String) -> Self {
        let because = "登记时已选".to_owned();
        Self { sure: true, ..Self::of(aspect, value, label, Some(Source::Given), because) }
    }

    /// What was learned, and sure.
    pub fn learned(aspect: Aspect, value: &str, label: String, opinion: &Opinion) -> Self {
        let words: Vec<String> = opinion.words.iter().map(|word| format!("“{word}”")).collect();
        let said = if words.is_empty() { String::new() } else { format!("，提到{}", words.join("、")) };
        let because = format!(
            "以往这样说的多数归这里（学过 {} 件这样的决定）{said}，把握 {}",
            opinion.decisions,
            percent(opinion.probability)
        );
        Self {
            sure: true,
            probability: Some(opinion.probability),
            model: Some(opinion.version),
            ..Self::of(aspect, value, label, Some(Source::Learned), because)
        }
    }

    /// What words or rules say, or what is usual where they say nothing; `opinion` is what was learned, which is not sure here.
    pub fn said(
        aspect: Aspect,
        value: &str,
        label: String,
        source: Option<Source>,
        because: String,
        opinion: Option<&Opinion>,
    ) -> Self {
        Self { model: opinion.map(|opinion| opinion.version), ..Self::of(aspect, value, label, source, because) }
    }

    /// Nothing speaks; `name` says a code in Chinese.
    pub fn unknown(aspect: Aspect, opinion: Option<&Opinion>, name: impl Fn(&str) -> String) -> Self {
        let because = match opinion {
            None => NOTHING_SAID.to_owned(),
            Some(opinion) => {
                let near = opinion.ranked.iter().take(2);
                let near: Vec<String> = near.map(|(code, p)| format!("“{}”{}", name(code), percent(*p))).collect();
                format!("没有把握：以往的决定里最接近{}，都不够，请人判断", near.join("、"))
            }
        };
        Self {
            field: aspect.code(),
            value: None,
            value_label: None,
            source: None,
            sure: false,
            probability: None,
            model: opinion.map(|opinion| opinion.version),
            because,
        }
    }

    fn of(aspect: Aspect, value: &str, label: String, source: Option<Source>, because: String) -> Self {
        Self {
            field: aspect.code(),
            value: Some(value.to_owned()),
            value_label: Some(label),
            source,
            sure: false,
            probability: None,
            model: None,
            because,
        }
    }

    /// Proposes nothing any more.
    pub fn take_back(&mut self) {
        (self.value, self.value_label) = (None, None);
        self.because = NOTHING_SAID.to_owned();
    }

    /// The whole as a sentence that begins with the name of the aspect.
    pub fn sentence(&self, aspect: Aspect) -> String {
        match &self.value_label {
            Some(label) => format!("{}“{label}”：{}", aspect.label(), self.because),
            None => format!("{}：{}", aspect.label(), self.because),
        }
    }
}

fn percent(share: f64) -> String {
    // Nothing that was learned is certain.
    format!("{:.0}%", (share * 100.0).min(99.0))
}

/// The part of an aspect.
pub fn of(parts: &[Part], aspect: Aspect) -> Option<&Part> {
    parts.iter().find(|part| part.field == aspect.code())
}
