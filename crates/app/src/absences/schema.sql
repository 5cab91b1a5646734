-- 请假: who is away, and who acts meanwhile. Never deleted: signatures refer to it years later.
CREATE TABLE absence (
    id BIGINT PRIMARY KEY,
    account BIGINT NOT NULL,
    account_name TEXT NOT NULL,
    unit TEXT,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    -- The one who stands in; NULL where nobody was named.
    substitute BIGINT,
    substitute_name TEXT,
    -- Codes joined by blanks; empty is all.
    themes TEXT NOT NULL,
    routes TEXT NOT NULL,
    reason TEXT,
    by_name TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- Ended before its time, or withdrawn before it began.
    ended_at BIGINT,
    ended_by TEXT
);
CREATE INDEX absence_by_end ON absence (until_at);
CREATE INDEX absence_by_account ON absence (account, until_at);

-- For which absence a session acts now; the row is worth nothing once that absence is over.
CREATE TABLE standing_in (
    session BIGINT PRIMARY KEY,
    absence BIGINT NOT NULL
);
