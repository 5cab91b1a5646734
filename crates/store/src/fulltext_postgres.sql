CREATE TABLE text_pending (
    kind TEXT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX text_pending_version ON text_pending (kind, version);
CREATE TABLE text_index (
    id BIGINT PRIMARY KEY,
    terms TSVECTOR NOT NULL
);
ALTER TABLE text_index ALTER COLUMN terms SET STATISTICS 1000;
CREATE INDEX text_index_terms ON text_index USING gin (terms);
