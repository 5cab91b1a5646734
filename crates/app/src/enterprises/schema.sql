-- 企业: one row per firm; found by 统一社会信用代码, or by name where there is no code.
CREATE TABLE enterprise (
    id BIGINT PRIMARY KEY,
    uscc TEXT UNIQUE,
    name TEXT NOT NULL,
    -- The name as it is compared: width, brackets and 有限责任公司 / 有限公司 made one.
    plain_name TEXT NOT NULL,
    industry TEXT,
    size TEXT,
    area TEXT,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX enterprise_by_name ON enterprise (plain_name, id);
