//! PNG: a signature and a list of chunks.

use super::exif;
use super::{Broken, Picture};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1A\n";
/// What the picture needs to look as it should; everything else goes.
const KEPT: [&[u8; 4]; 18] = [
    b"IHDR", b"PLTE", b"IDAT", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs", b"hIST",
    b"sPLT", b"cICP", b"acTL", b"fcTL", b"fdAT", b"mDCV",
];

/// The picture without texts, times, EXIF (but for its orientation), and whatever follows its end.
pub(super) fn strip(bytes: &[u8]) -> Result<Picture, Broken> {
    let mut rest = bytes.strip_prefix(SIGNATURE).ok_or(Broken)?;
    let mut out = SIGNATURE.to_vec();
    let mut size = None;
    let mut orientation = None;
    let mut pixels = false;
    while !rest.is_empty() {
        let (kind, body, whole, after) = chunk(rest)?;
        rest = after;
        match kind {
            b"IHDR" if size.is_some() || body.len() != 13 => return Err(Broken),
            _ if size.is_none() && kind != b"IHDR" => return Err(Broken),
            b"IEND" => break,
            b"eXIf" if !pixels => orientation = exif::orientation(body),
            _ if KEPT.contains(&kind) => {
                if kind == b"IHDR" {
                    size = Some((number(&body[..4])?, number(&body[4..8])?));
                }
                if kind == b"IDAT" && !pixels {
                    pixels = true;
                    orientation.into_iter().for_each(|value| put(&mut out, b"eXIf", &exif::minimal(value)));
                }
                out.extend_from_slice(whole);
            }
            // A capital first letter says that the picture cannot be shown without this chunk.
            _ if kind[0].is_ascii_uppercase() => return Err(Broken),
            _ => {}
        }
    }
    let (width, height) = size.filter(|_| pixels).ok_or(Broken)?;
    put(&mut out, b"IEND", &[]);
    Ok(Picture { bytes: out, width, height })
}

type Chunk<'a> = (&'a [u8; 4], &'a [u8], &'a [u8], &'a [u8]);

/// Kind, body, the whole chunk, and what follows it.
fn chunk(rest: &[u8]) -> Result<Chunk<'_>, Broken> {
    let length = number(rest.get(..4).ok_or(Broken)?)? as usize;
    let kind: &[u8; 4] = rest.get(4..8).and_then(|k| k.try_into().ok()).ok_or(Broken)?;
    let end = length.checked_add(12).filter(|end| *end <= rest.len()).ok_or(Broken)?;
    if !kind.iter().all(u8::is_ascii_alphabetic) {
        return Err(Broken);
    }
    Ok((kind, &rest[8..8 + length], &rest[..end], &rest[end..]))
}

fn number(bytes: &[u8]) -> Result<u32, Broken> {
    bytes.try_into().map(u32::from_be_bytes).map_err(|_| Broken)
}

fn put(out: &mut Vec<u8>, kind: &[u8; 4], body: &[u8]) {
    let mut sum = flate2::Crc::new();
    sum.update(kind);
    sum.update(body);
    // Our own chunks have a few bytes.
    out.extend_from_slice(&u32::try_from(body.len()).unwrap_or_default().to_be_bytes());
    out.extend_from_slice(kind);
    out.extend_from_slice(body);
    out.extend_from_slice(&sum.sum().to_be_bytes());
}
