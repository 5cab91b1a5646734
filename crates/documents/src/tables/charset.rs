//! Which encoding a text is in. UTF-8 and GB18030 (with it GBK and GB2312) are told apart by what the bytes allow;
//! both leave quotation marks, delimiters and line ends where ASCII has them, so lines are split first and decoded
//! afterwards. UTF-16 is turned into UTF-8 before anything else looks at it.

use std::borrow::Cow;
use std::io::{self, Read};

use encoding_rs::{Decoder, GB18030, UTF_16BE, UTF_16LE};

use super::source::Stream;

/// The encoding of the lines that are handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Charset {
    /// Nothing but ASCII so far.
    Undecided,
    /// UTF-8.
    Utf8,
    /// UTF-8 that was UTF-16: a replacement character in it is a fault of the source.
    FromUtf16,
    /// GB18030, of which GBK is a part.
    Gb18030,
}

/// Bytes that are not text in the file's encoding.
pub(crate) struct BadEncoding;

/// Which end comes first in UTF-16.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Utf16 {
    Little,
    Big,
}

/// UTF-16 by its mark, or by the zeros that ASCII leaves in it.
pub(crate) fn utf16(head: &[u8]) -> Option<Utf16> {
    match head {
        [0xFF, 0xFE, ..] => return Some(Utf16::Little),
        [0xFE, 0xFF, ..] => return Some(Utf16::Big),
        _ => {}
    }
    let sample = &head[..head.len().min(4096) & !1];
    let zeros = |offset: usize| sample.iter().skip(offset).step_by(2).filter(|b| **b == 0).count();
    match (zeros(0), zeros(1)) {
        (0, odd) if looks_like_utf16(sample, odd, [b'\n', 0]) => Some(Utf16::Little),
        (even, 0) if looks_like_utf16(sample, even, [0, b'\n']) => Some(Utf16::Big),
        _ => None,
    }
}

/// Mostly ASCII, or mostly Chinese with a few delimiters and line ends; a stray NUL in a text is neither.
fn looks_like_utf16(sample: &[u8], zeros: usize, line_end: [u8; 2]) -> bool {
    let units = sample.len() / 2;
    let lines = sample.chunks_exact(2).filter(|unit| **unit == line_end).count();
    units >= 4 && (zeros * 4 > units || (zeros * 30 > units && lines > 0 && std::str::from_utf8(sample).is_err()))
}

/// Guesses from the first bytes, the mark of UTF-8 being already gone. `whole` says that no character is cut off at the
/// end.
pub(crate) fn guess(head: &[u8], whole: bool) -> Charset {
    match utf8_census(head, whole) {
        (0, 0) => Charset::Undecided,
        // A damaged UTF-8 file is still one where good characters far outnumber the damage.
        (good, bad) if good > bad => Charset::Utf8,
        _ => Charset::Gb18030,
    }
}

/// Counts the characters of three bytes and more and the places that are not UTF-8. Characters of two bytes prove
/// nothing: every fourth Chinese character of GBK looks like one.
fn utf8_census(bytes: &[u8], whole: bool) -> (usize, usize) {
    let (mut characters, mut errors, mut seen) = (0, 0, 0);
    for chunk in bytes.utf8_chunks() {
        characters += chunk.valid().chars().filter(|c| *c >= '\u{0800}').count();
        seen += chunk.valid().len() + chunk.invalid().len();
        let cut_off = !whole
            && seen == bytes.len()
            && std::str::from_utf8(chunk.invalid()).is_err_and(|e| e.error_len().is_none());
        errors += usize::from(!chunk.invalid().is_empty() && !cut_off);
    }
    (characters, errors)
}

impl Charset {
    /// Decodes a line; an undecided file is decided by its first line beyond ASCII.
    pub(crate) fn decode<'a>(&mut self, bytes: &'a [u8]) -> Result<Cow<'a, str>, BadEncoding> {
        if *self == Self::Undecided && !bytes.is_ascii() {
            *self = guess(bytes, true);
        }
        match self {
            Self::Undecided | Self::Utf8 => std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| BadEncoding),
            Self::FromUtf16 => {
                let text = std::str::from_utf8(bytes).map_err(|_| BadEncoding)?;
                if text.contains('\u{FFFD}') { Err(BadEncoding) } else { Ok(Cow::Borrowed(text)) }
            }
            Self::Gb18030 => GB18030.decode_without_bom_handling_and_without_replacement(bytes).ok_or(BadEncoding),
        }
    }
}

/// Turns UTF-16 into UTF-8, with a replacement character for half of a surrogate pair.
pub(crate) struct FromUtf16 {
    input: Stream,
    decoder: Decoder,
    raw: Vec<u8>,
    raw_at: usize,
    ended: bool,
    text: Vec<u8>,
    text_at: usize,
}

impl FromUtf16 {
    pub(crate) fn new(input: Stream, order: Utf16) -> Self {
        let encoding = if order == Utf16::Little { UTF_16LE } else { UTF_16BE };
        let decoder = encoding.new_decoder_with_bom_removal();
        Self { input, decoder, raw: Vec::new(), raw_at: 0, ended: false, text: Vec::new(), text_at: 0 }
    }

    fn refill(&mut self) -> io::Result<()> {
        if self.raw_at == self.raw.len() && !self.ended {
            self.raw.resize(32 * 1024, 0);
            let count = self.input.read(&mut self.raw)?;
            self.raw.truncate(count);
            self.raw_at = 0;
            self.ended = count == 0;
        }
        self.text.resize(128 * 1024, 0);
        // Four bytes of room for each byte of input: the output is never full.
        let (_, read, written, _) = self.decoder.decode_to_utf8(&self.raw[self.raw_at..], &mut self.text, self.ended);
        self.raw_at += read;
        self.text.truncate(written);
        self.text_at = 0;
        Ok(())
    }
}

impl Read for FromUtf16 {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.text_at == self.text.len() {
            if self.ended {
                return Ok(0);
            }
            self.refill()?;
        }
        let count = buffer.len().min(self.text.len() - self.text_at);
        buffer[..count].copy_from_slice(&self.text[self.text_at..self.text_at + count]);
        self.text_at += count;
        Ok(count)
    }
}
