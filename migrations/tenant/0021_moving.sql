-- A tenant's data are moved in, or put back from a backup, as they are: also rows that nobody changes, and in an order
-- that is not the one in which they were made. Only the owner of the tables may, for one tenant, and only while the
-- transaction says so: whoever serves never owns a table. (SQLite: who has the file may do everything to it.)
-- postgres
CREATE FUNCTION equipage_moving(tenant uuid, relation oid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN current_setting('equipage.moving', true) = tenant::text
    AND pg_has_role(current_user, (SELECT c.relowner FROM pg_class c WHERE c.oid = relation), 'MEMBER');
END $$;
CREATE OR REPLACE FUNCTION equipage_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_LEVEL = 'ROW' AND TG_OP = 'DELETE' THEN
    IF equipage_moving(OLD.tenant_id, TG_RELID) THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'equipage: frozen';
END $$;
CREATE OR REPLACE FUNCTION equipage_born_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF equipage_moving(NEW.tenant_id, TG_RELID) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'equipage: a payment starts as a draft';
END $$;
CREATE OR REPLACE FUNCTION equipage_no_gap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF equipage_moving(NEW.tenant_id, TG_RELID) THEN
    RETURN NEW;
  END IF;
  IF NEW.number > 1 AND NOT EXISTS (
    SELECT 1 FROM receipts WHERE tenant_id = NEW.tenant_id AND year = NEW.year AND number = NEW.number - 1
  ) THEN
    RAISE EXCEPTION 'equipage: a gap in the receipts';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION equipage_services_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.import_id IS NULL AND NOT coalesce(equipage_moving(OLD.tenant_id, TG_RELID), false) THEN
    RAISE EXCEPTION 'equipage: a service is closed, not deleted';
  END IF;
  RETURN OLD;
END $$;
CREATE OR REPLACE FUNCTION equipage_address_questions_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF equipage_moving(OLD.tenant_id, TG_RELID) THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'equipage: what was answered stays';
END $$;
-- end
