//! The one thing in EXIF that a picture needs: which way is up.

use super::Broken;

/// The tag of the orientation.
const ORIENTATION: u16 = 0x0112;

/// The orientation, 2 to 8, that a TIFF block gives; `None` where it gives none or the usual one.
pub(super) fn orientation(tiff: &[u8]) -> Option<u8> {
    find(tiff).ok().flatten().filter(|value| (2..=8).contains(value))
}

fn find(tiff: &[u8]) -> Result<Option<u8>, Broken> {
    let little = match tiff.get(..4) {
        Some(b"II*\0") => true,
        Some(b"MM\0*") => false,
        _ => return Err(Broken),
    };
    let short = |at: usize| {
        let pair: [u8; 2] = tiff.get(at..at + 2).and_then(|b| b.try_into().ok()).ok_or(Broken)?;
        Ok(if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
    };
    let offset: [u8; 4] = tiff.get(4..8).and_then(|b| b.try_into().ok()).ok_or(Broken)?;
    let offset = if little { u32::from_le_bytes(offset) } else { u32::from_be_bytes(offset) };
    let directory = usize::try_from(offset).ok().filter(|at| *at < tiff.len()).ok_or(Broken)?;
    for entry in 0..usize::from(short(directory)?) {
        let at = directory + 2 + entry * 12;
        if short(at)? == ORIENTATION {
            return Ok(u8::try_from(short(at + 8)?).ok());
        }
    }
    Ok(None)
}

/// A TIFF block that says nothing but the orientation.
pub(super) fn minimal(orientation: u8) -> [u8; 26] {
    [
        b'M',
        b'M',
        0,
        b'*',
        0,
        0,
        0,
        8, // big-endian, the directory follows
        0,
        1, // one entry
        0x01,
        0x12,
        0,
        3,
        0,
        0,
        0,
        1,
        0,
        orientation,
        0,
        0, // orientation, one SHORT
        0,
        0,
        0,
        0, // no further directory
    ]
}
