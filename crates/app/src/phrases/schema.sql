-- 常用语: one row per text that somebody keeps to answer with.
CREATE TABLE phrase (
    id BIGINT PRIMARY KEY,
    -- city, unit, own.
    scope TEXT NOT NULL,
    -- The unit's code where the scope is unit.
    unit TEXT,
    owner BIGINT NOT NULL,
    owner_name TEXT NOT NULL,
    -- The field of a move that it is meant for, or any.
    place TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    -- The clause that it rests on, and the last local day on which that clause holds.
    citation TEXT,
    valid_until TEXT,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX phrase_by_scope ON phrase (scope, unit, title);
CREATE INDEX phrase_by_owner ON phrase (owner, title);
