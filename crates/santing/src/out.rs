//! Standard output. Whoever closes the pipe has read enough: the command goes on to its end, and its exit code still tells.

use std::fmt;
use std::io::{self, ErrorKind, Write as _};

/// Prints a line.
macro_rules! say {
    ($($arg:tt)*) => { $crate::out::line(format_args!($($arg)*)) };
}
pub(crate) use say;

/// Prints a line; a disk that is full ends the program as any other failure does.
pub fn line(text: fmt::Arguments<'_>) {
    if let Err(error) = writeln!(io::stdout(), "{text}")
        && error.kind() != ErrorKind::BrokenPipe
    {
        eprintln!("写标准输出：{error}");
        std::process::exit(1);
    }
}

/// Whether an error comes from a pipe that was closed.
pub fn pipe_was_closed(error: &anyhow::Error) -> bool {
    let broken = |error: &(dyn std::error::Error + 'static)| {
        error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
    };
    let within = match error.downcast_ref::<kernel::Error>() {
        Some(kernel::Error::Fault(fault)) => fault.source.as_deref(),
        _ => None,
    };
    let mut next = within.map(|source| source as &(dyn std::error::Error + 'static));
    while let Some(error) = next {
        if broken(error) {
            return true;
        }
        next = error.source();
    }
    error.chain().any(broken)
}
