//! Hearing: a demand comes in, from the public or registered by staff, and leaves with a number and a query code.

use kernel::{Actor, Error, Fault, Instant, Permission, Refusal, Result};
use serde::Serialize;
use serde_json::{Map, Value};
use store::Attachment;

use super::moving;
use crate::city::ClockRules;
use crate::context::{App, Cx};
use crate::demands::rules::case::{Case, Demand, Said, Sorting};
use crate::demands::rules::decide::{self, Deciding};
use crate::demands::rules::intake::{self, Entrance, Intake};
use crate::demands::rules::moves::Move;
use crate::demands::rules::vocabulary::Status;
use crate::demands::{codes, records, serials, stream};
use crate::{enterprises, people, processes};

/// A file that came with a demand, checked by content and already kept by the store.
#[derive(Clone, Debug)]
pub struct Upload {
    /// What the store keeps: hash, size, type.
    pub content: Attachment,
    /// The name it was given, made safe.
    pub name: String,
}

/// What the submitter takes home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Receipt {
    /// The number, which is no secret.
    pub number: String,
    /// The query code, which is.
    pub code: String,
    /// `received`, or where the demand stands if it was already here.
    pub status: Status,
    /// The page with the receipt.
    pub receipt_url: String,
    /// False where the same source had already sent this demand.
    #[serde(skip)]
    pub created: bool,
}

/// Checks what was said, without keeping anything.
pub fn check(app: &App, actor: &Actor, input: &Map<String, Value>) -> Result<Intake, Refusal> {
    let staff = people::may(actor, Permission::Register);
    intake::read(input, if staff { Entrance::Staff } else { Entrance::Public }, app.city())
}

/// Registers what was said.
pub async fn submit(app: &App, actor: &Actor, said: Intake, uploads: Vec<Upload>) -> Result<Receipt> {
    let number = serials::next_number(app, &said.channel, app.now()).await?;
    app.write(actor, move |cx| register(cx, &number, &said, &uploads)).await
}

/// What was answered at once, taken out of the input of a registration: the fields of the move, without those that the
/// registration has itself. Where nothing more was said than the question, the question is the words.
pub fn take_answer(input: &mut Map<String, Value>) -> Option<Map<String, Value>> {
    let Some(Value::Object(mut answer)) = input.remove("answer") else { return None };
    let blank = |value: Option<&Value>| value.and_then(Value::as_str).is_none_or(|text| text.trim().is_empty());
    if blank(answer.get("opinion")) {
        return None;
    }
    if blank(input.get("text"))
        && let Some(title) = input.get("title").cloned()
    {
        input.insert("text".to_owned(), title);
    }
    for name in ["theme", "kind"] {
        if let Some(value) = input.get(name) {
            answer.insert(name.to_owned(), value.clone());
        }
    }
    Some(answer)
}

/// Registers what was said and answers it at once.
pub async fn submit_answered(
    app: &App,
    actor: &Actor,
    said: Intake,
    uploads: Vec<Upload>,
    answer: Map<String, Value>,
) -> Result<Receipt> {
    let number = serials::next_number(app, &said.channel, app.now()).await?;
    app.write(actor, move |cx| register_answered(cx, &number, &said, &uploads, &answer)).await
}

/// Registers what was said and answers it at once, in one act.
pub fn register_answered(
    cx: &mut Cx<'_>,
    number: &str,
    intake: &Intake,
    uploads: &[Upload],
    answer: &Map<String, Value>,
) -> Result<Receipt> {
    let receipt = register(cx, number, intake, uploads)?;
    if !receipt.created {
        return Ok(receipt);
    }
    // Not by way of sight: before it is answered nobody of a unit sees a demand.
    let demand = records::by_number(cx.tx, number)?.ok_or_else(|| Fault::broken("a demand went that was just made"))?;
    let case = records::case(cx.tx, demand)?;
    let weighed = moving::weigh_case(cx, case, Move::AnswerAtOnce, answer).map_err(in_the_form)?;
    let kept = moving::keep(cx, Move::AnswerAtOnce, weighed)?;
    Ok(Receipt { status: kept.demand.status, ..receipt })
}

/// What is wrong with the answer, under the names that the form of the registration has.
fn in_the_form(error: Error) -> Error {
    match error {
        Error::Refused(mut refusal) => {
            for wrong in refusal.errors.iter_mut().filter(|wrong| matches!(wrong.field.as_str(), "opinion" | "note")) {
                wrong.field = format!("answer.{}", wrong.field);
            }
            refusal.into()
        }
        fault => fault,
    }
}

/// Registers what was said under `number`, in the caller's transaction.
pub fn register(cx: &mut Cx<'_>, number: &str, intake: &Intake, uploads: &[Upload]) -> Result<Receipt> {
    if let (Some(source), Some(source_id)) = (&intake.source, &intake.source_id)
        && let Some(existing) = records::number_by_source(cx.tx, source, source_id)?
    {
        return already_here(cx, &existing);
    }
    // What another system hands over keeps the instant at which it was received there; its clocks begin here and now.
    let mut case = new_case(cx, number, intake, intake.received_at.unwrap_or(cx.now))?;
    let (calendar, governing) = (cx.app.calendar(), processes::in_force(cx)?);
    decide::receive(&mut case, &deciding(cx, &calendar, &governing.clocks))?;
    records::insert(cx.tx, &case)?;
    processes::stamp(cx, case.demand.id, &governing)?;
    for upload in uploads {
        let Upload { content, name } = upload.clone();
        cx.tx.attach(&content, cx.now)?;
        let size = i64::try_from(content.size).unwrap_or(i64::MAX);
        let file =
            records::Attached { id: cx.tx.next_id(), hash: content.hash, name, media_type: content.media_type, size };
        records::insert_attachment(cx.tx, case.demand.id, &file, cx.now)?;
    }
    let fields = registered_fields(&case.demand, uploads);
    cx.record(&stream(number), "register", fields)?;
    Ok(receipt(cx.app, number, Status::Received, true))
}

/// A demand as it comes in, its firm found or registered.
pub fn new_case(cx: &mut Cx<'_>, number: &str, intake: &Intake, received_at: Instant) -> Result<Case> {
    let enterprise = enterprises::find_or_register(cx, intake.uscc.as_ref(), intake.enterprise_name.as_deref())?;
    let sorting = Sorting { kind: intake.kind, theme: intake.theme.clone(), ..Sorting::default() };
    let said = Said {
        audience: intake.audience,
        title: intake.title.clone(),
        text: intake.text.clone(),
        channel: intake.channel.clone(),
        enterprise: enterprise.as_ref().map(|e| e.id),
        enterprise_name: enterprise.map(|e| e.name),
        contact_name: intake.contact_name.clone(),
        contact_phone: intake.contact_phone.clone(),
        contact_email: intake.contact_email.clone(),
        area: intake.area.clone(),
        source: intake.source.clone(),
        source_id: intake.source_id.clone(),
    };
    let demand = Demand {
        id: cx.tx.next_id(),
        number: number.to_owned(),
        version: 1,
        said,
        received_at,
        status: Status::Received,
        sorting,
        lead_unit: None,
        goal: None,
        basis: None,
        round: 1,
        held_since: received_at,
        replied_at: None,
        closed_at: None,
        first_closed_at: None,
        outcome: None,
        end_note: None,
        merged: None,
    };
    Ok(Case::new(demand))
}

/// Who decides now, for the pure rules.
pub fn deciding<'a>(cx: &'a Cx<'_>, calendar: &'a kernel::worktime::Calendar, clocks: &'a ClockRules) -> Deciding<'a> {
    Deciding { actor: cx.actor, now: cx.now, city: cx.app.city(), clocks, calendar }
}

/// The receipt of a number.
pub fn receipt(app: &App, number: &str, status: Status, created: bool) -> Receipt {
    let code = codes::code(app.secret(), number);
    let receipt_url = format!("/demands/{number}/receipt?code={code}");
    Receipt { number: number.to_owned(), code, status, receipt_url, created }
}

fn already_here(cx: &mut Cx<'_>, number: &str) -> Result<Receipt> {
    let demand = records::by_number(cx.tx, number)?.ok_or_else(|| Error::from(Refusal::not_found("没有这件诉求")))?;
    Ok(receipt(cx.app, number, demand.status, false))
}

/// What the ledger keeps of a registration: every word, each under a commitment of its own, so that one can be erased.
fn registered_fields(demand: &Demand, uploads: &[Upload]) -> Vec<(&'static str, String)> {
    let said = &demand.said;
    let mut fields = vec![
        ("audience", said.audience.code().to_owned()),
        ("title", said.title.clone()),
        ("text", said.text.clone()),
        ("channel", said.channel.clone()),
    ];
    let optional = [
        ("kind", demand.sorting.kind.map(|k| k.code().to_owned())),
        ("theme", demand.sorting.theme.clone()),
        ("enterprise", said.enterprise_name.clone()),
        ("contact_name", said.contact_name.clone()),
        ("contact_phone", said.contact_phone.clone()),
        ("contact_email", said.contact_email.clone()),
        ("area", said.area.clone()),
        ("source", said.source.clone()),
        ("source_id", said.source_id.clone()),
    ];
    fields.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
    fields.extend(uploads.iter().map(|u| ("attachment", format!("{} {}", u.content.hash, u.name))));
    fields
}
