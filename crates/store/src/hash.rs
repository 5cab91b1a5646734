//! The two hashes that a ledger may be kept with.

use sha2::Digest;

/// A hash function of 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashKind {
    /// SM3 (GB/T 32905), the usual one.
    Sm3,
    /// SHA-256.
    Sha256,
}

impl HashKind {
    /// The name kept in the database and in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sm3 => "SM3",
            Self::Sha256 => "SHA-256",
        }
    }

    /// The hash of a name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Sm3, Self::Sha256].into_iter().find(|kind| kind.name() == name)
    }

    /// The hash of `parts`, each preceded by its length, so that no two lists of parts hash alike.
    pub fn of_parts<'a>(self, parts: impl IntoIterator<Item = &'a [u8]>) -> String {
        let mut hasher = Hasher::new(self);
        for part in parts {
            hasher.update(&(part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        hasher.finish()
    }

    /// The hash of `bytes` alone, in hexadecimal.
    pub fn of(self, bytes: &[u8]) -> String {
        let mut hasher = Hasher::new(self);
        hasher.update(bytes);
        hasher.finish()
    }
}

/// A hash in the making.
pub(crate) enum Hasher {
    Sm3(Box<sm3::Sm3>),
    Sha256(Box<sha2::Sha256>),
}

impl Hasher {
    pub(crate) fn new(kind: HashKind) -> Self {
        match kind {
            HashKind::Sm3 => Self::Sm3(Box::default()),
            HashKind::Sha256 => Self::Sha256(Box::default()),
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sm3(hasher) => hasher.update(bytes),
            Self::Sha256(hasher) => hasher.update(bytes),
        }
    }

    pub(crate) fn finish(self) -> String {
        match self {
            Self::Sm3(hasher) => hex::encode(hasher.finalize()),
            Self::Sha256(hasher) => hex::encode(hasher.finalize()),
        }
    }
}
