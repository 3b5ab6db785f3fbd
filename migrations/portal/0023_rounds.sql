-- What one of the processes does for all of them, and from when on somebody is to do it
-- again: whoever takes it moves the time on first.
CREATE TABLE rounds (
  name TEXT NOT NULL,
  due_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (name)
);
