-- Dues: what membership costs, for whom, and until when it is paid.

-- A kind of dues: so many months from the day of joining, a fixed year that begins with a
-- month, or free.
CREATE TABLE dues_kinds (
  tenant_id UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  cycle TEXT NOT NULL CHECK (cycle IN ('months', 'year', 'free')),
  months BIGINT CHECK (months BETWEEN 1 AND 120),
  first_month BIGINT CHECK (first_month BETWEEN 1 AND 12),
  -- what a period costs that is not whole: all, or by the months that have begun
  first_period TEXT NOT NULL CHECK (first_period IN ('full', 'by_month')),
  is_default BOOLEAN NOT NULL,
  archived_at TIMESTAMPTZ,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, name),
  CHECK ((cycle = 'months') = (months IS NOT NULL)),
  CHECK ((cycle = 'year') = (first_month IS NOT NULL))
);
CREATE UNIQUE INDEX dues_kinds_default ON dues_kinds (tenant_id) WHERE is_default;

-- The price in force on a day is the last one not after it.
CREATE TABLE dues_prices (
  tenant_id UUID NOT NULL,
  kind_id UUID NOT NULL,
  from_on DATE NOT NULL,
  amount_cents BIGINT NOT NULL CHECK (amount_cents >= 0),
  PRIMARY KEY (tenant_id, kind_id, from_on),
  FOREIGN KEY (tenant_id, kind_id) REFERENCES dues_kinds (tenant_id, id)
);

-- From that day on, a member pays by this kind; with an amount of their own for a reason.
CREATE TABLE member_dues (
  tenant_id UUID NOT NULL,
  member_id UUID NOT NULL,
  from_on DATE NOT NULL,
  kind_id UUID NOT NULL,
  amount_cents BIGINT CHECK (amount_cents >= 0),
  reason TEXT NOT NULL,
  PRIMARY KEY (tenant_id, member_id, from_on),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, kind_id) REFERENCES dues_kinds (tenant_id, id),
  CHECK (amount_cents IS NULL OR reason <> '')
);
CREATE INDEX member_dues_by_kind ON member_dues (tenant_id, kind_id);

-- Who pays for a member, where it is not the member: a family, an organisation.
CREATE TABLE member_payers (
  tenant_id UUID NOT NULL,
  member_id UUID NOT NULL,
  payer_id UUID NOT NULL,
  PRIMARY KEY (tenant_id, member_id),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  FOREIGN KEY (tenant_id, payer_id) REFERENCES parties (tenant_id, id)
);
CREATE INDEX member_payers_by_payer ON member_payers (tenant_id, payer_id);

-- What is paid or free: runs of days that neither touch nor overlap. It follows the
-- validated payments and the free terms, and is written by the use-cases that change these.
CREATE TABLE coverage (
  tenant_id UUID NOT NULL,
  member_id UUID NOT NULL,
  from_on DATE NOT NULL,
  until_on DATE NOT NULL,
  PRIMARY KEY (tenant_id, member_id, from_on),
  FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
  CHECK (from_on <= until_on)
);

ALTER TABLE payments ADD COLUMN kind_id UUID;
-- Payments that came as one: a family's, an organisation's.
ALTER TABLE payments ADD COLUMN group_id UUID;

-- What the settings said becomes the first kind.
INSERT INTO dues_kinds (tenant_id, id, name, cycle, months, first_month, first_period, is_default, archived_at, version)
SELECT tenant_id, tenant_id, CASE locale WHEN 'en' THEN 'Membership dues' ELSE 'Cotisation' END, 'months', dues_months, NULL, 'full', TRUE, NULL, 1
FROM settings;
-- sqlite
INSERT INTO dues_prices (tenant_id, kind_id, from_on, amount_cents)
SELECT tenant_id, tenant_id, '1800-01-01', dues_cents FROM settings;
-- end
-- postgres
INSERT INTO dues_prices (tenant_id, kind_id, from_on, amount_cents)
SELECT tenant_id, tenant_id, DATE '1800-01-01', dues_cents FROM settings;
-- end

ALTER TABLE settings DROP COLUMN dues_cents;
ALTER TABLE settings DROP COLUMN dues_months;
-- whether periods that are wholly over are still claimed
ALTER TABLE settings ADD COLUMN lapse TEXT NOT NULL DEFAULT 'start_again' CHECK (lapse IN ('start_again', 'claim_all'));

-- Validated payments that were not taken back, joined where they touch or overlap: a run
-- begins where no earlier period reaches the day before.
-- sqlite
INSERT INTO coverage (tenant_id, member_id, from_on, until_on)
SELECT tenant_id, member_id, min(period_from), max(period_until)
FROM (
  SELECT s.*, sum(s.begins) OVER (PARTITION BY s.tenant_id, s.member_id ORDER BY s.period_from, s.period_until, s.id) AS run
  FROM (
    SELECT p.tenant_id, p.member_id, p.id, p.period_from, p.period_until,
      CASE WHEN p.period_from <= date(max(p.period_until) OVER (PARTITION BY p.tenant_id, p.member_id ORDER BY p.period_from, p.period_until, p.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), '+1 day') THEN 0 ELSE 1 END AS begins
    FROM payments p
    WHERE p.state = 'validated' AND p.reverses_id IS NULL AND p.period_from IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM payments r WHERE r.tenant_id = p.tenant_id AND r.reverses_id = p.id AND r.state = 'validated')
  ) s
) runs
GROUP BY tenant_id, member_id, run;
-- end
-- postgres
INSERT INTO coverage (tenant_id, member_id, from_on, until_on)
SELECT tenant_id, member_id, min(period_from), max(period_until)
FROM (
  SELECT s.*, sum(s.begins) OVER (PARTITION BY s.tenant_id, s.member_id ORDER BY s.period_from, s.period_until, s.id) AS run
  FROM (
    SELECT p.tenant_id, p.member_id, p.id, p.period_from, p.period_until,
      CASE WHEN p.period_from <= max(p.period_until) OVER (PARTITION BY p.tenant_id, p.member_id ORDER BY p.period_from, p.period_until, p.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) + 1 THEN 0 ELSE 1 END AS begins
    FROM payments p
    WHERE p.state = 'validated' AND p.reverses_id IS NULL AND p.period_from IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM payments r WHERE r.tenant_id = p.tenant_id AND r.reverses_id = p.id AND r.state = 'validated')
  ) s
) runs
GROUP BY tenant_id, member_id, run;
-- end

DROP INDEX members_by_paid_until;
ALTER TABLE members DROP COLUMN paid_until;
CREATE INDEX members_by_left_on ON members (tenant_id, left_on, id);
