//! The common issues of the demonstration: one found twelve days ago and confirmed now, so that later demands wait to be
//! attached; one that was no issue; one answered for all; the rest as the program proposes them.

use kernel::clock::FixedClock;
use kernel::{Fault, Instant, PageRequest, Result};

use super::account;
use crate::context::App;
use crate::issues::{self, Act, ActInput, AnswerInput, Line, Wanted};

/// Finds and decides; `until` is the last instant of the script.
pub fn decide(app: &App, clock: &FixedClock, until: Instant) -> Result<()> {
    let before = until.plus_seconds(-12 * 86_400);
    clock.set(before);
    issues::look_until(app, before)?;
    clock.set(until);
    confirm(
        app,
        "用电",
        ActInput {
            name: Some("有序用电通知太晚，企业来不及安排生产".into()),
            reason: Some(
                "多家连续生产企业反映同一件事，符合有序用电方案“有保有限”的原则，可以统一约定通知提前量。".into(),
            ),
            coordinator: app.city().issue_coordinators.first().cloned(),
            lead_unit: Some("fagai".into()),
            ..ActInput::default()
        },
    )?;
    // A day on, so that whatever came in up to the last instant is looked at.
    issues::look_until(app, until.plus_seconds(86_400))?;
    let lights = because("三处路灯一处是灯泡坏了、一处是线路挖断、一处是欠费，各由街道修复，不是同一个原因。");
    act(app, "路灯", Act::SetAside, lights)?;
    confirm(
        app,
        "奖补",
        ActInput {
            name: Some("认定类奖补公示以后迟迟不到账".into()),
            coordinator: app.city().issue_coordinators.get(1).cloned(),
            lead_unit: Some("gongkexin".into()),
            ..because("几类认定奖补都卡在公示结束到拨付之间，可以统一规定拨付期限。")
        },
    )?;
    let answer = AnswerInput {
        policy_reading: Some("认定类奖补在公示无异议以后按批次集中兑付，企业不需要另行申请。".into()),
        measures: Some("市工科信局会同财政部门已把今年以来公示结束的三类奖补列入 12 月拨付计划，12 月 20 日前拨付；今后公示结束 30 日内拨付，进度在惠企资金台账公开。".into()),
        opinion: Some("“{title}”所说的奖补将于 12 月 20 日前到账，请留意；到期没有到账的，凭编号 {number} 可以直接找我们。".into()),
        ..AnswerInput::default()
    };
    let line = find(app, "奖补")?;
    let answer = AnswerInput { version: Some(line.issue.version), ..answer };
    let handler = account(app, "gongkexin.cb")?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Fault::new("start a runtime", e))?;
    runtime.block_on(issues::answer(app, &handler, &line.issue.number, answer)).map(drop)
}

fn because(reason: &str) -> ActInput {
    ActInput { reason: Some(reason.to_owned()), ..ActInput::default() }
}

fn confirm(app: &App, about: &str, input: ActInput) -> Result<()> {
    act(app, about, Act::Confirm, input)
}

fn act(app: &App, about: &str, act: Act, input: ActInput) -> Result<()> {
    let issue = find(app, about)?.issue;
    let input = ActInput { version: Some(issue.version), ..input };
    let desk = account(app, "tongchou")?;
    app.write_now(&desk, move |cx| issues::act(cx, &issue.number, act, &input).map(drop))
}

/// The largest issue whose reasons name `about`.
fn find(app: &App, about: &str) -> Result<Line> {
    let (desk, page) = (account(app, "tongchou")?, PageRequest::first(PageRequest::MOST));
    let lines = app.read_now(&desk, move |cx| issues::list(cx, &Wanted::default(), &page))?.items;
    let names = |line: &Line| line.issue.name.contains(about) || line.issue.why.iter().any(|why| why.contains(about));
    let found = lines.into_iter().find(names);
    found.ok_or_else(|| Fault::broken(format!("the demonstration's demands make no common issue about {about}")).into())
}
