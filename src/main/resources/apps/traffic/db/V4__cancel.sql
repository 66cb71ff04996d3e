-- Ends one that waits, or has the node that runs it stop; the row as it is then. None where there is
-- no such job, or where another has just changed it: then it is to be asked again. Whoever lets the
-- next of an order go has locked that order, and waits for the next one's row: so who ends one of an
-- order locks the order before the row, and waits for no row while it has the order.
CREATE OR REPLACE FUNCTION cancel_job(a_id uuid) RETURNS SETOF jobs
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  job jobs;
BEGIN
  SELECT * INTO job FROM jobs WHERE id = a_id;
  IF job.state = 'waiting' AND job.ordered THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('jobs in order ' || job.kind || ' ' || job.whose, 0));
    PERFORM FROM jobs WHERE id = a_id AND state = 'waiting' FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
      RETURN;
    END IF;
  END IF;
  IF job.state = 'waiting' THEN
    UPDATE jobs SET state = 'cancelled', ended_at = clock_timestamp()
      WHERE id = a_id AND state = 'waiting' RETURNING * INTO job;
    IF NOT FOUND THEN
      RETURN;
    END IF;
    PERFORM unblock(job);
  ELSIF job.state = 'running' THEN
    UPDATE jobs SET stop = true WHERE id = a_id AND state = 'running' RETURNING * INTO job;
    IF NOT FOUND THEN
      RETURN;
    END IF;
    PERFORM pg_notify('jobs', 'stop ' || a_id);
  END IF;
  IF job.id IS NOT NULL THEN
    RETURN NEXT job;
  END IF;
END $$;
