-- 对接: what came from remote systems and what is told to them.

-- One package that was taken in.
CREATE TABLE exchange_package (
    remote TEXT NOT NULL,
    package TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    sm3 TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    at BIGINT NOT NULL,
    by_name TEXT NOT NULL,
    messages BIGINT NOT NULL,
    done BIGINT NOT NULL,
    known BIGINT NOT NULL,
    waiting BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    PRIMARY KEY (remote, package)
);
CREATE UNIQUE INDEX exchange_package_by_sequence ON exchange_package (remote, sequence);

-- One message of a remote, by its name there; kept so that a second one of the same name does nothing.
CREATE TABLE exchange_in (
    remote TEXT NOT NULL,
    message TEXT NOT NULL,
    sm3 TEXT NOT NULL,
    kind TEXT NOT NULL,
    case_id TEXT NOT NULL,
    -- done, waiting (its case has not come yet), rejected
    state TEXT NOT NULL,
    package TEXT NOT NULL,
    line BIGINT NOT NULL,
    -- What is wrong, as JSON; only of a rejected one.
    reasons TEXT,
    -- The line itself; only of a waiting one, never of a case handed over, so that no personal data lies about.
    body TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (remote, message)
);
CREATE INDEX exchange_in_open ON exchange_in (remote, state, at) WHERE state <> 'done';
CREATE INDEX exchange_in_waiting ON exchange_in (remote, case_id) WHERE state = 'waiting';

-- A case that a remote handed over, and how far it has been told of it.
CREATE TABLE exchange_case (
    remote TEXT NOT NULL,
    case_id TEXT NOT NULL,
    number TEXT NOT NULL,
    stream TEXT NOT NULL,
    -- Up to which entry of the demand's ledger the remote has been told.
    ledger_seq BIGINT NOT NULL,
    -- The status of the demand that was told last.
    status TEXT,
    reply_sm3 TEXT,
    -- The latest instant at which the remote said something of the case.
    heard_at BIGINT,
    at BIGINT NOT NULL,
    PRIMARY KEY (remote, case_id)
);
CREATE UNIQUE INDEX exchange_case_by_stream ON exchange_case (stream, remote);

-- One message to a remote, in the order in which it is told.
CREATE TABLE exchange_out (
    remote TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    message TEXT NOT NULL,
    kind TEXT NOT NULL,
    case_id TEXT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    acknowledged_at BIGINT,
    -- Why the remote did not take it in, where it said so.
    refused TEXT,
    PRIMARY KEY (remote, sequence)
);
CREATE UNIQUE INDEX exchange_out_by_message ON exchange_out (remote, message);
CREATE INDEX exchange_out_open ON exchange_out (remote, sequence) WHERE acknowledged_at IS NULL;
CREATE INDEX exchange_out_refused ON exchange_out (remote, at) WHERE refused IS NOT NULL;

-- The number of the last message to a remote: without gaps, in the order of the transactions.
CREATE TABLE exchange_counter (
    remote TEXT PRIMARY KEY,
    last BIGINT NOT NULL
);

-- 对账: one comparison of both lists.
CREATE TABLE exchange_reconciliation (
    id BIGINT PRIMARY KEY,
    remote TEXT NOT NULL,
    at BIGINT NOT NULL,
    by_name TEXT NOT NULL,
    theirs BIGINT NOT NULL,
    ours BIGINT NOT NULL,
    agreed BIGINT NOT NULL,
    explained BIGINT NOT NULL,
    unexplained BIGINT NOT NULL,
    unread BIGINT NOT NULL,
    -- The differences that are kept to be shown, as JSON.
    differences TEXT NOT NULL
);
CREATE INDEX exchange_reconciliation_by_remote ON exchange_reconciliation (remote, at);
