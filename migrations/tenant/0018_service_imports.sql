-- Services, who has them, and their addresses can be imported, and such an import be undone.

-- What an import made knows so. No foreign key: an applied import is never deleted.
ALTER TABLE services ADD COLUMN import_id UUID;
ALTER TABLE service_holdings ADD COLUMN import_id UUID;
ALTER TABLE allocations ADD COLUMN import_id UUID;
CREATE INDEX services_by_import ON services (tenant_id, import_id) WHERE import_id IS NOT NULL;
CREATE INDEX service_holdings_by_import ON service_holdings (tenant_id, import_id) WHERE import_id IS NOT NULL;
CREATE INDEX allocations_by_import ON allocations (tenant_id, import_id) WHERE import_id IS NOT NULL;

-- What another program calls a service. Two crews may each have one of the same number.
CREATE TABLE service_references (
  tenant_id UUID NOT NULL,
  source TEXT NOT NULL,
  reference TEXT NOT NULL,
  service_id UUID NOT NULL,
  import_id UUID NOT NULL,
  PRIMARY KEY (tenant_id, source, reference, service_id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
);
CREATE INDEX service_references_by_service ON service_references (tenant_id, service_id);
CREATE INDEX service_references_by_import ON service_references (tenant_id, import_id);

-- `crews`: those of the one who uploaded it. Whoever is in all of them sees it.
CREATE TABLE service_imports (
  tenant_id UUID NOT NULL,
  id UUID NOT NULL,
  file_name TEXT NOT NULL,
  content BYTEA NOT NULL,
  crews JSONB NOT NULL,
  choices JSONB NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('uploaded', 'applied', 'undone')),
  report JSONB,
  created_by_name TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  applied_at TIMESTAMPTZ,
  undone_at TIMESTAMPTZ,
  undone_by_name TEXT,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX service_imports_by_state ON service_imports (tenant_id, state, created_at);

-- A service is closed, not deleted; but for one that an import made, and that is taken back.
-- sqlite
DROP TRIGGER services_stay;
CREATE TRIGGER services_stay BEFORE DELETE ON services WHEN OLD.import_id IS NULL
BEGIN
  SELECT RAISE(ABORT, 'equipage: a service is closed, not deleted');
END;
-- end
-- postgres
CREATE OR REPLACE FUNCTION equipage_services_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.import_id IS NULL THEN
    RAISE EXCEPTION 'equipage: a service is closed, not deleted';
  END IF;
  RETURN OLD;
END $$;
-- end
