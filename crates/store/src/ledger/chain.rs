//! What an entry is bound by: its fields through commitments, everything else and the entry before through its hash.

use kernel::{Fault, Id, Instant, Random, Result};
use serde::{Deserialize, Serialize};

use super::Entry;
use crate::hash::HashKind;
use crate::row::{FromRow, Row};
use crate::tx::Tx;

/// One field of a recorded entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its value; `None` once it has been erased.
    pub value: Option<String>,
    /// What keeps the value from being guessed from its commitment; goes with the value.
    pub salt: Option<String>,
    /// The hash of salt, name and value.
    pub commit: String,
}

/// An entry as it stands in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedEntry {
    /// What the act concerns.
    pub stream: String,
    /// The entry's number in its stream, from 1.
    pub seq: i64,
    /// When it was done.
    pub at: Instant,
    /// Who did it, by name.
    pub actor: String,
    /// Who did it, by account.
    pub actor_id: Option<Id>,
    /// For whom it was done.
    pub on_behalf: Option<String>,
    /// What was done.
    pub act: String,
    /// What was said or set.
    pub fields: Vec<Field>,
    /// The hash of the entry before in this stream; empty for the first.
    pub prev: String,
    /// The hash of this entry.
    pub hash: String,
}

impl RecordedEntry {
    /// The value of a field that is there and not erased.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|field| field.name == name)?.value.as_deref()
    }
}

/// Turns what is to be recorded into a link of its chain.
pub(super) fn bind(kind: HashKind, random: &dyn Random, entry: &Entry, seq: i64, prev: String) -> RecordedEntry {
    let mut salts = vec![0; 16 * entry.fields.len()];
    random.fill(&mut salts);
    let field = |((name, value), salt): (&(String, String), &[u8])| {
        let salt = hex::encode(salt);
        let commit = commitment(kind, &salt, name, value);
        Field { name: name.clone(), value: Some(value.clone()), salt: Some(salt), commit }
    };
    let mut recorded = RecordedEntry {
        stream: entry.stream.clone(),
        seq,
        at: entry.at,
        actor: entry.actor.clone(),
        actor_id: entry.actor_id,
        on_behalf: entry.on_behalf.clone(),
        act: entry.act.clone(),
        fields: entry.fields.iter().zip(salts.chunks(16)).map(field).collect(),
        prev,
        hash: String::new(),
    };
    recorded.hash = entry_hash(kind, &recorded);
    recorded
}

/// What binds a field.
pub(super) fn commitment(kind: HashKind, salt: &str, name: &str, value: &str) -> String {
    kind.of_parts([b"santing field 1".as_slice(), salt.as_bytes(), name.as_bytes(), value.as_bytes()])
}

/// What binds an entry.
pub(super) fn entry_hash(kind: HashKind, entry: &RecordedEntry) -> String {
    let present = |text: Option<String>| text.map_or_else(String::new, |text| format!("={text}"));
    let mut parts = vec![
        "santing entry 1".to_owned(),
        entry.stream.clone(),
        entry.seq.to_string(),
        entry.at.0.to_string(),
        entry.actor.clone(),
        present(entry.actor_id.map(|id| id.to_string())),
        present(entry.on_behalf.clone()),
        entry.act.clone(),
        entry.prev.clone(),
        entry.fields.len().to_string(),
    ];
    parts.extend(entry.fields.iter().flat_map(|field| [field.name.clone(), field.commit.clone()]));
    kind.of_parts(parts.iter().map(String::as_bytes))
}

/// The fields as they are kept in one column.
pub(super) fn fields_json(fields: &[Field]) -> String {
    // Texts and lists of texts always serialise.
    serde_json::to_string(fields).unwrap_or_default()
}

/// The fields of a column.
pub(super) fn fields_of(json: &str) -> Result<Vec<Field>> {
    serde_json::from_str(json).map_err(|e| Fault::new("read the fields of a ledger entry", e).into())
}

/// A damaged entry must not hide the others: it is shown as it is, and no check will accept it.
fn fields_or_damage(json: String) -> Vec<Field> {
    fields_of(&json).unwrap_or_else(|_| {
        vec![Field { name: "损坏的记录".into(), value: Some(json), salt: None, commit: String::new() }]
    })
}

impl FromRow for RecordedEntry {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            stream: row.get(0)?,
            seq: row.get(1)?,
            at: row.get(2)?,
            actor: row.get(3)?,
            actor_id: row.get(4)?,
            on_behalf: row.get(5)?,
            act: row.get(6)?,
            fields: fields_or_damage(row.get(7)?),
            prev: row.get(8)?,
            hash: row.get(9)?,
        })
    }
}

impl Tx {
    /// The hash that this database's ledger is kept with.
    pub(crate) fn hash(&self) -> Result<HashKind, Fault> {
        self.shared.hash.get().copied().ok_or_else(|| Fault::broken("used the ledger before Store::migrate"))
    }
}
