-- 快捷处理: one row per named sequence of moves. (`macro` alone says too little.)
CREATE TABLE demand_macro (
    id BIGINT PRIMARY KEY,
    -- city, unit, own.
    scope TEXT NOT NULL,
    -- The unit's code where the scope is unit.
    unit TEXT,
    owner BIGINT NOT NULL,
    owner_name TEXT NOT NULL,
    name TEXT NOT NULL,
    -- The moves with their fields, in their order, as JSON.
    steps TEXT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX demand_macro_by_scope ON demand_macro (scope, unit, name);
CREATE INDEX demand_macro_by_owner ON demand_macro (owner, name);
