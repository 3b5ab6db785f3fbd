-- Which tenants have mail to send, and from when on: so that nobody opens every tenant's
-- data each minute to find out. A hint: the mails themselves are the tenant's own data.
CREATE TABLE mail_turns (
  tenant_id UUID NOT NULL,
  due_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (tenant_id)
);
CREATE INDEX mail_turns_by_time ON mail_turns (due_at);
