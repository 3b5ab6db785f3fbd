-- Text files that are made of what there is, and the numbers of accounts that stand in them.

-- What a login or a crew is on Unix systems: counted from 0, given once and never again, also when its
-- owner is gone. What a file says is the number and where counting begins.
CREATE TABLE account_numbers (
  tenant_id UUID NOT NULL,
  -- a person with a login, or a crew
  object_id UUID NOT NULL,
  number BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, object_id),
  UNIQUE (tenant_id, number)
);

INSERT INTO account_numbers (tenant_id, object_id, number)
SELECT tenant_id, object_id, row_number() OVER (PARTITION BY tenant_id ORDER BY object_id) - 1
FROM (
  SELECT tenant_id, person_id AS object_id FROM logins
  UNION
  SELECT tenant_id, id FROM crews
) t;
INSERT INTO counters (tenant_id, name, value)
SELECT tenant_id, 'account', max(number) + 1 FROM account_numbers GROUP BY tenant_id;

-- An extraction is a plugin of that kind, with the same id: what it has to do, what it failed at and what it keeps are where
-- those of plugins are. `recipe` is what its file is made of.
CREATE TABLE extractions (
  tenant_id UUID NOT NULL,
  id UUID NOT NULL,
  path TEXT NOT NULL,
  recipe JSONB NOT NULL,
  on_change BOOLEAN NOT NULL,
  schedule TEXT NOT NULL CHECK (schedule IN ('never', 'hourly', 'daily', 'weekly', 'monthly')),
  hour BIGINT NOT NULL CHECK (hour >= 0 AND hour <= 23),
  next_at TIMESTAMPTZ,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, path),
  FOREIGN KEY (tenant_id, id) REFERENCES plugins (tenant_id, id)
);
CREATE INDEX extractions_by_turn ON extractions (tenant_id, next_at);
