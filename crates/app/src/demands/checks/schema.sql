-- What was ticked on the checklist of a demand's route, in each round anew; taken back means that the row goes.
CREATE TABLE demand_check (
    demand_id BIGINT NOT NULL,
    round BIGINT NOT NULL,
    -- The item's code in the profile.
    item TEXT NOT NULL,
    unit TEXT,
    by_name TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (demand_id, round, item)
);
