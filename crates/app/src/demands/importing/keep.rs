//! Writing a batch of imported rows: one transaction, each row whole or not at all.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Actor, Id, Instant, Result};

use super::row::{OfficialReply, Prepared};
use crate::context::{App, Cx};
use crate::demands::actions::intake::{deciding, new_case};
use crate::demands::records::{self, Written};
use crate::demands::rules::case::{Case, Reply};
use crate::demands::rules::decide;
use crate::demands::rules::vocabulary::Status;
use crate::demands::{serials, stream};
use crate::processes::{self, Governing};

/// How many rows of a batch are new, and how many were here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// New demands.
    pub imported: u64,
    /// Demands that were here before.
    pub already: u64,
}

/// Keeps a batch, or only counts it in a dry run.
pub async fn keep(app: &App, actor: &Actor, batch: Vec<Prepared>, dry_run: bool) -> Result<Kept> {
    match dry_run {
        true => app.read(actor, move |cx| Ok(sort(cx, &batch)?.1)).await,
        false => app.write(actor, move |cx| write(cx, &batch)).await,
    }
}

/// The rows of a batch that are new, and the counts. A row without a number of its own is always new.
fn sort<'a>(cx: &mut Cx<'_>, batch: &'a [Prepared]) -> Result<(Vec<&'a Prepared>, Kept)> {
    let key = |p: &'a Prepared| Some((p.intake.source.as_deref()?, p.intake.source_id.as_deref()?));
    let mut by_source: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (source, id) in batch.iter().filter_map(key) {
        by_source.entry(source).or_default().push(id);
    }
    let mut here: BTreeSet<(String, String)> = BTreeSet::new();
    for (source, ids) in by_source {
        here.extend(records::source_ids(cx.tx, source, &ids)?.into_iter().map(|id| (source.to_owned(), id)));
    }
    let mut new = Vec::with_capacity(batch.len());
    for prepared in batch {
        let known = key(prepared).is_some_and(|(s, id)| !here.insert((s.to_owned(), id.to_owned())));
        if !known {
            new.push(prepared);
        }
    }
    let kept = Kept { imported: new.len() as u64, already: (batch.len() - new.len()) as u64 };
    Ok((new, kept))
}

fn write(cx: &mut Cx<'_>, batch: &[Prepared]) -> Result<Kept> {
    let (new, kept) = sort(cx, batch)?;
    let mut wanted: BTreeMap<String, i64> = BTreeMap::new();
    for prepared in &new {
        *wanted.entry(series(cx, prepared)).or_default() += 1;
    }
    let mut next: BTreeMap<String, i64> = BTreeMap::new();
    for (series, count) in wanted {
        let first = records::reserve_serials(cx.tx, &series, count)?;
        next.insert(series, first);
    }
    let governing = processes::in_force(cx)?;
    let mut documents = Vec::with_capacity(new.len());
    for prepared in new {
        let series = series(cx, prepared);
        let serial = next.entry(series.clone()).or_default();
        let number = format!("{series}{serial:04}");
        *serial += 1;
        let mut document = prepared.document.clone();
        document.add(&text::index_terms(&number));
        documents.push((write_one(cx, &number, prepared, &governing)?, document));
    }
    // All at once at the end: other statements in between would make the index write out what it has gathered.
    documents.into_iter().try_for_each(|(id, document)| cx.tx.index_document(id, &document))?;
    Ok(kept)
}

fn series(cx: &Cx<'_>, prepared: &Prepared) -> String {
    serials::series(cx.app, &prepared.intake.channel, prepared.intake.received_at.unwrap_or(cx.now))
}

fn write_one(cx: &mut Cx<'_>, number: &str, prepared: &Prepared, governing: &Governing) -> Result<Id> {
    let received_at = prepared.intake.received_at.unwrap_or(cx.now);
    let mut case = new_case(cx, number, &prepared.intake, received_at)?;
    match &prepared.reply {
        // Nobody could answer here before it came in: the dispatch clock starts now, the receipt time stays.
        None => {
            let calendar = cx.app.calendar();
            decide::receive(&mut case, &deciding(cx, &calendar, &governing.clocks))?;
        }
        Some(reply) => close(&mut case, reply.at.unwrap_or(cx.now).max(received_at)),
    }
    records::insert_whole(cx.tx, &case)?;
    processes::stamp(cx, case.demand.id, governing)?;
    if let Some(reply) = &prepared.reply {
        let (at, by_name) = (case.demand.held_since, reply.unit.clone().unwrap_or_else(|| "原系统".to_owned()));
        let what = Reply { policy_reading: String::new(), measures: String::new(), opinion: reply.text.clone() };
        records::insert_reply_only(cx.tx, &case.demand, &Written { what, unit: None, by_name, at })?;
    }
    let fields = recorded(cx, &case, prepared.reply.as_ref());
    cx.record(&stream(number), "import", fields)?;
    Ok(case.demand.id)
}

/// An imported demand with an official reply is history: answered and closed there, its outcome not known here.
fn close(case: &mut Case, at: Instant) {
    case.demand.status = Status::Closed;
    case.demand.held_since = at;
    case.demand.replied_at = Some(at);
    case.demand.closed_at = Some(at);
    case.demand.first_closed_at = Some(at);
}

fn recorded(cx: &Cx<'_>, case: &Case, reply: Option<&OfficialReply>) -> Vec<(&'static str, String)> {
    let said = &case.demand.said;
    let mut fields = vec![
        ("title", said.title.clone()),
        ("text", said.text.clone()),
        ("received_at", case.demand.received_at.rfc3339(&cx.app.city().zone)),
    ];
    let optional = [
        ("source", said.source.clone()),
        ("source_id", said.source_id.clone()),
        ("enterprise", said.enterprise_name.clone()),
        ("contact_name", said.contact_name.clone()),
        ("contact_phone", said.contact_phone.clone()),
        ("contact_email", said.contact_email.clone()),
        ("reply", reply.map(|r| r.text.clone())),
    ];
    fields.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
    fields
}
