-- How a user's OBS is reached: host, port and password, sealed for the owner alone.
CREATE TABLE obs_credentials (
  owner text PRIMARY KEY,
  sealed bytea NOT NULL,
  saved_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
