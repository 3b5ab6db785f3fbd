-- Somebody's data can be erased, and what must be kept stays, without their name.

ALTER TABLE parties ADD COLUMN erased_at TIMESTAMPTZ;

-- A validated payment stays as it is, but for its note: that is no part of the accounts, and an erasure empties it.
-- sqlite
DROP TRIGGER payments_frozen_update;
CREATE TRIGGER payments_frozen_update BEFORE UPDATE ON payments
WHEN OLD.state = 'validated' AND NOT (
  OLD.note <> '' AND NEW.note = ''
  AND NEW.tenant_id IS OLD.tenant_id AND NEW.id IS OLD.id AND NEW.member_id IS OLD.member_id
  AND NEW.amount_cents IS OLD.amount_cents AND NEW.method IS OLD.method AND NEW.received_on IS OLD.received_on
  AND NEW.period_from IS OLD.period_from AND NEW.period_until IS OLD.period_until
  AND NEW.label IS OLD.label AND NEW.search IS OLD.search AND NEW.state IS OLD.state
  AND NEW.entered_by IS OLD.entered_by AND NEW.entered_by_name IS OLD.entered_by_name AND NEW.entered_at IS OLD.entered_at
  AND NEW.validated_by IS OLD.validated_by AND NEW.validated_by_name IS OLD.validated_by_name
  AND NEW.validated_at IS OLD.validated_at AND NEW.reverses_id IS OLD.reverses_id
  AND NEW.import_id IS OLD.import_id AND NEW.import_key IS OLD.import_key AND NEW.version IS OLD.version
  AND NEW.kind_id IS OLD.kind_id AND NEW.group_id IS OLD.group_id AND NEW.service_id IS OLD.service_id
)
BEGIN
  SELECT RAISE(ABORT, 'equipage: frozen');
END;
-- end
-- postgres
DROP TRIGGER payments_frozen ON payments;
CREATE TRIGGER payments_frozen_delete BEFORE DELETE ON payments
FOR EACH ROW WHEN (OLD.state = 'validated') EXECUTE FUNCTION equipage_frozen();
CREATE TRIGGER payments_frozen_update BEFORE UPDATE ON payments
FOR EACH ROW WHEN (OLD.state = 'validated' AND NOT (
  OLD.note <> '' AND NEW.note = '' AND to_jsonb(NEW) - 'note' = to_jsonb(OLD) - 'note'
)) EXECUTE FUNCTION equipage_frozen();
-- end
