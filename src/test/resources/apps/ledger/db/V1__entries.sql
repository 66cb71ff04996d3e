CREATE TABLE entry (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account text NOT NULL,
  note text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
