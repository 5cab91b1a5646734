//! 提请批办、提请会办的请示: facts, powers, opinions, options, the ask.

use maud::{Markup, html};

use super::{Paper, ended};
use crate::city::ClockKind;
use crate::demands::actions::viewing::Whole;
use crate::demands::pages::without_numbers;
use crate::demands::rules::case::{Part, Request};
use crate::demands::rules::moves::Move;
use crate::demands::rules::vocabulary::{PartKind, ProceedingKind, RequestKind, Route};

/// Words of a mandate that are quoted.
const WORDS: usize = 6;
/// Characters of the submitter's words that are quoted.
const QUOTED: usize = 600;

/// 关于提请批办“……”诉求的请示
pub fn title(whole: &Whole, route: Route) -> String {
    let asks = match route {
        Route::Special => "专题会办",
        Route::Leader => "批办",
        _ => "协调解决",
    };
    format!("关于提请{asks}“{}”诉求的请示", without_numbers(&whole.case.demand.said.title))
}

/// Who is asked.
pub fn addressee(paper: &Paper<'_>, route: Route) -> String {
    match route {
        Route::Special => paper.unit(&paper.city().leading_group).to_owned(),
        Route::Leader => "市级分管领导".to_owned(),
        _ => paper.unit(&paper.city().dispatcher).to_owned(),
    }
}

/// The paper between addressee and signature.
pub fn body(paper: &Paper<'_>, route: Route) -> Markup {
    let units = concerned(paper);
    html! {
        p { (opening(paper, route)) }
        h2 { "一、基本情况" }
        (facts(paper))
        h2 { "二、已做的工作" }
        (done(paper))
        h2 { "三、有关单位职权" }
        @if units.is_empty() { p { "尚未交办到单位。" } }
        @for unit in &units { p { (powers(paper, unit)) } }
        @if !units.is_empty() { p { "以上按本市单位登记的职责摘录，以权责清单为准。" } }
        h2 { "四、各方意见" }
        (opinions(paper))
        h2 { "五、可供选择的办法" }
        @for (place, option) in options(paper, route, &units).iter().enumerate() { p { "（" (NUMBERS[place.min(NUMBERS.len() - 1)]) "）" (option) } }
        h2 { "六、请示事项" }
        p { (ask(paper, route)) }
        p { "妥否，请批示。" }
    }
}

const NUMBERS: [&str; 5] = ["一", "二", "三", "四", "五"];

/// The units that answered for it or were asked, each once, the present lead first.
fn concerned(paper: &Paper<'_>) -> Vec<String> {
    let case = &paper.whole.case;
    let assigned = paper.whole.history.iter().rev().filter_map(|entry| entry.value("lead_unit"));
    let suggested = case.requests.iter().filter_map(|request| request.suggested.as_deref());
    let asked = case.parts.iter().map(|part| part.unit.as_str());
    let mut units: Vec<String> = Vec::new();
    for unit in case.demand.lead_unit.as_deref().into_iter().chain(assigned).chain(asked).chain(suggested) {
        if !units.iter().any(|known| known == unit) {
            units.push(unit.to_owned());
        }
    }
    units
}

fn opening(paper: &Paper<'_>, route: Route) -> String {
    let demand = &paper.whole.case.demand;
    let raised = paper.whole.case.proceedings.iter().rev().find(|p| p.kind == ProceedingKind::Escalation);
    let firm = demand.said.enterprise_name.as_ref().map(|firm| format!("（{firm}）")).unwrap_or_default();
    let why = match raised {
        Some(raised) => format!("因{}", ended(&without_numbers(&raised.text))),
        None => format!("经研判，列为“{}”，办理形式为“{}”。", route.tier().label(), route.label()),
    };
    format!(
        "{}，通过{}收到{}{firm}反映“{}”的诉求（编号{}）。{why}现将有关情况和建议请示如下。",
        paper.day(demand.received_at),
        paper.city().channels.label(&demand.said.channel),
        demand.said.audience.label(),
        paper.subject(),
        demand.number,
    )
}

fn facts(paper: &Paper<'_>) -> Markup {
    let demand = &paper.whole.case.demand;
    let words = without_numbers(&demand.said.text);
    let quoted: String = words.chars().take(QUOTED).collect();
    let more = if words.chars().nth(QUOTED).is_some() { "……" } else { "" };
    let sorting = &demand.sorting;
    let theme = sorting.theme.as_ref().map(|code| paper.city().themes.label(code)).unwrap_or_default();
    let axes: Vec<&str> = [
        sorting.difficulty.map(|w| w.label()),
        sorting.breadth.map(|w| w.label()),
        sorting.policy_weight.map(|w| w.label()),
        sorting.scope.map(|w| w.label()),
        sorting.generality.map(|w| w.label()),
    ]
    .into_iter()
    .flatten()
    .collect();
    html! {
        p { "诉求人反映：" (quoted.split_whitespace().collect::<Vec<_>>().join("")) (more) }
        p {
            "该诉求属“" (theme) "”领域" @if !axes.is_empty() { "，经研判：" (axes.join("、")) } "。"
            @if !paper.whole.voices.is_empty() { "另有 " (paper.whole.voices.len()) " 件反映同一问题的诉求并入办理。" }
            @if let Some(area) = &demand.said.area { "地点：" (area) "。" }
        }
    }
}

/// What was done, in the order in which it was.
fn done(paper: &Paper<'_>) -> Markup {
    let whole = paper.whole;
    let mut steps: Vec<String> = Vec::new();
    for entry in &whole.history {
        let unit = entry.value("lead_unit").map(|code| paper.unit(code)).unwrap_or_default();
        let step = match Move::from_code(&entry.act) {
            Some(Move::Assign) => format!("交{unit}办理"),
            Some(Move::Redo) => "经回访没有办到位，退回重办".to_owned(),
            Some(Move::Consult) => "征求有关单位意见".to_owned(),
            Some(Move::Meet) => "召集会办".to_owned(),
            Some(Move::Instruct) => "市领导批示".to_owned(),
            Some(Move::Suspend) => "中止计时".to_owned(),
            _ => continue,
        };
        steps.push(format!("{}{step}", paper.day(entry.at)));
    }
    html! {
        @if steps.is_empty() { p { "已登记、研判，尚未交办。" } } @else { p { (steps.join("；")) "。" } }
        @for reply in &whole.replies {
            p {
                (paper.day(reply.at)) "，" (reply.unit.as_deref().map_or(reply.by_name.as_str(), |code| paper.unit(code))) "答复诉求人："
                (ended(&without_numbers(&reply.what.opinion)))
                @if !reply.what.policy_reading.is_empty() { "政策解读：" (ended(&without_numbers(&reply.what.policy_reading))) }
            }
        }
        @for callback in whole.case.callbacks.iter().filter(|callback| callback.solved == Some(false)) {
            p { "第 " (callback.round) " 次办理后回访，诉求人表示没有解决" @if let Some(note) = &callback.note { "：" (ended(&without_numbers(note))) } @else { "。" } }
        }
    }
}

fn powers(paper: &Paper<'_>, code: &str) -> String {
    let leads = paper.whole.case.demand.lead_unit.as_deref() == Some(code);
    let post = if leads { "（现承办）" } else { "" };
    match paper.whole.units.get(code).filter(|unit| !unit.mandate.is_empty()) {
        Some(unit) => {
            let words: Vec<&str> = unit.mandate.iter().take(WORDS).map(String::as_str).collect();
            format!("{}{post}：{}等职责。", unit.name, words.join("、"))
        }
        None => format!("{}{post}：本市单位登记没有列明。", paper.unit(code)),
    }
}

/// Every opinion as it was stated, and who has not answered.
fn opinions(paper: &Paper<'_>) -> Markup {
    let case = &paper.whole.case;
    let stated: Vec<&Part> = case.parts.iter().filter(|part| part.opinion.is_some()).collect();
    let silent: Vec<&str> = case
        .parts
        .iter()
        .filter(|part| part.opinion.is_none() && part.open())
        .map(|part| paper.unit(&part.unit))
        .collect();
    let concluded = case.proceedings.iter().filter(|p| p.kind == ProceedingKind::Consultation);
    html! {
        @if stated.is_empty() && silent.is_empty() && case.requests.is_empty() { p { "尚未征求其他单位意见。" } }
        @for part in stated { p { (opinion(paper, part)) } }
        @for request in &case.requests { p { (asked(paper, request)) } }
        @if !silent.is_empty() { p { "尚未答复：" (silent.join("、")) "。" } }
        @for result in concluded.filter_map(|p| p.result.as_ref()) { p { "会商结论：" (ended(&without_numbers(result))) } }
    }
}

/// One unit's opinion, word for word.
pub fn opinion(paper: &Paper<'_>, part: &Part) -> String {
    let stance = part.stance.map(|stance| format!("（{}）", stance.label())).unwrap_or_default();
    let kind = if part.kind == PartKind::Task { "办理情况" } else { "意见" };
    let words = without_numbers(part.opinion.as_deref().unwrap_or_default());
    format!("{}{kind}{stance}：{}", paper.unit(&part.unit), ended(&words))
}

fn asked(paper: &Paper<'_>, request: &Request) -> String {
    let what = match request.kind {
        RequestKind::Objection => "提出退件异议",
        RequestKind::Extension => "申请延期",
    };
    let ruled = match &request.ruling {
        None => "，尚未裁定".to_owned(),
        Some(ruling) => format!("，裁定{}", if ruling.granted { "成立" } else { "不成立" }),
    };
    let other = request.suggested.as_deref().map(|code| format!("，认为应由{}承办", paper.unit(code)));
    let reason = without_numbers(&request.reason);
    let reason = reason.trim_end_matches(['。', '；']);
    format!("{}{what}：{reason}{}{ruled}。", paper.unit(&request.unit), other.unwrap_or_default())
}

/// What could be decided, from what the record holds: who could lead, who would help.
fn options(paper: &Paper<'_>, route: Route, units: &[String]) -> Vec<String> {
    let case = &paper.whole.case;
    let lead = case.demand.lead_unit.as_deref().or(units.first().map(String::as_str));
    let mut options = Vec::new();
    let helpers = |lead: &str| -> String {
        let others: Vec<&str> = units.iter().filter(|unit| *unit != lead).map(|unit| paper.unit(unit)).collect();
        if others.is_empty() { String::new() } else { format!("，{}配合", others.join("、")) }
    };
    if let Some(lead) = lead {
        options.push(format!("由{}牵头{}，限期办结并答复诉求人。", paper.unit(lead), helpers(lead)));
    }
    let suggested = case.requests.iter().rev().find_map(|request| request.suggested.as_deref());
    if let Some(other) = suggested.filter(|other| Some(*other) != lead) {
        options.push(format!("按单位异议，改由{}牵头{}。", paper.unit(other), helpers(other)));
    }
    options.push(match route {
        Route::Special => "召开专题会议，议定措施、责任单位和完成时间，按阶段报告进展。".to_owned(),
        _ => "由市领导召集有关单位现场会办，当场明确责任单位和完成时间。".to_owned(),
    });
    options.push("现行政策不支持的，由牵头单位如实解读并答复，列入到期复查。".to_owned());
    options
}

fn ask(paper: &Paper<'_>, route: Route) -> String {
    let kind = if route == Route::Special { ClockKind::Major } else { ClockKind::Leader };
    let limit = paper.city().clock(kind).limit;
    let decides = match route {
        Route::Special => "恳请将该诉求列入专题会办",
        _ => "恳请就该诉求作出批示",
    };
    format!("{decides}，明确牵头单位、协办单位和工作目标；办理时限建议为{}。", limit_words(limit))
}

fn limit_words(limit: kernel::worktime::Limit) -> String {
    match limit {
        kernel::worktime::Limit::WorkingDays(days) => format!("{days}个工作日（本市配置值），自交办次日起算"),
        kernel::worktime::Limit::WorkingMinutes(minutes) => format!("{}个办公小时（本市配置值）", minutes / 60),
    }
}
