//! The law of versions: drafts are edited, tried, adopted or discarded; an adopted version stays as it is.

use jiff::civil::Date;
use kernel::error::Checker;
use kernel::worktime::Calendar;
use kernel::{Instant, Refusal};
use serde::{Deserialize, Serialize};

use crate::city::{City, Process, ProfileErrors};

/// The longest text of a version, in characters.
pub const CONTENT_MOST: usize = 200_000;

/// Where a version stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// 草稿
    Draft,
    /// 已启用（或将启用）
    Adopted,
    /// 已作废
    Discarded,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Draft, Self::Adopted, Self::Discarded];

    /// The identifier in the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Adopted => "adopted",
            Self::Discarded => "discarded",
        }
    }

    /// The Chinese word.
    pub fn label(self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::Adopted => "已启用",
            Self::Discarded => "已作废",
        }
    }
}

/// A version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its number.
    pub version: i64,
    /// What it is for.
    pub title: String,
    /// The text.
    pub content: String,
    /// The text's fingerprint.
    pub print: String,
    /// Where it stands.
    pub state: State,
    /// How often the draft was changed.
    pub edit: i64,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: Instant,
    /// The last dry run: of which edit, when, and what came of it.
    pub tried: Option<(i64, Instant, String)>,
    /// Adoption: from when it counts, why, by whom, when.
    pub adopted: Option<Adoption>,
}

/// How a version came into force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adoption {
    /// From when it counts.
    pub from: Instant,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// When it was decided.
    pub at: Instant,
}

impl Version {
    /// Whether the text as it stands was tried on past demands.
    pub fn is_tried(&self) -> bool {
        self.tried.as_ref().is_some_and(|(edit, _, _)| *edit == self.edit)
    }

    /// Refuses what is no draft any more, or was changed since `seen`.
    pub fn changeable(&self, seen: Option<i64>) -> Result<(), Refusal> {
        if self.state != State::Draft {
            let message = format!("流程版本 {} {}，不能再改；请从它另起草稿", self.version, self.state.label());
            return Err(Refusal::field("version", "not_allowed", message));
        }
        match seen {
            None => Err(Refusal::field("edit", "required", "请带上您看到的修改次数（edit，整数）")),
            Some(seen) if seen != self.edit => {
                Err(Refusal::conflict(self.edit, "您打开之后，这份草稿有了新的修改；请核对后再提交"))
            }
            Some(_) => Ok(()),
        }
    }
}

/// What a draft is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct DraftInput {
    /// The edit that was seen; only for changes.
    pub edit: Option<i64>,
    /// What it is for.
    pub title: Option<String>,
    /// The text (TOML); what it does not mention stays as in the version in force.
    pub content: Option<String>,
}

/// What an adoption needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct AdoptInput {
    /// The edit that was seen.
    pub edit: Option<i64>,
    /// The working day from whose opening on it counts; absent: at once.
    pub from: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// Title and process of a draft; every mistake of form and text at once.
pub fn drafted(
    input: &DraftInput,
    base: &Process,
    city: &City,
    handles: &dyn Fn(&str) -> bool,
) -> Result<(String, Process), Refusal> {
    let mut check = Checker::default();
    let title = check.text("title", "名称", input.title.as_deref(), 100);
    let content = check.text("content", "流程文本", input.content.as_deref(), CONTENT_MOST);
    let process = match Process::read(&content, base, city, handles) {
        Ok(process) => Some(process),
        Err(ProfileErrors(errors)) => {
            for error in errors {
                let place = if error.key.is_empty() { String::new() } else { format!("{}：", error.key) };
                let detail = if error.key.is_empty() { format!("（{}）", error.english) } else { String::new() };
                check.wrong("content", "bad_format", format!("{place}{}{detail}", error.chinese));
            }
            None
        }
    };
    check.done()?;
    // Without a mistake there is a process.
    process.map(|process| (title, process)).ok_or_else(|| Refusal::field("content", "required", "请填写流程文本"))
}

/// From when an adoption counts, and why.
pub fn adopted(
    input: &AdoptInput,
    draft: &Version,
    calendar: &Calendar,
    now: Instant,
) -> Result<(Instant, String), Refusal> {
    draft.changeable(input.edit)?;
    let mut check = Checker::default();
    let reason = check.text("reason", "启用理由", input.reason.as_deref(), 500);
    if !draft.is_tried() {
        check.wrong("version", "not_tried", "这份草稿还没有拿历史诉求试算（或者试算之后又改过），先试算再启用");
    }
    let from = match input.from.as_deref().map(str::trim).filter(|from| !from.is_empty()) {
        None => now,
        Some(text) => match text.parse::<Date>().ok().map(|date| (date, calendar.opening(date))) {
            None => {
                check.wrong("from", "bad_format", "起始日写成 2026-12-01 的形式，不填就是立即启用");
                now
            }
            Some((_, None)) => {
                check.wrong("from", "not_working", "这一天不上班，请选一个工作日");
                now
            }
            Some((_, Some(opening))) if opening <= now => {
                check.wrong("from", "in_the_past", "起始日要在今天之后；立即启用就不填");
                now
            }
            Some((_, Some(opening))) => opening,
        },
    };
    check.done()?;
    Ok((from, reason))
}
