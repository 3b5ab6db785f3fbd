-- An import makes kinds of dues, and says by which kind members pay; its undo takes both back.

-- Which import made it, or said it. What somebody says anew by hand is no import's any more.
ALTER TABLE dues_kinds ADD COLUMN import_id UUID;
ALTER TABLE member_dues ADD COLUMN import_id UUID;
CREATE INDEX member_dues_by_import ON member_dues (tenant_id, import_id) WHERE import_id IS NOT NULL;

-- What came as one transfer is found by it.
CREATE INDEX payments_by_group ON payments (tenant_id, group_id) WHERE group_id IS NOT NULL;
