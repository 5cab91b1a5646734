//! A model as bytes, to be kept in a database or a file.

use std::fmt;

use super::calibrate::Calibration;
use super::grams::{Gram, Part};
use super::lexicon::Lexicon;
use super::model::{Model, PARTS, Weighed};
use super::solve::LANES;

/// Begins every model; the last byte is the version of the form.
const MAGIC: [u8; 8] = *b"santlrn\x01";

/// Why bytes are no model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelError {
    /// They are something else, or a model in the form of another version.
    Foreign,
    /// They were a model once.
    Damaged,
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Foreign => "不是本程序能读的模型",
            Self::Damaged => "模型已损坏",
        })
    }
}

impl std::error::Error for ModelError {}

impl Model {
    /// The model as bytes, the same for the same model.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        let put_size = |bytes: &mut Vec<u8>, size: usize| bytes.extend((size as u32).to_le_bytes());
        put_size(&mut bytes, self.labels.len());
        for label in &self.labels {
            put_size(&mut bytes, label.len());
            bytes.extend(label.as_bytes());
        }
        let Calibration { steepness, margin } = self.calibration;
        [steepness, margin, self.familiar, self.unit].iter().for_each(|f| bytes.extend(f.to_le_bytes()));
        self.bias.as_flattened()[..self.labels.len()].iter().for_each(|f| bytes.extend(f.to_le_bytes()));
        for part in &self.parts {
            put_size(&mut bytes, part.lexicon.grams().len());
            part.lexicon.grams().iter().for_each(|gram| bytes.extend(gram.to_le_bytes()));
            for row in part.rows.chunks(self.bias.len()) {
                row.as_flattened()[..self.labels.len()].iter().for_each(|weight| bytes.extend(weight.to_le_bytes()));
            }
        }
        bytes.extend(checksum(&bytes).to_le_bytes());
        bytes
    }

    /// The model that these bytes are.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        let rest = bytes.strip_prefix(&MAGIC).ok_or(ModelError::Foreign)?;
        let whole = rest
            .split_last_chunk()
            .filter(|(rest, sum)| checksum(&bytes[..MAGIC.len() + rest.len()]) == u64::from_le_bytes(**sum));
        read(&mut Bytes(whole.ok_or(ModelError::Damaged)?.0)).ok_or(ModelError::Damaged)
    }
}

fn read(bytes: &mut Bytes<'_>) -> Option<Model> {
    let labels: Vec<String> = (0..bytes.size()?).map(|_| bytes.text()).collect::<Option<_>>()?;
    let (steepness, margin, familiar, unit) = (bytes.float()?, bytes.float()?, bytes.float()?, bytes.float()?);
    let mut bias = vec![[0.0; LANES]; labels.len().div_ceil(LANES)];
    for bias in &mut bias.as_flattened_mut()[..labels.len()] {
        *bias = bytes.float()?;
    }
    let parts = [read_part(bytes, PARTS[0], labels.len())?, read_part(bytes, PARTS[1], labels.len())?];
    let whole = labels.len() >= 2 && bytes.0.is_empty();
    whole.then_some(Model { labels, parts, bias, unit, calibration: Calibration { steepness, margin }, familiar })
}

fn read_part(bytes: &mut Bytes<'_>, part: Part, labels: usize) -> Option<Weighed> {
    let size = bytes.size()?;
    let grams: Vec<Gram> = (0..size).map(|_| bytes.take().map(Gram::from_le_bytes)).collect::<Option<_>>()?;
    // Room is made for the rows only after their bytes are known to be there.
    let weights = bytes.some(size.checked_mul(2 * labels)?)?;
    let blocks = labels.div_ceil(LANES);
    let mut rows = vec![[0; LANES]; size * blocks];
    for (row, weights) in rows.chunks_mut(blocks).zip(weights.chunks(2 * labels)) {
        for (weight, bytes) in row.as_flattened_mut().iter_mut().zip(weights.as_chunks().0) {
            *weight = i16::from_le_bytes(*bytes);
        }
    }
    Some(Weighed { lexicon: Lexicon::new(part, grams), rows })
}

/// What is still to be read.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    fn some(&mut self, size: usize) -> Option<&[u8]> {
        let (taken, rest) = self.0.split_at_checked(size)?;
        self.0 = rest;
        Some(taken)
    }

    /// How many of something follow; each has a byte at least.
    fn size(&mut self) -> Option<usize> {
        self.take().map(|size| u32::from_le_bytes(size) as usize).filter(|size| *size <= self.0.len())
    }

    fn float(&mut self) -> Option<f32> {
        self.take().map(f32::from_le_bytes).filter(|float| float.is_finite())
    }

    fn text(&mut self) -> Option<String> {
        let size = self.size()?;
        String::from_utf8(self.some(size)?.to_vec()).ok()
    }
}

/// Bytes that only the reader of the inside can refuse.
#[cfg(test)]
pub(super) fn sealed(inside: &[u8]) -> Vec<u8> {
    let mut bytes = [&MAGIC, inside].concat();
    bytes.extend(checksum(&bytes).to_le_bytes());
    bytes
}

/// FNV-1a over words of eight bytes: against damage, not against malice.
fn checksum(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks();
    let mut last = [0xFF; 8];
    last[..rest.len()].copy_from_slice(rest);
    let step = |sum: u64, word: &[u8; 8]| {
        let mixed = (sum ^ u64::from_le_bytes(*word)).wrapping_mul(0x0100_0000_01B3);
        mixed ^ mixed >> 32
    };
    step(words.iter().fold(0xCBF2_9CE4_8422_2325, step), &last)
}
