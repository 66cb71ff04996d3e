-- Calls that go by a key of their caller's, and how they ended.
CREATE TABLE idempotency (
  id bytea PRIMARY KEY,            -- a hash of whose it is, the operation and the key
  subject text,                    -- whose it is; null where nobody known has called
  operation text NOT NULL,
  fingerprint bytea NOT NULL,      -- of what is asked: the same key for something else is a mistake
  owner uuid NOT NULL,             -- the run that may say how it ended,
  leased_until timestamptz NOT NULL, -- and until when no other takes over
  outcome bytea,                   -- null while it runs
  expires_at timestamptz NOT NULL
);
CREATE INDEX idempotency_by_end ON idempotency (expires_at);
CREATE INDEX idempotency_by_subject ON idempotency (subject) WHERE subject IS NOT NULL;

-- Who runs a call: 'mine', 'running' (and for how many ms at most), 'ended' or 'other'. A row that a
-- transaction holds is never waited for: its run is alive.
CREATE FUNCTION claim_key(
  a_id bytea, a_subject text, a_operation text, a_fingerprint bytea, a_owner uuid,
  lease interval, keep interval,
  OUT state text, OUT ended bytea, OUT wait bigint)
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  found_row idempotency;
BEGIN
  FOR attempt IN 1..3 LOOP
    SELECT * INTO found_row FROM idempotency WHERE id = a_id;
    IF NOT FOUND THEN
      INSERT INTO idempotency
        VALUES (a_id, a_subject, a_operation, a_fingerprint, a_owner,
          clock_timestamp() + lease, NULL, clock_timestamp() + keep)
        ON CONFLICT (id) DO NOTHING;
      IF FOUND THEN
        state := 'mine';
        RETURN;
      END IF;
      CONTINUE;
    END IF;
    IF found_row.expires_at > clock_timestamp() THEN
      IF found_row.fingerprint <> a_fingerprint THEN
        state := 'other';
        RETURN;
      ELSIF found_row.outcome IS NOT NULL THEN
        state := 'ended';
        ended := found_row.outcome;
        RETURN;
      END IF;
    END IF;
    IF found_row.leased_until > clock_timestamp() AND found_row.outcome IS NULL THEN
      state := 'running';
      wait := ceil(extract(epoch FROM found_row.leased_until - clock_timestamp()) * 1000);
      RETURN;
    END IF;
    PERFORM FROM idempotency
      WHERE id = a_id AND owner = found_row.owner
        AND (outcome IS NULL) = (found_row.outcome IS NULL)
      FOR UPDATE SKIP LOCKED;
    IF FOUND THEN
      UPDATE idempotency SET
        fingerprint = a_fingerprint, owner = a_owner, leased_until = clock_timestamp() + lease,
        outcome = NULL, expires_at = clock_timestamp() + keep
        WHERE id = a_id;
      state := 'mine';
      RETURN;
    END IF;
  END LOOP;
  state := 'running';
  wait := 1000;
END $$;
