//! One server per embedded database.

use std::fs::{File, OpenOptions, TryLockError};

use kernel::{Fault, Refusal, RefusalKind, Result};

use crate::store::{Location, Store};

/// Held by the one server of a data directory; the operating system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct Serving {
    _lock: Option<File>,
}

impl Store {
    /// Claims the data directory for a server. On SQLite a second server is refused; commands beside a running server do
    /// not claim. On PostgreSQL several servers share the work.
    pub fn claim_serving(&self) -> Result<Serving> {
        let Location::Sqlite(dir) = self.location() else { return Ok(Serving { _lock: None }) };
        let path = dir.join("serving.lock");
        let fail = |e| Fault::new(format!("lock {}", path.display()), e).passing();
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(fail)?;
        match file.try_lock() {
            Ok(()) => Ok(Serving { _lock: Some(file) }),
            Err(TryLockError::WouldBlock) => {
                let message = format!(
                    "数据目录 {} 正由另一个三听服务使用。请先停止它，或用 --data 指定另一个目录。",
                    dir.display()
                );
                Err(Refusal::new(RefusalKind::Conflict { current: None }, message).into())
            }
            Err(TryLockError::Error(error)) => Err(fail(error).into()),
        }
    }
}
