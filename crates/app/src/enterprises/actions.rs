//! Finding, registering and correcting firms. Every change is a ledger entry in the stream `enterprise:ID`.

use std::collections::HashMap;

use kernel::uscc::Uscc;
use kernel::{Error, Fault, Id, Page, PageRequest, Permission, Refusal, Result};

use super::records;
use super::rules::{self, Enterprise, EnterpriseInput, like_pattern};
use crate::context::Cx;
use crate::people;

/// The firm that a demand names, registered where it is new; `None` where it names none. The code decides; a name alone
/// finds the firm of that name. A code that meets a firm known only by that name is written down with it.
pub fn find_or_register(cx: &mut Cx<'_>, uscc: Option<&Uscc>, name: Option<&str>) -> Result<Option<Enterprise>> {
    let name = name.map(str::trim).filter(|name| !name.is_empty());
    match (uscc, name) {
        (None, None) => Ok(None),
        (None, Some(name)) => by_name(cx, name).map(Some),
        (Some(code), name) => by_code(cx, code, name).map(Some),
    }
}

/// The firm of a row, for staff.
pub fn get(cx: &mut Cx<'_>, id: Id) -> Result<Enterprise> {
    people::require(cx.actor, Permission::Desk)?;
    records::by_id(cx.tx, id)?.ok_or_else(|| Error::from(Refusal::not_found("没有这家企业")))
}

/// The unified social credit codes of these firms, where they have one.
pub fn codes(cx: &mut Cx<'_>, ids: &[Id]) -> Result<HashMap<Id, String>> {
    Ok(records::codes(cx.tx, ids)?.into_iter().collect())
}

/// Firms in the order of their names; `q` is a code or a part of a name.
pub fn list(cx: &mut Cx<'_>, q: Option<&str>, page: &PageRequest) -> Result<Page<Enterprise>> {
    people::require(cx.actor, Permission::Desk)?;
    let q = q.map(str::trim).filter(|q| !q.is_empty());
    let code = q.and_then(|q| Uscc::parse(q).ok());
    let pattern = q.filter(|_| code.is_none()).map(like_pattern);
    let after = page.cursor.as_deref().map(read_cursor).transpose()?;
    let found = records::list(cx.tx, pattern.as_deref(), code.as_ref().map(Uscc::as_str), after, page.limit)?;
    let more = found.len() > page.limit;
    let last = found.get(page.limit.saturating_sub(1)).filter(|_| more);
    let next = last.map(|(firm, place)| format!("{}.{place}", firm.id));
    Ok(Page { items: found.into_iter().take(page.limit).map(|(firm, _)| firm).collect(), next })
}

/// Corrects a firm.
pub fn amend(cx: &mut Cx<'_>, id: Id, input: &EnterpriseInput) -> Result<Enterprise> {
    people::require(cx.actor, Permission::Register)?;
    let before = get(cx, id)?;
    let firm = rules::amended(&before, input)?;
    if let Some(code) = &firm.uscc
        && let Some(other) = records::by_uscc(cx.tx, code)?.filter(|other| other.id != id)
    {
        let message = format!("这个代码已经登记在“{}”名下", other.name);
        return Err(Refusal::field("uscc", "not_allowed", message).into());
    }
    save(cx, "amend_enterprise", &firm)?;
    Ok(firm)
}

fn by_code(cx: &mut Cx<'_>, code: &Uscc, name: Option<&str>) -> Result<Enterprise> {
    if let Some(firm) = records::by_uscc(cx.tx, code.as_str())? {
        return match name {
            Some(name) if firm.nameless() => {
                let named = Enterprise { name: name.to_owned(), version: firm.version + 1, ..firm };
                save(cx, "name_enterprise", &named)?;
                Ok(named)
            }
            _ => Ok(firm),
        };
    }
    let without_code = match name {
        Some(name) => records::by_name(cx.tx, name)?.into_iter().filter(|firm| firm.uscc.is_none()).collect(),
        None => Vec::new(),
    };
    // Only where exactly one firm of that name waits for its code; with two, a guess would mix them up.
    if let [firm] = without_code.as_slice() {
        let coded = Enterprise { uscc: Some(code.as_str().to_owned()), version: firm.version + 1, ..firm.clone() };
        save(cx, "code_enterprise", &coded)?;
        return Ok(coded);
    }
    register(cx, Some(code), name.unwrap_or(code.as_str()))
}

fn by_name(cx: &mut Cx<'_>, name: &str) -> Result<Enterprise> {
    match records::by_name(cx.tx, name)?.into_iter().next() {
        Some(firm) => Ok(firm),
        None => register(cx, None, name),
    }
}

fn register(cx: &mut Cx<'_>, uscc: Option<&Uscc>, name: &str) -> Result<Enterprise> {
    let firm = Enterprise {
        id: cx.tx.next_id(),
        uscc: uscc.map(|code| code.as_str().to_owned()),
        name: name.to_owned(),
        industry: None,
        size: None,
        area: None,
        created_at: cx.now,
        version: 1,
    };
    if records::insert(cx.tx, &firm)? {
        record(cx, "register_enterprise", &firm)?;
        return Ok(firm);
    }
    let first = uscc.map(|code| records::by_uscc(cx.tx, code.as_str())).transpose()?.flatten();
    first.ok_or_else(|| Error::from(Fault::broken("a firm's code is taken by a firm that is not there")))
}

fn save(cx: &mut Cx<'_>, act: &'static str, firm: &Enterprise) -> Result<()> {
    if !records::update(cx.tx, firm)? {
        let message = "就在刚才，别人先改了这家企业；您填写的内容都还在，请核对后再提交";
        return Err(Refusal::conflict(firm.version, message).into());
    }
    record(cx, act, firm)
}

fn record(cx: &mut Cx<'_>, act: &'static str, firm: &Enterprise) -> Result<()> {
    let mut fields = vec![("name", firm.name.clone()), ("version", firm.version.to_string())];
    let optional = [
        ("uscc", firm.uscc.clone()),
        ("industry", firm.industry.clone()),
        ("size", firm.size.clone()),
        ("area", firm.area.clone()),
    ];
    fields.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
    cx.record(&format!("enterprise:{}", firm.id), act, fields)
}

fn read_cursor(cursor: &str) -> Result<(String, i64), Refusal> {
    let read = cursor.split_once('.').and_then(|(id, place)| Some((place.to_owned(), id.parse().ok()?)));
    read.ok_or_else(|| Refusal::field("cursor", "bad_format", "翻页标记不对，请从第一页重新开始"))
}
