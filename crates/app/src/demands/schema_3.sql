-- What runs out soon or just has: the reminders look each minute.
CREATE INDEX demand_clock_due ON demand_clock (due_at) WHERE stopped_at IS NULL;
