//! 经过: what happened to a demand, from its ledger. What the submitter sees and what stays inside never look alike.

use kernel::Instant;
use maud::{Markup, html};
use store::RecordedEntry;

use super::look::Look;
use crate::demands::actions::{recomputing, succeeding};
use crate::demands::rules::fields::Task;
use crate::demands::rules::moves::{MOVES, Move};
use crate::demands::rules::vocabulary::{ClockName, DemandKind, Grade, Outcome, Route, Tier, Word};
use crate::demands::rules::wanted::{Field as Wanted, FieldKind};

/// Where a line belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    /// The submitter said it or will read it.
    Outside,
    /// Only staff see it.
    Inside,
}

/// One line of the history.
struct Line {
    side: Side,
    what: String,
    facts: Vec<(&'static str, String)>,
    said: Vec<(&'static str, String)>,
    note: Vec<String>,
}

impl Line {
    fn new(side: Side, what: impl Into<String>) -> Self {
        Self { side, what: what.into(), facts: Vec::new(), said: Vec::new(), note: Vec::new() }
    }

    fn fact(mut self, name: &'static str, value: Option<String>) -> Self {
        self.facts.extend(value.filter(|v| !v.is_empty()).map(|value| (name, value)));
        self
    }

    fn said(mut self, name: &'static str, value: Option<String>) -> Self {
        self.said.extend(value.filter(|v| !v.is_empty()).map(|value| (name, value)));
        self
    }

    fn note(mut self, value: Option<String>) -> Self {
        self.note.extend(value.filter(|v| !v.is_empty()));
        self
    }
}

/// The entries, newest first.
pub fn lines(look: &Look, entries: &[RecordedEntry]) -> Markup {
    html! { @for entry in entries.iter().rev() { (draw(look, entry, &line(look, entry))) } }
}

fn draw(look: &Look, entry: &RecordedEntry, line: &Line) -> Markup {
    let by_public = entry.actor_id.is_none();
    html! {
        div.line.in[line.side == Side::Inside] {
            b { (entry.actor) }
            @if let Some(behalf) = &entry.on_behalf { "（代" (behalf) "）" }
            " " (line.what) " " (look.when(entry.at))
            @if !line.facts.is_empty() {
                div.small.muted { @for (place, (name, value)) in line.facts.iter().enumerate() { @if place > 0 { " · " } (name) "：" (value) } }
            }
            @if !line.said.is_empty() {
                div.said {
                    p.small.muted { (if by_public { "诉求人说" } else { "诉求人看得到" }) }
                    @for (name, value) in &line.said { p { @if !name.is_empty() { b { (name) "：" } } (value) } }
                }
            }
            @for note in &line.note { div.note { (note) } }
        }
    }
}

fn line(look: &Look, entry: &RecordedEntry) -> Line {
    let field = |name: &str| field(entry, name);
    match Move::from_code(&entry.act) {
        Some(make) => of_move(look, entry, make),
        None => match entry.act.as_str() {
            "register" => {
                Line::new(Side::Outside, "登记").fact("渠道", field("channel").map(|c| look.city().channels.label(&c)))
            }
            "import" => Line::new(Side::Outside, "从原系统转入").fact("来源", field("source")),
            "note" => Line::new(Side::Inside, "内部记录").note(field("text")),
            "check_item" => Line::new(Side::Inside, "勾选办理清单").fact("事项", field("item")),
            "uncheck_item" => Line::new(Side::Inside, "取消勾选办理清单").fact("事项", field("item")),
            "rate" => Line::new(Side::Outside, "评价")
                .fact("满意度", field("grade").map(label::<Grade>))
                .said("理由", field("reasons").map(|r| r.replace('\n', "、")))
                .said("", field("text")),
            "shared_reply" => Line::new(Side::Outside, "与合并办理的诉求一起答复").fact("编号", field("number")),
            "shared_end" => Line::new(Side::Outside, "合并办理的诉求已经结束").fact("编号", field("number")),
            "belong" => Line::new(Side::Inside, "归入共性问题").fact("编号", field("issue")),
            "leave" => Line::new(Side::Inside, "移出共性问题").fact("编号", field("issue")),
            "issue_answer" => Line::new(Side::Inside, "采用共性问题的统一答复").fact("编号", field("issue")),
            "withdraw_by_submitter" => Line::new(Side::Outside, "撤回诉求").said("理由", field("reason")),
            "ledger.erase" => {
                Line::new(Side::Inside, "依法删除个人信息").note(field("reason").map(|r| format!("理由：{r}")))
            }
            "unmask" => Line::new(Side::Inside, "查看联系方式").note(field("reason").map(|r| format!("理由：{r}"))),
            recomputing::ACT => Line::new(Side::Inside, "工作日历调整，时限随之改变")
                .fact("时限", field("clock").map(label::<ClockName>))
                .fact("原到期", field("old_due").map(|due| moment(look, &due)))
                .fact("新到期", field("new_due").map(|due| moment(look, &due)))
                .fact("原因", field("reason")),
            succeeding::ACT => Line::new(Side::Inside, "原单位撤销，由接续单位办理，时限不变")
                .fact("原单位", field("old_unit").map(|unit| look.unit(&unit)))
                .fact("接续单位", field("new_unit").map(|unit| look.unit(&unit))),
            other => other_act(entry, other),
        },
    }
}

fn of_move(look: &Look, entry: &RecordedEntry, make: Move) -> Line {
    let field = |name: &str| field(entry, name);
    let yes = |value: String| (if value == "true" { "是" } else { "否" }).to_owned();
    match make {
        Move::Triage => Line::new(Side::Inside, "研判")
            .fact("清单", field("kind").map(label::<DemandKind>))
            .fact("领域", field("theme").map(|theme| look.city().themes.label(&theme)))
            .fact("层级", field("tier").map(label::<Tier>))
            .fact("办理形式", field("route").map(label::<Route>))
            .note(field("note")),
        Move::Assign => {
            Line::new(Side::Inside, format!("交办，牵头 {}", look.unit(&field("lead_unit").unwrap_or_default())))
                .fact("协办", units(look, field("co_units")))
                .fact("目标", field("goal"))
                .fact("指定时限", field("due_on"))
                .fact("依据", field("basis"))
                .note(field("reason").map(|reason| format!("改派理由：{reason}")))
        }
        Move::Acknowledge => Line::new(Side::Inside, "签收"),
        Move::FirstContact => Line::new(Side::Inside, "先行联系诉求人").note(field("note")),
        Move::AnswerAtOnce => Line::new(Side::Outside, "当场答复").said("答复", field("opinion")).note(field("note")),
        Move::Reply => MOVES
            .iter()
            .find(|row| row.make == Move::Reply)
            .into_iter()
            .flat_map(|row| row.needs)
            .fold(Line::new(Side::Outside, "答复诉求人"), |line, part| line.said(part.label, field(part.name))),
        Move::Callback => {
            Line::new(Side::Inside, if field("reached").as_deref() == Some("true") { "回访" } else { "回访，未接通" })
                .fact("是否解决", field("solved").map(yes))
                .fact("满意度", field("grade").map(label::<Grade>))
                .note(field("note"))
        }
        Move::Close => Line::new(Side::Inside, "办结")
            .fact("结果", field("outcome").map(label::<Outcome>))
            .fact("复查日期", field("review_on"))
            .note(field("note")),
        Move::Redo => Line::new(Side::Inside, "退回重办").note(field("reason")),
        Move::Decline => Line::new(Side::Outside, "不予受理")
            .said("情形", field("ground").map(|ground| ground_label(look, ground)))
            .said("说明", field("note")),
        Move::Transfer => {
            Line::new(Side::Outside, "转送").said("接收单位", field("receiver")).said("理由", field("reason"))
        }
        Move::Withdraw => Line::new(Side::Inside, "代诉求人撤回").note(field("reason")),
        other => given(look, entry, other),
    }
}

/// A move without a line of its own: what was filled in, under the names of its fields.
fn given(look: &Look, entry: &RecordedEntry, make: Move) -> Line {
    let rows = MOVES.iter().filter(|row| row.make == make);
    let mut wanted: Vec<&Wanted> = Vec::new();
    for field in rows.flat_map(|row| row.needs) {
        if !wanted.iter().any(|known| known.name == field.name) {
            wanted.push(field);
        }
    }
    wanted.into_iter().fold(Line::new(Side::Inside, make.label()), |line, wanted| {
        let Some(value) = field(entry, wanted.name) else { return line };
        match wanted.kind {
            FieldKind::Text { long: true, .. } => line.note(Some(format!("{}：{value}", wanted.label))),
            _ => line.fact(wanted.label, Some(in_words(look, wanted, &value))),
        }
    })
}

fn in_words(look: &Look, wanted: &Wanted, value: &str) -> String {
    let yes = if value == "true" { "是" } else { "否" };
    match wanted.kind {
        FieldKind::Flag => yes.to_owned(),
        FieldKind::Choice(choices) => {
            choices.iter().find(|(code, _)| *code == value).map_or(value, |(_, label)| label).to_owned()
        }
        FieldKind::Unit => look.unit(value),
        FieldKind::Units => units(look, Some(value.to_owned())).unwrap_or_default(),
        FieldKind::Tasks => {
            let tasks: Vec<Task> = serde_json::from_str(value).unwrap_or_default();
            let said = tasks.iter().map(|t| format!("{} {}", look.unit(&t.unit), t.task));
            said.collect::<Vec<_>>().join("；")
        }
        FieldKind::Ground(kind) => {
            look.city().grounds.find(kind, value).map_or_else(|| value.to_owned(), |g| g.label.clone())
        }
        FieldKind::Theme => look.city().themes.label(value),
        _ => value.to_owned(),
    }
}

fn units(look: &Look, codes: Option<String>) -> Option<String> {
    codes.map(|codes| codes.split(',').map(|unit| look.unit(unit)).collect::<Vec<_>>().join("、"))
}

/// A moment of the ledger as people say it; what is no moment stands for itself.
fn moment(look: &Look, text: &str) -> String {
    Instant::parse(text).map_or_else(|| text.to_owned(), |at| look.stamp(at))
}

fn ground_label(look: &Look, code: String) -> String {
    look.city().ground("decline", &code).map_or(code, |ground| ground.label.clone())
}

/// An act of a room that this page does not know in particular: its fields as they are.
fn other_act(entry: &RecordedEntry, act: &str) -> Line {
    let fields: Vec<String> =
        entry.fields.iter().map(|f| format!("{}：{}", f.name, f.value.as_deref().unwrap_or(ERASED))).collect();
    Line::new(Side::Inside, act_label(act)).note(Some(fields.join("\n")))
}

fn act_label(act: &str) -> String {
    match act {
        store::ERASE => "依法删除一项内容".to_owned(),
        other => other.to_owned(),
    }
}

const ERASED: &str = "（已依法删除）";

/// A field's value; one that was erased says so.
fn field(entry: &RecordedEntry, name: &str) -> Option<String> {
    let field = entry.fields.iter().find(|f| f.name == name)?;
    Some(field.value.clone().unwrap_or_else(|| ERASED.to_owned()))
}

fn label<W: Word>(code: String) -> String {
    W::CHOICES.iter().find(|(known, _)| *known == code).map_or(code, |(_, label)| (*label).to_owned())
}
