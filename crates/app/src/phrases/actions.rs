//! Keeping, listing, offering, changing and removing phrases. Every change is an entry of the ledger stream `phrase:ID`.

use kernel::{Id, Permission, Refusal, Result};

use super::records;
use super::rules::{self, MOST, Phrase, PhraseInput};
use crate::context::Cx;
use crate::people;

/// Every phrase that the actor may use, the expired ones included; by title.
pub fn list(cx: &mut Cx<'_>) -> Result<Vec<Phrase>> {
    people::require(cx.actor, Permission::Desk)?;
    records::serving(cx.tx, cx.actor.unit.as_deref().unwrap_or_default(), cx.actor.account.unwrap_or(Id(0)))
}

/// The phrases that forms offer: those whose clause still holds, the own ones first, then the unit's, then the city's.
pub fn offered(cx: &mut Cx<'_>) -> Result<Vec<Phrase>> {
    let today = cx.today();
    let mut phrases = list(cx)?;
    phrases.retain(|phrase| !phrase.expired(today));
    // Stable, so that each scope stays in the order of its titles.
    phrases.sort_by_key(|phrase| match phrase.keeper.scope {
        super::scope::Scope::Own => 0,
        super::scope::Scope::Unit => 1,
        super::scope::Scope::City => 2,
    });
    Ok(phrases)
}

/// A phrase that the actor may change.
pub fn own(cx: &mut Cx<'_>, id: Id) -> Result<Phrase> {
    people::require(cx.actor, Permission::Desk)?;
    let phrase = records::by_id(cx.tx, id)?.filter(|phrase| phrase.keeper.obeys(cx.actor));
    Ok(phrase.ok_or_else(|| Refusal::not_found("没有这条常用语，或者不归您来改"))?)
}

/// Keeps a phrase.
pub fn create(cx: &mut Cx<'_>, input: &PhraseInput) -> Result<Phrase> {
    people::require(cx.actor, Permission::Desk)?;
    let phrase = rules::created(input, cx.actor, cx.tx.next_id(), cx.today(), cx.now)?;
    let beside = list(cx)?.iter().filter(|other| other.keeper.scope == phrase.keeper.scope).count();
    if beside >= MOST {
        let message = format!("同一范围最多保存 {MOST} 条常用语，请先删去不用的");
        return Err(Refusal::field("title", "too_many", message).into());
    }
    records::insert(cx.tx, &phrase)?;
    record(cx, "save_phrase", &phrase)?;
    Ok(phrase)
}

/// Changes a phrase of which the actor saw `input.version`.
pub fn amend(cx: &mut Cx<'_>, id: Id, input: &PhraseInput) -> Result<Phrase> {
    let before = own(cx, id)?;
    let phrase = rules::amended(&before, input, cx.today(), cx.now)?;
    let seen = input.version.unwrap_or_default();
    if seen != before.version || !records::update(cx.tx, &phrase, seen)? {
        let message = "就在刚才，别人先改了这条常用语；您填写的内容都还在，请核对后再提交";
        return Err(Refusal::conflict(before.version, message).into());
    }
    record(cx, "amend_phrase", &phrase)?;
    Ok(phrase)
}

/// Removes a phrase.
pub fn remove(cx: &mut Cx<'_>, id: Id) -> Result<Phrase> {
    let phrase = own(cx, id)?;
    records::delete(cx.tx, id)?;
    record(cx, "remove_phrase", &phrase)?;
    Ok(phrase)
}

fn record(cx: &mut Cx<'_>, act: &'static str, phrase: &Phrase) -> Result<()> {
    let mut fields = vec![
        ("title", phrase.title.clone()),
        ("text", phrase.text.clone()),
        ("reach", phrase.keeper.scope.code().to_owned()),
        ("place", phrase.place.code().to_owned()),
        ("version", phrase.version.to_string()),
    ];
    let optional = [
        ("unit", phrase.keeper.unit.clone()),
        ("citation", phrase.citation.clone()),
        ("valid_until", phrase.valid_until.map(|day| day.to_string())),
    ];
    fields.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
    cx.record(&format!("phrase:{}", phrase.id), act, fields)
}
