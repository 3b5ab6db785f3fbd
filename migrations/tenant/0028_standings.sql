-- How many services are in arrears is asked after each change, over all of them. So who has a service
-- says by itself of which type it is, and which run of paid days is the last one: one pass of one index
-- then counts all. Both follow from other tables; triggers keep them.
ALTER TABLE service_holdings ADD COLUMN type_id UUID;
ALTER TABLE service_holdings ADD COLUMN paid_from DATE;
ALTER TABLE service_holdings ADD COLUMN paid_until DATE;

UPDATE service_holdings SET
  type_id = (SELECT s.type_id FROM services s WHERE s.tenant_id = service_holdings.tenant_id AND s.id = service_holdings.service_id),
  paid_from = (SELECT c.from_on FROM service_coverage c WHERE c.tenant_id = service_holdings.tenant_id AND c.service_id = service_holdings.service_id AND c.member_id = service_holdings.member_id ORDER BY c.from_on DESC LIMIT 1),
  paid_until = (SELECT c.until_on FROM service_coverage c WHERE c.tenant_id = service_holdings.tenant_id AND c.service_id = service_holdings.service_id AND c.member_id = service_holdings.member_id ORDER BY c.from_on DESC LIMIT 1);

CREATE INDEX service_holdings_standing ON service_holdings (tenant_id, type_id, from_on, until_on, amount_cents, paid_from, paid_until, service_id, member_id);

-- Whether somebody else has a service is asked only where that may change.
-- sqlite
DROP TRIGGER service_holdings_apart_update;
CREATE TRIGGER service_holdings_apart_update BEFORE UPDATE OF tenant_id, id, service_id, from_on, until_on ON service_holdings
WHEN EXISTS (
  SELECT 1 FROM service_holdings h
  WHERE h.tenant_id = NEW.tenant_id AND h.service_id = NEW.service_id AND h.id <> NEW.id
    AND (h.until_on IS NULL OR h.until_on >= NEW.from_on)
    AND (NEW.until_on IS NULL OR h.from_on <= NEW.until_on)
)
BEGIN
  SELECT RAISE(ABORT, 'equipage: somebody has this service');
END;
CREATE TRIGGER service_holdings_standing_insert AFTER INSERT ON service_holdings
BEGIN
  UPDATE service_holdings SET
    type_id = (SELECT s.type_id FROM services s WHERE s.tenant_id = NEW.tenant_id AND s.id = NEW.service_id),
    (paid_from, paid_until) = (SELECT c.from_on, c.until_on FROM service_coverage c WHERE c.tenant_id = NEW.tenant_id AND c.service_id = NEW.service_id AND c.member_id = NEW.member_id ORDER BY c.from_on DESC LIMIT 1)
  WHERE tenant_id = NEW.tenant_id AND id = NEW.id;
END;
CREATE TRIGGER service_coverage_standing_insert AFTER INSERT ON service_coverage
BEGIN
  UPDATE service_holdings SET
    (paid_from, paid_until) = (SELECT c.from_on, c.until_on FROM service_coverage c WHERE c.tenant_id = NEW.tenant_id AND c.service_id = NEW.service_id AND c.member_id = NEW.member_id ORDER BY c.from_on DESC LIMIT 1)
  WHERE tenant_id = NEW.tenant_id AND service_id = NEW.service_id AND member_id = NEW.member_id;
END;
CREATE TRIGGER service_coverage_standing_update AFTER UPDATE ON service_coverage
BEGIN
  UPDATE service_holdings SET
    (paid_from, paid_until) = (SELECT c.from_on, c.until_on FROM service_coverage c WHERE c.tenant_id = service_holdings.tenant_id AND c.service_id = service_holdings.service_id AND c.member_id = service_holdings.member_id ORDER BY c.from_on DESC LIMIT 1)
  WHERE tenant_id = NEW.tenant_id AND service_id IN (OLD.service_id, NEW.service_id) AND member_id IN (OLD.member_id, NEW.member_id);
END;
CREATE TRIGGER service_coverage_standing_delete AFTER DELETE ON service_coverage
BEGIN
  UPDATE service_holdings SET
    (paid_from, paid_until) = (SELECT c.from_on, c.until_on FROM service_coverage c WHERE c.tenant_id = OLD.tenant_id AND c.service_id = OLD.service_id AND c.member_id = OLD.member_id ORDER BY c.from_on DESC LIMIT 1)
  WHERE tenant_id = OLD.tenant_id AND service_id = OLD.service_id AND member_id = OLD.member_id;
END;
-- end
-- postgres
DROP TRIGGER service_holdings_apart ON service_holdings;
CREATE TRIGGER service_holdings_apart BEFORE INSERT OR UPDATE OF tenant_id, id, service_id, from_on, until_on ON service_holdings
FOR EACH ROW EXECUTE FUNCTION equipage_holdings_apart();
CREATE FUNCTION equipage_holdings_standing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Who is moved in comes as it was, before what was paid.
  IF equipage_moving(NEW.tenant_id, TG_RELID) THEN
    RETURN NEW;
  END IF;
  NEW.type_id := (SELECT s.type_id FROM services s WHERE s.tenant_id = NEW.tenant_id AND s.id = NEW.service_id);
  SELECT c.from_on, c.until_on INTO NEW.paid_from, NEW.paid_until
  FROM service_coverage c
  WHERE c.tenant_id = NEW.tenant_id AND c.service_id = NEW.service_id AND c.member_id = NEW.member_id
  ORDER BY c.from_on DESC LIMIT 1;
  RETURN NEW;
END $$;
CREATE TRIGGER service_holdings_standing BEFORE INSERT ON service_holdings
FOR EACH ROW EXECUTE FUNCTION equipage_holdings_standing();
CREATE FUNCTION equipage_coverage_standing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF equipage_moving((SELECT x.tenant_id FROM changed x LIMIT 1), TG_RELID) THEN
    RETURN NULL;
  END IF;
  -- Once for all rows of a statement.
  UPDATE service_holdings h SET (paid_from, paid_until) = (
    SELECT c.from_on, c.until_on FROM service_coverage c
    WHERE c.tenant_id = h.tenant_id AND c.service_id = h.service_id AND c.member_id = h.member_id
    ORDER BY c.from_on DESC LIMIT 1
  )
  FROM (SELECT DISTINCT x.tenant_id, x.service_id, x.member_id FROM changed x) x
  WHERE h.tenant_id = x.tenant_id AND h.service_id = x.service_id AND h.member_id = x.member_id;
  RETURN NULL;
END $$;
CREATE TRIGGER service_coverage_standing_insert AFTER INSERT ON service_coverage
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION equipage_coverage_standing();
CREATE TRIGGER service_coverage_standing_delete AFTER DELETE ON service_coverage
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION equipage_coverage_standing();
CREATE FUNCTION equipage_coverage_standing_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE service_holdings h SET (paid_from, paid_until) = (
    SELECT c.from_on, c.until_on FROM service_coverage c
    WHERE c.tenant_id = h.tenant_id AND c.service_id = h.service_id AND c.member_id = h.member_id
    ORDER BY c.from_on DESC LIMIT 1
  )
  FROM (
    SELECT x.tenant_id, x.service_id, x.member_id FROM before x
    UNION SELECT x.tenant_id, x.service_id, x.member_id FROM changed x
  ) x
  WHERE h.tenant_id = x.tenant_id AND h.service_id = x.service_id AND h.member_id = x.member_id;
  RETURN NULL;
END $$;
CREATE TRIGGER service_coverage_standing_update AFTER UPDATE ON service_coverage
REFERENCING OLD TABLE AS before NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION equipage_coverage_standing_update();
-- end
