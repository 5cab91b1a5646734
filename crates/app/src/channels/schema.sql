-- 收集方式: counts by channel and period read an index only, and so does the list behind each count.
CREATE INDEX demand_by_channel ON demand (channel, received_at, id, audience);
-- The same list order as before, with the channel at the end: a unit's channels are counted without its demands.
DROP INDEX demand_by_unit;
CREATE INDEX demand_by_unit ON demand (lead_unit, received_at, id, channel);
