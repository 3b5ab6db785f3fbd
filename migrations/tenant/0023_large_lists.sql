-- Indexes for lists and figures where there is very much.

-- What reverses a payment. In the unique key nearly every entry is empty, which `ANALYZE` counts
-- as many entries of one value, so SQLite went around it and read all payments for each.
CREATE INDEX payments_by_reversed ON payments (tenant_id, reverses_id, state) WHERE reverses_id IS NOT NULL;

-- Who has a service today, and until when it is paid, stand in the index alone.
CREATE INDEX service_holdings_by_service ON service_holdings (tenant_id, service_id, from_on, until_on, member_id, amount_cents, id);
CREATE INDEX service_coverage_by_service ON service_coverage (tenant_id, service_id, member_id, from_on, until_on);

-- Of allocations most are over: those that are not are found without them.
CREATE INDEX allocations_open ON allocations (tenant_id, network, from_at) WHERE until_at IS NULL;
CREATE INDEX allocations_by_end ON allocations (tenant_id, until_at, network, from_at) WHERE until_at IS NOT NULL;
