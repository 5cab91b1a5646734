-- 本市调整: what the city decided about single days. A row stays when it is withdrawn: a due date of that time rests on it.
CREATE TABLE calendar_override (
    id BIGINT PRIMARY KEY,
    date TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- The hours of a half day, as JSON pairs.
    hours TEXT,
    reason TEXT NOT NULL,
    by_name TEXT NOT NULL,
    at BIGINT NOT NULL,
    removed_at BIGINT,
    removed_by TEXT,
    removed_reason TEXT
);
CREATE UNIQUE INDEX calendar_override_in_force ON calendar_override (date) WHERE removed_at IS NULL;

-- One row: the calendar under which stored due dates were last computed, and why it was put in force.
CREATE TABLE calendar_in_force (
    id BIGINT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    reason TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    -- When a last look found nothing left that another server had computed under the calendar before.
    settled_at BIGINT
);
