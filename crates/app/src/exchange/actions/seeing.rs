//! What the coordinator sees of the exchange.

use kernel::{Id, Instant, Permission, Refusal, Result};

use super::remote;
use crate::city::Remote;
use crate::context::Cx;
use crate::exchange::records::{self, Incoming, Outgoing, PackageRow, Reconciliation};
use crate::exchange::rules::reconcile::Difference;
use crate::people;

/// How the exchange with a remote stands.
pub struct State {
    /// The remote.
    pub remote: Remote,
    /// Cases that it handed over.
    pub cases: i64,
    /// The last package.
    pub last: Option<PackageRow>,
    /// Up to which number all packages are here.
    pub received: i64,
    /// Numbers of packages that are missing, the first ten.
    pub gaps: Vec<i64>,
    /// Messages that wait for their case.
    pub waiting: i64,
    /// Messages that were rejected and have not come again.
    pub rejected: i64,
    /// The number of the last message to it.
    pub sent: i64,
    /// Messages that it has not acknowledged.
    pub unacknowledged: i64,
    /// When the oldest of them was made.
    pub oldest: Option<Instant>,
    /// The last reconciliation.
    pub reconciled: Option<Reconciliation>,
}

/// How every remote stands, in the profile's order.
pub fn states(cx: &mut Cx<'_>) -> Result<Vec<State>> {
    people::require(cx.actor, Permission::Exchange)?;
    let remotes = cx.app.city().remotes.clone();
    remotes.into_iter().map(|remote| state(cx, remote)).collect()
}

fn state(cx: &mut Cx<'_>, remote: Remote) -> Result<State> {
    let code = remote.code.as_str();
    let (waiting, rejected) = records::open_counts(cx.tx, code)?;
    let (unacknowledged, oldest) = records::unacknowledged(cx.tx, code)?;
    Ok(State {
        cases: records::case_count(cx.tx, code)?,
        last: records::packages(cx.tx, code, 1)?.pop(),
        received: records::received(cx.tx, code)?,
        gaps: records::gaps(cx.tx, code, 10)?,
        waiting,
        rejected,
        sent: records::last_sequence(cx.tx, code)?,
        unacknowledged,
        oldest,
        reconciled: records::reconciliations(cx.tx, code, 1)?.pop(),
        remote,
    })
}

/// The exchange with one remote in detail.
pub struct Detail {
    /// How it stands.
    pub state: State,
    /// The last packages.
    pub packages: Vec<PackageRow>,
    /// The last rejected messages.
    pub rejected: Vec<Incoming>,
    /// Messages that wait for their case.
    pub waiting: Vec<Incoming>,
    /// Messages that the remote refused.
    pub refused: Vec<Outgoing>,
    /// The oldest messages that it has not acknowledged.
    pub unacknowledged: Vec<Outgoing>,
    /// The last reconciliations.
    pub reconciliations: Vec<Reconciliation>,
}

/// Rows of each list of a [`Detail`].
pub const LISTED: usize = 50;

/// The exchange with the remote `code` in detail.
pub fn detail(cx: &mut Cx<'_>, code: &str) -> Result<Detail> {
    let remote = remote(cx.app, cx.actor, code)?.clone();
    let code = remote.code.clone();
    Ok(Detail {
        packages: records::packages(cx.tx, &code, LISTED)?,
        rejected: records::in_state(cx.tx, &code, "rejected", LISTED)?,
        waiting: records::in_state(cx.tx, &code, "waiting", LISTED)?,
        refused: records::refused(cx.tx, &code, LISTED)?,
        unacknowledged: records::outgoing(cx.tx, &code, 0, true, LISTED)?,
        reconciliations: records::reconciliations(cx.tx, &code, 10)?,
        state: state(cx, remote)?,
    })
}

/// One reconciliation with the differences that were kept.
pub fn reconciliation(cx: &mut Cx<'_>, id: Id) -> Result<(Reconciliation, Vec<Difference>)> {
    people::require(cx.actor, Permission::Exchange)?;
    let found = records::reconciliation(cx.tx, id)?.ok_or_else(|| Refusal::not_found("没有这次对账"))?;
    let differences = serde_json::from_str(&found.differences)
        .map_err(|error| kernel::Fault::new("read the differences of a reconciliation", error))?;
    Ok((found, differences))
}
