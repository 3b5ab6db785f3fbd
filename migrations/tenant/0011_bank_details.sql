-- Accounts of people and organisations. What stands here tells nobody the number of an account:
-- it is encrypted with a key that is not in the database.

CREATE TABLE bank_accounts (
  tenant_id UUID NOT NULL,
  id UUID NOT NULL,
  party_id UUID NOT NULL,
  holder TEXT NOT NULL,
  bic TEXT,
  -- XChaCha20-Poly1305: 24 bytes of nonce, then the sealed IBAN; tenant and id are sealed with it
  sealed BYTEA NOT NULL,
  -- HMAC-SHA-256 of tenant and IBAN, with a key of its own: equal IBANs are found, and nothing else
  found_by BYTEA NOT NULL,
  -- which key both were made with
  key_id TEXT NOT NULL,
  -- what people see: the country with its check digits, and the last four
  short TEXT NOT NULL,
  is_preferred BOOLEAN NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, party_id, found_by),
  FOREIGN KEY (tenant_id, party_id) REFERENCES parties (tenant_id, id)
);
CREATE UNIQUE INDEX bank_accounts_preferred ON bank_accounts (tenant_id, party_id) WHERE is_preferred;
CREATE INDEX bank_accounts_found_by ON bank_accounts (tenant_id, found_by);
CREATE INDEX bank_accounts_by_key ON bank_accounts (tenant_id, key_id);
