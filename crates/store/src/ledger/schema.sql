-- Every act, one chain per stream. Streams are ordered by their bytes on both engines.
CREATE TABLE ledger_entry (
    stream TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    actor_id BIGINT,
    on_behalf TEXT,
    act TEXT NOT NULL,
    fields TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (stream, seq)
);
CREATE INDEX ledger_entry_at ON ledger_entry (at, stream, seq);
CREATE INDEX ledger_entry_actor ON ledger_entry (actor_id, at) WHERE actor_id IS NOT NULL;

-- Where each stream stands, and how far it has been sealed.
CREATE TABLE ledger_head (
    stream TEXT COLLATE "C" PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    sealed_seq BIGINT NOT NULL
);
CREATE INDEX ledger_head_unsealed ON ledger_head (stream) WHERE sealed_seq < seq;

-- A seal binds the heads of all streams that moved since the seal before, and the seal before.
CREATE TABLE ledger_seal (
    n BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    heads BIGINT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE TABLE ledger_seal_head (
    n BIGINT NOT NULL,
    stream TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (n, stream)
);
CREATE INDEX ledger_seal_head_stream ON ledger_seal_head (stream, seq);
