-- Crews are changed in the browser: two who change one at once are told.
ALTER TABLE crews ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

-- A login that nobody can sign in with for now. One without a password yet has an empty hash.
ALTER TABLE logins ADD COLUMN disabled_at TIMESTAMPTZ;

-- A link by which a person chooses their password, once. Only a hash of it is kept: who reads
-- this table cannot use it.
CREATE TABLE login_links (
  tenant_id UUID NOT NULL,
  person_id UUID NOT NULL,
  token_hash BYTEA NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (tenant_id, person_id),
  UNIQUE (tenant_id, token_hash),
  FOREIGN KEY (tenant_id, person_id) REFERENCES logins (tenant_id, person_id)
);
