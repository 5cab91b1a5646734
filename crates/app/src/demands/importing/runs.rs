//! Imports that somebody began on a page: looked through first, taken in once confirmed, both in the background, so that
//! the page can be left. What became of them is known until the server restarts; the ledger knows it for good.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};

use documents::tables::{self, Reader, TableError};
use kernel::{Actor, Error, Fault, Id, Instant, Permission, Refusal, Result};

use super::columns::Mapping;
use super::{ImportOptions, ImportReport, run};
use crate::context::App;
use crate::people;

/// Runs that are remembered; the oldest that are not under way go first.
const MOST: usize = 20;

/// A file that somebody sent.
pub struct Sent {
    /// Its name, which helps to tell its kind.
    pub name: String,
    /// Its content.
    pub bytes: axum::body::Bytes,
    /// The system that it came from.
    pub source: String,
    /// What its columns mean.
    pub mapping: Mapping,
}

/// How far a run is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Every row is being checked; nothing is kept.
    Checking,
    /// Checked; waits for somebody to say yes.
    Checked,
    /// Rows are being taken in.
    Importing,
    /// All is taken in that could be.
    Done,
    /// It ended on the way, for this reason.
    Failed(String),
}

/// A run as a page shows it.
#[derive(Clone, Debug)]
pub struct Run {
    /// Names it in addresses.
    pub id: Id,
    /// The file's name.
    pub file: String,
    /// The system that the file came from.
    pub source: String,
    /// Who sent it.
    pub by: String,
    /// When.
    pub at: Instant,
    /// How far it is.
    pub stage: Stage,
    /// What the check found.
    pub checked: ImportReport,
    /// What has been taken in so far.
    pub imported: ImportReport,
}

/// The runs of this server.
#[derive(Default)]
pub struct Runs(Mutex<BTreeMap<i64, Kept>>);

struct Kept {
    run: Run,
    mapping: Mapping,
    /// Without a name in any directory, so that nothing is left of it when it is dropped.
    file: File,
}

impl Runs {
    /// Every run, the latest first.
    pub fn all(&self) -> Vec<Run> {
        self.kept().values().rev().map(|kept| kept.run.clone()).collect()
    }

    /// A run.
    pub fn get(&self, id: Id) -> Result<Run, Refusal> {
        self.kept().get(&id.0).map(|kept| kept.run.clone()).ok_or_else(unknown)
    }

    fn put(&self, kept: Kept) {
        let mut all = self.kept();
        all.insert(kept.run.id.0, kept);
        let over = all.len().saturating_sub(MOST);
        let resting = |kept: &Kept| !matches!(kept.run.stage, Stage::Checking | Stage::Importing);
        let oldest: Vec<i64> = all.iter().filter(|(_, kept)| resting(kept)).map(|(id, _)| *id).take(over).collect();
        oldest.iter().for_each(|id| drop(all.remove(id)));
    }

    fn change(&self, id: Id, change: impl FnOnce(&mut Run)) {
        if let Some(kept) = self.kept().get_mut(&id.0) {
            change(&mut kept.run);
        }
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<i64, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unknown() -> Refusal {
    Refusal::not_found("没有这次导入：结果只保留到服务重启，或者它已被更新的导入挤掉；台账里仍有记录")
}

/// Keeps the file aside and begins to check it; refuses a file that is no table at all.
pub async fn begin(app: &App, actor: &Actor, sent: Sent) -> Result<Id> {
    people::require(actor, Permission::Exchange)?;
    let (id, at) = (app.next_id(), app.now());
    let run = Run {
        id,
        file: sent.name.clone(),
        source: sent.source,
        by: actor.name.clone(),
        at,
        stage: Stage::Checking,
        checked: ImportReport::default(),
        imported: ImportReport::default(),
    };
    let dir = app.data_dir().to_owned();
    let opened = tokio::task::spawn_blocking(move || {
        let mut file = tempfile::tempfile_in(dir).map_err(aside)?;
        file.write_all(&sent.bytes).map_err(aside)?;
        let reader = open(&file, &sent.name)?;
        Ok::<_, Error>((file, reader))
    });
    let (file, reader) = opened.await.map_err(|error| Fault::new("keep an import's file aside", error))??;
    app.imports().put(Kept { run, mapping: sent.mapping, file });
    go(app, actor, id, reader, true)?;
    Ok(id)
}

/// Takes in what was checked. Only the first to say so begins it.
pub async fn confirm(app: &App, actor: &Actor, id: Id) -> Result<()> {
    people::require(actor, Permission::Exchange)?;
    let (file, name) = {
        let mut all = app.imports().kept();
        let kept = all.get_mut(&id.0).ok_or_else(unknown)?;
        if kept.run.stage != Stage::Checked {
            return Ok(());
        }
        kept.run.stage = Stage::Importing;
        (kept.file.try_clone().map_err(aside)?, kept.run.file.clone())
    };
    let opened = tokio::task::spawn_blocking(move || open(&file, &name));
    let reader = opened.await.map_err(|error| Fault::new("open an import's file again", error))?;
    match reader {
        Ok(reader) => go(app, actor, id, reader, false),
        Err(error) => {
            app.imports().change(id, |run| run.stage = Stage::Failed(error.to_string()));
            Err(error)
        }
    }
}

fn open(file: &File, name: &str) -> Result<Reader> {
    let mut file = file.try_clone().map_err(aside)?;
    file.seek(SeekFrom::Start(0)).map_err(aside)?;
    tables::open(name, file, &tables::Options::default()).map_err(|error| match error {
        TableError::Io(source) => aside(source).into(),
        wrong => Refusal::field("file", "unreadable", wrong.to_string()).into(),
    })
}

fn aside(error: std::io::Error) -> Fault {
    Fault::new("keep an import's file aside", error).passing()
}

fn go(app: &App, actor: &Actor, id: Id, reader: Reader, dry_run: bool) -> Result<()> {
    let options = {
        let all = app.imports().kept();
        let kept = all.get(&id.0).ok_or_else(unknown)?;
        ImportOptions { source: kept.run.source.clone(), mapping: kept.mapping.clone(), dry_run }
    };
    let (app, actor) = (app.clone(), actor.clone());
    tokio::spawn(async move {
        let heard = |report: &ImportReport| app.imports().change(id, |run| *report_of(run, dry_run) = report.clone());
        let ended = run(&app, &actor, reader, options, heard).await;
        app.imports().change(id, |run| match ended {
            Ok(report) => {
                *report_of(run, dry_run) = report;
                run.stage = if dry_run { Stage::Checked } else { Stage::Done };
            }
            Err(error) => {
                tracing::error!(%error, "an import ended on the way");
                run.stage = Stage::Failed(why(&error));
            }
        });
    });
    Ok(())
}

fn report_of(run: &mut Run, dry_run: bool) -> &mut ImportReport {
    if dry_run { &mut run.checked } else { &mut run.imported }
}

fn why(error: &Error) -> String {
    match error {
        Error::Refused(refusal) => refusal.message.clone(),
        Error::Fault(_) => {
            "系统出错，没有继续导入，已经导入的保留着。有编号的行可以用同一个文件再导入一次，不会重复登记；\
             没有编号的行会重复，请先按“已导入”的件数把它们从文件里去掉。"
                .to_owned()
        }
    }
}
