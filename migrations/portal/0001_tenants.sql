-- The list of tenants. A tenant answers once it is ready: its own data exists by then.
CREATE TABLE tenants (
  id UUID NOT NULL,
  slug TEXT NOT NULL,
  title TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('preparing', 'ready')),
  created_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (slug)
);
