-- Administrators hear by mail of what plugins could not do: one more kind of mails.

-- sqlite
CREATE TABLE mails_with_notices (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('reminder', 'login_link', 'notice')),
  once_key TEXT NOT NULL,
  member_id BLOB,
  party_id BLOB NOT NULL,
  -- of a reminder: the end of what was paid, and how many days before or after it
  ends_on TEXT,
  step INTEGER,
  to_name TEXT NOT NULL,
  to_address TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  -- the same at each attempt: who receives it twice sees that it is one
  message_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'refused', 'given_up')),
  attempts INTEGER NOT NULL,
  next_at TEXT NOT NULL,
  last_error TEXT,
  created_at TEXT NOT NULL,
  ended_at TEXT,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, once_key)
) STRICT;
INSERT INTO mails_with_notices (tenant_id, id, kind, once_key, member_id, party_id, ends_on, step, to_name, to_address, subject, body, message_id, state, attempts, next_at, last_error, created_at, ended_at)
SELECT tenant_id, id, kind, once_key, member_id, party_id, ends_on, step, to_name, to_address, subject, body, message_id, state, attempts, next_at, last_error, created_at, ended_at
FROM mails;
DROP TABLE mails;
ALTER TABLE mails_with_notices RENAME TO mails;
CREATE INDEX mails_by_turn ON mails (tenant_id, state, next_at);
CREATE INDEX mails_by_member ON mails (tenant_id, member_id, created_at);
-- end
-- postgres
ALTER TABLE mails DROP CONSTRAINT mails_kind_check;
ALTER TABLE mails ADD CONSTRAINT mails_kind_check CHECK (kind IN ('reminder', 'login_link', 'notice'));
-- end
