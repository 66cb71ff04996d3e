-- Work that waits.
CREATE TABLE jobs (
  id uuid PRIMARY KEY,
  number bigint GENERATED ALWAYS AS IDENTITY, -- the order they came in
  kind text NOT NULL,                 -- who does it: 'call' for an operation of the contract
  operation text NOT NULL,            -- what is done, for people and meters
  whose text NOT NULL,                -- by whom jobs are counted and put in order
  subject text,                       -- the user; null where nobody known has asked
  ordered boolean NOT NULL,           -- one of the kind and of whose is done after another
  blocked boolean NOT NULL,           -- and one that came before is not done yet
  priority smallint NOT NULL,
  payload bytea NOT NULL,
  state text NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'running', 'succeeded', 'failed', 'dead', 'cancelled')),
  due_at timestamptz NOT NULL,
  runs integer NOT NULL DEFAULT 0,
  attempts integer NOT NULL DEFAULT 0, -- of its runs, those that count
  owner uuid,                         -- the run that may say how it ended,
  leased_until timestamptz,           -- and until when no other takes over
  began_at timestamptz,
  stop boolean NOT NULL DEFAULT false, -- its caller does not want it any more
  outcome bytea,
  status integer,
  told boolean NOT NULL DEFAULT false, -- whether those who listen have heard of its end
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz
);
CREATE INDEX jobs_due ON jobs (priority, due_at, number) WHERE state = 'waiting' AND NOT blocked;
CREATE INDEX jobs_leased ON jobs (leased_until) WHERE state = 'running';
CREATE INDEX jobs_in_order ON jobs (kind, whose, number)
  WHERE ordered AND state IN ('waiting', 'running');
CREATE INDEX jobs_open ON jobs (kind, whose) WHERE state IN ('waiting', 'running');
CREATE INDEX jobs_by_subject ON jobs (subject, created_at DESC, id DESC);
CREATE INDEX jobs_by_age ON jobs (created_at DESC, id DESC);
CREATE INDEX jobs_by_end ON jobs (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX jobs_counted ON jobs (operation, state) WHERE state IN ('waiting', 'running', 'dead');
CREATE INDEX jobs_untold ON jobs (ended_at) WHERE ended_at IS NOT NULL AND NOT told;

-- What became of each run, of the last hundred.
CREATE TABLE job_attempts (
  job uuid NOT NULL REFERENCES jobs ON DELETE CASCADE,
  run integer NOT NULL,
  began_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  counts boolean NOT NULL,
  status integer,
  code text,
  message text,
  PRIMARY KEY (job, run)
);

-- A row a job; false where there are too many of whose already.
CREATE FUNCTION add_job(
  a_id uuid, a_kind text, a_operation text, a_whose text, a_subject text, a_ordered boolean,
  a_priority integer, a_payload bytea, pause interval, most integer) RETURNS boolean
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  behind boolean := false;
  open bigint;
BEGIN
  IF most IS NOT NULL THEN
    SELECT count(*) INTO open FROM (
      SELECT FROM jobs
        WHERE kind = a_kind AND whose = a_whose AND state IN ('waiting', 'running') LIMIT most) j;
    IF open >= most THEN
      RETURN false;
    END IF;
  END IF;
  IF a_ordered THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('jobs in order ' || a_kind || ' ' || a_whose, 0));
    behind := EXISTS (
      SELECT FROM jobs
        WHERE ordered AND kind = a_kind AND whose = a_whose AND state IN ('waiting', 'running'));
  END IF;
  INSERT INTO jobs
      (id, kind, operation, whose, subject, ordered, blocked, priority, payload, due_at)
    VALUES (a_id, a_kind, a_operation, a_whose, a_subject, a_ordered, behind, a_priority,
      a_payload, clock_timestamp() + pause);
  IF NOT behind AND pause <= interval '0' THEN
    PERFORM pg_notify('jobs', 'due');
  END IF;
  RETURN true;
END $$;

-- Lets the next of whose go, where they go one after another.
CREATE FUNCTION unblock(done jobs) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF NOT done.ordered THEN
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('jobs in order ' || done.kind || ' ' || done.whose, 0));
  UPDATE jobs SET blocked = false WHERE blocked AND id = (
    SELECT id FROM jobs
      WHERE ordered AND kind = done.kind AND whose = done.whose
        AND state IN ('waiting', 'running') AND id <> done.id
      ORDER BY number LIMIT 1);
  IF FOUND THEN
    PERFORM pg_notify('jobs', 'due');
  END IF;
END $$;

-- What the run of that owner has come to: an end, or with state 'waiting' another run after a pause.
-- False where it is not this run's to say, or has been said.
CREATE FUNCTION settle_job(
  a_id uuid, a_owner uuid, a_state text, pause interval, a_counts boolean,
  a_outcome bytea, a_status integer, a_code text, a_message text) RETURNS boolean
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  job jobs;
BEGIN
  UPDATE jobs SET
    state = a_state,
    attempts = attempts + a_counts::integer,
    due_at = clock_timestamp() + pause,
    owner = CASE a_state WHEN 'waiting' THEN NULL ELSE owner END,
    leased_until = NULL,
    outcome = a_outcome,
    status = a_status,
    ended_at = CASE a_state WHEN 'waiting' THEN NULL ELSE clock_timestamp() END
    WHERE id = a_id AND owner = a_owner AND state = 'running'
    RETURNING * INTO job;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO job_attempts (job, run, began_at, counts, status, code, message)
    VALUES (a_id, job.runs, job.began_at, a_counts, a_status, a_code, a_message);
  DELETE FROM job_attempts WHERE job_attempts.job = a_id AND run <= job.runs - 100;
  IF a_state = 'waiting' THEN
    IF pause <= interval '0' THEN
      PERFORM pg_notify('jobs', 'due');
    END IF;
  ELSE
    PERFORM unblock(job);
  END IF;
  RETURN true;
END $$;

-- Runs whose process is gone: they count, for what kills a process is not to be tried for ever. A
-- row that a transaction holds is passed over: its run is alive.
CREATE FUNCTION take_back_jobs() RETURNS bigint
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  job jobs;
  taken bigint := 0;
BEGIN
  FOR job IN
    SELECT * FROM jobs WHERE state = 'running' AND leased_until < clock_timestamp()
      FOR UPDATE SKIP LOCKED
  LOOP
    PERFORM settle_job(job.id, job.owner, CASE WHEN job.stop THEN 'cancelled' ELSE 'waiting' END,
      interval '0', true, NULL, NULL, 'LOST', 'The process that ran it is gone.');
    taken := taken + 1;
  END LOOP;
  RETURN taken;
END $$;

-- Ends one that waits, or has the node that runs it stop; the row as it is then.
CREATE FUNCTION cancel_job(a_id uuid) RETURNS SETOF jobs
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  job jobs;
BEGIN
  SELECT * INTO job FROM jobs WHERE id = a_id FOR UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF job.state = 'waiting' THEN
    UPDATE jobs SET state = 'cancelled', ended_at = clock_timestamp() WHERE id = a_id
      RETURNING * INTO job;
    PERFORM unblock(job);
  ELSIF job.state = 'running' THEN
    UPDATE jobs SET stop = true WHERE id = a_id RETURNING * INTO job;
    PERFORM pg_notify('jobs', 'stop ' || a_id);
  END IF;
  RETURN NEXT job;
END $$;

-- Has one that ended badly done after all, as if it had just come; the row as it is then, or none.
CREATE FUNCTION replay_job(a_id uuid) RETURNS SETOF jobs
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  job jobs;
BEGIN
  SELECT * INTO job FROM jobs WHERE id = a_id AND state IN ('failed', 'dead', 'cancelled');
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF job.ordered THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('jobs in order ' || job.kind || ' ' || job.whose, 0));
  END IF;
  UPDATE jobs SET
    state = 'waiting', due_at = clock_timestamp(), attempts = 0, owner = NULL, stop = false,
    outcome = NULL, status = NULL, told = false, ended_at = NULL,
    blocked = job.ordered AND EXISTS (
      SELECT FROM jobs o
        WHERE o.ordered AND o.kind = job.kind AND o.whose = job.whose
          AND o.state IN ('waiting', 'running'))
    WHERE id = a_id AND state IN ('failed', 'dead', 'cancelled')
    RETURNING * INTO job;
  IF FOUND THEN
    PERFORM pg_notify('jobs', 'due');
    RETURN NEXT job;
  END IF;
END $$;

-- Removes so many of what has ended long ago; and, should one ever be left behind nobody, it goes on.
CREATE FUNCTION sweep_jobs(keep interval, most integer) RETURNS bigint
LANGUAGE sql SET search_path FROM CURRENT AS $$
  UPDATE jobs j SET blocked = false
    WHERE j.blocked AND j.state = 'waiting' AND NOT EXISTS (
      SELECT FROM jobs o
        WHERE o.ordered AND o.kind = j.kind AND o.whose = j.whose
          AND o.state IN ('waiting', 'running')
          AND o.number < j.number);
  WITH gone AS (
    DELETE FROM jobs WHERE id IN (
      SELECT id FROM jobs WHERE ended_at < now() - keep AND told LIMIT most) RETURNING 1)
  SELECT count(*) FROM gone;
$$;
