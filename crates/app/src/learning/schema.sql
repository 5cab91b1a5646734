-- The nights in which somebody learned, so that one of several servers does.
CREATE TABLE learning_night (
    day TEXT PRIMARY KEY,
    begun_at BIGINT NOT NULL
);
