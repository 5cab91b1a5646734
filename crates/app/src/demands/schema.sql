-- 诉求: the demand as it stands; every change of it is also a ledger entry in the same transaction.
CREATE TABLE demand (
    id BIGINT PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    version BIGINT NOT NULL,
    audience TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    channel TEXT NOT NULL,
    enterprise_id BIGINT,
    enterprise_name TEXT,
    contact_name TEXT,
    contact_phone TEXT,
    contact_email TEXT,
    area TEXT,
    source TEXT,
    source_id TEXT,
    received_at BIGINT NOT NULL,
    status TEXT NOT NULL,
    kind TEXT,
    theme TEXT,
    difficulty TEXT,
    breadth TEXT,
    policy_weight TEXT,
    scope TEXT,
    generality TEXT,
    policy_axis TEXT,
    tier TEXT,
    route TEXT,
    urgent BOOLEAN NOT NULL,
    lead_unit TEXT,
    goal TEXT,
    basis TEXT,
    round BIGINT NOT NULL,
    held_since BIGINT NOT NULL,
    replied_at BIGINT,
    closed_at BIGINT,
    first_closed_at BIGINT,
    outcome TEXT,
    end_note TEXT,
    -- The running clock that is due first; NULL once nothing is due. Lists order by it.
    due_at BIGINT,
    due_clock TEXT
);
CREATE UNIQUE INDEX demand_by_source ON demand (source, source_id) WHERE source_id IS NOT NULL;
CREATE INDEX demand_by_received ON demand (received_at, id);
CREATE INDEX demand_by_status ON demand (status, received_at, id);
CREATE INDEX demand_by_unit ON demand (lead_unit, received_at, id);
CREATE INDEX demand_by_due ON demand (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX demand_by_enterprise ON demand (enterprise_id, received_at) WHERE enterprise_id IS NOT NULL;

-- One clock of a demand (working time); a redo adds clocks, it never rewrites them.
CREATE TABLE demand_clock (
    demand_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    round BIGINT NOT NULL,
    unit TEXT,
    started_at BIGINT NOT NULL,
    term TEXT NOT NULL,
    source TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    stopped_at BIGINT,
    PRIMARY KEY (demand_id, position)
);
CREATE INDEX demand_clock_running ON demand_clock (demand_id) WHERE stopped_at IS NULL;

-- How a demand stood from one instant to the next: the lists as of any date, and who held it when.
CREATE TABLE demand_phase (
    demand_id BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    status TEXT NOT NULL,
    kind TEXT,
    lead_unit TEXT,
    version BIGINT NOT NULL,
    PRIMARY KEY (demand_id, version)
);
CREATE INDEX demand_phase_by_time ON demand_phase (from_at, until_at);

CREATE TABLE demand_reply (
    id BIGINT PRIMARY KEY,
    demand_id BIGINT NOT NULL,
    round BIGINT NOT NULL,
    policy_reading TEXT NOT NULL,
    measures TEXT NOT NULL,
    opinion TEXT NOT NULL,
    unit TEXT,
    by_name TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX demand_reply_by_demand ON demand_reply (demand_id);

CREATE TABLE demand_callback (
    id BIGINT PRIMARY KEY,
    demand_id BIGINT NOT NULL,
    round BIGINT NOT NULL,
    reached BOOLEAN NOT NULL,
    solved BOOLEAN,
    grade TEXT,
    note TEXT,
    unit TEXT,
    by_name TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX demand_callback_by_demand ON demand_callback (demand_id);

-- 内部记录: never shown outside.
CREATE TABLE demand_note (
    id BIGINT PRIMARY KEY,
    demand_id BIGINT NOT NULL,
    text TEXT NOT NULL,
    unit TEXT,
    by_name TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX demand_note_by_demand ON demand_note (demand_id);

-- What the submitter is told beside the reply.
CREATE TABLE demand_notice (
    id BIGINT PRIMARY KEY,
    demand_id BIGINT NOT NULL,
    text TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX demand_notice_by_demand ON demand_notice (demand_id);

-- 好差评: one per demand and round, by whoever holds the code.
CREATE TABLE demand_rating (
    demand_id BIGINT NOT NULL,
    round BIGINT NOT NULL,
    grade TEXT NOT NULL,
    reasons TEXT NOT NULL,
    text TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (demand_id, round)
);

CREATE TABLE demand_attachment (
    id BIGINT PRIMARY KEY,
    demand_id BIGINT NOT NULL,
    hash TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX demand_attachment_by_demand ON demand_attachment (demand_id);

-- The last serial handed out per day and channel letter; handed out in blocks, so that a storm does not queue here.
CREATE TABLE demand_serial (
    series TEXT PRIMARY KEY,
    last BIGINT NOT NULL
);
