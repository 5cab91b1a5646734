-- 单位: seeded from the profile on the first start, then kept by administrators; a unit is ended, never deleted.
CREATE TABLE unit (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    short_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent TEXT,
    successor TEXT,
    division TEXT,
    -- Local days, 2026-03-02; the last day is included.
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    enterprise_from TEXT,
    enterprise_to TEXT,
    can_handle BOOLEAN NOT NULL,
    -- JSON lists of texts.
    aliases TEXT NOT NULL,
    mandate TEXT NOT NULL,
    note TEXT,
    position BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX unit_by_position ON unit (position, code);
