-- The ground of one tenant: who is known, who may do what, who paid.
-- `tenant_id` leads in every key, also where a file holds one tenant only.

CREATE TABLE settings (
  tenant_id UUID NOT NULL,
  title TEXT NOT NULL,
  locale TEXT NOT NULL,
  zone TEXT NOT NULL,
  -- who may validate: 'someone_else' than the one who entered it, or 'anyone'
  validation TEXT NOT NULL CHECK (validation IN ('someone_else', 'anyone')),
  -- the organisation's own account, as members read it on their page
  iban TEXT,
  dues_cents BIGINT NOT NULL CHECK (dues_cents >= 0),
  dues_months BIGINT NOT NULL CHECK (dues_months BETWEEN 1 AND 120),
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant_id)
);

CREATE TABLE counters (
  tenant_id UUID NOT NULL,
  name TEXT NOT NULL,
  value BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, name)
);

-- People and organisations. `search` and `sort_name` are folded: lower case, no accents.
CREATE TABLE parties (
  tenant_id UUID NOT NULL,
  id UUID NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('person', 'organisation')),
  given_name TEXT NOT NULL,
  name TEXT NOT NULL,
  email TEXT,
  email_key TEXT,
  phone TEXT,
  street TEXT,
  postcode TEXT,
  city TEXT,
  country TEXT,
  note TEXT,
  locale TEXT,
  search TEXT NOT NULL,
  sort_name TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX parties_by_name ON parties (tenant_id, sort_name, id);
CREATE INDEX parties_by_email ON parties (tenant_id, email_key);

-- The people whom an organisation is reached through.
CREATE TABLE organisation_contacts (
  tenant_id UUID NOT NULL,
  organisation_id UUID NOT NULL,
  person_id UUID NOT NULL,
  role TEXT NOT NULL,
  PRIMARY KEY (tenant_id, organisation_id, person_id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES parties (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES parties (tenant_id, id)
);
CREATE INDEX organisation_contacts_by_person ON organisation_contacts (tenant_id, person_id);

-- `number` is without its check digit; `search` holds the number in every form that people type.
-- `paid_until` follows the validated payments: it is written by the use-case that validates.
CREATE TABLE members (
  tenant_id UUID NOT NULL,
  id UUID NOT NULL,
  party_id UUID NOT NULL,
  number BIGINT NOT NULL,
  joined_on DATE NOT NULL,
  left_on DATE,
  paid_until DATE,
  search TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, number),
  UNIQUE (tenant_id, party_id),
  FOREIGN KEY (tenant_id, party_id) REFERENCES parties (tenant_id, id)
);
CREATE INDEX members_by_paid_until ON members (tenant_id, paid_until, left_on);

-- What a member was called in the program that an import came from.
CREATE TABLE member_references (
  tenant_id UUID NOT NULL,
  source TEXT NOT NULL,
  reference TEXT NOT NULL,
  member_id UUID NOT NULL,
  PRIMARY KEY (tenant_id, source, reference),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
);
CREATE INDEX member_references_by_member ON member_references (tenant_id, member_id);

CREATE TABLE crews (
  tenant_id UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, name)
);

CREATE TABLE crew_rights (
  tenant_id UUID NOT NULL,
  crew_id UUID NOT NULL,
  right_name TEXT NOT NULL,
  PRIMARY KEY (tenant_id, crew_id, right_name),
  FOREIGN KEY (tenant_id, crew_id) REFERENCES crews (tenant_id, id)
);

CREATE TABLE crew_people (
  tenant_id UUID NOT NULL,
  crew_id UUID NOT NULL,
  person_id UUID NOT NULL,
  PRIMARY KEY (tenant_id, crew_id, person_id),
  FOREIGN KEY (tenant_id, crew_id) REFERENCES crews (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES parties (tenant_id, id)
);
CREATE INDEX crew_people_by_person ON crew_people (tenant_id, person_id);

CREATE TABLE logins (
  tenant_id UUID NOT NULL,
  person_id UUID NOT NULL,
  login_name TEXT NOT NULL,
  -- a PHC string: the algorithm, its costs, the salt and the hash
  password_hash TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  changed_at TIMESTAMPTZ NOT NULL,
  signed_in_at TIMESTAMPTZ,
  PRIMARY KEY (tenant_id, person_id),
  UNIQUE (tenant_id, login_name),
  FOREIGN KEY (tenant_id, person_id) REFERENCES parties (tenant_id, id)
);

-- Only a hash of the token is kept: who reads this table cannot sign in with it.
CREATE TABLE sessions (
  tenant_id UUID NOT NULL,
  id UUID NOT NULL,
  token_hash BYTEA NOT NULL,
  person_id UUID NOT NULL,
  user_agent TEXT NOT NULL,
  address TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  seen_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, token_hash),
  FOREIGN KEY (tenant_id, person_id) REFERENCES logins (tenant_id, person_id)
);
CREATE INDEX sessions_by_person ON sessions (tenant_id, person_id);
CREATE INDEX sessions_by_expiry ON sessions (tenant_id, expires_at);

-- Failed sign-ins per account and per address; forgotten after a while.
CREATE TABLE sign_in_failures (
  tenant_id UUID NOT NULL,
  subject TEXT NOT NULL,
  failures BIGINT NOT NULL,
  last_at TIMESTAMPTZ NOT NULL,
  locked_until TIMESTAMPTZ,
  PRIMARY KEY (tenant_id, subject)
);
CREATE INDEX sign_in_failures_by_time ON sign_in_failures (tenant_id, last_at);

CREATE TABLE imports (
  tenant_id UUID NOT NULL,
  id UUID NOT NULL,
  file_name TEXT NOT NULL,
  content BYTEA NOT NULL,
  choices JSONB NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('uploaded', 'applied')),
  report JSONB,
  created_by UUID,
  created_at TIMESTAMPTZ NOT NULL,
  applied_at TIMESTAMPTZ,
  PRIMARY KEY (tenant_id, id)
);

-- A payment is a draft until the bank crew validates it. A reversal is a payment
-- of its own that takes back another one: its amount is negative.
CREATE TABLE payments (
  tenant_id UUID NOT NULL,
  id UUID NOT NULL,
  member_id UUID NOT NULL,
  amount_cents BIGINT NOT NULL,
  method TEXT NOT NULL CHECK (method IN ('transfer', 'cash', 'cheque', 'card', 'direct_debit', 'waived')),
  received_on DATE NOT NULL,
  period_from DATE,
  period_until DATE,
  label TEXT NOT NULL,
  note TEXT NOT NULL,
  -- what it is found by: its label, folded
  search TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'validated')),
  entered_by UUID,
  entered_by_name TEXT NOT NULL,
  entered_at TIMESTAMPTZ NOT NULL,
  validated_by UUID,
  validated_by_name TEXT,
  validated_at TIMESTAMPTZ,
  reverses_id UUID,
  import_id UUID,
  import_key TEXT,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, reverses_id),
  UNIQUE (tenant_id, import_key),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, reverses_id) REFERENCES payments (tenant_id, id),
  FOREIGN KEY (tenant_id, import_id) REFERENCES imports (tenant_id, id),
  CHECK ((reverses_id IS NULL AND amount_cents >= 0) OR (reverses_id IS NOT NULL AND amount_cents <= 0)),
  CHECK ((method = 'waived') = (amount_cents = 0)),
  CHECK ((state = 'validated') = (validated_at IS NOT NULL)),
  CHECK ((period_from IS NULL) = (period_until IS NULL) AND (period_from IS NULL OR period_from <= period_until))
);
CREATE INDEX payments_by_state ON payments (tenant_id, state, received_on, id);
CREATE INDEX payments_by_member ON payments (tenant_id, member_id, received_on);

-- A form that was sent twice has one effect: the second finds the first one's result.
CREATE TABLE once_keys (
  tenant_id UUID NOT NULL,
  key UUID NOT NULL,
  fingerprint BYTEA NOT NULL,
  result JSONB NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (tenant_id, key)
);

CREATE TABLE audit (
  tenant_id UUID NOT NULL,
  id UUID NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  actor_id UUID,
  actor_name TEXT NOT NULL,
  via TEXT NOT NULL CHECK (via IN ('web', 'cli')),
  address TEXT NOT NULL,
  action TEXT NOT NULL,
  object_kind TEXT NOT NULL,
  object_id UUID NOT NULL,
  object_label TEXT NOT NULL,
  search TEXT NOT NULL,
  before JSONB,
  after JSONB,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX audit_by_time ON audit (tenant_id, at, id);
CREATE INDEX audit_by_object ON audit (tenant_id, object_kind, object_id, at);

-- What was validated, and what was audited, stays as it is: the database itself refuses.
-- sqlite
CREATE TRIGGER payments_frozen_update BEFORE UPDATE ON payments
WHEN OLD.state = 'validated'
BEGIN
  SELECT RAISE(ABORT, 'equipage: frozen');
END;
CREATE TRIGGER payments_frozen_delete BEFORE DELETE ON payments
WHEN OLD.state = 'validated'
BEGIN
  SELECT RAISE(ABORT, 'equipage: frozen');
END;
CREATE TRIGGER payments_born_draft BEFORE INSERT ON payments
WHEN NEW.state <> 'draft'
BEGIN
  SELECT RAISE(ABORT, 'equipage: a payment starts as a draft');
END;
CREATE TRIGGER audit_frozen_update BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'equipage: frozen');
END;
CREATE TRIGGER audit_frozen_delete BEFORE DELETE ON audit
BEGIN
  SELECT RAISE(ABORT, 'equipage: frozen');
END;
-- end
-- postgres
CREATE FUNCTION equipage_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'equipage: frozen';
END $$;
CREATE FUNCTION equipage_born_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'equipage: a payment starts as a draft';
END $$;
CREATE TRIGGER payments_frozen BEFORE UPDATE OR DELETE ON payments
FOR EACH ROW WHEN (OLD.state = 'validated') EXECUTE FUNCTION equipage_frozen();
CREATE TRIGGER payments_born_draft BEFORE INSERT ON payments
FOR EACH ROW WHEN (NEW.state <> 'draft') EXECUTE FUNCTION equipage_born_draft();
CREATE TRIGGER audit_frozen BEFORE UPDATE OR DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION equipage_frozen();
CREATE TRIGGER audit_frozen_truncate BEFORE TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION equipage_frozen();
CREATE TRIGGER payments_frozen_truncate BEFORE TRUNCATE ON payments
FOR EACH STATEMENT EXECUTE FUNCTION equipage_frozen();
-- end
