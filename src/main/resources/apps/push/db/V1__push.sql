-- The key pair that push services know this gateway by (RFC 8292), where the settings have none.
-- All nodes have the same; its private half is sealed.
CREATE TABLE server_key (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  public_key text NOT NULL,
  sealed bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Browsers that are told of their users' events. Whoever knows an endpoint can send to it, so it is
-- sealed with the keys, and found by its mac.
CREATE TABLE subscriptions (
  id uuid PRIMARY KEY,
  owner text NOT NULL,
  mac bytea NOT NULL UNIQUE,
  host text NOT NULL,
  events text[] NOT NULL,
  sealed bytea NOT NULL,
  expires_at timestamptz,
  quiet_until timestamptz,     -- its push service wants to be left alone so long
  failing_since timestamptz,
  sent_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX subscriptions_by_owner ON subscriptions (owner, updated_at DESC, id DESC);
CREATE INDEX subscriptions_by_expiry ON subscriptions (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX subscriptions_by_failure ON subscriptions (failing_since)
  WHERE failing_since IS NOT NULL;

-- What one of them is told of one event. While one is under way, next_at is when it is taken for
-- lost. What has ended stays for a while without its body: an event that is told twice is sent once.
CREATE TABLE messages (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  subscription_id uuid NOT NULL REFERENCES subscriptions ON DELETE CASCADE,
  owner text NOT NULL,
  host text NOT NULL,
  event text NOT NULL,
  body text,
  urgency text NOT NULL,
  topic text,
  anyway boolean NOT NULL,     -- though its user has a live session
  tries integer NOT NULL DEFAULT 0,
  next_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  UNIQUE (subscription_id, event),
  CHECK ((body IS NULL) = (ended_at IS NOT NULL))
);
CREATE INDEX messages_by_time ON messages (next_at) WHERE ended_at IS NULL;
CREATE INDEX messages_waiting ON messages (subscription_id) WHERE ended_at IS NULL;
CREATE INDEX messages_by_end ON messages (ended_at) WHERE ended_at IS NOT NULL;
