-- Who there is. An address is kept in its canonical form, and only once its owner has proved it.
CREATE TABLE users (
  id uuid PRIMARY KEY,
  email text UNIQUE,
  tier text NOT NULL DEFAULT 'free' CHECK (tier IN ('free', 'premium', 'enterprise')),
  roles text[] NOT NULL DEFAULT '{}',
  profile jsonb NOT NULL DEFAULT '{}',
  password_hash text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  last_login_at timestamptz,
  is_active boolean NOT NULL DEFAULT true
);
CREATE INDEX users_by_age ON users (created_at DESC, id DESC);

-- The ways into one user: a subject of a provider's, or of an outside issuer's.
CREATE TABLE identities (
  issuer text NOT NULL,
  subject text NOT NULL,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_by_user ON identities (user_id);

-- A session is one family of refresh tokens, of which the newest alone is good; its hash is kept.
CREATE TABLE sessions (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  method text NOT NULL,
  token_hash bytea,
  turn integer NOT NULL DEFAULT 0,
  turned_at timestamptz NOT NULL DEFAULT now(),
  provider_turn integer NOT NULL DEFAULT 0,
  provider_turned_at timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  idle_until timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  end_reason text,
  ip_address text,
  user_agent text
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- The one code that is good for an address; of it, a keyed hash.
CREATE TABLE codes (
  email text PRIMARY KEY,
  mac bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  tries integer NOT NULL DEFAULT 0
);

-- What somebody has begun at a provider's and not ended yet; by the hash of its state.
CREATE TABLE oauth_states (
  hash bytea PRIMARY KEY,
  provider text NOT NULL,
  redirect_uri text NOT NULL,
  code_challenge text NOT NULL,
  nonce text NOT NULL,
  browser bytea NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX oauth_states_by_expiry ON oauth_states (expires_at);

-- What has been tried lately, for what may be tried only so often, from wherever it comes.
CREATE TABLE attempts (
  kind text NOT NULL,
  key text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX attempts_by_key ON attempts (kind, key, at);
CREATE INDEX attempts_by_age ON attempts (at);

-- Counts an attempt: null, or the milliseconds until one more would be admitted. One at a time for
-- a key, so that a hundred at once are counted as a hundred.
CREATE FUNCTION admit(a_kind text, a_key text, most integer, span interval) RETURNS bigint
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  oldest timestamptz;
  tried integer;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(a_kind || ' ' || a_key, 0));
  SELECT count(*), min(at) INTO tried, oldest FROM attempts
    WHERE kind = a_kind AND key = a_key AND at > clock_timestamp() - span;
  IF tried >= most THEN
    RETURN greatest(1, ceil(extract(epoch FROM oldest + span - clock_timestamp()) * 1000));
  END IF;
  INSERT INTO attempts (kind, key) VALUES (a_kind, a_key);
  RETURN NULL;
END $$;

-- The keys that tokens are signed with; the private half is sealed.
CREATE TABLE signing_keys (
  kid text PRIMARY KEY,
  jwk jsonb NOT NULL,
  sealed bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- What has happened: rows come, and neither change nor go.
CREATE TABLE audit_logs (
  id uuid PRIMARY KEY,
  user_id uuid,
  action text NOT NULL,
  resource text NOT NULL,
  resource_id text,
  result text NOT NULL CHECK (result IN ('success', 'failure')),
  details jsonb NOT NULL DEFAULT '{}',
  ip_address text,
  user_agent text,
  "timestamp" timestamptz NOT NULL
);
CREATE INDEX audit_logs_by_time ON audit_logs ("timestamp" DESC, id DESC);
CREATE INDEX audit_logs_by_user ON audit_logs (user_id, "timestamp" DESC);

-- Of the role that the gateway works as, and, should it be the owner after all, of that too.
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'sluice_app') THEN
    REVOKE UPDATE, DELETE, TRUNCATE ON audit_logs FROM sluice_app;
  END IF;
END $$;

CREATE FUNCTION keep_audit() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF current_setting('identity.forgetting', true) = 'on' AND TG_OP = 'UPDATE' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER audit_logs_keep BEFORE UPDATE OR DELETE ON audit_logs
  FOR EACH ROW EXECUTE FUNCTION keep_audit();
CREATE TRIGGER audit_logs_keep_all BEFORE TRUNCATE ON audit_logs EXECUTE FUNCTION keep_audit();

-- The one change there is: who is forgotten is no longer named, neither as who did something nor as
-- whom it was done to; how many times.
CREATE FUNCTION forget_in_audit(who uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp
SET identity.forgetting = 'on' AS $$
DECLARE
  rows bigint;
  others bigint;
BEGIN
  UPDATE audit_logs SET user_id = NULL, ip_address = NULL, user_agent = NULL, details = '{}'
    WHERE user_id = who;
  GET DIAGNOSTICS rows = ROW_COUNT;
  UPDATE audit_logs SET resource_id = NULL, details = '{}'
    WHERE resource = 'user' AND resource_id = who::text;
  GET DIAGNOSTICS others = ROW_COUNT;
  RETURN rows + others;
END $$;

-- Every node hears of what it remembers and is no longer so.
CREATE FUNCTION tell() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM pg_notify('identity', TG_ARGV[0] || ' ' || OLD.id);
  RETURN NULL;
END $$;

-- An operator's token is good as long as its session; others, for as long as nodes know.
CREATE FUNCTION tokens_of(session sessions) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT CASE session.method WHEN 'operator'
    THEN greatest(0, ceil(extract(epoch FROM session.expires_at - now())))::bigint ELSE 0 END
$$;

CREATE FUNCTION tell_session() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM pg_notify('identity', 'session ' || OLD.id || ' ' || tokens_of(OLD));
  RETURN NULL;
END $$;

CREATE FUNCTION tell_key() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM pg_notify('identity', 'key ' || NEW.kid);
  RETURN NULL;
END $$;

CREATE TRIGGER users_changed AFTER UPDATE OF roles, tier, is_active ON users
  FOR EACH ROW EXECUTE FUNCTION tell('user');
CREATE TRIGGER users_gone AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION tell('user');
CREATE TRIGGER sessions_ended AFTER UPDATE OF ended_at ON sessions
  FOR EACH ROW WHEN (NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL)
  EXECUTE FUNCTION tell_session();
CREATE TRIGGER sessions_gone AFTER DELETE ON sessions
  FOR EACH ROW WHEN (OLD.ended_at IS NULL) EXECUTE FUNCTION tell_session();
CREATE TRIGGER keys_made AFTER INSERT ON signing_keys
  FOR EACH ROW EXECUTE FUNCTION tell_key();

-- What is of no use any more.
CREATE FUNCTION sweep() RETURNS void
LANGUAGE sql SET search_path FROM CURRENT AS $$
  DELETE FROM attempts WHERE at < now() - interval '1 hour';
  DELETE FROM codes WHERE expires_at < now() - interval '1 hour';
  DELETE FROM sessions
    WHERE expires_at < now() - interval '30 days' OR ended_at < now() - interval '30 days';
$$;
