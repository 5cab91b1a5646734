-- 提醒: one fact that concerns one person. The key keeps the same fact from being told twice.
CREATE TABLE inbox_item (
    id BIGINT PRIMARY KEY,
    account BIGINT NOT NULL,
    item_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- A demand's number, or `absence:ID`.
    subject TEXT NOT NULL,
    title TEXT NOT NULL,
    urgent BOOLEAN NOT NULL,
    -- The absent one, where it came to whoever stands in.
    for_name TEXT,
    at BIGINT NOT NULL,
    due_at BIGINT,
    -- When it went into a digest or a mail.
    told_at BIGINT,
    read_at BIGINT,
    -- When it had settled itself.
    settled_at BIGINT
);
CREATE UNIQUE INDEX inbox_item_key ON inbox_item (account, item_key);
CREATE INDEX inbox_item_by_account ON inbox_item (account, at, id);
CREATE INDEX inbox_item_open ON inbox_item (account) WHERE read_at IS NULL AND settled_at IS NULL;
CREATE INDEX inbox_item_untold ON inbox_item (account) WHERE told_at IS NULL AND settled_at IS NULL;
CREATE INDEX inbox_item_unsettled ON inbox_item (subject) WHERE settled_at IS NULL;
CREATE INDEX inbox_item_by_time ON inbox_item (at);

-- The one digest of a person and a local day.
CREATE TABLE inbox_digest (
    account BIGINT NOT NULL,
    day TEXT NOT NULL,
    at BIGINT NOT NULL,
    items BIGINT NOT NULL,
    mailed BOOLEAN NOT NULL,
    PRIMARY KEY (account, day)
);

-- Where somebody wants their mail; without a row there is none.
CREATE TABLE inbox_address (
    account BIGINT PRIMARY KEY,
    email TEXT NOT NULL
);

-- Mails on their way into the spool.
CREATE TABLE inbox_mail (
    id BIGINT PRIMARY KEY,
    account BIGINT NOT NULL,
    email TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    claimed_at BIGINT,
    written_at BIGINT
);
CREATE INDEX inbox_mail_waiting ON inbox_mail (id) WHERE written_at IS NULL;

-- How far the ledger and the clocks have been read.
CREATE TABLE inbox_mark (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
