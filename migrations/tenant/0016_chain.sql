-- The audit becomes a chain: each row has its place and a hash over itself and the row before. Rows of before get
-- theirs when the next one is written. What is personal in a row enters the hash by a salted digest, so that it can be
-- erased: then its salt is gone, and the digest stands instead.
ALTER TABLE audit ADD COLUMN seq BIGINT;
ALTER TABLE audit ADD COLUMN hash BYTEA;
ALTER TABLE audit ADD COLUMN who_salt BYTEA;
ALTER TABLE audit ADD COLUMN what_salt BYTEA;
ALTER TABLE audit ADD COLUMN who_digest BYTEA;
ALTER TABLE audit ADD COLUMN what_digest BYTEA;
CREATE UNIQUE INDEX audit_by_seq ON audit (tenant_id, seq);

-- Where a chain ends. Whoever writes into the audit takes this row first, at the end of the transaction.
CREATE TABLE audit_heads (
  tenant_id UUID NOT NULL,
  seq BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  PRIMARY KEY (tenant_id)
);

-- Heads of earlier, signed. The copy that counts is kept elsewhere.
CREATE TABLE audit_checkpoints (
  tenant_id UUID NOT NULL,
  seq BIGINT NOT NULL,
  key_name TEXT NOT NULL,
  hash BYTEA NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  signature BYTEA NOT NULL,
  PRIMARY KEY (tenant_id, seq, key_name)
);

-- A row is changed in two ways only: it is taken into the chain, once, as it is; or something personal is erased, and
-- its digest stays. Nothing else of it changes, ever.
-- sqlite
DROP TRIGGER audit_frozen_update;
CREATE TRIGGER audit_frozen_update BEFORE UPDATE ON audit
WHEN NOT (
  NEW.tenant_id IS OLD.tenant_id AND NEW.id IS OLD.id AND NEW.at IS OLD.at AND NEW.actor_id IS OLD.actor_id
  AND NEW.via IS OLD.via AND NEW.action IS OLD.action AND NEW.object_kind IS OLD.object_kind AND NEW.object_id IS OLD.object_id
  AND NEW.hash IS NOT NULL AND NEW.seq IS NOT NULL
  AND (OLD.hash IS NULL OR (NEW.hash IS OLD.hash AND NEW.seq IS OLD.seq))
  AND (
    (NEW.actor_name IS OLD.actor_name AND NEW.address IS OLD.address AND NEW.who_digest IS OLD.who_digest
      AND (OLD.hash IS NULL OR NEW.who_salt IS OLD.who_salt))
    OR (OLD.hash IS NOT NULL AND OLD.who_digest IS NULL AND NEW.who_digest IS NOT NULL AND NEW.who_salt IS NULL
      AND NEW.actor_name = '' AND NEW.address = '')
  )
  AND (
    (NEW.object_label IS OLD.object_label AND NEW.before IS OLD.before AND NEW.after IS OLD.after AND NEW.what_digest IS OLD.what_digest
      AND (OLD.hash IS NULL OR NEW.what_salt IS OLD.what_salt))
    OR (OLD.hash IS NOT NULL AND OLD.what_digest IS NULL AND NEW.what_digest IS NOT NULL AND NEW.what_salt IS NULL
      AND NEW.object_label = '' AND NEW.before IS NULL AND NEW.after IS NULL)
  )
)
BEGIN
  SELECT RAISE(ABORT, 'equipage: frozen');
END;
CREATE TRIGGER audit_checkpoints_frozen_update BEFORE UPDATE ON audit_checkpoints
BEGIN
  SELECT RAISE(ABORT, 'equipage: frozen');
END;
CREATE TRIGGER audit_checkpoints_frozen_delete BEFORE DELETE ON audit_checkpoints
BEGIN
  SELECT RAISE(ABORT, 'equipage: frozen');
END;
-- end
-- postgres
DROP TRIGGER audit_frozen ON audit;
CREATE TRIGGER audit_frozen_delete BEFORE DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION equipage_frozen();
CREATE TRIGGER audit_frozen_update BEFORE UPDATE ON audit
FOR EACH ROW WHEN (NOT (
  NEW.tenant_id = OLD.tenant_id AND NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.actor_id IS NOT DISTINCT FROM OLD.actor_id
  AND NEW.via = OLD.via AND NEW.action = OLD.action AND NEW.object_kind = OLD.object_kind AND NEW.object_id = OLD.object_id
  AND NEW.hash IS NOT NULL AND NEW.seq IS NOT NULL
  AND (OLD.hash IS NULL OR (NEW.hash = OLD.hash AND NEW.seq = OLD.seq))
  AND (
    (NEW.actor_name = OLD.actor_name AND NEW.address = OLD.address AND NEW.who_digest IS NOT DISTINCT FROM OLD.who_digest
      AND (OLD.hash IS NULL OR NEW.who_salt IS NOT DISTINCT FROM OLD.who_salt))
    OR (OLD.hash IS NOT NULL AND OLD.who_digest IS NULL AND NEW.who_digest IS NOT NULL AND NEW.who_salt IS NULL
      AND NEW.actor_name = '' AND NEW.address = '')
  )
  AND (
    (NEW.object_label = OLD.object_label AND NEW.before IS NOT DISTINCT FROM OLD.before AND NEW.after IS NOT DISTINCT FROM OLD.after
      AND NEW.what_digest IS NOT DISTINCT FROM OLD.what_digest
      AND (OLD.hash IS NULL OR NEW.what_salt IS NOT DISTINCT FROM OLD.what_salt))
    OR (OLD.hash IS NOT NULL AND OLD.what_digest IS NULL AND NEW.what_digest IS NOT NULL AND NEW.what_salt IS NULL
      AND NEW.object_label = '' AND NEW.before IS NULL AND NEW.after IS NULL)
  )
)) EXECUTE FUNCTION equipage_frozen();
CREATE TRIGGER audit_checkpoints_frozen BEFORE UPDATE OR DELETE ON audit_checkpoints
FOR EACH ROW EXECUTE FUNCTION equipage_frozen();
CREATE TRIGGER audit_checkpoints_frozen_truncate BEFORE TRUNCATE ON audit_checkpoints
FOR EACH STATEMENT EXECUTE FUNCTION equipage_frozen();
-- end
