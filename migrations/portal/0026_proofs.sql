-- What came of each proof that organisations are apart, the latest ones: what was found is
-- never changed; the oldest go as new ones come.
CREATE TABLE proofs (
  id UUID NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  operator TEXT NOT NULL,
  report JSONB NOT NULL,
  PRIMARY KEY (id)
);
-- sqlite
CREATE TRIGGER proofs_frozen_update BEFORE UPDATE ON proofs
BEGIN
  SELECT RAISE(ABORT, 'equipage: frozen');
END;
-- end
-- postgres
CREATE TRIGGER proofs_frozen BEFORE UPDATE ON proofs
FOR EACH ROW EXECUTE FUNCTION equipage_portal_frozen();
-- end
