-- Addresses: prefixes, what is reserved in them, and which service had what, when.
--
-- A network is its bits as text, behind 4 or 6 for its family: 192.0.2.0/24 is
-- '4110000000000000000000010'. So a network lies in another one exactly where its text begins
-- with the other's, which both engines find by an index.

-- The types whose services have addresses.
ALTER TABLE service_types ADD COLUMN carries_addresses BOOLEAN NOT NULL DEFAULT FALSE;

-- Who decides about settings decides who may do what is new.
INSERT INTO crew_rights (tenant_id, crew_id, right_name)
SELECT tenant_id, crew_id, 'prefixes' FROM crew_rights WHERE right_name = 'settings';
INSERT INTO crew_rights (tenant_id, crew_id, right_name)
SELECT tenant_id, crew_id, 'address_history' FROM crew_rights WHERE right_name = 'settings';

CREATE TABLE prefixes (
  tenant_id UUID NOT NULL,
  id UUID NOT NULL,
  network TEXT NOT NULL CHECK (length(network) BETWEEN 2 AND 129),
  label TEXT NOT NULL,
  note TEXT NOT NULL,
  -- the length of what is handed out of it; none: it only holds other prefixes
  hands_out BIGINT CHECK (hands_out BETWEEN 1 AND 128),
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, network)
);

-- The types that a prefix is for; none: every type that carries addresses.
CREATE TABLE prefix_types (
  tenant_id UUID NOT NULL,
  prefix_id UUID NOT NULL,
  type_id UUID NOT NULL,
  PRIMARY KEY (tenant_id, prefix_id, type_id),
  FOREIGN KEY (tenant_id, prefix_id) REFERENCES prefixes (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, type_id) REFERENCES service_types (tenant_id, id)
);

-- What is not handed out; first and last address, both included, with all their bits.
CREATE TABLE reserved_ranges (
  tenant_id UUID NOT NULL,
  id UUID NOT NULL,
  prefix_id UUID NOT NULL,
  first_address TEXT NOT NULL,
  last_address TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, prefix_id) REFERENCES prefixes (tenant_id, id) ON DELETE CASCADE,
  CHECK (length(first_address) = length(last_address) AND first_address <= last_address)
);
CREATE INDEX reserved_ranges_by_prefix ON reserved_ranges (tenant_id, prefix_id, first_address);

-- That a service has a network from a moment until a moment (no end: still). The end is the
-- first moment without it.
CREATE TABLE allocations (
  tenant_id UUID NOT NULL,
  id UUID NOT NULL,
  service_id UUID NOT NULL,
  network TEXT NOT NULL CHECK (length(network) BETWEEN 2 AND 129),
  from_at TIMESTAMPTZ NOT NULL,
  until_at TIMESTAMPTZ,
  entered_at TIMESTAMPTZ NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  CHECK (until_at IS NULL OR from_at < until_at)
);
CREATE INDEX allocations_by_network ON allocations (tenant_id, network, from_at, until_at, service_id);
CREATE INDEX allocations_by_service ON allocations (tenant_id, service_id, from_at);

-- Who asked who had an address, why, and what was answered.
CREATE TABLE address_questions (
  tenant_id UUID NOT NULL,
  id UUID NOT NULL,
  asked_at TIMESTAMPTZ NOT NULL,
  asked_by TEXT NOT NULL,
  network TEXT NOT NULL,
  moment TIMESTAMPTZ NOT NULL,
  reference TEXT NOT NULL,
  answer JSONB NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

-- What overlaps, as networks and in time, belongs to one service: the database itself refuses.
-- Nor does history change: what, whose and since when stay; only the end is written later.
-- sqlite
CREATE TRIGGER allocations_apart_insert BEFORE INSERT ON allocations
WHEN EXISTS (
  SELECT 1 FROM allocations a
  WHERE a.tenant_id = NEW.tenant_id AND a.network >= NEW.network AND a.network < NEW.network || '2'
    AND (a.until_at IS NULL OR a.until_at > NEW.from_at)
    AND (NEW.until_at IS NULL OR a.from_at < NEW.until_at)
) OR EXISTS (
  WITH RECURSIVE above (network) AS (
    SELECT NEW.network
    UNION ALL SELECT substr(network, 1, length(network) - 1) FROM above WHERE length(network) > 1
  )
  SELECT 1 FROM above b CROSS JOIN allocations a
  WHERE a.tenant_id = NEW.tenant_id AND a.network = b.network
    AND (a.until_at IS NULL OR a.until_at > NEW.from_at)
    AND (NEW.until_at IS NULL OR a.from_at < NEW.until_at)
)
BEGIN
  SELECT RAISE(ABORT, 'equipage: another service has this address');
END;
CREATE TRIGGER allocations_stay BEFORE UPDATE ON allocations
WHEN OLD.id <> NEW.id OR OLD.service_id <> NEW.service_id OR OLD.network <> NEW.network
  OR OLD.from_at <> NEW.from_at OR OLD.entered_at <> NEW.entered_at
BEGIN
  SELECT RAISE(ABORT, 'equipage: who had an address is not rewritten');
END;
CREATE TRIGGER allocations_apart_update BEFORE UPDATE ON allocations
WHEN EXISTS (
  SELECT 1 FROM allocations a
  WHERE a.tenant_id = NEW.tenant_id AND a.network >= NEW.network AND a.network < NEW.network || '2'
    AND a.id <> NEW.id
    AND (a.until_at IS NULL OR a.until_at > NEW.from_at)
    AND (NEW.until_at IS NULL OR a.from_at < NEW.until_at)
) OR EXISTS (
  WITH RECURSIVE above (network) AS (
    SELECT NEW.network
    UNION ALL SELECT substr(network, 1, length(network) - 1) FROM above WHERE length(network) > 1
  )
  SELECT 1 FROM above b CROSS JOIN allocations a
  WHERE a.tenant_id = NEW.tenant_id AND a.network = b.network AND a.id <> NEW.id
    AND (a.until_at IS NULL OR a.until_at > NEW.from_at)
    AND (NEW.until_at IS NULL OR a.from_at < NEW.until_at)
)
BEGIN
  SELECT RAISE(ABORT, 'equipage: another service has this address');
END;
CREATE TRIGGER address_questions_frozen BEFORE UPDATE ON address_questions
BEGIN
  SELECT RAISE(ABORT, 'equipage: what was answered stays');
END;
CREATE TRIGGER address_questions_kept BEFORE DELETE ON address_questions
BEGIN
  SELECT RAISE(ABORT, 'equipage: what was answered stays');
END;
-- end
-- postgres
CREATE FUNCTION equipage_allocations_apart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (OLD.id <> NEW.id OR OLD.service_id <> NEW.service_id OR OLD.network <> NEW.network
    OR OLD.from_at <> NEW.from_at OR OLD.entered_at <> NEW.entered_at) THEN
    RAISE EXCEPTION 'equipage: who had an address is not rewritten';
  END IF;
  -- One at a time in each organisation: who comes second waits here, and then sees what the
  -- first has written. `lock` in store.rs takes the same lock.
  PERFORM pg_advisory_xact_lock(hashtextextended('addresses ' || NEW.tenant_id::text, 0));
  IF EXISTS (
    SELECT 1 FROM allocations a
    WHERE a.tenant_id = NEW.tenant_id AND a.id <> NEW.id
      AND (a.network = ANY (ARRAY(SELECT left(NEW.network, n) FROM generate_series(1, length(NEW.network)) s (n)))
        OR (a.network >= NEW.network AND a.network < NEW.network || '2'))
      AND (a.until_at IS NULL OR a.until_at > NEW.from_at)
      AND (NEW.until_at IS NULL OR a.from_at < NEW.until_at)
  ) THEN
    RAISE EXCEPTION 'equipage: another service has this address';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER allocations_apart BEFORE INSERT OR UPDATE ON allocations
FOR EACH ROW EXECUTE FUNCTION equipage_allocations_apart();
CREATE FUNCTION equipage_address_questions_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'equipage: what was answered stays';
END $$;
CREATE TRIGGER address_questions_stay BEFORE UPDATE OR DELETE ON address_questions
FOR EACH ROW EXECUTE FUNCTION equipage_address_questions_stay();
-- end
