-- Mandates of direct debits: what somebody signed so that their account may be debited. Never deleted: revoked.
ALTER TABLE settings ADD COLUMN creditor_id TEXT;

CREATE TABLE bank_mandates (
  tenant_id UUID NOT NULL,
  id UUID NOT NULL,
  account_id UUID NOT NULL,
  reference TEXT NOT NULL,
  -- capitals: two references that differ by these only are one
  reference_key TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('recurring', 'one_off')),
  signed_on DATE NOT NULL,
  revoked_on DATE,
  version BIGINT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, reference_key),
  FOREIGN KEY (tenant_id, account_id) REFERENCES bank_accounts (tenant_id, id),
  CHECK (revoked_on IS NULL OR revoked_on >= signed_on)
);
CREATE INDEX bank_mandates_by_account ON bank_mandates (tenant_id, account_id);
