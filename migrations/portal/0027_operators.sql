-- Who runs the installation and signs in by a browser: people of the portal, of no tenant.
CREATE TABLE operators (
  id UUID NOT NULL,
  login_name TEXT NOT NULL,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  changed_at TIMESTAMPTZ NOT NULL,
  signed_in_at TIMESTAMPTZ,
  disabled_at TIMESTAMPTZ,
  PRIMARY KEY (id),
  UNIQUE (login_name)
);
CREATE TABLE operator_sessions (
  id UUID NOT NULL,
  token_hash BYTEA NOT NULL,
  operator_id UUID NOT NULL,
  user_agent TEXT NOT NULL,
  address TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  seen_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (token_hash),
  FOREIGN KEY (operator_id) REFERENCES operators (id)
);
CREATE INDEX operator_sessions_by_operator ON operator_sessions (operator_id);
-- Failed sign-ins, by the digest of what was typed and by address.
CREATE TABLE operator_failures (
  subject TEXT NOT NULL,
  failures BIGINT NOT NULL,
  last_at TIMESTAMPTZ NOT NULL,
  locked_until TIMESTAMPTZ,
  PRIMARY KEY (subject)
);
-- What operators did here: never changed, never removed.
CREATE TABLE operator_events (
  id UUID NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  operator TEXT NOT NULL,
  action TEXT NOT NULL,
  about TEXT NOT NULL,
  address TEXT NOT NULL,
  PRIMARY KEY (id)
);
-- sqlite
CREATE TRIGGER operator_events_frozen_update BEFORE UPDATE ON operator_events
BEGIN
  SELECT RAISE(ABORT, 'equipage: frozen');
END;
CREATE TRIGGER operator_events_frozen_delete BEFORE DELETE ON operator_events
BEGIN
  SELECT RAISE(ABORT, 'equipage: frozen');
END;
-- end
-- postgres
CREATE TRIGGER operator_events_frozen BEFORE UPDATE OR DELETE ON operator_events
FOR EACH ROW EXECUTE FUNCTION equipage_portal_frozen();
CREATE TRIGGER operator_events_frozen_truncate BEFORE TRUNCATE ON operator_events
FOR EACH STATEMENT EXECUTE FUNCTION equipage_portal_frozen();
-- end
