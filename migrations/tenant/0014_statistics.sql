-- What statistics read of a service's payments stands in the index alone, in its order.
DROP INDEX payments_by_service;
CREATE INDEX payments_by_service ON payments (tenant_id, service_id, received_on, state, member_id, period_from, period_until, amount_cents, reverses_id, id) WHERE service_id IS NOT NULL;
