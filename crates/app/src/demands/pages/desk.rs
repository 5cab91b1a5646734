//! The workbench: it opens on what is due, ordered by working time left.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use kernel::{Actor, Instant, PageRequest, Permission, Result};
use maud::{Markup, html};

use super::list::address;
use super::look::Look;
use super::rows;
use crate::absences::{self, Duty};
use crate::context::{App, Cx};
use crate::demands::actions::listing::{self, Count, Summary};
use crate::demands::rules::filter::{Filter, Sort};
use crate::demands::rules::vocabulary::{Status, Waiting};
use crate::demands::track::{self, Record};
use crate::people;
use crate::web::{Answer, Page, Session, onward, parts, when};

/// How many rows the workbench shows before it points to the list.
const ROWS: usize = 50;

/// What somebody sits here for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Post {
    /// Sorts, assigns, calls back.
    Dispatcher,
    /// Handles for a unit.
    Unit,
    /// Sees all, instructs.
    Leader,
    /// Sees all, changes nothing.
    Overseer,
    /// Sees no demand.
    Office,
}

impl Post {
    /// The post of an actor.
    pub fn of(actor: &Actor) -> Self {
        let may = |permission| people::may(actor, permission);
        match () {
            () if may(Permission::Dispatch) => Self::Dispatcher,
            () if may(Permission::Handle) => Self::Unit,
            () if may(Permission::Instruct) => Self::Leader,
            () if may(Permission::SeeAll) => Self::Overseer,
            () => Self::Office,
        }
    }

    /// The statuses that concern this post, in the order of the loop.
    pub const fn stages(self) -> &'static [Status] {
        match self {
            Self::Dispatcher => &[Status::Received, Status::Triaged, Status::Assigned, Status::Replied],
            Self::Unit => &[Status::Assigned, Status::InProgress, Status::Replied],
            Self::Leader | Self::Overseer => Status::OPEN,
            Self::Office => &[],
        }
    }

    /// The statuses in which it is this post's turn.
    const fn turn(self) -> &'static [Status] {
        match self {
            Self::Dispatcher => &[Status::Received, Status::Triaged, Status::Replied],
            Self::Unit => &[Status::Assigned, Status::InProgress],
            Self::Leader | Self::Overseer | Self::Office => &[],
        }
    }

    /// What may wait for this post beside the steps of the loop.
    const fn waits(self) -> &'static [Waiting] {
        match self {
            Self::Dispatcher => &[Waiting::Ruling, Waiting::Review, Waiting::Instruction, Waiting::Resumption],
            Self::Unit => &[Waiting::Opinion, Waiting::Ruling, Waiting::Resumption],
            Self::Leader => &[Waiting::Instruction, Waiting::Ruling],
            Self::Overseer | Self::Office => &[],
        }
    }
}

/// A number with the list behind it.
struct Figure {
    label: &'static str,
    filter: Filter,
    count: Count,
    hot: bool,
}

/// Somebody away for whom the one who looks could act, and how much waits for them.
struct Absent {
    duty: Duty,
    waiting: Count,
}

struct Desk {
    post: Post,
    absent: Vec<Absent>,
    figures: Vec<Figure>,
    waiting: Vec<Summary>,
    rows: kernel::Page<Summary>,
    next_to_sort: Option<String>,
    record: Vec<Record>,
    look: Look,
}

/// `GET /desk`: where everybody lands who logs in; whoever has no workbench goes to the own account.
pub async fn show(State(app): State<App>, session: Session) -> Answer<Response> {
    if !session.may(Permission::Desk) {
        return Ok(onward("/account").into_response());
    }
    let desk = app.read(&session.actor, read).await?;
    Ok(draw(&desk, &session.actor).into_response())
}

fn read(cx: &mut Cx<'_>) -> Result<Desk> {
    let post = Post::of(cx.actor);
    let due = Filter { sort: Sort::Due, ..Filter::default() };
    let figures = figures(cx, post)?;
    let waiting = match post {
        Post::Leader => {
            let waiting = Filter { waiting: Some(Waiting::Instruction), sort: Sort::Oldest, ..Filter::default() };
            listing::list(cx, &waiting, &PageRequest::first(ROWS))?.items
        }
        _ => Vec::new(),
    };
    let mut rows = match post {
        Post::Office => kernel::Page { items: Vec::new(), next: None },
        _ => listing::list(cx, &due, &PageRequest::first(ROWS))?,
    };
    // What is closed comes back for its review to whoever dispatches, and to nobody else.
    rows.items.retain(|row| post == Post::Dispatcher || !row.status.is_end());
    let (next_to_sort, record) = match post {
        Post::Dispatcher => (next_to_sort(cx)?, track::recent(cx)?),
        _ => (None, Vec::new()),
    };
    let absent = absent(cx)?;
    Ok(Desk { post, absent, figures, waiting, rows, next_to_sort, record, look: Look::new(cx)? })
}

/// For whom the one who looks could act now; nobody while they already do.
fn absent(cx: &mut Cx<'_>) -> Result<Vec<Absent>> {
    if cx.actor.standing_in_for.is_some() {
        return Ok(Vec::new());
    }
    let duties = absences::duties(cx)?.into_iter();
    let waiting = |duty: Duty| {
        let turn = Post::of(&duty.actor).turn();
        if turn.is_empty() {
            return Ok(Absent { waiting: Count { n: 0, more: false }, duty });
        }
        let filter = Filter { statuses: turn.to_vec(), sort: Sort::Due, ..Filter::default() };
        let mut theirs = Cx { tx: cx.tx, app: cx.app, actor: &duty.actor, now: cx.now };
        Ok(Absent { waiting: listing::count(&mut theirs, &filter)?, duty })
    };
    duties.map(waiting).collect()
}

fn figures(cx: &mut Cx<'_>, post: Post) -> Result<Vec<Figure>> {
    if post == Post::Office {
        return Ok(Vec::new());
    }
    let overdue = Filter { overdue: true, sort: Sort::Due, ..Filter::default() };
    let today = Filter { due_today: true, sort: Sort::Due, ..Filter::default() };
    let turn = (!post.turn().is_empty()).then(|| {
        let filter = Filter { statuses: post.turn().to_vec(), sort: Sort::Due, ..Filter::default() };
        ("轮到我办", filter, false)
    });
    let waiting = post.waits().iter().map(|waiting| {
        (waiting.label(), Filter { waiting: Some(*waiting), sort: Sort::Oldest, ..Filter::default() }, false)
    });
    // What has to be ruled or answered shows itself only where there is something.
    let mut figures = Vec::new();
    for (label, filter, hot) in waiting {
        let count = listing::count(cx, &filter)?;
        if count.n > 0 || post == Post::Leader {
            figures.push(Figure { label, count, filter, hot });
        }
    }
    let stage = |status: &Status| {
        let filter = Filter { statuses: vec![*status], sort: Sort::Oldest, ..Filter::default() };
        (status.label(), filter, false)
    };
    let wanted = [("已逾期", overdue, true), ("今天到期", today, false)]
        .into_iter()
        .chain(turn)
        .chain(post.stages().iter().map(stage));
    for (label, filter, hot) in wanted {
        figures.push(Figure { label, count: listing::count(cx, &filter)?, filter, hot });
    }
    Ok(figures)
}

/// The demand whose sorting is due first.
pub fn next_to_sort(cx: &mut Cx<'_>) -> Result<Option<String>> {
    let filter = Filter { statuses: vec![Status::Received], sort: Sort::Due, ..Filter::default() };
    Ok(listing::list(cx, &filter, &PageRequest::first(1))?.items.pop().map(|row| row.number))
}

fn draw(desk: &Desk, actor: &Actor) -> Page {
    let zone = &desk.look.city().zone;
    let (day, hour) =
        (when::day_of_week(desk.look.now, desk.look.now, zone), desk.look.now.in_zone(zone).strftime("%H:%M"));
    let page = Page::desk("今天要办");
    match desk.post {
        Post::Office => page.body(html! { (substitutes(desk)) (office()) }),
        _ => page
            .aside(html! { span.muted { "按剩余工作时间排列 · " (day) " " (hour.to_string()) } })
            .acts(acts(desk, actor))
            .body(html! { (substitutes(desk)) (figure_row(&desk.figures)) (record_line(&desk.record)) (due_list(desk, actor)) }),
    }
}

fn substitutes(desk: &Desk) -> Markup {
    html! {
        @for absent in &desk.absent {
            @let absence = &absent.duty.absence;
            div.notice role="status" {
                p {
                    b { (absence.account_name) } "不在（到 " (when::day(Instant(absence.until_at.0 - 1), desk.look.now, &desk.look.city().zone)) "），由您代办，"
                    @if absent.waiting.n > 0 { b { (count(absent.waiting)) " 件" } "在等。" } @else { "现在没有等着办的。" }
                }
                div.go { (parts::post_button(&format!("/absences/{}/stand-in", absence.id), &format!("现在代{}办理", absence.account_name), false)) }
            }
        }
    }
}

fn acts(desk: &Desk, actor: &Actor) -> Markup {
    html! {
        @if people::may(actor, Permission::Register) {
            a.button href="/desk/register" data-key="n" data-key-name="登记来电来访" { "登记来电来访 " kbd { "n" } }
        }
        @if let Some(number) = &desk.next_to_sort {
            a.button.primary href={ "/demands/" (number) "/moves/triage" } data-key="t" data-key-name="研判下一件" {
                "研判下一件 " kbd { "t" }
            }
        }
    }
}

fn figure_row(figures: &[Figure]) -> Markup {
    html! {
        nav.figures aria-label="要办的事" {
            @for figure in figures {
                a.hot[figure.hot && figure.count.n > 0] href=(address("/demands", &figure.filter)) {
                    b { (count(figure.count)) } small { (figure.label) }
                }
            }
        }
    }
}

/// How the proposals of the last weeks did, in one line; each number leads to what was changed.
fn record_line(record: &[Record]) -> Markup {
    let told = |record: &Record| Some((record.aspect, record.all.percent()?, record.all));
    let told: Vec<_> = record.iter().filter_map(told).collect();
    html! {
        @if !told.is_empty() {
            p.small.muted {
                "近 " (track::DAYS) " 天建议采纳："
                @for (place, (aspect, percent, all)) in told.iter().enumerate() {
                    @if place > 0 { "、" }
                    (aspect.label()) " " a href={ "/learning/" (aspect.code()) "/record" } { (percent) "%（" (all.accepted) "/" (all.proposed) "）" }
                }
                " · " a href="/learning" { "学习与建议" }
            }
        }
    }
}

fn due_list(desk: &Desk, actor: &Actor) -> Markup {
    let items = &desk.rows.items;
    if !desk.waiting.is_empty() {
        return html! {
            div.stack {
                section { h2 { "等您批示" } (rows::table(&desk.look, actor, "等您批示的诉求，先到的在前", &desk.waiting)) }
                section { h2 { "全市在办" } (rows::table(&desk.look, actor, "在办的诉求，先到期的在前", items)) }
            }
        };
    }
    if items.is_empty() {
        return nothing_due(desk.post);
    }
    html! {
        (rows::table(&desk.look, actor, "要办的诉求，先到期的在前", items))
        @if desk.rows.next.is_some() {
            p.pager { "这里是最先到期的 " (items.len()) " 件。" a href="/demands?sort=due" { "看全部有时限的诉求" } }
        }
        p.keys { kbd { "j" } " " kbd { "k" } " 上下 · " kbd { "Enter" } " 打开 · " kbd { "/" } " 查找 · " kbd { "?" } " 全部按键" }
    }
}

fn nothing_due(post: Post) -> Markup {
    match post {
        Post::Dispatcher => parts::empty(
            "现在没有要办的事",
            "群众、企业家、服务对象反映的诉求会排在这里，先到期的在前；研判、交办、回访都从这里一步打开。有人来电来访，就登记一件。",
            Some(("登记来电来访", "/desk/register")),
        ),
        Post::Unit => parts::empty(
            "现在没有交给本单位的诉求",
            "交办给本单位的诉求会排在这里，先到期的在前：先签收，再与诉求人联系，办理后答复。办过的仍可查到。",
            Some(("看本单位办过的诉求", "/demands")),
        ),
        _ => parts::empty(
            "现在没有在办的诉求",
            "有时限在走的诉求会排在这里，先到期的在前。",
            Some(("看全部诉求", "/demands")),
        ),
    }
}

fn office() -> Markup {
    parts::empty(
        "这个账号不办理诉求",
        "管理员负责账号、单位和工作日历，看不到诉求内容。要办理诉求，请用统筹岗或承办岗的账号登录。",
        Some(("管理账号", "/accounts")),
    )
}

/// A count in words, with its limit.
pub fn count(count: Count) -> String {
    let n = parts::count(count.n as u64);
    if count.more { format!("{n}+") } else { n }
}
