//! Nothing that a test starts outlives it, however it ends: a small watcher waits for the end of its input, which is the
//! end of the test or of its process, and then ends what was started, by its number.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

const WATCH: &str = r#"trap '' INT TERM HUP; read -r _; kids=$(cat "/proc/$1/task/$1/children" 2>/dev/null)
kill -KILL "$1" $kids 2>/dev/null; cd /; rm -rf "$2" || rm -rf "$2""#;

/// A process, its children and its directory, which go when this goes.
pub struct Leash {
    held: Child,
    watcher: Child,
}

impl Leash {
    /// Holds `child`, which works in `dir`.
    pub fn on(child: Child, dir: &Path) -> Self {
        let mut sh = Command::new("sh");
        sh.args(["-c", WATCH, "sh", &child.id().to_string()]).arg(dir);
        sh.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        Self { held: child, watcher: sh.spawn().unwrap() }
    }

    /// The process.
    pub fn held(&mut self) -> &mut Child {
        &mut self.held
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        let _ = self.watcher.wait();
        let _ = self.held.wait();
    }
}
