//! MP3: frames of sound, with notes before and after them.

use super::Broken;

/// True where a frame of MPEG audio, layer III, begins.
pub(super) fn is_frame(bytes: &[u8]) -> bool {
    let Some(&[sync, kind, rate, _]) = bytes.first_chunk::<4>() else { return false };
    let version_known = kind & 0x18 != 0x08;
    let layer_three = kind & 0x06 == 0x02;
    let bitrate_known = !matches!(rate >> 4, 0 | 15);
    let sampling_known = rate & 0x0C != 0x0C;
    sync == 0xFF && kind & 0xE0 == 0xE0 && version_known && layer_three && bitrate_known && sampling_known
}

/// The sound without the notes (title, artist, pictures, comments).
pub(super) fn strip(bytes: &[u8]) -> Result<Vec<u8>, Broken> {
    let mut rest = bytes;
    while rest.starts_with(b"ID3") {
        let size = rest.get(6..10).ok_or(Broken)?;
        let size =
            size.iter().try_fold(0, |sum, b| if *b < 0x80 { Ok(sum << 7 | usize::from(*b)) } else { Err(Broken) })?;
        let footer = if rest[5] & 0x10 != 0 { 10 } else { 0 };
        rest = rest.get(10 + size + footer..).ok_or(Broken)?;
    }
    // Encoders leave zeros between the notes and the sound.
    let padding = rest.iter().take_while(|b| **b == 0).count();
    rest = &rest[padding..];
    if rest.len() >= 128 && rest[rest.len() - 128..].starts_with(b"TAG") {
        rest = &rest[..rest.len() - 128];
    }
    if is_frame(rest) { Ok(rest.to_vec()) } else { Err(Broken) }
}
