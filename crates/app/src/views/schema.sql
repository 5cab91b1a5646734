-- 常用视图: one row per saved list. (`view` itself is a word of SQL.)
CREATE TABLE saved_view (
    id BIGINT PRIMARY KEY,
    owner BIGINT NOT NULL,
    owner_name TEXT NOT NULL,
    name TEXT NOT NULL,
    -- The conditions as an address has them, in their canonical order.
    query TEXT NOT NULL,
    -- The code of the unit with which it is shared.
    shared_with TEXT,
    created_at BIGINT NOT NULL,
    UNIQUE (owner, name)
);
CREATE INDEX saved_view_by_unit ON saved_view (shared_with, name);
