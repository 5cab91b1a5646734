//! Reading what somebody filled in for an act: every wrong field at once.

use kernel::error::Checker;
use kernel::{Id, Refusal};
use serde::{Deserialize, Serialize};

use super::acts::Act;
use super::issue::Whole;

/// Characters of a name at most; it stands in lists and on the page of a demand.
pub const NAME_MOST: usize = 60;
/// Characters of a reason at most.
pub const REASON_MOST: usize = 1000;
/// Demands of one act at most: nobody looks at more rows.
pub const MOST: usize = 500;
/// What one demand says is nobody's common issue.
const LEAST: usize = 2;

/// What is filled in for an act; each act takes some of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct ActInput {
    /// The version of the issue that was seen.
    pub version: Option<i64>,
    /// confirm, rename, split: what it is called, at most 60 characters.
    pub name: Option<String>,
    /// Why; every act but rename and attach asks for it.
    pub reason: Option<String>,
    /// confirm: 协调主体, one of the units that the city lists for it.
    pub coordinator: Option<String>,
    /// confirm: the lead unit, by code or name.
    pub lead_unit: Option<String>,
    /// confirm: the numbers of the demands that belong to it, all where absent; attach, detach, split: those that are meant.
    pub members: Option<Vec<String>>,
    /// attach: numbers as they are typed or pasted, with blanks or line breaks between them.
    pub numbers: Option<String>,
    /// join: the number of the other issue.
    pub into: Option<String>,
}

/// What was filled in, read and checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// The name.
    pub name: Option<String>,
    /// The reason.
    pub reason: Option<String>,
    /// The body that co-ordinates, by code.
    pub coordinator: Option<String>,
    /// The lead unit, by code.
    pub lead_unit: Option<String>,
    /// The demands.
    pub members: Vec<Id>,
}

/// What the fields may refer to.
pub struct Reading<'a> {
    /// The units that may co-ordinate, by code.
    pub coordinators: &'a [String],
    /// Finds a handling unit: its code, or a sentence that says what is wrong.
    pub unit: &'a dyn Fn(&str) -> Result<String, String>,
    /// Finds a demand by its number: its row, or a sentence that says why it cannot be meant.
    pub demand: &'a dyn Fn(&str) -> Result<Id, String>,
}

impl ActInput {
    /// Every number that is named, each once, with the field that names it.
    pub fn named(&self) -> Vec<(String, String)> {
        let listed =
            self.members.iter().flatten().enumerate().map(|(n, number)| (format!("members.{n}"), number.as_str()));
        let apart = |c: char| c.is_whitespace() || matches!(c, '、' | '，' | ',' | ';' | '；');
        let typed = self.numbers.iter().flat_map(|text| text.split(apart)).map(|number| ("numbers".to_owned(), number));
        let mut named: Vec<(String, String)> = Vec::new();
        for (field, number) in listed.chain(typed) {
            let number = number.trim().to_ascii_uppercase();
            if !number.is_empty() && !named.iter().any(|(_, other)| *other == number) {
                named.push((field, number));
            }
        }
        named
    }
}

/// Reads `input` for `act` on `whole`.
pub fn read(act: Act, whole: &Whole, input: &ActInput, reading: &Reading<'_>) -> Result<Given, Refusal> {
    let mut check = Checker::default();
    let mut given = Given::default();
    if matches!(act, Act::Rename | Act::Split) || act == Act::Confirm && input.name.is_some() {
        given.name = Some(name(input, &mut check));
    }
    given.reason = match act {
        Act::Rename | Act::Attach => check.optional_text("reason", "理由", input.reason.as_deref(), REASON_MOST),
        _ => Some(check.text("reason", "理由", input.reason.as_deref(), REASON_MOST)),
    };
    if act == Act::Confirm {
        given.coordinator = coordinator(input, reading, &mut check);
        let lead = check.optional_text("lead_unit", "牵头单位", input.lead_unit.as_deref(), 60);
        given.lead_unit = lead.and_then(|text| found("lead_unit", (reading.unit)(&text), &mut check));
    }
    if matches!(act, Act::Confirm | Act::Attach | Act::Detach | Act::Split) {
        given.members = members(act, whole, input, reading, &mut check);
    }
    check.done()?;
    Ok(given)
}

fn name(input: &ActInput, check: &mut Checker) -> String {
    let one_line = input.name.as_deref().map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "));
    check.text("name", "名称", one_line.as_deref(), NAME_MOST)
}

fn coordinator(input: &ActInput, reading: &Reading<'_>, check: &mut Checker) -> Option<String> {
    let code = check.text("coordinator", "协调主体", input.coordinator.as_deref(), 60);
    let known = reading.coordinators.contains(&code);
    if !known && !check.has("coordinator") {
        check.wrong("coordinator", "unknown", format!("协调主体只能是：{}", reading.coordinators.join("、")));
    }
    known.then_some(code)
}

fn members(act: Act, whole: &Whole, input: &ActInput, reading: &Reading<'_>, check: &mut Checker) -> Vec<Id> {
    let named = input.named();
    if named.len() > MOST {
        check.wrong("members", "too_many", format!("一次最多 {MOST} 件，请分批"));
        return Vec::new();
    }
    let everybody = act == Act::Confirm && input.members.is_none();
    let mut members = Vec::new();
    for (field, number) in &named {
        let shown: String = number.chars().filter(|c| !c.is_control()).take(30).collect();
        let demand = (reading.demand)(number).and_then(|demand| match whole.member(demand) {
            None if act != Act::Attach => Err("不在这个问题里".to_owned()),
            _ => Ok(demand),
        });
        let demand = demand.map_err(|wrong| format!("{shown}：{wrong}"));
        members.extend(found(field, demand, check));
    }
    match act {
        Act::Confirm if everybody && whole.size() >= LEAST || members.len() >= LEAST => {}
        Act::Confirm => check.wrong("members", "too_few", format!("共性问题至少有 {LEAST} 件诉求")),
        _ if named.is_empty() => check.wrong("members", "required", "请选诉求"),
        _ => {}
    }
    members
}

fn found<T>(field: &str, found: Result<T, String>, check: &mut Checker) -> Option<T> {
    found.map_err(|wrong| check.wrong(field, "unknown", wrong)).ok()
}

#[cfg(test)]
mod tests {
    use super::super::acts::tests::{by, whole};
    use super::*;

    fn reading(act: Act, input: &ActInput) -> Result<Given, Refusal> {
        let demand =
            |number: &str| number.strip_prefix('D').and_then(|n| n.parse().ok()).map(Id).ok_or("没有这件诉求".into());
        let unit = |text: &str| if text == "甲" { Ok("jia".to_owned()) } else { Err("没有这个单位".to_owned()) };
        let coordinators = ["lingdao".to_owned()];
        read(act, &whole(3, by().now), input, &Reading { coordinators: &coordinators, unit: &unit, demand: &demand })
    }

    fn wrong(act: Act, input: &ActInput) -> Vec<String> {
        reading(act, input).unwrap_err().errors.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn every_wrong_field_is_named() {
        let input = ActInput {
            name: Some("长".repeat(NAME_MOST + 1)),
            lead_unit: Some("乙".into()),
            members: Some(vec!["D1".into(), "x".into(), "D9".into(), "d1".into()]),
            ..ActInput::default()
        };
        assert_eq!(
            wrong(Act::Confirm, &input),
            ["name", "reason", "coordinator", "lead_unit", "members.1", "members.2", "members"]
        );
        assert_eq!(wrong(Act::Split, &ActInput::default()), ["name", "reason", "members"]);
        assert_eq!(wrong(Act::Attach, &ActInput::default()), ["members"]);
        let nobody = ActInput { members: Some(Vec::new()), reason: Some("同".into()), ..ActInput::default() };
        assert_eq!(wrong(Act::Confirm, &nobody), ["coordinator", "members"]);
    }

    #[test]
    fn numbers_may_be_typed_as_they_come() {
        let input = ActInput { numbers: Some("d7、D8\n D7，D2".into()), ..ActInput::default() };
        assert_eq!(reading(Act::Attach, &input).unwrap().members, [Id(7), Id(8), Id(2)]);
    }
}
