-- Receipts: one for each payment of money that is validated, numbered without gap in the order of
-- validation, anew each calendar year. What was validated before this migration has none: a number that
-- is made up afterwards would not say when the receipt was given.

-- Where the organisation is, and where its receipts are signed. Printed on receipts.
ALTER TABLE settings ADD COLUMN address TEXT;
ALTER TABLE settings ADD COLUMN place TEXT;

-- What a receipt says that may be called otherwise later. The rest (amount, days, label) stands in the
-- payment, which is frozen too.
CREATE TABLE receipts (
  tenant_id UUID NOT NULL,
  payment_id UUID NOT NULL,
  year BIGINT NOT NULL,
  number BIGINT NOT NULL CHECK (number >= 1),
  issued_on DATE NOT NULL,
  organisation TEXT NOT NULL,
  organisation_address TEXT,
  place TEXT,
  name TEXT NOT NULL,
  street TEXT,
  postcode TEXT,
  city TEXT,
  country TEXT,
  PRIMARY KEY (tenant_id, payment_id),
  UNIQUE (tenant_id, year, number),
  FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id)
);

-- A receipt stays as it is, and follows the one before it: the database itself refuses a gap.
-- sqlite
CREATE TRIGGER receipts_frozen_update BEFORE UPDATE ON receipts
BEGIN
  SELECT RAISE(ABORT, 'equipage: frozen');
END;
CREATE TRIGGER receipts_frozen_delete BEFORE DELETE ON receipts
BEGIN
  SELECT RAISE(ABORT, 'equipage: frozen');
END;
CREATE TRIGGER receipts_no_gap BEFORE INSERT ON receipts
WHEN NEW.number > 1 AND NOT EXISTS (
  SELECT 1 FROM receipts WHERE tenant_id = NEW.tenant_id AND year = NEW.year AND number = NEW.number - 1
)
BEGIN
  SELECT RAISE(ABORT, 'equipage: a gap in the receipts');
END;
-- end
-- postgres
CREATE FUNCTION equipage_no_gap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.number > 1 AND NOT EXISTS (
    SELECT 1 FROM receipts WHERE tenant_id = NEW.tenant_id AND year = NEW.year AND number = NEW.number - 1
  ) THEN
    RAISE EXCEPTION 'equipage: a gap in the receipts';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER receipts_frozen BEFORE UPDATE OR DELETE ON receipts
FOR EACH ROW EXECUTE FUNCTION equipage_frozen();
CREATE TRIGGER receipts_frozen_truncate BEFORE TRUNCATE ON receipts
FOR EACH STATEMENT EXECUTE FUNCTION equipage_frozen();
CREATE TRIGGER receipts_no_gap BEFORE INSERT ON receipts
FOR EACH ROW EXECUTE FUNCTION equipage_no_gap();
-- end
