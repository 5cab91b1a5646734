//! The one digest of a person and a working day.

use std::collections::{BTreeMap, HashSet};

use kernel::{Actor, Id, Result};

use super::rules::{self, Item, KEPT_DAYS};
use super::{derive, mail, records};
use crate::absences;
use crate::context::{App, Cx};

/// The mark that says which day's digests have been made.
const MARK: &str = "digest";

/// Makes the digests of today, once, while the offices are open.
pub fn make(app: &App) -> Result<()> {
    let Some(day) = rules::digest_day(app.now(), &app.calendar(), &app.city().clocks.digest) else { return Ok(()) };
    let day = day.to_string();
    app.write_now(&Actor::system(), move |cx| {
        if records::mark(cx.tx, MARK)?.as_ref() == Some(&day) {
            return Ok(());
        }
        records::set_mark(cx.tx, MARK, &day)?;
        derive::due_soon(cx)?;
        for (account, items) in untold(cx)? {
            one(cx, account, &day, &items)?;
        }
        let before = cx.now.plus_seconds(-KEPT_DAYS * 86_400);
        records::forget(cx.tx, before)?;
        records::forget_mails(cx.tx, before).map(drop)
    })
}

/// What nobody has been told yet, by account; who is away is told when they are back.
pub fn untold(cx: &mut Cx<'_>) -> Result<BTreeMap<Id, Vec<Item>>> {
    let away: HashSet<Id> = absences::away(cx)?.iter().map(|absence| absence.account).collect();
    let mut by_account: BTreeMap<Id, Vec<Item>> = BTreeMap::new();
    for item in records::untold(cx.tx)?.into_iter().filter(|item| !away.contains(&item.account)) {
        by_account.entry(item.account).or_default().push(item);
    }
    Ok(by_account)
}

fn one(cx: &mut Cx<'_>, account: Id, day: &str, items: &[Item]) -> Result<()> {
    let email = records::email(cx.tx, account)?;
    let n = i64::try_from(items.len()).unwrap_or(i64::MAX);
    if !records::insert_digest(cx.tx, account, day, (cx.now, n, email.is_some()))? {
        return Ok(());
    }
    for item in items {
        records::tell(cx.tx, item.id, cx.now)?;
    }
    // What has been looked at is in the count of the day, but nobody needs a mail about it.
    let news: Vec<&Item> = items.iter().filter(|item| item.open()).collect();
    match email {
        Some(email) if !news.is_empty() => mail::queue(cx, (account, &email), mail::Occasion::Digest, &news),
        _ => Ok(()),
    }
}
