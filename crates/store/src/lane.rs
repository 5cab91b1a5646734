//! Work that is handed to a worker thread: a closure, the value it made, and the way back to whoever waits.

use std::panic::{AssertUnwindSafe, catch_unwind};

use kernel::{Error, Fault, Result};

use crate::tx::Tx;

/// Whether a transaction only looks or also changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Read,
    Write,
}

/// A closure on its way through a worker.
pub(crate) trait Work: Send {
    /// What it asked for.
    fn mode(&self) -> Mode;
    /// Runs the closure, and keeps what it made until it is known whether that holds.
    fn run(&mut self, tx: &mut Tx) -> Result<()>;
    /// Whether [`Work::run`] may be called once more.
    fn can_run_again(&self) -> bool;
    /// Answers: what the last run made, or why it does not hold.
    fn finish(self: Box<Self>, outcome: Result<()>);
}

type Reply<T> = Box<dyn FnOnce(Result<T>) + Send>;

/// A transaction that changes things; it may run several times and only the last run counts.
pub(crate) struct Write<F, T> {
    pub work: F,
    pub made: Option<T>,
    pub reply: Reply<T>,
}

/// A transaction that only looks; it runs once.
pub(crate) struct Read<F, T> {
    pub work: Option<F>,
    pub made: Option<T>,
    pub reply: Reply<T>,
}

impl<F: FnMut(&mut Tx) -> Result<T> + Send, T: Send> Work for Write<F, T> {
    fn mode(&self) -> Mode {
        Mode::Write
    }

    fn run(&mut self, tx: &mut Tx) -> Result<()> {
        self.made = None;
        self.made = Some(caught(|| (self.work)(tx))?);
        Ok(())
    }

    fn can_run_again(&self) -> bool {
        true
    }

    fn finish(self: Box<Self>, outcome: Result<()>) {
        (self.reply)(settled(self.made, outcome));
    }
}

impl<F: FnOnce(&mut Tx) -> Result<T> + Send, T: Send> Work for Read<F, T> {
    fn mode(&self) -> Mode {
        Mode::Read
    }

    fn run(&mut self, tx: &mut Tx) -> Result<()> {
        let work = self.work.take().ok_or_else(|| Fault::broken("a reading transaction was run twice"))?;
        self.made = Some(caught(|| work(tx))?);
        Ok(())
    }

    fn can_run_again(&self) -> bool {
        self.work.is_some()
    }

    fn finish(self: Box<Self>, outcome: Result<()>) {
        (self.reply)(settled(self.made, outcome));
    }
}

fn settled<T>(made: Option<T>, outcome: Result<()>) -> Result<T> {
    outcome.and_then(|()| made.ok_or_else(|| Fault::broken("a transaction made nothing").into()))
}

/// A panic in one closure must not take the worker, and everybody behind it, down.
fn caught<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        Err(Error::Fault(Fault::broken(format!("a transaction panicked: {text}"))))
    })
}
