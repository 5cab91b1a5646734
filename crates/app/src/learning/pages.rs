//! `/learning`: what was learned about each aspect and how well it does, what became of the proposals, and going back to
//! another version.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use kernel::{Permission, Result};
use maud::{Markup, html};

use super::api::{aspects, known};
use super::rules::{self, Came, Outcome, Span, percent};
use super::{actions, rules::LEAST};
use crate::city::City;
use crate::context::{App, Cx};
use crate::demands::track::{self, Miss, Record, rules::Taken};
use crate::models::rules::RollbackInput;
use crate::models::{self, Aspect, State as Stage, Version};
use crate::units::{self, UnitNames};
use crate::web::parts::{self, Shape, chip};
use crate::web::{
    Answer, Field, FormBody, FormView, Page, PathParams, Session, decode_pairs, error_summary, hidden, invalid_only,
    onward, when,
};

const TITLE: &str = "学习与建议";

/// What an aspect's pages show.
struct Seen {
    aspect: Aspect,
    versions: Vec<Version>,
    record: Option<Record>,
}

impl Seen {
    fn in_force(&self) -> Option<&Version> {
        self.versions.iter().find(|version| version.state == Stage::InForce)
    }
}

fn read(cx: &mut Cx<'_>, aspect: Aspect, records: &[Record]) -> Result<Seen> {
    let record = records.iter().find(|record| record.aspect == aspect).cloned();
    Ok(Seen { aspect, versions: models::actions::of(cx, aspect)?, record })
}

/// `GET /learning`
pub async fn overview(State(app): State<App>, session: Session) -> Answer<Page> {
    let all = app.read(&session.actor, |cx| {
        let records = track::recent(cx)?;
        Aspect::ALL.into_iter().map(|aspect| read(cx, aspect, &records)).collect::<Result<Vec<Seen>>>()
    });
    let all = all.await?;
    let city = app.city();
    let learned = all.iter().any(|seen| !seen.versions.is_empty());
    let page = Page::desk(TITLE).body(html! {
        div.stack {
            p.muted.measure {
                "系统从各位作出的研判和交办里学习领域、清单、紧急和牵头单位，研判时提出建议并说明理由，由人确认；每次确认就是下一次的学习材料。"
                "没有把握时它会说不知道。每天夜里学一次，明显不如正在使用的版本就不用。"
            }
            @if !learned {
                (parts::empty("还没有学到什么", &format!(
                    "一个方面攒够 {LEAST} 件由人作出的决定、至少两类、每类 {} 件，夜里就会学出第一版；在那以前按城市资料里的关键词和规则建议。导入的历史诉求没有经过本市研判，不算。",
                    rules::LEAST_OF_ONE), None))
            }
            section.stack { h2 { "正在使用的" } (in_force(&all, city)) }
            section.stack { h2 { "近 " (track::DAYS) " 天的建议" } (summary(&all)) (method()) }
        }
    });
    Ok(match session.may(Permission::Teach) {
        true => page.acts(parts::post_button("/learning", "现在学习", true)),
        false => page,
    })
}

fn in_force(all: &[Seen], city: &City) -> Markup {
    let rows = html! {
        @for seen in all {
            tr {
                th scope="row" { a href={ "/learning/" (seen.aspect.code()) } { (seen.aspect.label()) } }
                @match seen.in_force() {
                    None => {
                        td data-name="版本" { span.muted { "按关键词和规则" } }
                        @for name in ["学过的决定", "准确率", "八成时", "有把握的"] { td data-name=(name) { "—" } }
                    },
                    Some(version) => {
                        @let figures = &version.figures;
                        td data-name="版本" { (version.version) "，" (when::stamp(version.settled_at, &city.zone)) @if version.held { " " (chip(Shape::Wait, "由人换上")) } }
                        td data-name="学过的决定" { (version.lessons) " 件" }
                        td data-name="准确率" { (percent(figures.accuracy)) }
                        td data-name="八成时" { (percent(figures.accuracy_at_80)) }
                        td data-name="有把握的" { (percent(figures.coverage)) @if figures.coverage > 0.0 { "，其中对 " (percent(figures.accuracy_when_sure)) } @if !figures.trusted() { " " (chip(Shape::Wait, "还不开口")) } }
                    },
                }
            }
        }
    };
    let heads = ["方面", "版本、启用", "学过的决定", "准确率", "只答最有把握的八成", "有把握的"];
    parts::table("正在使用的版本", &heads, &rows)
}

fn summary(all: &[Seen]) -> Markup {
    let rows = html! {
        @for seen in all {
            @let address = format!("/learning/{}/record", seen.aspect.code());
            tr {
                th scope="row" { a href=(address) { (seen.aspect.label()) } }
                @match &seen.record {
                    None => {
                        td data-name="采纳" { span.muted { "没有作过决定" } }
                        @for name in ["学来的", "关键词和规则", "改了的", "说不知道"] { td data-name=(name) { "—" } }
                    },
                    Some(record) => {
                        td data-name="采纳" { (taken(record.all)) }
                        td data-name="学来的" { (taken(record.learned)) }
                        td data-name="关键词和规则" { (taken(record.told)) }
                        td data-name="改了的" { (number(record.all.changed(), &address)) }
                        td data-name="说不知道" { (number(record.unknown, &address)) }
                    },
                }
            }
        }
    };
    let heads = ["方面", "采纳", "其中学来的", "其中关键词和规则", "改了的", "说不知道"];
    parts::table("近来的建议", &heads, &rows)
}

fn number(n: u64, address: &str) -> Markup {
    if n == 0 {
        html! { "0" }
    } else {
        parts::number_link(n, address)
    }
}

/// `86%（43/50）`.
fn taken(taken: Taken) -> String {
    match taken.percent() {
        None => "—".to_owned(),
        Some(percent) => format!("{percent}%（{}/{}）", taken.accepted, taken.proposed),
    }
}

fn method() -> Markup {
    html! {
        details.fold.measure {
            summary.small { "怎么算的" }
            p.small {
                "“采纳”是人第一次作决定时与建议一致、以后也没有再改的；登记时已经选好的不算建议。“准确率”是把学过的决定分成 "
                (rules::FOLDS) " 份，每份用其余的学了再判，与人的决定比；“有把握的”之外它不作声，交给关键词和人。有把握的不到 10 件，或者其中对的不到九成，就还“不开口”：样本太少，看着准也可能是碰巧。"
            }
        }
    }
}

/// `POST /learning`
pub async fn learn(State(app): State<App>, session: Session, form: FormBody) -> Answer<Response> {
    let aspects = aspects(form.get("aspect"))?;
    let back = match aspects.as_slice() {
        [one] => format!("/learning/{}", one.code()),
        _ => "/learning".to_owned(),
    };
    let saying = match actions::learn(&app, &session.actor, aspects).await {
        Ok(outcomes) => outcomes.iter().map(said).collect::<Vec<_>>().join("；"),
        Err(kernel::Error::Refused(refusal)) if refusal.status() == 409 => refusal.message,
        Err(error) => return Err(error.into()),
    };
    Ok(onward(back).saying(saying).into_response())
}

fn said(outcome: &Outcome) -> String {
    let aspect = outcome.aspect.label();
    match (outcome.came, &outcome.version) {
        (Came::InForce, Some(version)) => {
            format!("{aspect}：学了 {} 件，启用版本 {}", outcome.lessons, version.version)
        }
        (Came::SetAside, Some(version)) => format!("{aspect}：版本 {} 没有启用", version.version),
        (Came::Unchanged, _) => format!("{aspect}：没有新的决定"),
        (Came::TooFew, _) => format!("{aspect}：还不会（{} 件）", outcome.lessons),
        _ => format!("{aspect}：{}", outcome.because),
    }
}

/// `GET /learning/{aspect}`
pub async fn one(State(app): State<App>, session: Session, PathParams(aspect): PathParams<String>) -> Answer<Page> {
    let aspect = known(&aspect)?;
    let (seen, names) = app
        .read(&session.actor, move |cx| {
            let records = track::recent(cx)?;
            Ok((read(cx, aspect, &records)?, units::names(cx)?))
        })
        .await?;
    let may = session.may(Permission::Teach);
    let page = Page::desk(format!("学习：{}", aspect.label())).at("/learning").back(TITLE, "/learning").body(html! {
        div.stack {
            @match seen.in_force() {
                None => p { "还没有学出能用的版本，按关键词和规则建议。攒够 " (LEAST) " 件由人作出的决定就会学。" },
                Some(version) => section.stack {
                    h2 { "各类判得怎样（版本 " (version.version) "）" }
                    (classes(aspect, version, app.city(), &names))
                },
            }
            section.stack {
                h2 { "近 " (track::DAYS) " 天的建议" }
                p { "采纳 " (taken(seen.record.as_ref().map_or_else(Taken::default, |r| r.all))) "，" a href={ "/learning/" (aspect.code()) "/record" } { "看改了哪些" } }
            }
            @if !seen.versions.is_empty() { section.stack { h2 { "各个版本" } (versions(&seen, app.city(), may)) } }
        }
    });
    Ok(match may {
        true => page.acts(html! {
            form method="post" action="/learning" { (hidden("aspect", aspect.code())) button.primary { "现在学习" } }
        }),
        false => page,
    })
}

fn classes(aspect: Aspect, version: &Version, city: &City, names: &UnitNames) -> Markup {
    let rows = html! {
        @for class in &version.figures.classes {
            tr {
                th scope="row" { (rules::called(aspect, &class.value, city, names)) }
                td data-name="决定" { (class.n) " 件" }
                td data-name="判给它的有多少对" { (percent(class.precision)) }
                td data-name="属于它的认出多少" { (percent(class.recall)) }
                td data-name="F1" { (percent(class.f1)) @if class.n < 20 { " " span.muted { "（件数少，只作参考）" } } }
            }
        }
    };
    parts::table("各类的成绩", &["类别", "决定", "判给它的有多少对", "属于它的认出多少", "F1"], &rows)
}

fn versions(seen: &Seen, city: &City, may: bool) -> Markup {
    let shape = |state| match state {
        Stage::InForce => Shape::Done,
        Stage::Earlier => Shape::Plain,
        Stage::SetAside => Shape::Wait,
    };
    let rows = html! {
        @for version in &seen.versions {
            tr {
                th scope="row" { "版本 " (version.version) }
                td data-name="状态" { (chip(shape(version.state), version.state.label())) @if version.held { " 由人换上" } }
                td data-name="学习" { (version.trained_by) "，" (when::stamp(version.trained_at, &city.zone)) "，" (version.lessons) " 件" }
                td data-name="准确率" { (percent(version.figures.accuracy)) }
                td data-name="为什么" { (version.reason) }
                @if may {
                    td data-name="换" {
                        @if version.state == Stage::InForce { "—" }
                        @else if version.whole {
                            a href={ "/learning/" (seen.aspect.code()) "/rollback?version=" (version.version) } { "换成这一版" }
                        } @else { span.muted { "只留下成绩" } }
                    }
                }
            }
        }
    };
    let heads = ["版本", "状态", "学习", "准确率", "为什么", "换"];
    parts::table("各个版本", &heads[..if may { 6 } else { 5 }], &rows)
}

/// `GET /learning/{aspect}/rollback`
pub async fn rollback_form(
    State(app): State<App>,
    session: Session,
    PathParams(aspect): PathParams<String>,
    RawQuery(query): RawQuery,
) -> Answer<Page> {
    let aspect = known(&aspect)?;
    let pairs = decode_pairs(query.as_deref().unwrap_or_default())?;
    let version = pairs.iter().find(|(name, _)| name == "version").map(|(_, value)| value.as_str());
    choice(&app, &session, aspect, &FormView::blank().with("version", version.unwrap_or_default())).await
}

/// `POST /learning/{aspect}/rollback`
pub async fn rollback(
    State(app): State<App>,
    session: Session,
    PathParams(aspect): PathParams<String>,
    form: FormBody,
) -> Answer<Response> {
    let aspect = known(&aspect)?;
    let made = match form.read::<RollbackInput>() {
        Ok(input) => app.write(&session.actor, move |cx| models::actions::rollback(cx, aspect, &input)).await,
        Err(refusal) => Err(refusal.into()),
    };
    match made {
        Ok(version) => Ok(onward(format!("/learning/{}", aspect.code()))
            .saying(format!("已换成版本 {}；夜里不再自动更换，按“现在学习”才会再学", version.version))
            .into_response()),
        Err(error) => {
            let refusal = invalid_only(error)?;
            let status = refusal.status();
            let view = FormView::typed(form).refused(refusal);
            Ok(choice(&app, &session, aspect, &view).await?.status(status).into_response())
        }
    }
}

async fn choice(app: &App, session: &Session, aspect: Aspect, view: &FormView) -> Answer<Page> {
    let versions = app.read(&session.actor, move |cx| models::actions::of(cx, aspect)).await?;
    let others = versions.iter().filter(|version| version.whole && version.state != Stage::InForce);
    let choices: Vec<(String, String)> = others
        .map(|version| {
            let (accuracy, state) = (percent(version.figures.accuracy), version.state.label());
            (version.version.to_string(), format!("版本 {}（{state}，准确率 {accuracy}）", version.version))
        })
        .collect();
    let choices: Vec<(&str, &str)> = choices.iter().map(|(code, label)| (code.as_str(), label.as_str())).collect();
    let title = format!("换版本：{}", aspect.label());
    let back = format!("/learning/{}", aspect.code());
    Ok(Page::desk(title).at("/learning").back(format!("学习：{}", aspect.label()), &back).body(html! {
        (error_summary(view))
        @if choices.is_empty() {
            (parts::empty("没有可以换的版本", "学过第二版以后，这里可以换回以前用过的。", Some(("返回", &back))))
        } @else {
            form.form.card method="post" action={ (back) "/rollback" } novalidate {
                (Field::select(view, "version", "换成哪一版", &choices).hint("不选则换回上一个用过的").optional())
                (Field::text(view, "reason", "理由").most(200).hint("记入台账；换了以后，夜里不再自动更换，直到有人按“现在学习”"))
                div.go { button.primary { "换" } a href=(back) { "不换了" } }
            }
        }
    }))
}

/// `GET /learning/{aspect}/record`
pub async fn record(
    State(app): State<App>,
    session: Session,
    PathParams(aspect): PathParams<String>,
    RawQuery(query): RawQuery,
) -> Answer<Page> {
    let aspect = known(&aspect)?;
    let pairs = decode_pairs(query.as_deref().unwrap_or_default())?;
    let typed: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let form = FormBody::of(&typed);
    let (from, to) = (form.get("from").map(str::to_owned), form.get("to").map(str::to_owned));
    let view = FormView::typed(form);
    let read = app.read(&session.actor, move |cx| {
        let span = Span::read(from.as_deref(), to.as_deref(), cx.today())?;
        let (begin, end) = span.instants(&cx.app.city().zone);
        let record = track::record(cx, begin, end)?.into_iter().find(|record| record.aspect == aspect);
        Ok((span, record, track::misses(cx, aspect, begin, end)?, units::names(cx)?))
    });
    let page = |body| {
        Page::desk(format!("建议的成绩：{}", aspect.label())).at("/learning").back(TITLE, "/learning").body(body)
    };
    let address = format!("/learning/{}/record", aspect.code());
    let form_of = |view: &FormView| {
        html! {
            form.filters method="get" action=(address) {
                (Field::date(view, "from", "决定日期从")) (Field::date(view, "to", "到")) button { "查看" }
            }
        }
    };
    let (span, record, misses, names) = match read.await {
        Ok(read) => read,
        Err(error) => {
            let view = view.refused(invalid_only(error)?);
            return Ok(page(html! { (error_summary(&view)) (form_of(&view)) }).status(422));
        }
    };
    let view = FormView::blank().with("from", span.from.to_string()).with("to", span.to.to_string());
    let city = app.city();
    Ok(page(html! {
        (form_of(&view))
        div.stack {
            @match &record {
                None => (parts::empty("这段时间没有作过这方面的决定", "人每作一次研判或交办，就记下当时的建议和人的决定。", None)),
                Some(record) => {
                    p { "采纳 " (taken(record.all)) "；学来的 " (taken(record.learned)) "，按关键词和规则的 " (taken(record.told)) "；说不知道 " (record.unknown) " 件" }
                    (by_class(record, city, &names))
                },
            }
            @if !misses.is_empty() {
                section.stack { h2 { "改了的和说不知道的" } (missed(aspect, &misses, city, &names)) }
            }
            @if misses.len() == track::MOST { p.small.muted { "只列最近 " (track::MOST) " 件；缩短期间可以看更早的。" } }
        }
    }))
}

fn by_class(record: &Record, city: &City, names: &UnitNames) -> Markup {
    let rows = html! {
        @for class in &record.classes {
            tr {
                th scope="row" { (rules::called(record.aspect, &class.value, city, names)) }
                td data-name="决定" { (class.decided()) " 件" }
                td data-name="采纳" { (taken(class.taken)) }
                td data-name="改了的" { (class.taken.changed()) }
                td data-name="说不知道" { (class.unknown) }
            }
        }
    };
    parts::table("按人的决定分类", &["人的决定", "决定", "采纳", "改了的", "说不知道"], &rows)
}

fn missed(aspect: Aspect, misses: &[Miss], city: &City, names: &UnitNames) -> Markup {
    let called = |value: &str| rules::called(aspect, value, city, names);
    let rows = html! {
        @for miss in misses {
            tr {
                th scope="row" { a href={ "/demands/" (miss.number) } { (crate::demands::pages::without_numbers(&miss.title)) } }
                td data-name="建议" {
                    @match &miss.proposed {
                        None => span.muted { "不知道" },
                        Some(value) => { (called(value)) @if let Some(source) = miss.source { span.muted { "（" (source.label()) "）" } } },
                    }
                }
                td data-name="人的决定" { (called(&miss.decided)) }
                td data-name="谁、何时" { (miss.by) "，" (when::stamp(miss.at, &city.zone)) }
            }
        }
    };
    parts::table("与建议不同的决定", &["诉求", "建议", "人的决定", "谁、何时"], &rows)
}
