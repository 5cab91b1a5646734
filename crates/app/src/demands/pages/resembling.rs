//! What resembles a demand, beside it: a hint before it is handed on, never in the way.

use kernel::Result;
use maud::{Markup, html};

use super::contact;
use super::look::status;
use crate::context::Cx;
use crate::demands::actions::resembling::{self, Similar};
use crate::demands::rules::case::Demand;
use crate::demands::rules::vocabulary::Status;

/// More of a text tells no more about its likeness.
const READ: usize = 4_000;

/// What resembles one demand.
pub struct Resembling {
    alike: Vec<Similar>,
    firm: Vec<Similar>,
}

impl Resembling {
    /// What resembles `demand`, within the sight of whoever looks.
    pub fn of(cx: &mut Cx<'_>, demand: &Demand) -> Result<Self> {
        let (said, own) = (&demand.said, Some(demand.number.as_str()));
        let text: String = format!("{}\n{}", said.title, said.text).chars().take(READ).collect();
        let alike = resembling::similar(cx, Some(&text), own)?;
        let mut firm = said.enterprise.map_or(Ok(Vec::new()), |firm| resembling::of_firm(cx, firm, own))?;
        firm.retain(|one| !alike.iter().any(|other| other.number == one.number));
        Ok(Self { alike, firm })
    }

    /// The card; nothing where nothing resembles it.
    pub fn card(&self) -> Markup {
        let part = |heading: &str, part: &dyn Fn(&&Similar) -> bool| {
            let rows: Vec<&Similar> = self.alike.iter().filter(part).collect();
            rows_under(heading, &rows)
        };
        html! {
            @if !self.alike.is_empty() || !self.firm.is_empty() {
                section.card {
                    h2 { "先看看这些 " span.small.muted { "仅供参考，可以不理" } }
                    (part("可能是同一件事，可以并入", &|one| one.same && !one.is_precedent()))
                    (part("办过的先例，可以参照办理", &|one| one.is_precedent()))
                    (part("说法相近", &|one| !one.same && !one.is_precedent()))
                    (rows_under("同一企业近 90 天反映的", &self.firm.iter().collect::<Vec<_>>()))
                }
            }
        }
    }
}

fn rows_under(heading: &str, rows: &[&Similar]) -> Markup {
    html! {
        @if !rows.is_empty() {
            h3 { (heading) }
            ul.small.list.tall {
                @for one in rows {
                    li {
                        @if let (Some(url), Some(title)) = (&one.url, &one.title) { a href=(url) { (contact::line(title)) } }
                        p.muted {
                            @if let Some(outcome) = one.outcome_label { b { (outcome) } }
                            @else if let Some(now) = Status::from_code(one.status) { (status(now)) }
                            " " (one.month) @if let Some(channel) = &one.channel_label { " " (channel) }
                            @if let Some(answer) = &one.answer { "：" (answer) }
                        }
                    }
                }
            }
        }
    }
}
