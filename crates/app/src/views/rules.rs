//! What a saved view is, and what may be kept as one.

use kernel::error::Checker;
use kernel::{Actor, Id, Instant, Refusal};
use serde::{Deserialize, Serialize};

use crate::demands::rules::filter::Filter;
use crate::web::decode_pairs;
use crate::web::parts::encode;

/// Views of one account at most: more are no shortcut any longer.
pub const MOST: usize = 30;
/// Characters of a name at most; it has to fit into the menu.
pub const NAME_MOST: usize = 20;
/// Characters of the conditions at most.
const QUERY_MOST: usize = 2000;

/// A list of demands under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The row.
    pub id: Id,
    /// The account that saved it.
    pub owner: Id,
    /// The owner's name when it was saved.
    pub owner_name: String,
    /// What it is called.
    pub name: String,
    /// The conditions as an address has them.
    pub query: String,
    /// The unit with which it is shared.
    pub shared_with: Option<String>,
    /// When it was saved.
    pub created_at: Instant,
}

/// What is filled in to save or to change a view.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct ViewInput {
    /// What it is called, at most 20 characters.
    pub name: Option<String>,
    /// The conditions, as they stand after `?` in the address of the list.
    pub query: Option<String>,
    /// Whether the own unit sees it too.
    pub shared: bool,
}

impl View {
    /// The conditions; `None` where they no longer read.
    pub fn filter(&self) -> Option<Filter> {
        read(&self.query).ok()
    }

    /// The address of the list; `None` where the conditions no longer read.
    pub fn href(&self) -> Option<String> {
        self.filter().map(|filter| address(&filter))
    }

    /// Whether it is `actor`'s own.
    pub fn is_of(&self, actor: &Actor) -> bool {
        actor.account == Some(self.owner)
    }
}

/// The conditions that the query of an address says.
pub fn read(query: &str) -> Result<Filter, Refusal> {
    Ok(Filter::read(&decode_pairs(query)?)?.0)
}

/// The conditions as the query of an address, in their canonical order.
pub fn written(filter: &Filter) -> String {
    let pairs: Vec<String> = filter.pairs().iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    pairs.join("&")
}

fn address(filter: &Filter) -> String {
    let query = written(filter);
    if query.is_empty() { "/demands".to_owned() } else { format!("/demands?{query}") }
}

/// A new view of `actor` beside the `own` ones.
pub fn created(input: &ViewInput, actor: &Actor, own: &[View], id: Id, now: Instant) -> Result<View, Refusal> {
    let owner = actor.account.ok_or_else(|| Refusal::forbidden("常用视图属于账号，请先登录"))?;
    let mut check = Checker::default();
    if own.len() >= MOST {
        check.wrong("name", "too_many", format!("每个账号最多保存 {MOST} 个常用视图，请先删去不用的"));
    }
    let name = name(input, own.iter(), &mut check);
    let query = query(input, &mut check);
    let shared_with = shared_with(input, actor, &mut check);
    check.done()?;
    Ok(View { id, owner, owner_name: actor.name.clone(), name, query, shared_with, created_at: now })
}

/// The view under another name, or shared otherwise; its conditions stay.
pub fn amended(before: &View, input: &ViewInput, actor: &Actor, own: &[View]) -> Result<View, Refusal> {
    let mut check = Checker::default();
    let name = name(input, own.iter().filter(|other| other.id != before.id), &mut check);
    let shared_with = shared_with(input, actor, &mut check);
    check.done()?;
    Ok(View { name, shared_with, ..before.clone() })
}

fn name<'a>(input: &ViewInput, mut others: impl Iterator<Item = &'a View>, check: &mut Checker) -> String {
    // A line of the menu is one line.
    let one_line = input.name.as_deref().map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "));
    let name = check.text("name", "名称", one_line.as_deref(), NAME_MOST);
    if others.any(|other| other.name == name) {
        check.wrong("name", "not_allowed", format!("您已经有叫“{name}”的常用视图，请换一个名称"));
    }
    name
}

fn query(input: &ViewInput, check: &mut Checker) -> String {
    let text = check.optional_text("query", "筛选条件", input.query.as_deref(), QUERY_MOST).unwrap_or_default();
    match read(&text) {
        Ok(filter) => written(&filter),
        Err(refusal) if refusal.errors.is_empty() => {
            check.wrong("query", "bad_format", refusal.message);
            String::new()
        }
        Err(refusal) => {
            let wrong =
                |error: kernel::FieldError| check.wrong(format!("query.{}", error.field), error.code, error.message);
            refusal.errors.into_iter().for_each(wrong);
            String::new()
        }
    }
}

fn shared_with(input: &ViewInput, actor: &Actor, check: &mut Checker) -> Option<String> {
    if input.shared && actor.unit.is_none() {
        check.wrong("shared", "not_allowed", "您的账号不属于任何单位，不能共享");
    }
    actor.unit.clone().filter(|_| input.shared)
}
