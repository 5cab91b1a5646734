//! Streams with a limit: decompression, and a look at the first bytes that does not consume them.

use std::io::{self, Cursor, Read};

use flate2::read::MultiGzDecoder;

use super::error::StreamFault;

/// A stream of bytes of any origin.
pub(crate) type Stream = Box<dyn Read + Send>;

/// As many bytes of the beginning as the recognition of kind, encoding and delimiter looks at.
pub(crate) const HEAD: usize = 64 * 1024;

/// Fails with [`StreamFault::TooLarge`] when more than `limit` bytes come.
pub(crate) struct Limited<R> {
    inner: R,
    left: u64,
    limit: u64,
}

impl<R: Read> Limited<R> {
    pub(crate) fn new(inner: R, limit: u64) -> Self {
        Self { inner, left: limit, limit }
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(count as u64).ok_or(StreamFault::TooLarge(self.limit).into_io())?;
        Ok(count)
    }
}

/// Decompresses gzip and names its faults as the table's.
pub(crate) struct Gunzip(MultiGzDecoder<Stream>);

impl Gunzip {
    pub(crate) fn new(packed: Stream) -> Self {
        Self(MultiGzDecoder::new(packed))
    }
}

impl Read for Gunzip {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => StreamFault::Truncated.into_io(),
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
                StreamFault::Damaged("gzip 数据有误".to_owned()).into_io()
            }
            _ => error,
        })
    }
}

/// A stream whose first bytes have been looked at. A fault met while looking comes out only after those bytes, so
/// that the rows before it are not lost.
pub(crate) struct Peeked {
    head: Cursor<Vec<u8>>,
    fault: Option<io::Error>,
    rest: Stream,
}

impl Peeked {
    pub(crate) fn new(mut rest: Stream) -> io::Result<Self> {
        let mut head = vec![0; HEAD];
        let mut filled = 0;
        let mut fault = None;
        while filled < HEAD {
            match rest.read(&mut head[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if filled == 0 => return Err(error),
                Err(error) => {
                    fault = Some(error);
                    break;
                }
            }
        }
        head.truncate(filled);
        Ok(Self { head: Cursor::new(head), fault, rest })
    }

    /// The first bytes: all of the file, or [`HEAD`] of it.
    pub(crate) fn head(&self) -> &[u8] {
        self.head.get_ref()
    }
}

impl Read for Peeked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.head.read(buffer)?;
        if count > 0 || buffer.is_empty() {
            return Ok(count);
        }
        match self.fault.take() {
            Some(error) => Err(error),
            None => self.rest.read(buffer),
        }
    }
}
