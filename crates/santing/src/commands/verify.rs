//! `santing verify`: does the ledger's chain hold.

use std::io::BufReader;
use std::path::Path;

use serde_json::json;
use store::Report;

use crate::Outcome;
use crate::config::Config;
use crate::open::{self, Ground};
use crate::out::say;

/// Checks the database's ledger, or an exported file without any database.
pub fn verify(config: &Config, file: Option<&Path>, as_json: bool) -> anyhow::Result<Outcome> {
    let report = match file {
        Some(path) => store::verify_file(BufReader::new(super::open_file(path)?))?,
        None => {
            open::must_exist(config)?;
            Ground::of(config)?.open_store(config)?.0.verify()?
        }
    };
    if as_json {
        print_json(&report)?;
        return Ok(outcome(&report));
    }
    Ok(print(&report))
}

fn outcome(report: &Report) -> Outcome {
    if report.holds() { Outcome::Done } else { Outcome::No }
}

/// The report as a person reads it.
pub fn print(report: &Report) -> Outcome {
    say!("{report}");
    outcome(report)
}

fn print_json(report: &Report) -> anyhow::Result<()> {
    let problems: Vec<_> = report
        .problems
        .iter()
        .map(|problem| json!({ "line": problem.line, "stream": problem.stream, "seq": problem.seq, "what": problem.what }))
        .collect();
    super::print_json(&json!({
        "holds": report.holds(), "hash": report.hash.name(), "entries": report.entries, "streams": report.streams,
        "seals": report.seals, "unsealed": report.unsealed, "erased": report.erased,
        "problem_count": report.problem_count, "problems": problems,
    }))
}
