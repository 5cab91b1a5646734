//! `/desk/register`: somebody is on the telephone or stands at the window. One screen, from top to bottom with the Tab
//! key, sent with Ctrl + Enter; number and code large enough to be read out. Who registers one after another keeps
//! entrance and channel.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use kernel::Refusal;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::parts::{areas, spaced, theme_field};
use super::speak::in_page_order;
use super::{Private, private, uploads};
use crate::context::App;
use crate::demands::actions::{files, intake, moving};
use crate::demands::lookup;
use crate::demands::rules::case::Demand;
use crate::demands::rules::intake::{TEXT_MOST, TITLE_MOST};
use crate::demands::rules::vocabulary::{Audience, Status, Word};
use crate::enterprises::{self, Enterprise};
use crate::web::parts::{encode, facts};
use crate::web::{
    Answer, Field, FormBody, FormView, Page, PathParams, QueryParams, Session, Visitor, error_summary,
    fields::field_id, invalid_only, onward,
};

/// What the demand before had.
#[derive(Debug, Deserialize)]
pub struct Before {
    audience: Option<String>,
    channel: Option<String>,
}

/// The empty form.
pub async fn blank(State(app): State<App>, QueryParams(before): QueryParams<Before>) -> Page {
    let known =
        |given: Option<String>, fits: &dyn Fn(&str) -> bool| given.filter(|code| fits(code)).unwrap_or_default();
    let audience = known(before.audience, &|code| Audience::from_code(code).is_some());
    let channel = known(before.channel, &|code| app.city().channels.get(code).is_some());
    form_page(&app, &FormView::blank().with("audience", audience).with("channel", channel))
}

/// Registers the demand: number and code, or the form again with everything that is wrong.
pub async fn save(State(app): State<App>, session: Session, form: FormBody) -> Answer<Response> {
    let mut answer = None;
    let said = form.read::<Map<String, Value>>().and_then(|mut input| {
        answer = intake::take_answer(&mut input);
        // The public form comes by the portal without saying so; staff must say how they heard of it.
        let channel = if input.contains_key("channel") { Ok(()) } else { Err(channel_missing()) };
        let theme = match (&answer, input.get("theme")) {
            (Some(_), None) => Err(Refusal::field("theme", "required", "当场答复的，请选择领域")),
            _ => Ok(()),
        };
        files::both(intake::check(&app, &session.actor, &input), files::both(channel, theme).map(drop))
    });
    let ((said, ()), admitted) = match files::both(said, uploads::admit(&form)) {
        Ok(both) => both,
        Err(refusal) => {
            let view = FormView::typed(form).refused(in_page_order(refusal));
            return Ok(form_page(&app, &view).status(422).into_response());
        }
    };
    let kept = files::keep(&app, admitted).await?;
    let receipt = match answer {
        None => intake::submit(&app, &session.actor, said, kept).await?,
        Some(answer) => match intake::submit_answered(&app, &session.actor, said, kept, answer).await {
            Ok(receipt) => receipt,
            Err(error) => {
                let view = FormView::typed(form).refused(invalid_only(error)?);
                return Ok(form_page(&app, &view).status(422).into_response());
            }
        },
    };
    Ok(onward(format!("/desk/register/{}?code={}", receipt.number, receipt.code)).into_response())
}

fn channel_missing() -> Refusal {
    Refusal::field("channel", "required", "请选择渠道：是电话、窗口还是走访来的")
}

/// The code that the caller is told.
#[derive(Debug, Deserialize)]
pub struct Asked {
    code: Option<String>,
}

/// Number and code, to be read out.
pub async fn saved(
    State(app): State<App>,
    visitor: Visitor,
    PathParams(number): PathParams<String>,
    QueryParams(asked): QueryParams<Asked>,
) -> Answer<Private> {
    let code = asked.code.unwrap_or_default();
    let typed = code.clone();
    let found = app.read(&visitor.actor, move |cx| {
        let demand = moving::by_code(cx, &number, &typed)?;
        let firm = demand.said.enterprise.map(|id| enterprises::get(cx, id)).transpose()?;
        Ok((demand, firm))
    });
    let (demand, firm) = lookup::tried(&app, visitor.address, found).await?;
    Ok(private(saved_page(&app, &demand, firm.as_ref(), &code)))
}

fn form_page(app: &App, view: &FormView) -> Page {
    let city = app.city();
    let today = app.now().in_zone(&city.zone).date();
    let next = !view.value("audience").is_empty();
    let channels: Vec<(&str, &str)> = city
        .channels
        .all()
        .iter()
        .filter(|c| c.code != "import")
        .map(|c| (c.code.as_str(), c.label.as_str()))
        .collect();
    let title = Field::text(view, "title", "标题").most(TITLE_MOST).autocomplete("off");
    let audience = Field::radios(view, "audience", "谁来反映", Audience::CHOICES);
    Page::desk("登记诉求").at("/desk/register").aside(keys()).body(html! {
        (error_summary(view))
        form.form.card.quick method="post" action="/desk/register" enctype="multipart/form-data" data-send="" {
            div.row {
                @if next { (audience) } @else { (audience.focus()) }
                (Field::select(view, "channel", "渠道", &channels))
            }
            @if next { (title.focus()) } @else { (title) }
            (Field::area(view, "text", "说了什么", 6).hint("尽量用本人的原话；时间、地点、经过、希望怎么解决").most(TEXT_MOST).similar())
            div.row { (firm_field(view)) (Field::text(view, "enterprise.uscc", "统一社会信用代码").optional().most(25).autocomplete("off")) }
            div.row {
                (Field::text(view, "contact.name", "联系人").optional().most(50).autocomplete("off"))
                (Field::input(view, "contact.phone", "电话", "tel").optional().most(25).autocomplete("off").inputmode("tel"))
                (Field::text(view, "area", "在哪里").optional().most(100).suggestions(&areas(city, today)).autocomplete("off"))
            }
            div.row { (theme_field(view, city, None, "拿不准就不选，研判时再定")) (uploads::field(view)) }
            (answer_fields(view))
            div.go { button.primary { "登记" kbd { "Ctrl Enter" } } span.muted.small { "登记后给出编号和查询码，念给对方听" } }
        }
    })
}

/// 能够当场告知的，应当场告知: one line, and the demand waits for its call-back.
fn answer_fields(view: &FormView) -> Markup {
    let open =
        ["answer.opinion", "answer.note"].iter().any(|name| !view.value(name).is_empty() || view.error(name).is_some());
    html! {
        details.fold open[open] {
            summary { "当场答复了？记一句" }
            div.stack {
                p.hint { "以本单位名义答复，写一句就行；只写了标题的，标题就是诉求内容。要选领域。登记后直接进入待回访，由承办单位以外的统筹岗回访。" }
                (Field::area(view, "answer.opinion", "怎么答复的", 2).optional().most(4000))
                (Field::text(view, "answer.note", "对方当场怎么说").optional().most(200).hint("内部记录，不能代替回访").autocomplete("off"))
            }
        }
    }
}

fn keys() -> Markup {
    html! { span.muted.keys { "Tab 到下一项，方向键选择，Ctrl + Enter 登记" } }
}

/// The firm's name, with the known ones offered while it is typed; without a script the name is looked up on saving.
fn firm_field(view: &FormView) -> Markup {
    let id = field_id("enterprise.name");
    let error = view.error("enterprise.name");
    html! {
        div.field.bad[error.is_some()] {
            label for=(id) { "企业名称" span.muted { "（可不填）" } }
            @if let Some(error) = error { p.wrong id={ (id) "-error" } { (error.message) } }
            input id=(id) name="enterprise.name" type="text" maxlength="100" autocomplete="off" value=(view.value("enterprise.name"))
                list={ (id) "-list" } data-suggest="/api/v1/enterprises" aria-describedby=[error.map(|_| format!("{id}-error"))]
                aria-invalid=[error.map(|_| "true")];
            datalist id={ (id) "-list" } {}
        }
    }
}

fn saved_page(app: &App, demand: &Demand, firm: Option<&Enterprise>, code: &str) -> Page {
    let said = &demand.said;
    let again = format!("/desk/register?audience={}&channel={}", said.audience.code(), encode(&said.channel));
    let mut rows =
        vec![("标题", html! { (said.title) }), ("渠道", html! { (app.city().channels.label(&said.channel)) })];
    if demand.status == Status::Replied {
        rows.push(("现在", html! { "已当场答复，等待回访" }));
    }
    rows.extend(firm.map(|firm| ("企业", firm_note(firm, demand))));
    Page::desk("已登记").at("/desk/register").body(html! {
        section.card.ticket {
            dl.keep {
                div { dt { "编号" } dd.code { (demand.number) } }
                div { dt { "查询码" } dd.code { (spaced(code)) } }
            }
            (facts(&rows))
            p.muted.small { "请念给对方听，并提醒保存：没有查询码，查不到进度。" }
            p.ways {
                a.button.primary href=(again) data-key="n" data-key-name="登记下一件" autofocus { "登记下一件" kbd { "n" } }
                @if demand.status == Status::Received {
                    a.button href={ "/demands/" (demand.number) "/moves/triage" } data-key="t" data-key-name="现在研判" { "现在研判" kbd { "t" } }
                }
                a.button href={ "/demands/" (demand.number) } { "看这件诉求" }
                a.button href={ "/demands/" (demand.number) "/receipt/sheet?code=" (code) } { "打印回执" }
            }
        }
    })
}

/// What became of the firm that was named: found, or new.
fn firm_note(firm: &Enterprise, demand: &Demand) -> Markup {
    let new = firm.created_at == demand.received_at && firm.version == 1;
    html! {
        a href={ "/enterprises/" (firm.id) } { (firm.name) }
        @if let Some(uscc) = &firm.uscc { " " span.num { (uscc) } }
        " " span.muted { @if new { "新登记的企业，请核对名称" } @else { "已有的企业" } }
    }
}
