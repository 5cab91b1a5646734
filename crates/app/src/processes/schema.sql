-- 流程版本: what governs demands, by number. An adopted version is never changed again.
CREATE TABLE process_version (
    version BIGINT PRIMARY KEY,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    print TEXT NOT NULL,
    state TEXT NOT NULL,
    -- How often the draft was changed, from 1.
    edit BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    -- The edit that was tried on past demands last, and what came of it.
    tried_edit BIGINT,
    tried_at BIGINT,
    tried TEXT,
    from_at BIGINT,
    reason TEXT,
    adopted_by TEXT,
    adopted_at BIGINT
);
CREATE INDEX process_version_in_force ON process_version (from_at) WHERE state = 'adopted';

-- The version that a demand started under; a demand without a row started under the first.
CREATE TABLE demand_process (
    demand_id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL
);
