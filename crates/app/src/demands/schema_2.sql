-- 并入: the demand that is handled for this one too, and where this one stood before.
ALTER TABLE demand ADD COLUMN merged_into BIGINT;
ALTER TABLE demand ADD COLUMN merged_from TEXT;
CREATE INDEX demand_by_merged ON demand (merged_into) WHERE merged_into IS NOT NULL;

-- 延期 in working days, and 中止计时: the stretches that have ended as `from-until,…`, and since when it stands still now.
ALTER TABLE demand_clock ADD COLUMN extension BIGINT NOT NULL DEFAULT 0;
ALTER TABLE demand_clock ADD COLUMN pauses TEXT NOT NULL DEFAULT '';
ALTER TABLE demand_clock ADD COLUMN paused_at BIGINT;
CREATE INDEX demand_clock_paused ON demand_clock (paused_at, demand_id) WHERE paused_at IS NOT NULL;
-- What comes back on a day: the reviews that run.
CREATE INDEX demand_clock_review ON demand_clock (due_at, demand_id) WHERE stopped_at IS NULL AND name = 'review';

-- What units beside the lead were asked; a new assignment adds rows, it never rewrites them.
CREATE TABLE demand_part (
    demand_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    unit TEXT NOT NULL,
    task TEXT NOT NULL,
    mandatory BOOLEAN NOT NULL,
    clock BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    acknowledged_at BIGINT,
    opinion TEXT,
    stance TEXT,
    by_name TEXT,
    answered_at BIGINT,
    released_at BIGINT,
    PRIMARY KEY (demand_id, position)
);
CREATE INDEX demand_part_by_unit ON demand_part (unit, demand_id);
CREATE INDEX demand_part_open ON demand_part (unit, demand_id) WHERE answered_at IS NULL AND released_at IS NULL;

-- What units asked for, and what was ruled.
CREATE TABLE demand_request (
    demand_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    unit TEXT NOT NULL,
    by_name TEXT NOT NULL,
    round BIGINT NOT NULL,
    ground TEXT,
    reason TEXT NOT NULL,
    suggested TEXT,
    days BIGINT,
    at BIGINT NOT NULL,
    granted BOOLEAN,
    ruling_reason TEXT,
    ruled_by TEXT,
    ruled_at BIGINT,
    PRIMARY KEY (demand_id, position)
);
CREATE INDEX demand_request_open ON demand_request (kind, demand_id) WHERE ruled_at IS NULL;

-- What was decided on the record: consultations, suspensions, instructions, meetings, escalations, reports, reviews.
CREATE TABLE demand_proceeding (
    demand_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    heading TEXT NOT NULL,
    text TEXT NOT NULL,
    by_name TEXT NOT NULL,
    unit TEXT,
    at BIGINT NOT NULL,
    until_at BIGINT,
    ended_at BIGINT,
    result TEXT,
    PRIMARY KEY (demand_id, position)
);
CREATE INDEX demand_proceeding_lasting ON demand_proceeding (kind, until_at) WHERE ended_at IS NULL AND until_at IS NOT NULL;
