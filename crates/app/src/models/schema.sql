-- 判断模型: what was learned about one aspect of a demand, in numbered versions. The bytes of old versions are let go of; their
-- figures stay.
CREATE TABLE model_version (
    aspect TEXT NOT NULL,
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    lessons BIGINT NOT NULL,
    print TEXT NOT NULL,
    figures TEXT NOT NULL,
    bytes BYTEA,
    trained_by TEXT NOT NULL,
    trained_at BIGINT NOT NULL,
    settled_by TEXT NOT NULL,
    settled_at BIGINT NOT NULL,
    -- Put in force by a person on a reason: the nightly lessons leave it alone.
    held BOOLEAN NOT NULL,
    PRIMARY KEY (aspect, version)
);
CREATE UNIQUE INDEX model_version_in_force ON model_version (aspect) WHERE state = 'in_force';
