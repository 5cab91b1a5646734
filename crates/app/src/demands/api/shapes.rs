//! What the API says: the shapes of demands as JSON, each code with its Chinese label beside it.

use kernel::Instant;
use kernel::worktime::Calendar;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::together::{HolderView, PartView, ProceedingView, RequestView};
use crate::city::City;
use crate::demands::actions::listing::Summary;
use crate::demands::actions::proposing::Proposal;
use crate::demands::actions::viewing::{self, Progress, Whole};
use crate::demands::rules::case::DemandClock;
use crate::demands::rules::clocks;
use crate::demands::rules::moves::Row;
use crate::demands::rules::wanted::FieldKind;
use crate::units;

/// What somebody says to the city.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body; the rules read it field by field, to name every wrong one")]
pub struct NewDemand {
    /// `public`, `entrepreneur` or `service_recipient`.
    #[schema(pattern = "^(public|entrepreneur|service_recipient)$")]
    audience: String,
    /// `opinion`, `suggestion` or `matter`.
    #[schema(pattern = "^(opinion|suggestion|matter)?$")]
    kind: Option<String>,
    /// At most 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    title: String,
    /// At most 20,000 characters.
    #[schema(min_length = 1, max_length = 20_000)]
    text: String,
    /// A theme's code.
    theme: Option<String>,
    /// A channel's code; staff only.
    channel: Option<String>,
    /// The firm.
    enterprise: Option<NewEnterprise>,
    /// Whom to call.
    contact: Option<NewContact>,
    /// The street or park, in words.
    #[schema(max_length = 100)]
    area: Option<String>,
    /// The system it came from; staff only. With `source_id`, a second sending gives the first receipt again.
    source: Option<String>,
    /// Its number there.
    source_id: Option<TextOrNumber>,
    /// Files, each as `{name, data}` with `data` in base64; at most 5.
    #[schema(max_items = 5)]
    attachments: Option<Vec<NewAttachment>>,
    /// What was answered at once in the name of the own unit; staff only. Needs `theme`.
    answer: Option<NewAnswer>,
}

/// An answer at once (能够当场告知的，应当场告知).
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body")]
pub struct NewAnswer {
    /// What was answered; one line is enough.
    #[schema(max_length = 4000)]
    opinion: String,
    /// What the caller said to it; internal, no call-back.
    #[schema(max_length = 200)]
    note: Option<String>,
}

/// Digits, which other systems write as a text or as a number.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum TextOrNumber {
    /// As a text.
    Text(String),
    /// As a number.
    Number(f64),
}

/// The firm that speaks.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body")]
pub struct NewEnterprise {
    /// 统一社会信用代码, 18 characters.
    uscc: Option<String>,
    /// The name.
    name: Option<String>,
}

/// Whom to call.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body")]
pub struct NewContact {
    /// The person's name.
    name: Option<String>,
    /// 7 to 15 digits.
    phone: Option<TextOrNumber>,
    /// An e-mail address.
    email: Option<String>,
}

/// A file.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body")]
pub struct NewAttachment {
    /// Its name.
    name: String,
    /// Its bytes in base64.
    data: String,
}

/// A move; the fields beside `version` are those that the demand's `moves` list for it.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body")]
pub struct MoveInput {
    /// The version of the demand that the caller saw.
    version: i64,
    /// The fields of the move.
    #[serde(flatten)]
    #[schema(additional_properties)]
    fields: std::collections::BTreeMap<String, Value>,
}

/// One demand in a list.
#[derive(Serialize, ToSchema)]
pub struct DemandRow {
    /// The number.
    pub number: String,
    /// The version.
    pub version: i64,
    /// The title.
    pub title: String,
    /// The entrance.
    pub audience: &'static str,
    /// In Chinese.
    pub audience_label: &'static str,
    /// The channel's code.
    pub channel: String,
    /// In Chinese.
    pub channel_label: String,
    /// The firm's name.
    pub enterprise: Option<String>,
    /// Where it stands.
    pub status: &'static str,
    /// In Chinese.
    pub status_label: &'static str,
    /// `opinion`, `suggestion`, `matter`.
    pub kind: Option<&'static str>,
    /// The theme's code.
    pub theme: Option<String>,
    /// In Chinese.
    pub theme_label: Option<String>,
    /// The tier.
    pub tier: Option<&'static str>,
    /// The route.
    pub route: Option<&'static str>,
    /// 紧急
    pub urgent: bool,
    /// The lead unit's code.
    pub lead_unit: Option<String>,
    /// In Chinese.
    pub lead_unit_label: Option<String>,
    /// When it was received.
    pub received_at: String,
    /// When the next clock is due.
    pub due_on: Option<String>,
    /// Whether that has passed.
    pub overdue: bool,
    /// Where the words that were searched for stand: text, and whether it is a hit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub snippet: Vec<SnippetPiece>,
}

/// A stretch of a snippet.
#[derive(Serialize, ToSchema)]
pub struct SnippetPiece {
    /// The text.
    pub text: String,
    /// Whether it was searched for.
    pub hit: bool,
}

/// A page of demands.
#[derive(Serialize, ToSchema)]
pub struct DemandPage {
    /// The rows.
    pub items: Vec<DemandRow>,
    /// The cursor of the next page.
    pub next: Option<String>,
    /// Words that were searched for as well, because they mean the same; `exact=true` leaves them out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
}

/// A list that is short enough to come whole.
#[derive(Serialize, ToSchema)]
pub struct Listed<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Always null: there is no next page.
    pub next: Option<String>,
}

impl<T> Listed<T> {
    /// All of it.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}

/// How codes and instants become words: the city, its units, its zone, and now.
pub struct Speaking<'a> {
    /// The city.
    pub city: &'a City,
    /// The names of its units.
    pub units: &'a units::UnitNames,
    /// The calendar in force.
    pub calendar: &'a Calendar,
    /// Now.
    pub now: Instant,
}

impl Speaking<'_> {
    /// An instant as the API writes it.
    pub fn time(&self, at: Instant) -> String {
        at.rfc3339(&self.city.zone)
    }

    /// A row of a list.
    pub fn row(&self, s: Summary) -> DemandRow {
        DemandRow {
            audience: s.audience.code(),
            audience_label: s.audience.label(),
            channel_label: self.city.channels.label(&s.channel),
            channel: s.channel,
            number: s.number,
            version: s.version,
            title: s.title,
            enterprise: s.enterprise_name,
            status: s.status.code(),
            status_label: s.status.label(),
            kind: s.kind.map(|w| w.code()),
            theme_label: s.theme.as_deref().map(|t| self.city.themes.label(t)),
            theme: s.theme,
            tier: s.tier.map(|w| w.code()),
            route: s.route.map(|w| w.code()),
            urgent: s.urgent,
            lead_unit_label: s.lead_unit.as_deref().map(|u| self.units.short_name(u).to_owned()),
            lead_unit: s.lead_unit,
            received_at: self.time(s.received_at),
            due_on: s.due_at.map(|at| self.time(at)),
            overdue: s.due_at.is_some_and(|at| at < self.now),
            snippet: s.snippet.into_iter().map(|p| SnippetPiece { text: p.text, hit: p.hit }).collect(),
        }
    }
}

/// A demand, whole.
#[derive(Serialize, ToSchema)]
pub struct DemandView {
    /// The number.
    pub number: String,
    /// The version; a move names it.
    pub version: i64,
    /// Where it stands.
    pub status: &'static str,
    /// In Chinese.
    pub status_label: &'static str,
    /// The entrance.
    pub audience: &'static str,
    /// In Chinese.
    pub audience_label: &'static str,
    /// The title.
    pub title: String,
    /// The submitter's words.
    pub text: String,
    /// The channel's code.
    pub channel: String,
    /// In Chinese.
    pub channel_label: String,
    /// The firm's name.
    pub enterprise: Option<String>,
    /// Whom to call, masked.
    pub contact: ContactView,
    /// The street or park.
    pub area: Option<String>,
    /// The system it came from.
    pub source: Option<String>,
    /// Its number there.
    pub source_id: Option<String>,
    /// When it was received; no move changes it.
    pub received_at: String,
    /// `opinion`, `suggestion`, `matter`.
    pub kind: Option<&'static str>,
    /// In Chinese.
    pub kind_label: Option<&'static str>,
    /// The theme's code.
    pub theme: Option<String>,
    /// In Chinese.
    pub theme_label: Option<String>,
    /// 难易程度
    pub difficulty: Option<&'static str>,
    /// 涉及范围
    pub breadth: Option<&'static str>,
    /// 政策属性
    pub policy_weight: Option<&'static str>,
    /// 全局或部门
    pub scope: Option<&'static str>,
    /// 共性或个性
    pub generality: Option<&'static str>,
    /// 政策或程序
    pub policy_axis: Option<&'static str>,
    /// 层级
    pub tier: Option<&'static str>,
    /// In Chinese.
    pub tier_label: Option<&'static str>,
    /// 办理形式
    pub route: Option<&'static str>,
    /// In Chinese.
    pub route_label: Option<&'static str>,
    /// 紧急
    pub urgent: bool,
    /// The lead unit's code.
    pub lead_unit: Option<String>,
    /// In Chinese.
    pub lead_unit_label: Option<String>,
    /// What it is to reach.
    pub goal: Option<String>,
    /// On what the assignment rests.
    pub basis: Option<String>,
    /// 1, and one more for each redo.
    pub round: i64,
    /// Who holds it, by name.
    pub holder: String,
    /// Since when.
    pub since: String,
    /// What it waits for.
    pub waiting_for: &'static str,
    /// When the next clock is due.
    pub due_on: Option<String>,
    /// Whether that has passed.
    pub overdue: bool,
    /// When it was closed last.
    pub closed_at: Option<String>,
    /// When it was closed first.
    pub first_closed_at: Option<String>,
    /// What came of it.
    pub outcome: Option<&'static str>,
    /// In Chinese.
    pub outcome_label: Option<&'static str>,
    /// Why it ended without a reply, or to whom it went.
    pub end_note: Option<String>,
    /// Its clocks, oldest first.
    pub clocks: Vec<ClockView>,
    /// Every unit that it was handed to, in their order: more than one is a transfer.
    pub holders: Vec<HolderView>,
    /// What units beside the lead were asked, oldest first.
    pub parts: Vec<PartView>,
    /// What units asked for, oldest first.
    pub requests: Vec<RequestView>,
    /// What was decided on the record, oldest first.
    pub proceedings: Vec<ProceedingView>,
    /// The numbers of the demands that were joined to it.
    pub voices: Vec<String>,
    /// The number of the demand that is handled for it.
    pub merged_into: Option<String>,
    /// Its replies, oldest first.
    pub replies: Vec<ReplyView>,
    /// Its call-backs, oldest first.
    pub callbacks: Vec<CallbackView>,
    /// The submitter's ratings.
    pub ratings: Vec<RatingView>,
    /// Its files.
    pub attachments: Vec<AttachmentView>,
    /// The moves that this user may make now.
    pub moves: Vec<MoveView>,
    /// What the program would propose, as long as there is something to decide.
    pub proposal: Option<Proposal>,
    /// The process version that it started under and keeps.
    pub process: i64,
}

/// Whom to call.
#[derive(Serialize, ToSchema)]
pub struct ContactView {
    /// The name.
    pub name: Option<String>,
    /// The number.
    pub phone: Option<String>,
    /// The address.
    pub email: Option<String>,
}

/// A clock.
#[derive(Serialize, ToSchema)]
pub struct ClockView {
    /// Which one.
    pub name: &'static str,
    /// In Chinese.
    pub label: &'static str,
    /// The round it belongs to.
    pub round: i64,
    /// The unit whose clock it is.
    pub unit: Option<String>,
    /// When it began.
    pub started_at: String,
    /// When it is due.
    pub due_at: String,
    /// Whether it stands still.
    pub paused: bool,
    /// When it stopped.
    pub stopped_at: Option<String>,
    /// Whether it is, or ended, past its due.
    pub late: bool,
    /// How it stands, in words.
    pub standing: String,
    /// Where its length comes from.
    pub source: String,
    /// The derivation, day by day.
    pub derivation_url: String,
}

/// A reply.
#[derive(Serialize, ToSchema)]
pub struct ReplyView {
    /// 政策解读
    pub policy_reading: String,
    /// 办理措施
    pub measures: String,
    /// 处理意见
    pub opinion: String,
    /// The unit, by name.
    pub unit: Option<String>,
    /// When.
    pub at: String,
}

/// A call-back.
#[derive(Serialize, ToSchema)]
pub struct CallbackView {
    /// The round it asked about.
    pub round: i64,
    /// Whether anybody answered.
    pub reached: bool,
    /// Whether it is solved, as the submitter says.
    pub solved: Option<bool>,
    /// The submitter's grade.
    pub grade: Option<&'static str>,
    /// What was said.
    pub note: Option<String>,
}

/// A rating.
#[derive(Serialize, ToSchema)]
pub struct RatingView {
    /// The grade.
    pub grade: &'static str,
    /// In Chinese.
    pub grade_label: &'static str,
    /// Reasons.
    pub reasons: Vec<String>,
    /// Free text.
    pub text: Option<String>,
    /// When.
    pub at: String,
}

/// A file.
#[derive(Serialize, ToSchema)]
pub struct AttachmentView {
    /// Its name.
    pub name: String,
    /// Its type, found by content.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// Where to fetch it.
    pub url: String,
}

/// A move that may be made now.
#[derive(Serialize, ToSchema)]
pub struct MoveView {
    /// Its name, as in the address.
    pub name: &'static str,
    /// The word on the button.
    pub label: &'static str,
    /// The clock that it must keep.
    pub within: Option<&'static str>,
    /// Its fields.
    pub fields: Vec<FieldView>,
}

/// A field of a move.
#[derive(Serialize, ToSchema)]
pub struct FieldView {
    /// Its name.
    pub name: &'static str,
    /// In Chinese.
    pub label: &'static str,
    /// `text`, `choice`, `flag`, `theme`, `unit`, `units` (a list of codes), `tasks` (a list of `{unit, task, due_on}`), `ground`,
    /// `date`, `past_date`, `days` (a number), `demand` (a number).
    pub kind: &'static str,
    /// Whether it is needed.
    pub required: bool,
    /// A sentence of help.
    pub hint: &'static str,
    /// The codes it takes, where it is a choice or a ground.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<ChoiceView>,
}

/// A code with its label.
#[derive(Serialize, ToSchema)]
pub struct ChoiceView {
    /// The code.
    pub code: String,
    /// In Chinese.
    pub label: String,
}

impl Speaking<'_> {
    /// A demand, whole.
    pub fn whole(&self, whole: Whole, proposal: Option<Proposal>) -> DemandView {
        let Whole { case, replies, ratings, attachments, moves, voices, merged_into, process, .. } = whole;
        let next = case.next_clock().map(|c| c.due_at);
        let clocks = case.clocks.iter().enumerate();
        let clocks = clocks.map(|(position, clock)| self.clock(&case.demand.number, position, clock)).collect();
        let (parts, voices) = (self.parts(&case), voices.into_iter().map(|voice| voice.number).collect());
        let holders = self.holders(&case);
        let d = case.demand;
        DemandView {
            holders,
            parts,
            requests: case.requests.iter().map(|request| self.request(request)).collect(),
            proceedings: case.proceedings.iter().map(|proceeding| self.proceeding(proceeding)).collect(),
            voices,
            merged_into,
            status: d.status.code(),
            status_label: d.status.label(),
            audience: d.said.audience.code(),
            audience_label: d.said.audience.label(),
            channel_label: self.city.channels.label(&d.said.channel),
            contact: ContactView {
                name: d.said.contact_name.as_deref().map(text::redact::mask_name),
                phone: d.said.contact_phone.as_deref().map(text::redact::mask_phone),
                email: d.said.contact_email.as_deref().map(|_| "***".to_owned()),
            },
            received_at: self.time(d.received_at),
            kind: d.sorting.kind.map(|w| w.code()),
            kind_label: d.sorting.kind.map(|w| w.label()),
            theme_label: d.sorting.theme.as_deref().map(|t| self.city.themes.label(t)),
            difficulty: d.sorting.difficulty.map(|w| w.code()),
            breadth: d.sorting.breadth.map(|w| w.code()),
            policy_weight: d.sorting.policy_weight.map(|w| w.code()),
            scope: d.sorting.scope.map(|w| w.code()),
            generality: d.sorting.generality.map(|w| w.code()),
            policy_axis: d.sorting.policy_axis.map(|w| w.code()),
            tier: d.sorting.tier.map(|w| w.code()),
            tier_label: d.sorting.tier.map(|w| w.label()),
            route: d.sorting.route.map(|w| w.code()),
            route_label: d.sorting.route.map(|w| w.label()),
            urgent: d.sorting.urgent,
            lead_unit_label: d.lead_unit.as_deref().map(|u| self.units.short_name(u).to_owned()),
            holder: viewing::holder(&d, self.units, self.city.dispatcher_name()),
            since: self.time(d.held_since),
            waiting_for: viewing::waiting_for(d.status),
            due_on: next.map(|at| self.time(at)),
            overdue: next.is_some_and(|at| at < self.now),
            closed_at: d.closed_at.map(|at| self.time(at)),
            first_closed_at: d.first_closed_at.map(|at| self.time(at)),
            outcome: d.outcome.map(|w| w.code()),
            outcome_label: d.outcome.map(|w| w.label()),
            clocks,
            replies: replies
                .into_iter()
                .map(|r| ReplyView {
                    policy_reading: r.what.policy_reading,
                    measures: r.what.measures,
                    opinion: r.what.opinion,
                    unit: r.unit.as_deref().map(|u| self.units.short_name(u).to_owned()),
                    at: self.time(r.at),
                })
                .collect(),
            callbacks: case
                .callbacks
                .into_iter()
                .map(|c| CallbackView {
                    round: c.round,
                    reached: c.reached,
                    solved: c.solved,
                    grade: c.grade.map(|g| g.code()),
                    note: c.note,
                })
                .collect(),
            ratings: ratings
                .into_iter()
                .map(|r| RatingView {
                    grade: r.grade.code(),
                    grade_label: r.grade.label(),
                    reasons: r.reasons,
                    text: r.text,
                    at: self.time(r.at),
                })
                .collect(),
            attachments: attachments
                .into_iter()
                .map(|file| AttachmentView {
                    url: format!("/demands/{}/attachments/{}", d.number, file.id),
                    name: file.name,
                    media_type: file.media_type,
                    size: file.size,
                })
                .collect(),
            moves: moves.into_iter().map(|row| self.a_move(row)).collect(),
            proposal,
            process,
            number: d.number,
            version: d.version,
            title: d.said.title,
            text: d.said.text,
            channel: d.said.channel,
            enterprise: d.said.enterprise_name,
            area: d.said.area,
            source: d.said.source,
            source_id: d.said.source_id,
            theme: d.sorting.theme,
            lead_unit: d.lead_unit,
            goal: d.goal,
            basis: d.basis,
            round: d.round,
            end_note: d.end_note,
        }
    }

    fn clock(&self, number: &str, position: usize, clock: &DemandClock) -> ClockView {
        let standing = match clock.stopped_at {
            None => viewing::standing(clock, self.calendar, self.now).words,
            Some(stopped) if stopped > clock.due_at => "逾期完成".to_owned(),
            Some(_) => "按时完成".to_owned(),
        };
        ClockView {
            name: clock.name.code(),
            label: clock.name.label(),
            round: clock.round,
            unit: clock.unit.clone(),
            started_at: self.time(clock.started_at),
            due_at: self.time(clock.due_at),
            paused: clock.paused_since().is_some(),
            stopped_at: clock.stopped_at.map(|at| self.time(at)),
            late: clock.stopped_at.or(clock.paused_since()).unwrap_or(self.now) > clock.due_at,
            standing,
            source: clock.source.clone(),
            derivation_url: format!("/api/v1/demands/{number}/clocks/{position}"),
        }
    }

    fn a_move(&self, row: &Row) -> MoveView {
        let fields = row.needs.iter().map(|field| FieldView {
            name: field.name,
            label: field.label,
            kind: kind_name(field.kind),
            required: field.required,
            hint: field.hint,
            choices: self.choices(field.kind),
        });
        let within = row.within.map(|clock| clock.code());
        MoveView { name: row.make.code(), label: row.make.label(), within, fields: fields.collect() }
    }

    fn choices(&self, kind: FieldKind) -> Vec<ChoiceView> {
        let choice = |code: &str, label: &str| ChoiceView { code: code.to_owned(), label: label.to_owned() };
        match kind {
            FieldKind::Choice(words) => words.iter().map(|(code, label)| choice(code, label)).collect(),
            FieldKind::Ground(kind) => self.city.grounds.list(kind).iter().map(|g| choice(&g.code, &g.label)).collect(),
            _ => Vec::new(),
        }
    }

    /// A demand's progress.
    pub fn progress(&self, progress: Progress) -> ProgressView {
        ProgressView {
            number: progress.number,
            status: progress.status.code(),
            status_label: progress.status.label(),
            holder: progress.holder,
            helpers: progress.helpers,
            since: self.time(progress.since),
            waiting_for: progress.waiting_for,
            next_step: progress.next_step,
            due_on: progress.due.map(|at| self.time(at)),
            timeline: progress
                .timeline
                .into_iter()
                .map(|step| StepView { at: self.time(step.at), what: step.what, said: step.said })
                .collect(),
            replies: progress
                .replies
                .into_iter()
                .map(|r| ReplyView {
                    policy_reading: r.what.policy_reading,
                    measures: r.what.measures,
                    opinion: r.what.opinion,
                    unit: r.unit.as_deref().map(|u| self.units.short_name(u).to_owned()),
                    at: self.time(r.at),
                })
                .collect(),
        }
    }
}

fn kind_name(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text { .. } => "text",
        FieldKind::Choice(_) => "choice",
        FieldKind::Flag => "flag",
        FieldKind::Theme => "theme",
        FieldKind::Unit => "unit",
        FieldKind::Ground(_) => "ground",
        FieldKind::Date => "date",
        FieldKind::PastDate => "past_date",
        FieldKind::Units => "units",
        FieldKind::Tasks => "tasks",
        FieldKind::Days { .. } => "days",
        FieldKind::Demand => "demand",
    }
}

/// The derivation of a clock.
#[derive(Serialize, ToSchema)]
pub struct DerivationView {
    /// Which clock.
    pub name: &'static str,
    /// When it began.
    pub started_at: String,
    /// When it is due.
    pub due_at: String,
    /// Where its length comes from.
    pub source: String,
    /// The rule and the days; absent where somebody set the date by hand.
    #[schema(value_type = Option<Object>)]
    pub derivation: Option<kernel::worktime::TimerDerivation>,
}

impl Speaking<'_> {
    /// How a clock's end follows.
    pub fn derivation(&self, clock: &DemandClock) -> kernel::Result<DerivationView> {
        Ok(DerivationView {
            name: clock.name.code(),
            started_at: self.time(clock.started_at),
            due_at: self.time(clock.due_at),
            source: clock.source.clone(),
            derivation: clocks::derive(clock, self.calendar)?,
        })
    }
}

/// A demand's progress, for whoever holds the code.
#[derive(Serialize, ToSchema)]
pub struct ProgressView {
    /// The number.
    pub number: String,
    /// Where it stands.
    pub status: &'static str,
    /// In Chinese.
    pub status_label: &'static str,
    /// Who holds it, by name.
    pub holder: String,
    /// The other units that still owe their part, by name.
    pub helpers: Vec<String>,
    /// Since when.
    pub since: String,
    /// What it waits for.
    pub waiting_for: &'static str,
    /// What comes next.
    pub next_step: String,
    /// By when.
    pub due_on: Option<String>,
    /// What happened, oldest first.
    pub timeline: Vec<StepView>,
    /// The replies.
    pub replies: Vec<ReplyView>,
}

/// One step of a timeline.
#[derive(Serialize, ToSchema)]
pub struct StepView {
    /// When.
    pub at: String,
    /// What happened.
    pub what: String,
    /// What the submitter was told.
    pub said: Option<String>,
}

/// One act in a demand's ledger.
#[derive(Serialize, ToSchema)]
pub struct EventView {
    /// Its place in the demand's chain, from 1.
    pub seq: i64,
    /// When.
    pub at: String,
    /// Who.
    pub actor: String,
    /// On whose behalf.
    pub on_behalf: Option<String>,
    /// What.
    pub act: String,
    /// Its fields; personal ones masked, erased ones `null`.
    #[schema(value_type = Object)]
    pub fields: serde_json::Map<String, Value>,
    /// The hash of the entry before.
    pub prev: String,
    /// Its own hash.
    pub hash: String,
}
