//! Registering a batch: every right row becomes a demand, all in one transaction.

use std::collections::BTreeMap;

use kernel::{Actor, Error, Id, Permission, Refusal, Result};

use super::records::{self, Registered};
use super::rules::Batch;
use super::stream;
use crate::context::{App, Cx};
use crate::demands::actions::intake;
use crate::demands::rules::intake::Intake;
use crate::demands::{codes, serials};
use crate::people;

/// Batches that are shown to who registered them.
const RECENT: usize = 20;

/// What became of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The row's number in the sheet.
    pub row: u64,
    /// The demand's number.
    pub number: String,
    /// Its query code.
    pub code: String,
    /// False where it had been registered before.
    pub created: bool,
}

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The batch, where it added anything.
    pub id: Option<Id>,
    /// The rows that are demands now, or were before.
    pub rows: Vec<Taken>,
}

/// A batch with the receipts of its demands.
#[derive(Clone, Debug)]
pub struct Receipts {
    /// The batch.
    pub batch: Registered,
    /// Its demands.
    pub lines: Vec<ReceiptLine>,
}

/// One demand of a batch.
#[derive(Clone, Debug)]
pub struct ReceiptLine {
    /// The row's number in the sheet.
    pub row: i64,
    /// The demand's number.
    pub number: String,
    /// Its query code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// The firm that spoke.
    pub enterprise: Option<String>,
}

/// Which rows are demands already: row number → demand number.
pub fn known(cx: &mut Cx<'_>, batch: &Batch) -> Result<BTreeMap<u64, String>> {
    people::require(cx.actor, Permission::Register)?;
    let mut known = BTreeMap::new();
    for (line, said) in batch.right() {
        if let Some(number) = records::known(cx.tx, &batch.heading.source, row_of(said))? {
            known.insert(line.number, number);
        }
    }
    Ok(known)
}

fn row_of(said: &Intake) -> &str {
    said.source_id.as_deref().unwrap_or_default()
}

/// A demand number for every right row that has none yet; numbers are handed out outside of the transaction.
pub async fn numbers(app: &App, actor: &Actor, batch: &Batch) -> Result<BTreeMap<u64, String>> {
    let asked = batch.clone();
    let mut numbers = app.read(actor, move |cx| known(cx, &asked)).await?;
    let new: Vec<u64> = batch.right().map(|(line, _)| line.number).filter(|row| !numbers.contains_key(row)).collect();
    for row in new {
        numbers.insert(row, serials::next_number(app, &batch.heading.channel, app.now()).await?);
    }
    Ok(numbers)
}

/// Registers every right row under the number that it was given; a row that is here already stays as it is.
pub fn register(cx: &mut Cx<'_>, batch: &Batch, numbers: &BTreeMap<u64, String>) -> Result<Outcome> {
    people::require(cx.actor, Permission::Register)?;
    let mut rows = Vec::new();
    for (line, said) in batch.right() {
        let Some(number) = numbers.get(&line.number) else { continue };
        let receipt = intake::register(cx, number, said, &[])?;
        rows.push(Taken { row: line.number, number: receipt.number, code: receipt.code, created: receipt.created });
    }
    let new: Vec<(u64, String)> = rows.iter().filter(|t| t.created).map(|t| (t.row, t.number.clone())).collect();
    let id = if new.is_empty() { None } else { Some(keep(cx, batch, &new, rows.len())?) };
    Ok(Outcome { id, rows })
}

fn keep(cx: &mut Cx<'_>, batch: &Batch, new: &[(u64, String)], all: usize) -> Result<Id> {
    let kept = Registered {
        id: cx.tx.next_id(),
        source: batch.heading.source.clone(),
        channel: batch.heading.channel.clone(),
        account: cx.actor.account.unwrap_or(Id(0)),
        by_name: cx.actor.name.clone(),
        registered: new.len() as i64,
        at: cx.now,
    };
    records::insert(cx.tx, &kept, new)?;
    let fields = vec![
        ("source", kept.source),
        ("channel", kept.channel),
        ("imported", new.len().to_string()),
        ("already", (all - new.len()).to_string()),
        ("rejected", batch.wrong().count().to_string()),
    ];
    cx.record(&stream(kept.id), "register_batch", fields)?;
    Ok(kept.id)
}

/// The actor's latest batches.
pub fn recent(cx: &mut Cx<'_>) -> Result<Vec<Registered>> {
    match cx.actor.account {
        Some(account) => records::of_account(cx.tx, account, RECENT),
        None => Ok(Vec::new()),
    }
}

/// A batch with numbers and codes, for whoever registered it and no one else: with a code one speaks as the submitter.
pub fn receipts(cx: &mut Cx<'_>, id: Id) -> Result<Receipts> {
    let own = records::by_id(cx.tx, id)?.filter(|batch| Some(batch.account) == cx.actor.account);
    let batch = own.ok_or_else(|| Error::from(Refusal::not_found("没有这一批，或者不是您登记的")))?;
    let secret = cx.app.secret();
    let lines = records::rows(cx.tx, id)?
        .into_iter()
        .map(|(row, number, title, enterprise)| ReceiptLine {
            row,
            code: codes::code(secret, &number),
            number,
            title,
            enterprise,
        })
        .collect();
    Ok(Receipts { batch, lines })
}
