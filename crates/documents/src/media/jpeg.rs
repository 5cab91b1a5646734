//! JPEG: a list of segments, then the picture, then the end.

use super::exif;
use super::{Broken, Picture};

const SOI: [u8; 2] = [0xFF, 0xD8];
const EOI: [u8; 2] = [0xFF, 0xD9];

/// The picture without EXIF (but for its orientation), XMP, IPTC, comments, thumbnails and whatever follows its end.
pub(super) fn strip(bytes: &[u8]) -> Result<Picture, Broken> {
    if !bytes.starts_with(&SOI) {
        return Err(Broken);
    }
    let mut out = Out { bytes: SOI.to_vec(), size: None, oriented: false };
    let mut rest = &bytes[2..];
    let mut scanned = false;
    loop {
        // Any number of 0xFF may stand before a marker; a file cut off inside the picture ends without one.
        let marker_at = rest.iter().position(|b| *b != 0xFF).filter(|at| *at > 0);
        let Some(marker_at) = marker_at else {
            if scanned && rest.iter().all(|b| *b == 0xFF) {
                break;
            }
            return Err(Broken);
        };
        let marker = rest[marker_at];
        rest = &rest[marker_at + 1..];
        match marker {
            0xD9 => break,
            0x01 | 0xD0..=0xD7 => out.bytes.extend_from_slice(&[0xFF, marker]),
            0x00 | 0xD8 => return Err(Broken),
            _ => {
                let (body, after) = segment(rest)?;
                out.take(marker, body)?;
                rest = after;
                if marker == 0xDA {
                    let end = entropy_end(rest);
                    out.bytes.extend_from_slice(&rest[..end]);
                    rest = &rest[end..];
                    scanned = true;
                }
            }
        }
    }
    let (width, height) = out.size.filter(|_| scanned).ok_or(Broken)?;
    out.bytes.extend_from_slice(&EOI);
    Ok(Picture { bytes: out.bytes, width, height })
}

/// The body of a segment and what follows it; the length counts itself.
fn segment(rest: &[u8]) -> Result<(&[u8], &[u8]), Broken> {
    let length = rest.get(..2).map(|b| usize::from(u16::from_be_bytes([b[0], b[1]]))).ok_or(Broken)?;
    if length < 2 || rest.len() < length {
        return Err(Broken);
    }
    Ok((&rest[2..length], &rest[length..]))
}

/// Where the next marker begins; 0xFF00 is a byte of the picture, 0xFFD0 to 0xFFD7 are restarts within it.
fn entropy_end(rest: &[u8]) -> usize {
    memchr::memchr_iter(0xFF, rest)
        .find(|at| !matches!(rest.get(at + 1), Some(0x00 | 0xD0..=0xD7 | 0xFF)))
        .unwrap_or(rest.len())
}

struct Out {
    bytes: Vec<u8>,
    size: Option<(u32, u32)>,
    oriented: bool,
}

impl Out {
    fn take(&mut self, marker: u8, body: &[u8]) -> Result<(), Broken> {
        match marker {
            0xE0 if body.starts_with(b"JFIF\0") => self.jfif(body),
            0xE1 if body.starts_with(b"Exif\0\0") => self.exif(&body[6..]),
            0xE2 if body.starts_with(b"ICC_PROFILE\0") => self.put(marker, body),
            0xEE if body.starts_with(b"Adobe") => self.put(marker, body.get(..12).unwrap_or(body)),
            // Every other application segment, and comments.
            0xE0..=0xEF | 0xFE => {}
            // The frame, among the codes of which 0xC4, 0xC8 and 0xCC are tables.
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                let number = |at: usize| body.get(at..at + 2).map(|b| u32::from(u16::from_be_bytes([b[0], b[1]])));
                let height = number(1).ok_or(Broken)?;
                self.size = Some((number(3).ok_or(Broken)?, height));
                self.put(marker, body);
            }
            _ => self.put(marker, body),
        }
        Ok(())
    }

    fn put(&mut self, marker: u8, body: &[u8]) {
        // A body came out of a segment, so that its length fits.
        let length = u16::try_from(body.len() + 2).unwrap_or(u16::MAX);
        self.bytes.extend_from_slice(&[0xFF, marker]);
        self.bytes.extend_from_slice(&length.to_be_bytes());
        self.bytes.extend_from_slice(body);
    }

    /// The header without its thumbnail, which may show what has been cut from the picture.
    fn jfif(&mut self, body: &[u8]) {
        if let Some(head) = body.get(..12) {
            self.put(0xE0, &[head, &[0, 0]].concat());
        }
    }

    fn exif(&mut self, tiff: &[u8]) {
        if let Some(orientation) = exif::orientation(tiff).filter(|_| !self.oriented) {
            self.oriented = true;
            self.put(0xE1, &[&b"Exif\0\0"[..], &exif::minimal(orientation)].concat());
        }
    }
}
