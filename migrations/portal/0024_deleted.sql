-- Which organisations were here and are no more, since when, and who deleted them: what their
-- names stood for stays known. None of their data is here.
CREATE TABLE tenants_deleted (
  id UUID NOT NULL,
  slug TEXT NOT NULL,
  title TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  deleted_at TIMESTAMPTZ NOT NULL,
  operator TEXT NOT NULL,
  -- how many rows went
  row_count BIGINT NOT NULL,
  PRIMARY KEY (id, deleted_at)
);
-- sqlite
CREATE TRIGGER tenants_deleted_frozen_update BEFORE UPDATE ON tenants_deleted
BEGIN
  SELECT RAISE(ABORT, 'equipage: frozen');
END;
CREATE TRIGGER tenants_deleted_frozen_delete BEFORE DELETE ON tenants_deleted
BEGIN
  SELECT RAISE(ABORT, 'equipage: frozen');
END;
-- end
-- postgres
CREATE TRIGGER tenants_deleted_frozen BEFORE UPDATE OR DELETE ON tenants_deleted
FOR EACH ROW EXECUTE FUNCTION equipage_portal_frozen();
CREATE TRIGGER tenants_deleted_frozen_truncate BEFORE TRUNCATE ON tenants_deleted
FOR EACH STATEMENT EXECUTE FUNCTION equipage_portal_frozen();
-- end
