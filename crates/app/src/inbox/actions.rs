//! Looking at one's own reminders, and saying where mail shall go.

use kernel::{Id, Instant, Page, PageRequest, Permission, Refusal, Result};

use super::records::{self, Made};
use super::rules::{self, AddressInput, Item};
use crate::context::Cx;
use crate::people;

/// Open reminders that a page shows.
pub const MOST_OPEN: usize = 200;
/// Reminders that have been dealt with and are still shown.
const MOST_DONE: usize = 30;

/// Everything of one's own.
pub struct Inbox {
    /// What waits to be looked at, the latest first.
    pub open: Vec<Item>,
    /// How many those are in all.
    pub count: u64,
    /// What was read or has settled itself.
    pub done: Vec<Item>,
    /// Today's digest.
    pub digest: Option<Made>,
    /// Where mail goes.
    pub email: Option<String>,
}

/// One's own reminders. They belong to the account, in whose place ever it acts just now.
pub fn inbox(cx: &mut Cx<'_>) -> Result<Inbox> {
    let account = own(cx)?;
    let today = cx.today().to_string();
    Ok(Inbox {
        open: records::of_account(cx.tx, account, true, None, MOST_OPEN)?,
        count: waiting(cx)?,
        done: records::done_of(cx.tx, account, MOST_DONE)?,
        digest: records::digest(cx.tx, account, &today)?,
        email: records::email(cx.tx, account)?,
    })
}

/// How many reminders wait for the one who looks.
pub fn waiting(cx: &mut Cx<'_>) -> Result<u64> {
    let Some(account) = cx.actor.account else { return Ok(0) };
    Ok(u64::try_from(records::count_open(cx.tx, account)?).unwrap_or_default())
}

/// One page of one's own reminders.
pub fn list(cx: &mut Cx<'_>, open: bool, page: &PageRequest) -> Result<Page<Item>> {
    let account = own(cx)?;
    let after = page.cursor.as_deref().map(cursor).transpose()?;
    let mut items = records::of_account(cx.tx, account, open, after, page.limit + 1)?;
    let more = items.len() > page.limit;
    items.truncate(page.limit);
    let next = items.last().filter(|_| more).map(|item| format!("{}.{}", item.at.0, item.id.0));
    Ok(Page { items, next })
}

fn cursor(text: &str) -> Result<(Instant, Id), Refusal> {
    let parts = text.split_once('.').and_then(|(at, id)| Some((Instant(at.parse().ok()?), Id(id.parse().ok()?))));
    parts.ok_or_else(|| Refusal::field("cursor", "bad_format", "翻页标记不对，请从第一页开始"))
}

/// Marks one reminder as read.
pub fn read(cx: &mut Cx<'_>, id: Id) -> Result<()> {
    let account = own(cx)?;
    if records::read(cx.tx, account, id, cx.now)? {
        return Ok(());
    }
    Err(Refusal::not_found("没有这条提醒").into())
}

/// Marks everything as read that stood there at `until`.
pub fn read_all(cx: &mut Cx<'_>, until: Option<Instant>) -> Result<u64> {
    let account = own(cx)?;
    records::read_all(cx.tx, account, until.unwrap_or(cx.now).min(cx.now), cx.now)
}

/// Says where mail shall go; nowhere where the address is empty.
pub fn set_address(cx: &mut Cx<'_>, input: &AddressInput) -> Result<Option<String>> {
    let account = own(cx)?;
    let email = rules::address(input)?;
    records::set_email(cx.tx, account, email.as_deref())?;
    // The address itself is the person's own; the ledger keeps that there is one.
    let wanted = if email.is_some() { "true" } else { "false" };
    cx.record(&format!("inbox:{account}"), "set_mail", vec![("mail", wanted.to_owned())])?;
    Ok(email)
}

fn own(cx: &Cx<'_>) -> Result<Id> {
    people::require(cx.actor, Permission::Desk)?;
    cx.actor.account.ok_or_else(|| Refusal::forbidden("提醒属于账号，请先登录").into())
}
