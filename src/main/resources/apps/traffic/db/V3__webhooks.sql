-- Where events are told to. Its secret, and the one before while both are good, is sealed.
CREATE TABLE webhooks (
  id uuid PRIMARY KEY,
  owner text NOT NULL,
  everybody boolean NOT NULL DEFAULT false,
  url text NOT NULL,
  host text NOT NULL,
  events text[] NOT NULL,
  description text NOT NULL DEFAULT '',
  active boolean NOT NULL DEFAULT true,
  disabled_reason text,
  failing_since timestamptz,
  sealed bytea NOT NULL,
  old_sealed bytea,
  old_until timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX webhooks_by_owner ON webhooks (owner, created_at DESC, id DESC);
CREATE INDEX webhooks_by_age ON webhooks (created_at DESC, id DESC);
CREATE INDEX webhooks_by_event ON webhooks USING gin (events) WHERE active;

-- What one of them is told of one event. The schedule counts from starts_at, tries are those of it;
-- while one is under way, next_at is when it is taken for lost.
CREATE TABLE webhook_deliveries (
  id uuid PRIMARY KEY,
  webhook_id uuid NOT NULL REFERENCES webhooks ON DELETE CASCADE,
  message text NOT NULL,
  type text NOT NULL,
  body text NOT NULL,
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
  tries integer NOT NULL DEFAULT 0,
  turn integer NOT NULL DEFAULT 0,      -- which of its attempts, ever, may say what comes of it
  error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  starts_at timestamptz NOT NULL DEFAULT now(),
  next_at timestamptz,
  ended_at timestamptz,
  UNIQUE (webhook_id, message),
  CHECK ((state = 'pending') = (next_at IS NOT NULL)),
  CHECK ((state = 'pending') = (ended_at IS NULL))
);
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, created_at DESC, id DESC);
CREATE INDEX webhook_deliveries_by_turn ON webhook_deliveries (webhook_id, next_at)
  WHERE state = 'pending';
CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (next_at) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_by_end ON webhook_deliveries (ended_at) WHERE state <> 'pending';

CREATE TABLE webhook_attempts (
  id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  delivery_id uuid NOT NULL REFERENCES webhook_deliveries ON DELETE CASCADE,
  at timestamptz NOT NULL,
  millis integer NOT NULL,
  status integer,
  answer text,
  error text
);
CREATE INDEX webhook_attempts_by_delivery ON webhook_attempts (delivery_id, id);
