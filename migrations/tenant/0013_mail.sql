-- Mail: what an organisation has decided, its own texts, and what is sent.

-- One row; none means that nothing was decided: no mail is sent.
CREATE TABLE mail_settings (
  tenant_id UUID NOT NULL,
  sending TEXT NOT NULL CHECK (sending IN ('off', 'by_hand', 'nightly')),
  sender_name TEXT,
  reply_to TEXT,
  -- days before (negative) and after the end of what is paid: "-30 -7 7 30"
  steps TEXT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant_id)
);

-- Texts that an administrator has changed; the others are the product's own.
CREATE TABLE mail_templates (
  tenant_id UUID NOT NULL,
  stage TEXT NOT NULL CHECK (stage IN ('before', 'after')),
  locale TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, stage, locale)
);

-- Every mail: what waits to be sent, and what became of it. `once_key` says what it is about:
-- there is never a second one about the same. It names a member and a person without holding
-- on to them: what was sent stays, whatever becomes of them.
CREATE TABLE mails (
  tenant_id UUID NOT NULL,
  id UUID NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('reminder', 'login_link')),
  once_key TEXT NOT NULL,
  member_id UUID,
  party_id UUID NOT NULL,
  -- of a reminder: the end of what was paid, and how many days before or after it
  ends_on DATE,
  step BIGINT,
  to_name TEXT NOT NULL,
  to_address TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  -- the same at each attempt: who receives it twice sees that it is one
  message_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'refused', 'given_up')),
  attempts BIGINT NOT NULL,
  next_at TIMESTAMPTZ NOT NULL,
  last_error TEXT,
  created_at TIMESTAMPTZ NOT NULL,
  ended_at TIMESTAMPTZ,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, once_key)
);
CREATE INDEX mails_by_turn ON mails (tenant_id, state, next_at);
CREATE INDEX mails_by_member ON mails (tenant_id, member_id, created_at);

-- Members who get no reminders: because they said so, or because a crew did.
CREATE TABLE reminder_pauses (
  tenant_id UUID NOT NULL,
  member_id UUID NOT NULL,
  by_whom TEXT NOT NULL CHECK (by_whom IN ('member', 'crew')),
  since TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (tenant_id, member_id, by_whom)
);
