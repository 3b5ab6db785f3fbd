-- Which tenants have plugins with something to do, and from when on. A hint, as `mail_turns` is:
-- the duties themselves are the tenant's own data.
CREATE TABLE duty_turns (
  tenant_id UUID NOT NULL,
  due_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (tenant_id)
);
CREATE INDEX duty_turns_by_time ON duty_turns (due_at);
