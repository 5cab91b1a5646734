//! `santing`: the program. The command line, the server's shell around the rooms of the `app` crate, and the commands that
//! work on the same data directory beside a running server.
//!
//! Exit codes: 0 done, 1 the answer is no or the work could not be done, 2 bad usage.

mod cli;
mod commands;
mod config;
mod demo;
mod health;
mod http;
mod jobs;
mod listen;
mod metrics;
mod open;
mod out;
mod serve;
mod usage;

use std::process::ExitCode;

use clap::Parser as _;
use kernel::RefusalKind;

use crate::cli::{Calendar, Cli, Command, Import, Text};
use crate::config::{Config, ServeConfig};

/// The answer of a command that worked: yes, or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// 0.
    Done,
    /// 1.
    No,
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return ExitCode::from(usage::explain(&error)),
    };
    match run(cli) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::No) => ExitCode::from(1),
        Err(error) if out::pipe_was_closed(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", sentence(&error));
            ExitCode::from(if is_misuse(&error) { 2 } else { 1 })
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<Outcome> {
    let config = Config::of(&cli.common)?;
    match cli.command {
        Command::Serve(options) => serve::serve(&config, &ServeConfig::of(&cli.common, &options)?),
        Command::Demo(options) => demo::demo(&config, &ServeConfig::of(&cli.common, &options)?),
        Command::Import(Import::Demands { file, map, source, dry_run, json }) => {
            commands::import::demands(&config, &commands::import::Asked { file, map, source, dry_run, json })
        }
        Command::Export(export) => commands::export::export(&config, &export),
        Command::Exchange(asked) => commands::exchange::exchange(&config, &asked),
        Command::Calendar(Calendar::Due { from, working_days, working_hours, json }) => {
            let query = app::calendar::DueQuery { from: Some(from), working_days, working_hours };
            commands::calendar::due(&config, &query, json)
        }
        Command::Verify { file, json } => commands::verify::verify(&config, file.as_deref(), json),
        Command::Backup { file } => commands::backup::backup(&config, &file),
        Command::Restore { file } => commands::backup::restore(&config, &file),
        Command::Users { json } => commands::users::users(&config, json),
        Command::Token { username } => commands::users::token(&config, &username),
        Command::Simulate(asked) => commands::simulate::simulate(&config, &asked),
        Command::Learn { aspect, json } => commands::learn::learn(&config, aspect.as_deref(), json),
        Command::Text(Text::Clusters(asked)) => commands::clusters::clusters(&config, &asked),
        Command::Text(Text::Redact) => commands::text::redact(),
        Command::Text(Text::Evaluate { train, test, json }) => commands::evaluate::evaluate(&train, &test, json),
        Command::Check => commands::check::check(&config),
    }
}

/// Whether the command was written wrongly: a date that is none, a filter that does not exist.
fn is_misuse(error: &anyhow::Error) -> bool {
    match error.downcast_ref::<kernel::Error>() {
        Some(kernel::Error::Refused(refusal)) => matches!(refusal.kind, RefusalKind::Invalid | RefusalKind::Malformed),
        _ => error.is::<usage::Misuse>(),
    }
}

/// An error as one reads it: ours in Chinese as they are, the outside world's behind them.
fn sentence(error: &anyhow::Error) -> String {
    match error.downcast_ref::<kernel::Error>() {
        Some(kernel::Error::Refused(refusal)) => refusal.to_string(),
        Some(kernel::Error::Fault(fault)) if fault.passing => {
            format!("暂时做不到，请检查磁盘、权限和数据库是否可用：{fault}")
        }
        Some(kernel::Error::Fault(fault)) => format!("程序出错：{fault}"),
        None => format!("{error:#}"),
    }
}
