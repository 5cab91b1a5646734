//! Mails: what breaks through, the text of a mail, and the spool that the site's own mailer empties.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::{Actor, Fault, Id, Result};

use super::digest;
use super::records::{self, Mail};
use super::rules::{self, Item};
use crate::city::ReminderKind;
use crate::context::{App, Cx};

/// The folder in the data directory.
const OUTBOX: &str = "outbox";
/// Numbers of one kind that a mail names.
const MOST_NAMED: usize = 20;
/// A mail that was taken and not written for so long is taken again: its server died.
const STALE_SECONDS: i64 = 600;

/// Why a mail is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// The digest of the day.
    Digest,
    /// Something that does not wait for it.
    AtOnce,
}

/// Mails what may break through now to those who want mail; for the others it waits in the program.
pub fn urgent(app: &App) -> Result<()> {
    app.write_now(&Actor::system(), |cx| {
        let (calendar, rule) = (cx.app.calendar(), cx.app.city().clocks.digest.rule.clone());
        for (account, items) in digest::untold(cx)? {
            let through =
                |item: &&Item| item.open() && rules::breaks_through(item.kind, item.urgent, cx.now, &calendar, &rule);
            let items: Vec<&Item> = items.iter().filter(through).collect();
            if items.is_empty() {
                continue;
            }
            let Some(email) = records::email(cx.tx, account)? else { continue };
            for item in &items {
                records::tell(cx.tx, item.id, cx.now)?;
            }
            queue(cx, (account, &email), Occasion::AtOnce, &items)?;
        }
        Ok(())
    })
}

/// Queues a mail about `items`.
pub fn queue(cx: &mut Cx<'_>, (account, email): (Id, &str), occasion: Occasion, items: &[&Item]) -> Result<()> {
    let day = cx.today();
    let (what, n) = (if occasion == Occasion::Digest { "今日摘要" } else { "请即查看" }, items.len());
    let mail = Mail {
        id: cx.tx.next_id(),
        account,
        email: email.to_owned(),
        subject: format!("三听提醒：{what} {} 月 {} 日，{n} 条", day.month(), day.day()),
        body: body(items, cx.app.base_url()),
        at: cx.now,
    };
    records::insert_mail(cx.tx, &mail).map(drop)
}

/// Numbers and what is to be done, never what was said: that stays behind the login.
fn body(items: &[&Item], base_url: Option<&str>) -> String {
    let mut text = String::new();
    for kind in ReminderKind::ALL {
        // Two clocks of one demand are one line.
        let mut named = HashSet::new();
        let of_kind = items.iter().filter(|item| item.kind == kind && named.insert(&item.subject));
        let of_kind: Vec<&&Item> = of_kind.collect();
        if of_kind.is_empty() {
            continue;
        }
        let _ = writeln!(text, "{} {} 条", kind.label(), of_kind.len());
        for item in of_kind.iter().take(MOST_NAMED) {
            let number = if item.subject.starts_with("absence:") { item.title.as_str() } else { item.subject.as_str() };
            let urgent = if item.urgent { "（紧急）" } else { "" };
            let absent = item.for_name.as_ref().map(|name| format!("（代{name}）")).unwrap_or_default();
            let _ = writeln!(text, "  {number}{urgent}{absent}");
        }
        if of_kind.len() > MOST_NAMED {
            let _ = writeln!(text, "  另有 {} 条", of_kind.len() - MOST_NAMED);
        }
        text.push('\n');
    }
    match base_url {
        Some(url) => _ = writeln!(text, "登录后查看和办理：{url}/inbox"),
        None => text.push_str("请登录系统，在“提醒”里查看和办理。\n"),
    }
    text.push_str("每个工作日上班时一份摘要；不想收邮件，在“提醒”的“邮件”里删去邮箱。\n");
    text
}

/// Writes what is queued into the spool, one file each. A server that dies between writing and noting so writes the same
/// file again, with the same `Message-ID`.
pub fn spool(app: &App) -> Result<()> {
    if !app.read_now(&Actor::system(), |cx| records::any_mail(cx.tx))? {
        return Ok(());
    }
    let mails =
        app.write_now(&Actor::system(), |cx| records::claim_mails(cx.tx, cx.now, cx.now.plus_seconds(-STALE_SECONDS)))?;
    let folder = app.data_dir().join(OUTBOX);
    fs::create_dir_all(&folder).map_err(|error| Fault::new("make the folder of the mails", error))?;
    for mail in mails {
        write(&folder, &mail, app)?;
        let id = mail.id;
        app.write_now(&Actor::system(), move |cx| records::spooled(cx.tx, id, cx.now))?;
    }
    Ok(())
}

/// The mailer never sees half a file: it is written under another name first.
fn write(folder: &Path, mail: &Mail, app: &App) -> Result<()> {
    let (half, whole) = (folder.join(format!(".{}.part", mail.id)), folder.join(format!("{}.eml", mail.id)));
    fs::write(&half, eml(mail, app))
        .and_then(|()| fs::rename(&half, &whole))
        .map_err(|error| Fault::new("write a mail into the spool", error).passing().into())
}

/// The mail as RFC 5322 has it.
fn eml(mail: &Mail, app: &App) -> String {
    let host = app.base_url().and_then(host_of).unwrap_or("localhost");
    let date = mail.at.in_zone(&app.city().zone).strftime("%a, %d %b %Y %H:%M:%S %z").to_string();
    let subject: Vec<char> = mail.subject.chars().collect();
    // An encoded word holds 75 characters at most; twelve Han make 48 of base64.
    let words: Vec<String> = subject
        .chunks(12)
        .map(|some| format!("=?UTF-8?B?{}?=", STANDARD.encode(some.iter().collect::<String>())))
        .collect();
    let body = STANDARD.encode(mail.body.replace('\n', "\r\n"));
    let lines: Vec<&str> =
        body.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap_or_default()).collect();
    format!(
        "From: santing@{host}\r\nTo: {}\r\nSubject: {}\r\nDate: {date}\r\nMessage-ID: <santing-{}@{host}>\r\n\
         Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        mail.email,
        words.join("\r\n "),
        mail.id,
        lines.join("\r\n")
    )
}

fn host_of(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    let host = rest.split(['/', ':']).next()?;
    let plain = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    plain.then_some(host)
}
