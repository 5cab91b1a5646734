//! GIF: a header, blocks, and a trailer.

use super::{Broken, Picture};

/// The picture without comments, texts, unknown applications, and whatever follows its end.
pub(super) fn strip(bytes: &[u8]) -> Result<Picture, Broken> {
    let head = bytes.get(..13).ok_or(Broken)?;
    let number = |at: usize| u32::from(u16::from_le_bytes([head[at], head[at + 1]]));
    let mut at = 13 + table_size(head[10]);
    let mut out = bytes.get(..at).ok_or(Broken)?.to_vec();
    let mut pictures = 0;
    loop {
        let start = at;
        let kept = match bytes.get(at) {
            Some(0x3B) => break,
            Some(0x2C) => {
                let flags = *bytes.get(at + 9).ok_or(Broken)?;
                // Ten bytes of header, the colours, one byte of code size.
                at = sub_blocks(bytes, at + 11 + table_size(flags))?;
                pictures += 1;
                true
            }
            Some(0x21) => {
                let label = *bytes.get(at + 1).ok_or(Broken)?;
                at = sub_blocks(bytes, at + 2)?;
                label == 0xF9 || (label == 0xFF && repeats(&bytes[start..at]))
            }
            // Old programs forget the trailer or put nothings before it.
            _ if pictures > 0 => break,
            _ => return Err(Broken),
        };
        if kept {
            out.extend_from_slice(&bytes[start..at]);
        }
    }
    if pictures == 0 {
        return Err(Broken);
    }
    out.push(0x3B);
    Ok(Picture { bytes: out, width: number(6), height: number(8) })
}

/// The size of a table of colours, which the flags announce.
fn table_size(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// Where a chain of blocks ends, each of which begins with its length.
fn sub_blocks(bytes: &[u8], mut at: usize) -> Result<usize, Broken> {
    loop {
        let length = usize::from(*bytes.get(at).ok_or(Broken)?);
        at += 1 + length;
        if length == 0 {
            return Ok(at);
        }
    }
}

/// The one application block that a film needs: how often it is shown.
fn repeats(block: &[u8]) -> bool {
    block.get(3..14) == Some(b"NETSCAPE2.0") && block.len() == 19
}
