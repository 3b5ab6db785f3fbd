-- An import can be undone, and what was chosen for a file is remembered.

-- What an import made knows so. No foreign key: an applied import is never deleted.
ALTER TABLE parties ADD COLUMN import_id UUID;
ALTER TABLE members ADD COLUMN import_id UUID;
ALTER TABLE member_references ADD COLUMN import_id UUID;
CREATE INDEX parties_by_import ON parties (tenant_id, import_id) WHERE import_id IS NOT NULL;
CREATE INDEX members_by_import ON members (tenant_id, import_id) WHERE import_id IS NOT NULL;
CREATE INDEX member_references_by_import ON member_references (tenant_id, import_id) WHERE import_id IS NOT NULL;
CREATE INDEX payments_by_import ON payments (tenant_id, import_id) WHERE import_id IS NOT NULL;

-- Imports from before this migration did not note what they made: they cannot be undone.
ALTER TABLE imports ADD COLUMN traced BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE imports ADD COLUMN undone_at TIMESTAMPTZ;
ALTER TABLE imports ADD COLUMN undone_by UUID;
ALTER TABLE imports ADD COLUMN undone_by_name TEXT;
-- since when its choices are those of an earlier file, where they are
ALTER TABLE imports ADD COLUMN choices_from TIMESTAMPTZ;
CREATE INDEX imports_by_state ON imports (tenant_id, state, created_at);

-- How files of one shape (program and line of headers) are understood.
CREATE TABLE import_choices (
  tenant_id UUID NOT NULL,
  shape TEXT NOT NULL,
  remembered JSONB NOT NULL,
  kept_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (tenant_id, shape)
);
