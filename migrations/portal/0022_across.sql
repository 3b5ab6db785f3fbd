-- Who read across organisations, when, why, and whose data: written before anything is read.
CREATE TABLE across_reads (
  id UUID NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  operator TEXT NOT NULL,
  why TEXT NOT NULL,
  tenants JSONB NOT NULL,
  PRIMARY KEY (id)
);
-- sqlite
CREATE TRIGGER across_reads_frozen_update BEFORE UPDATE ON across_reads
BEGIN
  SELECT RAISE(ABORT, 'equipage: frozen');
END;
CREATE TRIGGER across_reads_frozen_delete BEFORE DELETE ON across_reads
BEGIN
  SELECT RAISE(ABORT, 'equipage: frozen');
END;
-- end
-- postgres
-- (The tenants' own function of this kind is made by a later step of a new database.)
CREATE FUNCTION equipage_portal_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'equipage: frozen';
END $$;
CREATE TRIGGER across_reads_frozen BEFORE UPDATE OR DELETE ON across_reads
FOR EACH ROW EXECUTE FUNCTION equipage_portal_frozen();
CREATE TRIGGER across_reads_frozen_truncate BEFORE TRUNCATE ON across_reads
FOR EACH STATEMENT EXECUTE FUNCTION equipage_portal_frozen();
-- end
