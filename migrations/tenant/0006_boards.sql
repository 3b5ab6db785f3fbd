-- What dashboards and the list of payments ask for: what was validated lately; who entered,
-- and what of somebody's own waits or was validated.
CREATE INDEX payments_by_validation ON payments (tenant_id, validated_at);
CREATE INDEX payments_by_enterer ON payments (tenant_id, state, entered_by, validated_at);
-- The sums of a year are read from the index alone.
DROP INDEX payments_by_state;
CREATE INDEX payments_by_state ON payments (tenant_id, state, received_on, id, amount_cents);
-- Whose dues ran out last, and whose run out next.
CREATE INDEX coverage_by_end ON coverage (tenant_id, until_on);
