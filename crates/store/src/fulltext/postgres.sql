CREATE TABLE text_pending (
    kind TEXT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX text_pending_version ON text_pending (kind, version);
-- Rows are kept narrow by keeping the terms aside: a search for a rare term reads many rows and only their identifiers.
CREATE TABLE text_index (
    kind TEXT NOT NULL,
    id BIGINT NOT NULL,
    terms TSVECTOR NOT NULL,
    PRIMARY KEY (kind, id)
) WITH (toast_tuple_target = 128);
-- How common a term is, is found by looking; without statistics the planner takes the index below, which is right
-- whenever it is asked.
ALTER TABLE text_index ALTER COLUMN terms SET STATISTICS 0;
CREATE INDEX text_index_terms ON text_index USING gin (terms) WITH (gin_pending_list_limit = 256);
