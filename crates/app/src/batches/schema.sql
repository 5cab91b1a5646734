-- 批量登记: one row per sheet that was pasted and registered, and what became of its rows.
CREATE TABLE demand_batch (
    id BIGINT PRIMARY KEY,
    source TEXT NOT NULL,
    channel TEXT NOT NULL,
    account BIGINT NOT NULL,
    by_name TEXT NOT NULL,
    registered BIGINT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX demand_batch_by_account ON demand_batch (account, id);

CREATE TABLE demand_batch_row (
    batch_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    -- The row's number in the sheet as it was copied.
    row_number BIGINT NOT NULL,
    demand_number TEXT NOT NULL,
    PRIMARY KEY (batch_id, position)
);
