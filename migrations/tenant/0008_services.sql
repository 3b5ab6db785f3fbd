-- Services: what crews run for members, of types that each belong to one crew.

-- `colour` is a name from a small set; what it looks like is the style sheet's business.
CREATE TABLE service_types (
  tenant_id UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  crew_id UUID NOT NULL,
  colour TEXT NOT NULL,
  months BIGINT NOT NULL CHECK (months BETWEEN 1 AND 120),
  note TEXT NOT NULL,
  archived_at TIMESTAMPTZ,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, name),
  FOREIGN KEY (tenant_id, crew_id) REFERENCES crews (tenant_id, id)
);
CREATE INDEX service_types_by_crew ON service_types (tenant_id, crew_id);

-- The price in force on a day is the last one not after it.
CREATE TABLE service_prices (
  tenant_id UUID NOT NULL,
  type_id UUID NOT NULL,
  from_on DATE NOT NULL,
  amount_cents BIGINT NOT NULL CHECK (amount_cents >= 0),
  PRIMARY KEY (tenant_id, type_id, from_on),
  FOREIGN KEY (tenant_id, type_id) REFERENCES service_types (tenant_id, id)
);

-- `search` is folded, and is what services are sorted by as well.
CREATE TABLE services (
  tenant_id UUID NOT NULL,
  id UUID NOT NULL,
  type_id UUID NOT NULL,
  label TEXT NOT NULL,
  search TEXT NOT NULL,
  note TEXT NOT NULL,
  -- from this day on there is no such service any more
  closed_on DATE,
  version BIGINT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, type_id) REFERENCES service_types (tenant_id, id)
);
CREATE INDEX services_by_label ON services (tenant_id, search, id, type_id, closed_on);
CREATE INDEX services_by_type ON services (tenant_id, type_id, search, id, closed_on);

-- Who has a service from which day until which (both included; no end: still).
CREATE TABLE service_holdings (
  tenant_id UUID NOT NULL,
  id UUID NOT NULL,
  service_id UUID NOT NULL,
  member_id UUID NOT NULL,
  from_on DATE NOT NULL,
  until_on DATE,
  -- what a whole period costs this member, where it is not the type's price
  amount_cents BIGINT CHECK (amount_cents >= 0),
  reason TEXT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, service_id, from_on),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  CHECK (until_on IS NULL OR from_on <= until_on),
  CHECK (amount_cents IS NULL OR reason <> '')
);
CREATE INDEX service_holdings_by_member ON service_holdings (tenant_id, member_id);

-- What validated payments cover of a service, for the member who had it: runs of days that
-- neither touch nor overlap.
CREATE TABLE service_coverage (
  tenant_id UUID NOT NULL,
  service_id UUID NOT NULL,
  member_id UUID NOT NULL,
  from_on DATE NOT NULL,
  until_on DATE NOT NULL,
  PRIMARY KEY (tenant_id, service_id, member_id, from_on),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  CHECK (from_on <= until_on)
);

-- The service that a payment pays; without one, it pays dues, or is a gift.
ALTER TABLE payments ADD COLUMN service_id UUID;
CREATE INDEX payments_by_service ON payments (tenant_id, service_id, received_on) WHERE service_id IS NOT NULL;
-- What a receipt calls that service.
ALTER TABLE receipts ADD COLUMN service TEXT;

-- Nobody has a service while somebody else has it: the database itself refuses. Nor can a
-- payment name a service that there is not.
-- sqlite
CREATE TRIGGER service_holdings_apart_insert BEFORE INSERT ON service_holdings
WHEN EXISTS (
  SELECT 1 FROM service_holdings h
  WHERE h.tenant_id = NEW.tenant_id AND h.service_id = NEW.service_id
    AND (h.until_on IS NULL OR h.until_on >= NEW.from_on)
    AND (NEW.until_on IS NULL OR h.from_on <= NEW.until_on)
)
BEGIN
  SELECT RAISE(ABORT, 'equipage: somebody has this service');
END;
CREATE TRIGGER service_holdings_apart_update BEFORE UPDATE ON service_holdings
WHEN EXISTS (
  SELECT 1 FROM service_holdings h
  WHERE h.tenant_id = NEW.tenant_id AND h.service_id = NEW.service_id AND h.id <> NEW.id
    AND (h.until_on IS NULL OR h.until_on >= NEW.from_on)
    AND (NEW.until_on IS NULL OR h.from_on <= NEW.until_on)
)
BEGIN
  SELECT RAISE(ABORT, 'equipage: somebody has this service');
END;
CREATE TRIGGER payments_service_insert BEFORE INSERT ON payments
WHEN NEW.service_id IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM services s WHERE s.tenant_id = NEW.tenant_id AND s.id = NEW.service_id
)
BEGIN
  SELECT RAISE(ABORT, 'equipage: no such service');
END;
CREATE TRIGGER payments_service_update BEFORE UPDATE OF service_id ON payments
WHEN NEW.service_id IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM services s WHERE s.tenant_id = NEW.tenant_id AND s.id = NEW.service_id
)
BEGIN
  SELECT RAISE(ABORT, 'equipage: no such service');
END;
CREATE TRIGGER services_stay BEFORE DELETE ON services
BEGIN
  SELECT RAISE(ABORT, 'equipage: a service is closed, not deleted');
END;
-- end
-- postgres
ALTER TABLE payments ADD CONSTRAINT payments_service FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id);
CREATE FUNCTION equipage_holdings_apart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Who comes second waits here, and then sees what the first has written. An exclusion
  -- constraint would say the same, but needs an extension that not every server has.
  PERFORM 1 FROM services s WHERE s.tenant_id = NEW.tenant_id AND s.id = NEW.service_id FOR NO KEY UPDATE;
  IF EXISTS (
    SELECT 1 FROM service_holdings h
    WHERE h.tenant_id = NEW.tenant_id AND h.service_id = NEW.service_id AND h.id <> NEW.id
      AND (h.until_on IS NULL OR h.until_on >= NEW.from_on)
      AND (NEW.until_on IS NULL OR h.from_on <= NEW.until_on)
  ) THEN
    RAISE EXCEPTION 'equipage: somebody has this service';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER service_holdings_apart BEFORE INSERT OR UPDATE ON service_holdings
FOR EACH ROW EXECUTE FUNCTION equipage_holdings_apart();
CREATE FUNCTION equipage_services_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'equipage: a service is closed, not deleted';
END $$;
CREATE TRIGGER services_stay BEFORE DELETE ON services
FOR EACH ROW EXECUTE FUNCTION equipage_services_stay();
-- end
