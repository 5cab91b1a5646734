-- 账号. Never deleted: the ledger names who acted years ago.
CREATE TABLE account (
    id BIGINT PRIMARY KEY,
    username TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    -- The unit's code; none for administrators, leaders and auditors without one.
    unit TEXT,
    password_hash TEXT NOT NULL,
    must_change_password BOOLEAN NOT NULL,
    disabled_at BIGINT,
    -- Base32; present once a second factor was confirmed.
    totp_secret TEXT,
    -- The last time step that was accepted, so that no code counts twice.
    totp_step BIGINT,
    -- JSON list of the hashes of the recovery codes that are left.
    recovery TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);

-- Who is what, from which day to which (local days, both included).
CREATE TABLE account_role (
    account BIGINT NOT NULL REFERENCES account (id),
    role TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    PRIMARY KEY (account, role, valid_from)
);

-- A browser that is logged in, a login that still waits for its second factor, or a token of the API.
CREATE TABLE session (
    id BIGINT PRIMARY KEY,
    account BIGINT NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL,
    secret_hash TEXT NOT NULL UNIQUE,
    device TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    -- The end, come what may; a browser that is idle ends sooner.
    ends_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX session_by_account ON session (account, revoked_at, ends_at);
CREATE INDEX session_by_end ON session (ends_at);
