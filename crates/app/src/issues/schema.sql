-- 共性问题: what several demands have in common, found by the program or split off by a person.
CREATE TABLE issue (
    id BIGINT PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    -- The local year and the place in it, which make the number.
    in_year BIGINT NOT NULL,
    serial BIGINT NOT NULL,
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    -- The place of the state in the list.
    state_rank BIGINT NOT NULL,
    name TEXT NOT NULL,
    -- Whether a person gave the name; the program leaves it alone then.
    named BOOLEAN NOT NULL,
    -- Why its demands belong together, a sentence per line.
    why TEXT NOT NULL,
    coordinator TEXT,
    lead_unit TEXT,
    -- What was said with the last decision.
    reason TEXT,
    decided_at BIGINT,
    -- How many demands it had when it was set aside.
    aside_size BIGINT NOT NULL,
    joined_into BIGINT,
    joined_from TEXT,
    created_at BIGINT NOT NULL,
    -- The demands that stand in it, and the latest of them.
    size BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    UNIQUE (in_year, serial)
);
CREATE INDEX issue_by_state ON issue (state, id);

CREATE TABLE issue_member (
    issue_id BIGINT NOT NULL,
    demand_id BIGINT NOT NULL,
    standing TEXT NOT NULL,
    likeness DOUBLE PRECISION,
    -- The words that it shares with the others, one per line.
    shared TEXT NOT NULL,
    -- Who put it there or took it out; NULL is the program.
    by_name TEXT,
    at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    -- The issue that it came from with a joining.
    came_from BIGINT,
    PRIMARY KEY (issue_id, demand_id)
);
-- A demand stands in one issue at most.
CREATE UNIQUE INDEX issue_member_stands ON issue_member (demand_id) WHERE standing <> 'removed';
CREATE INDEX issue_member_by_time ON issue_member (issue_id, received_at);

-- 统一答复: one answer for all of them.
CREATE TABLE issue_answer (
    id BIGINT PRIMARY KEY,
    issue_id BIGINT NOT NULL,
    policy_reading TEXT NOT NULL,
    measures TEXT NOT NULL,
    opinion TEXT NOT NULL,
    unit TEXT,
    by_name TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX issue_answer_by_issue ON issue_answer (issue_id, id);

-- Which demands it was sent to, by their own handlers.
CREATE TABLE issue_reach (
    answer_id BIGINT NOT NULL,
    demand_id BIGINT NOT NULL,
    by_name TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (answer_id, demand_id)
);

-- How far the program has looked, and what it keeps in mind meanwhile. One row.
CREATE TABLE issue_finding (
    name TEXT PRIMARY KEY,
    -- The server that looks now has it until then.
    claimed_until BIGINT NOT NULL,
    -- The last demand that was looked at.
    seen_id BIGINT NOT NULL,
    looked_at BIGINT NOT NULL,
    -- The place names under which the clusters were made; other names make them anew.
    places TEXT NOT NULL,
    clusters BYTEA NOT NULL
);
