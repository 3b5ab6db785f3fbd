-- Plugins carry what an organisation has into other systems. What they still have to do are
-- duties, written in the transaction of the change; those that failed are the journal.

-- `wants` names the kinds of objects, with spaces between. `secrets` is sealed. `failures` counts
-- those in a row; from a few on the plugin rests until `rests_until`.
CREATE TABLE plugins (
  tenant_id UUID NOT NULL,
  id UUID NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  wants TEXT NOT NULL,
  settings JSONB NOT NULL,
  secrets BYTEA,
  secrets_key TEXT,
  is_enabled BOOLEAN NOT NULL,
  failures BIGINT NOT NULL,
  rests_until TIMESTAMPTZ,
  verified_on DATE,
  version BIGINT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, name)
);

-- What a plugin has made of which object: `kept` is its own, and all it needs to take it away.
CREATE TABLE plugin_objects (
  tenant_id UUID NOT NULL,
  plugin_id UUID NOT NULL,
  object_kind TEXT NOT NULL,
  object_id UUID NOT NULL,
  label TEXT NOT NULL,
  kept JSONB NOT NULL,
  saved_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (tenant_id, plugin_id, object_kind, object_id),
  FOREIGN KEY (tenant_id, plugin_id) REFERENCES plugins (tenant_id, id)
);
CREATE INDEX plugin_objects_by_object ON plugin_objects (tenant_id, object_id);

-- One for each object, plugin and action. `generation` goes up with each change of the object: a run
-- that began before the last one has not done it. `number` is what a person can quote; it comes with the first failure.
CREATE TABLE duties (
  tenant_id UUID NOT NULL,
  id UUID NOT NULL,
  plugin_id UUID NOT NULL,
  object_kind TEXT NOT NULL,
  object_id UUID NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('save', 'delete', 'verify')),
  label TEXT NOT NULL,
  kept JSONB,
  generation BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'failed', 'needs_person', 'drift', 'given_up')),
  attempts BIGINT NOT NULL,
  due_at TIMESTAMPTZ NOT NULL,
  lease UUID,
  leased_until TIMESTAMPTZ,
  number BIGINT,
  first_failed_at TIMESTAMPTZ,
  last_failed_at TIMESTAMPTZ,
  class TEXT,
  error TEXT,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, plugin_id, object_id, action),
  UNIQUE (tenant_id, number),
  FOREIGN KEY (tenant_id, plugin_id) REFERENCES plugins (tenant_id, id)
);
CREATE INDEX duties_by_turn ON duties (tenant_id, state, due_at);
CREATE INDEX duties_by_object ON duties (tenant_id, object_id);

-- What became of each attempt that failed, of the one that ended a failure, and what people decided.
-- Nothing of it is changed or deleted, but that an erasure empties what was said.
CREATE TABLE duty_runs (
  tenant_id UUID NOT NULL,
  id UUID NOT NULL,
  number BIGINT NOT NULL,
  plugin_id UUID NOT NULL,
  object_kind TEXT NOT NULL,
  object_id UUID NOT NULL,
  action TEXT NOT NULL,
  attempt BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  error TEXT NOT NULL,
  output TEXT NOT NULL,
  by_person UUID,
  at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX duty_runs_by_number ON duty_runs (tenant_id, number, at, id);
CREATE INDEX duty_runs_by_object ON duty_runs (tenant_id, object_id);

-- sqlite
CREATE TRIGGER duty_runs_frozen_update BEFORE UPDATE ON duty_runs
WHEN NOT (
  NEW.error = '' AND NEW.output = ''
  AND NEW.tenant_id IS OLD.tenant_id AND NEW.id IS OLD.id AND NEW.number IS OLD.number AND NEW.plugin_id IS OLD.plugin_id
  AND NEW.object_kind IS OLD.object_kind AND NEW.object_id IS OLD.object_id AND NEW.action IS OLD.action
  AND NEW.attempt IS OLD.attempt AND NEW.outcome IS OLD.outcome AND NEW.by_person IS OLD.by_person AND NEW.at IS OLD.at
)
BEGIN
  SELECT RAISE(ABORT, 'equipage: frozen');
END;
CREATE TRIGGER duty_runs_frozen_delete BEFORE DELETE ON duty_runs
BEGIN
  SELECT RAISE(ABORT, 'equipage: frozen');
END;
-- end
-- postgres
CREATE TRIGGER duty_runs_frozen_update BEFORE UPDATE ON duty_runs
FOR EACH ROW WHEN (NOT (
  NEW.error = '' AND NEW.output = '' AND to_jsonb(NEW) - 'error' - 'output' = to_jsonb(OLD) - 'error' - 'output'
)) EXECUTE FUNCTION equipage_frozen();
CREATE TRIGGER duty_runs_frozen_delete BEFORE DELETE ON duty_runs
FOR EACH ROW EXECUTE FUNCTION equipage_frozen();
CREATE TRIGGER duty_runs_frozen_truncate BEFORE TRUNCATE ON duty_runs
FOR EACH STATEMENT EXECUTE FUNCTION equipage_frozen();
-- end
