//! Attachments: files named by the hash of their content, durable before any row speaks of them.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use kernel::{Fault, Instant, Refusal, Result};

use crate::hash::HashKind;
use crate::row::{FromRow, Row};
use crate::store::Store;
use crate::tx::Tx;
use crate::{args, sql};

/// A file that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The hash of its bytes (SHA-256, whatever the ledger uses: it is a file's name as well), which names it.
    pub hash: String,
    /// Its size in bytes.
    pub size: usize,
    /// Its type by content: `image/jpeg`.
    pub media_type: String,
}

impl FromRow for Attachment {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self { hash: row.get(0)?, size: row.get(1)?, media_type: row.get(2)? })
    }
}

impl Store {
    /// Writes a file durably. It belongs to nothing until a transaction calls [`Tx::attach`].
    pub async fn keep_file(&self, bytes: Vec<u8>, media_type: impl Into<String> + Send) -> Result<Attachment> {
        let (store, media_type) = (self.clone(), media_type.into());
        let kept = tokio::task::spawn_blocking(move || store.keep_file_now(&bytes, media_type));
        kept.await.map_err(|e| Fault::new("keep a file", e))?
    }

    /// Like [`Store::keep_file`], blocking the calling thread.
    pub fn keep_file_now(&self, bytes: &[u8], media_type: impl Into<String>) -> Result<Attachment> {
        let attachment =
            Attachment { hash: HashKind::Sha256.of(bytes), size: bytes.len(), media_type: media_type.into() };
        let path = self.file_path(&attachment.hash);
        if !path.exists() {
            write_durably(&path, bytes).map_err(|e| Fault::new(format!("write {}", path.display()), e).passing())?;
        }
        Ok(attachment)
    }

    /// The bytes of a file, checked against its name.
    pub async fn file(&self, hash: &str) -> Result<Vec<u8>> {
        let (store, hash) = (self.clone(), hash.to_owned());
        tokio::task::spawn_blocking(move || store.file_now(&hash)).await.map_err(|e| Fault::new("read a file", e))?
    }

    /// Like [`Store::file`], blocking the calling thread.
    pub fn file_now(&self, hash: &str) -> Result<Vec<u8>> {
        if !is_hash(hash) {
            return Err(Refusal::not_found("没有这个附件").into());
        }
        let path = self.file_path(hash);
        let bytes = fs::read(&path).map_err(|e| Fault::new(format!("read {}", path.display()), e))?;
        if HashKind::Sha256.of(&bytes) == hash {
            Ok(bytes)
        } else {
            Err(Fault::broken(format!("{} no longer holds what its name says", path.display())).into())
        }
    }

    /// Removes files that no row speaks of and that were written before `before`; says how many. Blocks.
    pub fn sweep_files(&self, before: Instant) -> Result<usize> {
        let mut swept = 0;
        for path in self.files()? {
            let Some(hash) = path.file_name().and_then(|name| name.to_str()).map(str::to_owned) else { continue };
            let known = self
                .read_now(move |tx| tx.opt::<i64>(sql!("SELECT size FROM attachment WHERE hash = $1"), args![hash]))?;
            if known.is_none() && is_older(&path, before) {
                fs::remove_file(&path).map_err(|e| Fault::new(format!("remove {}", path.display()), e))?;
                swept += 1;
            }
        }
        Ok(swept)
    }

    /// Where the file of a hash is.
    pub(crate) fn file_path(&self, hash: &str) -> PathBuf {
        path(self.dir(), hash)
    }

    fn files(&self) -> Result<Vec<PathBuf>> {
        let top = self.dir().join("attachments");
        if !top.exists() {
            return Ok(Vec::new());
        }
        let list = |dir: &Path| -> std::io::Result<Vec<PathBuf>> {
            fs::read_dir(dir)?.map(|entry| entry.map(|e| e.path())).collect()
        };
        let fail = |e| Fault::new(format!("list {}", top.display()), e);
        let mut files = Vec::new();
        for dir in list(&top).map_err(fail)? {
            files.extend(list(&dir).map_err(fail)?);
        }
        Ok(files)
    }
}

impl Tx {
    /// Makes a file that was kept part of the data.
    pub fn attach(&mut self, attachment: &Attachment, now: Instant) -> Result<()> {
        self.run(
            sql!(
                "INSERT INTO attachment (hash, size, media_type, created_at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (hash) DO NOTHING"
            ),
            args![&attachment.hash, attachment.size, &attachment.media_type, now],
        )
        .map(drop)
    }

    /// What is known of a file.
    pub fn attachment(&mut self, hash: &str) -> Result<Option<Attachment>> {
        self.opt(sql!("SELECT hash, size, media_type FROM attachment WHERE hash = $1"), args![hash])
    }
}

fn path(dir: &Path, hash: &str) -> PathBuf {
    dir.join("attachments").join(&hash[..2]).join(hash)
}

/// Puts a file of a backup back, if it holds what its name says.
pub(crate) fn restore(dir: &Path, hash: &str, bytes: &[u8]) -> Result<()> {
    if !is_hash(hash) || HashKind::Sha256.of(bytes) != hash {
        return Err(Fault::broken(format!("the backup's attachment {hash} is damaged")).into());
    }
    let path = path(dir, hash);
    write_durably(&path, bytes).map_err(|e| Fault::new(format!("write {}", path.display()), e).passing().into())
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_older(path: &Path, before: Instant) -> bool {
    let limit = UNIX_EPOCH + Duration::from_micros(u64::try_from(before.0).unwrap_or(0));
    fs::metadata(path).and_then(|meta| meta.modified()).is_ok_and(|modified| modified < limit)
}

/// Content first, then its name, then the directory that holds the name: after a crash there is the whole file or none.
fn write_durably(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let dir = path.parent().ok_or_else(|| std::io::Error::other("a path without a directory"))?;
    fs::create_dir_all(dir)?;
    let mut file = tempfile::NamedTempFile::new_in(dir)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    File::open(dir)?.sync_all()?;
    dir.parent().map_or(Ok(()), |above| File::open(above)?.sync_all())
}
