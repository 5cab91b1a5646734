CREATE TABLE text_pending (
    kind TEXT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX text_pending_version ON text_pending (kind, version);
-- The documents are elsewhere and so are positions: the index holds terms and identifiers only. The ascii tokenizer
-- leaves everything beyond ASCII whole; the full stop belongs to our marks.
CREATE VIRTUAL TABLE text_index USING fts5 (
    terms, content = '', contentless_delete = 1, detail = none, tokenize = "ascii tokenchars '.'"
);
