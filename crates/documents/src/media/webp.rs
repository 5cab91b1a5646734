//! WebP: a RIFF container with chunks.

use super::exif;
use super::{Broken, Picture};

const HAS_EXIF: u8 = 0x08;
const HAS_XMP: u8 = 0x04;

/// The picture without EXIF (but for its orientation), XMP, unknown chunks, and whatever follows its end.
pub(super) fn strip(bytes: &[u8]) -> Result<Picture, Broken> {
    let declared = bytes.get(4..8).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes).ok_or(Broken)?;
    let end = usize::try_from(declared).ok().and_then(|n| n.checked_add(8)).ok_or(Broken)?;
    if !bytes.starts_with(b"RIFF") || bytes.get(8..12) != Some(b"WEBP") || end > bytes.len() || end < 12 {
        return Err(Broken);
    }
    let mut rest = &bytes[12..end];
    let mut out = b"RIFF\0\0\0\0WEBP".to_vec();
    let mut size = None;
    let mut flags_at = None;
    let mut orientation = None;
    let mut pixels = false;
    while !rest.is_empty() {
        let (kind, body, after) = chunk(rest)?;
        rest = after;
        match kind {
            b"VP8X" if body.len() >= 10 && size.is_none() => {
                flags_at = Some(out.len() + 8);
                size = Some((triple(&body[4..7]) + 1, triple(&body[7..10]) + 1));
                put(&mut out, kind, body);
            }
            b"VP8 " | b"VP8L" => {
                size = size.or(frame_size(kind, body));
                pixels = true;
                put(&mut out, kind, body);
            }
            b"ANMF" => {
                pixels = true;
                put(&mut out, kind, body);
            }
            b"ALPH" | b"ANIM" | b"ICCP" => put(&mut out, kind, body),
            b"EXIF" => orientation = exif::orientation(body.strip_prefix(b"Exif\0\0").unwrap_or(body)),
            b"VP8X" => return Err(Broken),
            _ => {}
        }
    }
    let (width, height) = size.filter(|_| pixels).ok_or(Broken)?;
    if let Some(at) = flags_at {
        out[at] &= !(HAS_EXIF | HAS_XMP);
        if let Some(value) = orientation {
            out[at] |= HAS_EXIF;
            put(&mut out, b"EXIF", &exif::minimal(value));
        }
    }
    let length = u32::try_from(out.len() - 8).map_err(|_| Broken)?;
    out[4..8].copy_from_slice(&length.to_le_bytes());
    Ok(Picture { bytes: out, width, height })
}

type Chunk<'a> = (&'a [u8; 4], &'a [u8], &'a [u8]);

/// Kind, body and what follows; a body of odd length is followed by one byte of nothing.
fn chunk(rest: &[u8]) -> Result<Chunk<'_>, Broken> {
    let kind = rest.get(..4).and_then(|k| k.try_into().ok()).ok_or(Broken)?;
    let length = rest.get(4..8).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes).ok_or(Broken)?;
    let end = usize::try_from(length).ok().and_then(|n| n.checked_add(8)).filter(|n| *n <= rest.len()).ok_or(Broken)?;
    let next = (end + end % 2).min(rest.len());
    Ok((kind, &rest[8..end], &rest[next..]))
}

fn put(out: &mut Vec<u8>, kind: &[u8; 4], body: &[u8]) {
    out.extend_from_slice(kind);
    // The body came out of a chunk, so that its length fits.
    out.extend_from_slice(&u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(body);
    if body.len() % 2 == 1 {
        out.push(0);
    }
}

fn triple(bytes: &[u8]) -> u32 {
    u32::from(bytes[0]) | u32::from(bytes[1]) << 8 | u32::from(bytes[2]) << 16
}

/// Width and height of a picture without an extended header.
fn frame_size(kind: &[u8; 4], body: &[u8]) -> Option<(u32, u32)> {
    if kind == b"VP8L" {
        let bits: [u8; 4] = body.get(1..5)?.try_into().ok()?;
        let bits = u32::from_le_bytes(bits);
        return (body[0] == 0x2F).then_some(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1));
    }
    let number = |at: usize| body.get(at..at + 2).map(|b| u32::from(u16::from_le_bytes([b[0], b[1]]) & 0x3FFF));
    (body.get(3..6)? == [0x9D, 0x01, 0x2A]).then_some((number(6)?, number(8)?))
}
