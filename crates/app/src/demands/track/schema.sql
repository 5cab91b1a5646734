-- 建议的成绩: what the program proposed for an aspect of a demand when a person first decided it, and what stands now.
CREATE TABLE proposal_track (
    demand_id BIGINT NOT NULL,
    aspect TEXT NOT NULL,
    -- NULL: the program said that it does not know.
    proposed TEXT,
    source TEXT,
    sure BOOLEAN NOT NULL,
    probability DOUBLE PRECISION,
    -- The version of what was learned, where it was asked.
    model BIGINT,
    decided TEXT NOT NULL,
    by_name TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (demand_id, aspect)
);
CREATE INDEX proposal_track_by_time ON proposal_track (at, aspect);
