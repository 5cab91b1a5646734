//! `santing exchange`: packages and reconciliations as files, also beside a running server.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;

use anyhow::Context as _;
use app::context::App;
use app::exchange::actions::reconciling::{self, Reconciled};
use app::exchange::actions::sending::{self, Wanted};
use app::exchange::actions::taking::{self, Taken};
use app::exchange::api::ReconciliationView;
use app::exchange::rules::package;
use kernel::{Actor, Error};

use crate::Outcome;
use crate::cli::Exchange;
use crate::config::Config;
use crate::open;
use crate::out::say;

/// Differences that are printed; the rest is on the page.
const PRINTED: usize = 200;

/// Does what was asked.
pub fn exchange(config: &Config, asked: &Exchange) -> anyhow::Result<Outcome> {
    let app = || open::app(config);
    match asked {
        Exchange::Import { file, json } => import(&app()?, file, *json),
        Exchange::Export { remote, file, after, all } => {
            let wanted = Wanted { after: i64::from(*after), all: *all, ..Wanted::default() };
            export(&app()?, remote, file.as_deref(), wanted)
        }
        Exchange::Reconcile { remote, file, json } => reconcile(&app()?, remote, file, *json),
        Exchange::Key { remote } => key(&app()?, remote),
        Exchange::Receipt { remote, through } => receipt(&app()?, remote, i64::from(*through)),
    }
}

fn import(app: &App, path: &Path, json: bool) -> anyhow::Result<Outcome> {
    let mut bytes = Vec::new();
    super::open_file(path)?.read_to_end(&mut bytes).map_err(|error| super::unreadable(path, &error))?;
    let taken = package::remote_of(&bytes)
        .map_err(Error::from)
        .and_then(|remote| taking::take(app, &Actor::system(), &remote, &bytes));
    let taken = match taken {
        Ok(taken) => taken,
        Err(error) => return not_taken(error),
    };
    // A command ends with its index made; a running server would do it as well, a moment later.
    while app::jobs::at_once(app)? {}
    if json {
        super::print_json(&taken)?;
    } else {
        print(&taken);
    }
    let nothing = taken.rejected > 0 && taken.done + taken.known + taken.waiting == 0;
    Ok(if nothing { Outcome::No } else { Outcome::Done })
}

/// A file that is refused is an answer, not a command that was written wrongly.
fn not_taken(error: Error) -> anyhow::Result<Outcome> {
    match error {
        Error::Refused(refusal) => {
            eprintln!("{refusal}");
            Ok(Outcome::No)
        }
        fault => Err(fault.into()),
    }
}

fn print(taken: &Taken) {
    match taken.standing.as_str() {
        "known" => say!("包 {} 以前收到过，没有重复登记", taken.package),
        "old" => say!("包 {}（第 {} 号）早已过期，没有处理其中任何内容", taken.package, taken.sequence),
        _ => say!(
            "包 {}（第 {} 号）：办理 {} 条，以前办过 {} 条，等待工单 {} 条，拒收 {} 条",
            taken.package,
            taken.sequence,
            taken.done,
            taken.known,
            taken.waiting,
            taken.rejected
        ),
    }
    for wrong in &taken.reasons {
        say!("第 {} 行  {}  {}  {}", wrong.line, wrong.message, wrong.field, wrong.reason);
    }
    say!("已连续收到第 {} 号", taken.received);
}

fn export(app: &App, remote: &str, path: Option<&Path>, wanted: Wanted) -> anyhow::Result<Outcome> {
    // The file first: nothing is said to have been taken that could not be written.
    let file = path.map(|path| File::create_new(path).with_context(|| format!("不能新建 {}", path.display())));
    let file = file.transpose()?;
    let (text, messages) = sending::package(app, &Actor::system(), remote, wanted).inspect_err(|_| {
        if let Some(path) = path {
            // Whatever becomes of the empty file, the error is what is told.
            let _ = std::fs::remove_file(path);
        }
    })?;
    match (file, path) {
        (Some(mut file), Some(path)) => {
            file.write_all(text.as_bytes()).with_context(|| format!("写 {}", path.display()))?;
            say!("{messages} 条消息已写到 {}", path.display());
        }
        _ => say!("{}", text.trim_end()),
    }
    Ok(Outcome::Done)
}

fn reconcile(app: &App, remote: &str, path: &Path, json: bool) -> anyhow::Result<Outcome> {
    let file = super::open_file(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let at = app.now().rfc3339(&app.city().zone);
    let found = match reconciling::reconcile(app, &Actor::system(), remote, &name, file) {
        Ok(found) => found,
        Err(error) => return not_taken(error),
    };
    let unexplained = found.comparison.unexplained();
    if json {
        super::print_json(&ReconciliationView::of(found, at))?;
    } else {
        print_differences(&found);
    }
    Ok(if unexplained == 0 { Outcome::Done } else { Outcome::No })
}

fn print_differences(found: &Reconciled) {
    let comparison = &found.comparison;
    let unexplained = comparison.unexplained();
    let explained = comparison.differences.len() as u64 - unexplained;
    say!(
        "对方 {} 件，本市 {} 件，一致 {} 件；不一致 {unexplained} 处，在途 {explained} 处，读不懂 {} 行",
        comparison.theirs,
        comparison.ours,
        comparison.agreed,
        found.unread.len()
    );
    for difference in comparison.differences.iter().filter(|each| each.explained.is_none()).take(PRINTED) {
        let number = difference.number.as_deref().unwrap_or("—");
        say!(
            "{}  {}  {number}  对方：{}  本市：{}",
            difference.kind.label(),
            difference.case,
            difference.theirs,
            difference.ours
        );
    }
    for wrong in found.unread.iter().take(PRINTED) {
        say!("第 {} 行  {}  {}", wrong.row, wrong.column, wrong.reason);
    }
}

fn key(app: &App, remote: &str) -> anyhow::Result<Outcome> {
    let code = remote.to_owned();
    say!("{}", app.write_now(&Actor::system(), move |cx| sending::key(cx, &code))?);
    Ok(Outcome::Done)
}

fn receipt(app: &App, remote: &str, through: i64) -> anyhow::Result<Outcome> {
    let code = remote.to_owned();
    let acknowledged = app.write_now(&Actor::system(), move |cx| sending::receive(cx, &code, through))?;
    say!("新记下 {acknowledged} 条消息的回执");
    Ok(Outcome::Done)
}
