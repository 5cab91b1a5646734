//! MP4 and M4A: boxes within boxes. Places in the file are counted from its beginning, so nothing may move: what is to
//! go is overwritten with nothing and renamed to `free`.

use super::Broken;

/// Boxes within boxes, down to this depth.
const DEPTH: usize = 8;

/// The recording without place, device, names and times.
pub(super) fn strip(bytes: &[u8]) -> Result<Vec<u8>, Broken> {
    let mut out = bytes.to_vec();
    let mut seen = Vec::new();
    walk(&mut out, 0, &mut seen)?;
    let has = |kind: &[u8; 4]| seen.contains(kind);
    // A recording in pieces has its sound and pictures in `moof`.
    if has(b"ftyp") && has(b"moov") && has(b"mdat") { Ok(out) } else { Err(Broken) }
}

fn walk(bytes: &mut [u8], depth: usize, seen: &mut Vec<[u8; 4]>) -> Result<(), Broken> {
    let mut at = 0;
    while at < bytes.len() {
        let (kind, head, size) = head(&bytes[at..])?;
        let body = &mut bytes[at + head..at + size];
        match &kind {
            b"udta" | b"meta" | b"uuid" | b"ilst" | b"XMP_" => {
                body.fill(0);
                bytes[at + 4..at + 8].copy_from_slice(b"free");
            }
            b"free" | b"skip" | b"wide" => body.fill(0),
            b"mvhd" | b"tkhd" | b"mdhd" => times(body),
            b"moov" | b"trak" | b"mdia" | b"moof" | b"traf" | b"edts" if depth < DEPTH => {
                walk(body, depth + 1, seen)?;
            }
            _ => {}
        }
        if depth == 0 {
            seen.push(kind);
        }
        at += size;
    }
    Ok(())
}

/// Kind, length of the head, length of the whole box.
fn head(rest: &[u8]) -> Result<([u8; 4], usize, usize), Broken> {
    let kind = rest.get(4..8).and_then(|k| k.try_into().ok()).ok_or(Broken)?;
    let short = rest.get(..4).and_then(|b| b.try_into().ok()).map(u32::from_be_bytes).ok_or(Broken)?;
    let (head, size) = match short {
        0 => (8, rest.len()),
        1 => {
            let long = rest.get(8..16).and_then(|b| b.try_into().ok()).map(u64::from_be_bytes).ok_or(Broken)?;
            (16, usize::try_from(long).map_err(|_| Broken)?)
        }
        size => (8, size as usize),
    };
    if size < head || size > rest.len() { Err(Broken) } else { Ok((kind, head, size)) }
}

/// When it was made and changed: 32 bits each, or 64 in version 1.
fn times(body: &mut [u8]) {
    let length = if body.first() == Some(&1) { 16 } else { 8 };
    if let Some(times) = body.get_mut(4..4 + length) {
        times.fill(0);
    }
}
