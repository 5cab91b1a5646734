CREATE TABLE job (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    key TEXT UNIQUE,
    body TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    claimed_until BIGINT,
    done_at BIGINT,
    dead_at BIGINT,
    error TEXT
);
CREATE INDEX job_due ON job (run_at, id) WHERE done_at IS NULL AND dead_at IS NULL;
CREATE INDEX job_dead ON job (dead_at) WHERE dead_at IS NOT NULL;
