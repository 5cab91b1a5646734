//! What a remote is told of a demand, read off the demand's ledger: each act that changes its status is one message, whose
//! name is made of the demand's number and the entry's, so that telling it again tells nothing new.

use kernel::Instant;

use crate::demands::rules::vocabulary::Status;

/// One entry of a demand's ledger, as far as a remote is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Its number in the stream.
    pub seq: i64,
    /// When.
    pub at: Instant,
    /// What.
    pub act: String,
    /// The status after it, where the entry says so.
    pub to: Option<Status>,
    /// The unit that was named.
    pub unit: Option<String>,
}

/// One message of a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    /// The message's name.
    pub id: String,
    /// When it happened.
    pub at: Instant,
    /// The status after it.
    pub status: Status,
    /// The unit that has it now, where the act names one.
    pub unit: Option<String>,
}

impl Telling {
    /// `close` at an end, `status` before it.
    pub const fn kind(&self) -> &'static str {
        if self.status.is_end() { "close" } else { "status" }
    }
}

/// What follows from the entries after `seq`, where `last` was told last.
pub fn tellings(number: &str, acts: &[Act], seq: i64, last: Option<Status>) -> Vec<Telling> {
    let mut last = last;
    let mut tellings = Vec::new();
    for act in acts.iter().filter(|act| act.seq > seq) {
        let Some(status) = after(act) else { continue };
        let handed_on = act.act == "assign";
        if last == Some(status) && !handed_on {
            continue;
        }
        last = Some(status);
        let id = format!("{number}-{}", act.seq);
        tellings.push(Telling { id, at: act.at, status, unit: act.unit.clone() });
    }
    tellings
}

fn after(act: &Act) -> Option<Status> {
    match act.act.as_str() {
        "withdraw_by_submitter" => Some(Status::Withdrawn),
        "register" => Some(Status::Received),
        // A demand that came as a table may have come answered; then it is an end at once, and told as one.
        _ => act.to,
    }
}

/// The reply in one piece, as its digest is made.
pub fn reply_text(policy_reading: &str, measures: &str, opinion: &str) -> String {
    [policy_reading, measures, opinion].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("\n")
}
