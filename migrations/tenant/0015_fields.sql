-- Fields that an organisation declares for itself, and what is kept in them.

-- `object` is what has the field: a person, an organisation, a member, a service, a type of
-- services, a crew. A field of services may be on those of one type only. `slug` names it in
-- forms and addresses. `choices` is a list of {"id", "label"}: values keep the id, so that a
-- choice can be renamed. A right in `seen_by` or `edited_by` is needed beside the object's own.
CREATE TABLE extra_fields (
  tenant_id UUID NOT NULL,
  id UUID NOT NULL,
  object TEXT NOT NULL,
  of_type UUID,
  slug TEXT NOT NULL,
  label TEXT NOT NULL,
  kind TEXT NOT NULL,
  help TEXT NOT NULL,
  choices JSONB NOT NULL,
  is_required BOOLEAN NOT NULL,
  is_listed BOOLEAN NOT NULL,
  -- whether the member sees what is kept about them
  is_open BOOLEAN NOT NULL,
  seen_by TEXT,
  edited_by TEXT,
  position BIGINT NOT NULL,
  archived_at TIMESTAMPTZ,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, slug),
  UNIQUE (tenant_id, object, label),
  FOREIGN KEY (tenant_id, of_type) REFERENCES service_types (tenant_id, id)
);

-- `search` is folded. `object_id` names what has the field: no two objects have one id.
CREATE TABLE extra_values (
  tenant_id UUID NOT NULL,
  object_id UUID NOT NULL,
  field_id UUID NOT NULL,
  value TEXT NOT NULL,
  search TEXT NOT NULL,
  PRIMARY KEY (tenant_id, object_id, field_id),
  FOREIGN KEY (tenant_id, field_id) REFERENCES extra_fields (tenant_id, id)
);
-- A filter asks for a field's values from one to another.
CREATE INDEX extra_values_by_value ON extra_values (tenant_id, field_id, value, object_id);
