//! `santing text clusters`: the common issues in a table, without a city's database.

use std::path::Path;

use app::demands::importing::columns::Mapping;
use documents::tables::{self, Cell, ReadError, Row};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use text::clusters::{Clusters, Group, Note};

use crate::Outcome;
use crate::cli::ClustersOptions;
use crate::config::Config;
use crate::open::Ground;
use crate::out::say;

/// Rows that cannot be used and are told one by one; ids that are printed of one issue.
const TOLD: usize = 20;
const PRINTED: usize = 50;

/// Reads the table, groups its rows, prints the groups.
pub fn clusters(config: &Config, asked: &ClustersOptions) -> anyhow::Result<Outcome> {
    let mut table = Table { zone: Ground::of(config)?.city.zone, ids: Vec::new(), clusters: Clusters::new(&[]) };
    let unused = table.read(&asked.file)?;
    // The second time sees what the first has joined.
    table.clusters.settle();
    table.clusters.settle();
    let mut groups = table.clusters.groups(asked.least);
    groups.truncate(asked.top.unwrap_or(usize::MAX));
    if asked.json {
        table.print_json(&groups)?;
    } else {
        table.print(&groups);
    }
    Ok(if table.ids.is_empty() && unused > 0 { Outcome::No } else { Outcome::Done })
}

struct Table {
    zone: TimeZone,
    /// The ids as the file has them; a note's number is its place here.
    ids: Vec<Value>,
    clusters: Clusters,
}

impl Table {
    /// Takes in the rows; how many of them cannot be used. Those are told as errors and passed over.
    fn read(&mut self, path: &Path) -> anyhow::Result<usize> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut unused = 0;
        for row in tables::open(&name, super::open_file(path)?, &tables::Options::default())? {
            let added = match row {
                Ok(row) => self.add(&row).map_err(|why| format!("第 {} 行：{why}", row.number)),
                Err(ReadError::Row(error)) => Err(error.to_string()),
                Err(ReadError::File(error)) => return Err(error.into()),
            };
            if let Err(why) = added {
                unused += 1;
                if unused <= TOLD {
                    eprintln!("{why}");
                }
            }
        }
        if unused > 0 {
            eprintln!("{unused} 行不能用，已跳过");
        }
        Ok(unused)
    }

    fn add(&mut self, row: &Row) -> Result<(), String> {
        let columns = Mapping::default();
        let of = |field| row.iter().find(|(column, _)| columns.field(column) == Some(field)).map(|(_, cell)| cell);
        let text = |field| of(field).and_then(Cell::text).unwrap_or_default();
        let id = of("source_id").filter(|cell| !cell.is_blank());
        let (title, body) = (text("title"), text("text"));
        let at = match of("received_at").filter(|cell| !cell.is_blank()) {
            None => Ok(0),
            Some(cell) => cell.date().and_then(|date| date.instant(&self.zone)).map(|at| at.0).ok_or("时间无法识别"),
        };
        let wrong = [
            id.is_none().then_some("没有编号"),
            (title.trim().is_empty() && body.trim().is_empty()).then_some("没有标题和内容"),
            at.err(),
        ];
        let wrong: Vec<&str> = wrong.into_iter().flatten().collect();
        let (Some(id), Ok(at), true) = (id, at, wrong.is_empty()) else { return Err(wrong.join("，")) };
        self.clusters.add(&Note { id: self.ids.len() as i64, title: &title, text: &body, at });
        self.ids.push(as_written(id));
        Ok(())
    }

    fn ids_of<'a>(&'a self, group: &'a Group) -> impl Iterator<Item = &'a Value> {
        group.members.iter().filter_map(|member| self.ids.get(usize::try_from(member.id).ok()?))
    }

    fn print_json(&self, groups: &[Group]) -> anyhow::Result<()> {
        let listed: Vec<Value> = groups
            .iter()
            .map(|group| {
                let ids: Vec<&Value> = self.ids_of(group).collect();
                json!({ "name": group.name, "size": ids.len(), "ids": ids, "why": group.why })
            })
            .collect();
        super::print_json(&listed)
    }

    fn print(&self, groups: &[Group]) {
        let gathered: usize = groups.iter().map(|group| group.members.len()).sum();
        say!("{} 件诉求，找出共性问题 {} 个，涉及 {gathered} 件", self.ids.len(), groups.len());
        for (number, group) in groups.iter().enumerate() {
            say!("\n{}. {}（{} 件）", number + 1, group.name, group.members.len());
            if !group.why.is_empty() {
                say!("   都说到：{}", group.why.join("、"));
            }
            let ids: Vec<String> = self.ids_of(group).take(PRINTED).map(plain).collect();
            let more = if group.members.len() > PRINTED { "……" } else { "" };
            say!("   编号：{}{more}", ids.join("、"));
        }
    }
}

/// A number stays a number, everything else is text.
fn as_written(id: &Cell) -> Value {
    match id {
        Cell::Number(number) => serde_json::from_str(&number.digits).unwrap_or_else(|_| json!(number.digits)),
        other => json!(other.text().unwrap_or_default()),
    }
}

fn plain(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}
