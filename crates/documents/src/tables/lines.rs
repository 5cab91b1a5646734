//! Lines of bytes, each of bounded length.

use std::io::{self, BufRead, BufReader};

use super::source::Stream;

/// What [`Lines::next_into`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// A line, without its end.
    Whole,
    /// A line longer than the limit; its bytes have been passed over.
    TooLong,
    /// No more lines.
    End,
}

/// Reads lines that end in `\n`, in `\r\n`, or in the lone `\r` of old systems.
pub(crate) struct Lines {
    input: BufReader<Stream>,
    terminator: u8,
    limit: usize,
}

impl Lines {
    pub(crate) fn new(input: Stream, terminator: u8, limit: usize) -> Self {
        Self { input: BufReader::with_capacity(256 * 1024, input), terminator, limit }
    }

    /// Puts the next line into `line`, which is emptied first.
    pub(crate) fn next_into(&mut self, line: &mut Vec<u8>) -> io::Result<Line> {
        line.clear();
        let mut overlong = false;
        let mut anything = false;
        loop {
            let available = match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if available.is_empty() {
                break;
            }
            anything = true;
            let end = memchr::memchr(self.terminator, available);
            let part = &available[..end.unwrap_or(available.len())];
            if line.len() + part.len() > self.limit {
                overlong = true;
                line.clear();
            }
            if !overlong {
                line.extend_from_slice(part);
            }
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                break;
            }
        }
        if self.terminator == b'\n' && line.last() == Some(&b'\r') {
            line.pop();
        }
        Ok(match (anything, overlong) {
            (false, _) => Line::End,
            (true, true) => Line::TooLong,
            (true, false) => Line::Whole,
        })
    }
}
