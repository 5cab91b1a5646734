//! What the demonstration's people keep at hand: phrases, one of them past its term, and macros. All of it is invented; the
//! documents cited exist in the demonstration only.

use jiff::{Span, ToSpan};
use kernel::{Actor, Instant, Result};
use serde_json::{Value, json};

use super::account;
use crate::context::App;
use crate::demands::macros::{self, MacroInput, Step};
use crate::demands::rules::moves::Move;
use crate::phrases::{self, PhraseInput};

/// Scope, place, title, text, citation.
type Kept = (&'static str, &'static str, &'static str, &'static str, &'static str);

const CITY: &[Kept] = &[
    (
        "city",
        "policy_reading",
        "奖补兑现—政策解读",
        "按照《演示市惠企资金兑现办法》，认定通过的次年兑现奖补，由牵头单位核实名单，财政部门按名单拨付，企业不需要另行申请。",
        "演示文件〔2025〕12 号第三条",
    ),
    (
        "city",
        "opinion",
        "承诺时限",
        "{enterprise}反映的“{title}”由{unit}负责，{due}前给出结果；期间有进展会主动告诉您，也可以用编号 {number} 查询。",
        "",
    ),
    (
        "city",
        "note",
        "先行联系",
        "已与诉求人电话联系，核实了时间、地点和主要情况，告知由{unit}办理，编号 {number}。",
        "",
    ),
    (
        "city",
        "reason",
        "转送理由",
        "按照职责分工，这件事由接收单位依法办理，我们已把材料一并转去，您不需要重新提交。",
        "",
    ),
    (
        "city",
        "goal",
        "查清并回复",
        "查清“{title}”的情况，能办的马上办，不能马上办的说明理由和时间，{due}前答复诉求人。",
        "",
    ),
];

const UNIT: &[Kept] = &[(
    "unit",
    "measures",
    "核实名单",
    "我局已核对认定名单和开户信息，材料齐全的列入最近一批拨付计划；缺材料的，联系人会在两个工作日内与您联系。",
    "演示文件〔2025〕12 号第五条",
)];

/// Keeps them: the city's, then 市工科信局's, and one whose clause has run out by `until`.
pub fn keep(app: &App, clock: &kernel::clock::FixedClock, until: Instant) -> Result<()> {
    let desk = account(app, "tongchou")?;
    let head = account(app, "gongkexin.fzr")?;
    let day = |span: Span| until.in_zone(&app.city().zone).date().saturating_add(span).to_string();
    CITY.iter().try_for_each(|kept| phrase(app, &desk, kept, &day(300.days())))?;
    UNIT.iter().try_for_each(|kept| phrase(app, &head, kept, &day(300.days())))?;
    // It was kept while it held.
    clock.set(until.plus_seconds(-40 * 86_400));
    let old = (
        "city",
        "policy_reading",
        "临时用电补贴—政策解读",
        "错避峰期间自备发电的，可以申请临时用电补贴，标准和材料见通知附件。",
        "演示文件〔2024〕30 号第二条",
    );
    phrase(app, &desk, &old, &day((-10).days()))?;
    clock.set(until);
    macros_of(app, &desk)
}

fn phrase(app: &App, actor: &Actor, kept: &Kept, until: &str) -> Result<()> {
    let (scope, place, title, text, citation) = *kept;
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let input = PhraseInput {
        scope: some(scope),
        place: some(place),
        title: some(title),
        text: some(text),
        citation: some(citation),
        valid_until: some(until).filter(|_| !citation.is_empty()),
        version: None,
    };
    app.write_now(actor, move |cx| phrases::create(cx, &input).map(drop))
}

fn macros_of(app: &App, desk: &Actor) -> Result<()> {
    let ordinary = |theme: &str| {
        json!({"kind": "matter", "theme": theme, "difficulty": "easy", "breadth": "narrow",
            "policy_weight": "weak", "scope": "departmental", "generality": "individual", "policy_axis": "procedure",
            "tier": "general", "route": "instant", "urgent": false})
    };
    let goal = "当日答复诉求人；需要办理的说明办理时间";
    for (name, theme, unit) in [
        ("一般咨询→即办→市市场监管局", "approval", "shijianju"),
        ("奖补咨询→即办→市工科信局", "subsidy-payment", "gongkexin"),
    ] {
        let steps = vec![
            step(Move::Triage, ordinary(theme)),
            step(Move::Assign, json!({"lead_unit": unit, "goal": goal, "basis": "职责分工（谁主管、谁负责）"})),
        ];
        let input = MacroInput { scope: Some("city".into()), name: Some(name.into()), steps, version: None };
        app.write_now(desk, move |cx| macros::create(cx, &input).map(drop))?;
    }
    Ok(())
}

fn step(make: Move, fields: Value) -> Step {
    match fields {
        Value::Object(fields) => Step::new(make, fields),
        _ => Step::default(),
    }
}
