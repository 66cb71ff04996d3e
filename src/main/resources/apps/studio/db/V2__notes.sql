-- A text without signs. Of those of ASCII the parser of full-text search would make URLs, paths and
-- compounds, in quadratic time; the others it takes for letters, where the locale is C. Each
-- character stays in its place.
CREATE FUNCTION note_words(said text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(said,
  '[!-/:-@[-`{-~\u00A0-\u00A9\u00AB-\u00B4\u00B6-\u00B9\u00BB-\u00BF\u00D7\u00F7'
  '\u2000-\u206F\u20A0-\u2BFF\u2E00-\u2E7F\u3000-\u3004\u3008-\u3020\u3030\u303D\u30A0\u30FB'
  '\uFF01-\uFF0F\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFF65\U0001F000-\U0001FAFF]', ' ', 'g');

-- Whose a note is, as a word that no text has: so the words of others' notes are never looked at.
CREATE FUNCTION note_owner(owner text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 'owner ' || hashtextextended(owner, 0);

-- What a note is found by: its words as they are, and the stems of English ones. Of a text with more
-- than fits into a tsvector, the beginning.
CREATE FUNCTION note_search(owner text, title text, content text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT SET client_min_messages = warning AS $$
DECLARE
  head text := note_words(title);
  part text := note_words(content);
BEGIN
  LOOP
    BEGIN
      RETURN array_to_tsvector(ARRAY[note_owner(owner)])
        || setweight(to_tsvector('simple', head) || to_tsvector('english', head), 'A')
        || to_tsvector('simple', part) || to_tsvector('english', part);
    EXCEPTION WHEN program_limit_exceeded THEN
      part := left(part, length(part) / 2);
    END;
  END LOOP;
END $$;

-- What somebody looks for, in the same words.
CREATE FUNCTION note_asked(words text, beginnings text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET client_min_messages = warning
RETURN websearch_to_tsquery('simple', words) || websearch_to_tsquery('english', words)
  || to_tsquery('simple', beginnings);

-- The same, in the notes of one user; where nothing is looked for, nothing is found.
CREATE FUNCTION note_asked_of(owner text, asked tsquery) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE numnode(asked) WHEN 0 THEN asked
  ELSE ('''' || note_owner(owner) || '''')::tsquery && asked END;

-- A line of a text: around the first of what was looked for, or its beginning.
CREATE FUNCTION note_excerpt(content text, asked tsquery) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT SET client_min_messages = warning AS $$
DECLARE
  found integer := 0;
  line text;
BEGIN
  IF asked IS NOT NULL THEN
    found := position(E'\x02' IN ts_headline('english', note_words(content), asked,
      E'HighlightAll = true, StartSel = "\x02", StopSel = ""'));
  END IF;
  line := substr(content, greatest(found - 60, 1), 600);
  IF found > 61 THEN
    line := '…' || regexp_replace(left(line, 60), '^\S*\s', '') || substr(line, 61);
  END IF;
  RETURN rtrim(left(regexp_replace(ltrim(line), '\s+', ' ', 'g'), 200));
END $$;

-- The newest of each note. Of the same version its earlier ones are no copy: they are those before.
CREATE TABLE notes (
  owner text NOT NULL,
  id uuid NOT NULL,
  version integer NOT NULL,
  title text NOT NULL,
  content text NOT NULL,
  tags text[] NOT NULL,
  hash bytea NOT NULL,                -- SHA-256 of these three
  device text,                        -- that wrote it, as its owner calls it,
  session text,                       -- and the session it did so in
  saved_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  deleted_at timestamptz,             -- since when it is in the bin
  search tsvector NOT NULL GENERATED ALWAYS AS (note_search(owner, title, content)) STORED,
  PRIMARY KEY (owner, id)
);
CREATE INDEX notes_by_time ON notes (owner, saved_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX notes_in_bin ON notes (owner, saved_at DESC, id DESC) WHERE deleted_at IS NOT NULL;
CREATE INDEX notes_by_end ON notes (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX notes_by_word ON notes USING gin (search);

CREATE TABLE note_versions (
  owner text NOT NULL,
  id uuid NOT NULL,
  version integer NOT NULL,
  title text NOT NULL,
  content text NOT NULL,
  tags text[] NOT NULL,
  hash bytea NOT NULL,
  device text,
  saved_at timestamptz NOT NULL,
  deleted_at timestamptz,
  PRIMARY KEY (owner, id, version),
  FOREIGN KEY (owner, id) REFERENCES notes ON DELETE CASCADE
);

-- All versions that are kept.
CREATE VIEW kept_notes AS
  SELECT owner, id, version, title, content, tags, hash, device, saved_at, created_at, deleted_at
    FROM notes
  UNION ALL
  SELECT owner, id, v.version, v.title, v.content, v.tags, v.hash, v.device, v.saved_at,
      n.created_at, v.deleted_at
    FROM note_versions v JOIN notes n USING (owner, id);

-- How far those had come that are gone: one that is made again goes on from there.
CREATE TABLE removed_notes (
  owner text NOT NULL,
  id uuid NOT NULL,
  version integer NOT NULL,           -- of there being none
  removed_at timestamptz NOT NULL,
  PRIMARY KEY (owner, id)
);
CREATE INDEX removed_notes_by_age ON removed_notes (removed_at);

-- What became of a write, and what is there then; of a conflict, with all it says, and with what the
-- version said that it is based on.
CREATE TYPE noted AS (
  verdict text, id uuid, version integer, title text, content text, tags text[], hash bytea,
  size integer, device text, saved_at timestamptz, created_at timestamptz, deleted_at timestamptz,
  base_title text, base_content text, base_tags text[]);

CREATE FUNCTION noted(verdict text, n notes, whole boolean) RETURNS noted
LANGUAGE sql STABLE
RETURN (verdict, n.id, n.version, n.title, CASE WHEN whole THEN n.content END, n.tags, n.hash,
  octet_length(n.content), n.device, n.saved_at, n.created_at, n.deleted_at, NULL, NULL, NULL)::noted;

-- Whether what a write is based on is what is there.
CREATE FUNCTION note_is(n notes, base integer, etag text, any_one boolean) RETURNS boolean
LANGUAGE sql STABLE
RETURN any_one OR coalesce(n.version = base, false) AND (etag IS NULL
  OR etag = '"' || n.version || '-' || left(encode(n.hash, 'hex'), 16) || '"');

-- Keeps the newest as one of the earlier ones, so that another can take its place.
CREATE FUNCTION keep_note(n notes, keep integer) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO note_versions
    VALUES (n.owner, n.id, n.version, n.title, n.content, n.tags, n.hash, n.device, n.saved_at,
      n.deleted_at);
  DELETE FROM note_versions v
    WHERE v.owner = n.owner AND v.id = n.id AND v.version <= n.version + 1 - keep;
END $$;

CREATE FUNCTION save_note(
  a_owner text, a_id uuid, a_title text, a_content text, a_tags text[], a_device text,
  a_session text, base integer, etag text, any_one boolean, strategy text, most integer,
  keep integer) RETURNS SETOF noted
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  n notes;
  result noted;
  a_hash bytea := sha256(convert_to(a_title, 'UTF8') || '\x00' || convert_to(a_content, 'UTF8')
    || '\x00' || convert_to(array_to_string(a_tags, ','), 'UTF8'));
  moment timestamptz := clock_timestamp();
  is_it boolean;
BEGIN
  LOOP
    SELECT * INTO n FROM notes o WHERE o.owner = a_owner AND o.id = a_id FOR UPDATE;
    EXIT WHEN FOUND;
    IF strategy <> 'overwrite' AND (any_one OR coalesce(base, 0) > 0) THEN
      result.verdict := 'conflict';
      RETURN NEXT result;
      RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('notes of ' || a_owner, 0));
    IF (SELECT count(*) FROM (SELECT FROM notes o WHERE o.owner = a_owner LIMIT most) o) >= most THEN
      result.verdict := 'full';
      RETURN NEXT result;
      RETURN;
    END IF;
    INSERT INTO notes (owner, id, version, title, content, tags, hash, device, session, saved_at,
        created_at)
      VALUES (a_owner, a_id, 1 + coalesce((SELECT r.version FROM removed_notes r
          WHERE r.owner = a_owner AND r.id = a_id), 0), a_title, a_content, a_tags, a_hash, a_device,
        a_session, moment, moment)
      ON CONFLICT DO NOTHING RETURNING * INTO n;
    IF FOUND THEN
      DELETE FROM removed_notes r WHERE r.owner = a_owner AND r.id = a_id;
      RETURN NEXT noted('created', n, false);
      RETURN;
    END IF;
  END LOOP;
  IF n.hash = a_hash AND n.deleted_at IS NULL THEN
    RETURN NEXT noted('unchanged', n, false);
    RETURN;
  END IF;
  is_it := n.deleted_at IS NULL AND (note_is(n, base, etag, any_one) OR base IS NULL AND CASE
    WHEN a_device IS NOT NULL AND n.device IS NOT NULL THEN a_device = n.device
    ELSE coalesce(a_session = n.session, false) END);
  IF NOT is_it AND strategy <> 'overwrite' THEN
    result := noted('conflict', n, true);
    IF strategy = 'merge' THEN
      SELECT v.title, v.content, v.tags
        INTO result.base_title, result.base_content, result.base_tags
        FROM note_versions v
        WHERE v.owner = a_owner AND v.id = a_id AND v.version = base AND (etag IS NULL
          OR etag = '"' || v.version || '-' || left(encode(v.hash, 'hex'), 16) || '"');
    END IF;
    RETURN NEXT result;
    RETURN;
  END IF;
  PERFORM keep_note(n, keep);
  UPDATE notes o SET version = n.version + 1, title = a_title, content = a_content, tags = a_tags,
      hash = a_hash, device = a_device, session = a_session, saved_at = clock_timestamp(),
      deleted_at = NULL
    WHERE o.owner = a_owner AND o.id = a_id RETURNING * INTO n;
  RETURN NEXT noted(CASE WHEN is_it THEN 'saved' ELSE 'overwritten' END, n, false);
END $$;

-- Into the bin, which is a version of its own; or away.
CREATE FUNCTION delete_note(
  a_owner text, a_id uuid, a_session text, base integer, etag text, any_one boolean,
  forever boolean, keep integer) RETURNS SETOF noted
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  n notes;
  result noted;
BEGIN
  SELECT * INTO n FROM notes o WHERE o.owner = a_owner AND o.id = a_id FOR UPDATE;
  IF NOT FOUND THEN
    result.verdict := 'missing';
    RETURN NEXT result;
  ELSIF n.deleted_at IS NOT NULL AND NOT forever THEN
    RETURN NEXT noted('unchanged', n, false);
  ELSIF base IS NOT NULL AND NOT note_is(n, base, etag, any_one) THEN
    RETURN NEXT noted('conflict', n, true);
  ELSIF forever THEN
    DELETE FROM notes o WHERE o.owner = a_owner AND o.id = a_id;
    INSERT INTO removed_notes VALUES (a_owner, a_id, n.version + 1, clock_timestamp());
    n.version := n.version + 1;
    n.saved_at := clock_timestamp();
    n.device := NULL;
    RETURN NEXT noted('removed', n, false);
  ELSE
    PERFORM keep_note(n, keep);
    UPDATE notes o SET version = n.version + 1, device = NULL, session = a_session,
        saved_at = clock_timestamp(), deleted_at = clock_timestamp()
      WHERE o.owner = a_owner AND o.id = a_id RETURNING * INTO n;
    RETURN NEXT noted('deleted', n, false);
  END IF;
END $$;

-- Out of the bin as it is, or as it was in an earlier version.
CREATE FUNCTION restore_note(
  a_owner text, a_id uuid, a_session text, a_version integer, base integer, etag text,
  any_one boolean, keep integer) RETURNS SETOF noted
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  n notes;
  v note_versions;
  result noted;
BEGIN
  SELECT * INTO n FROM notes o WHERE o.owner = a_owner AND o.id = a_id FOR UPDATE;
  IF NOT FOUND THEN
    result.verdict := 'missing';
    RETURN NEXT result;
    RETURN;
  END IF;
  v.title := n.title;
  v.content := n.content;
  v.tags := n.tags;
  v.hash := n.hash;
  IF a_version <> n.version THEN
    SELECT * INTO v FROM note_versions o
      WHERE o.owner = a_owner AND o.id = a_id AND o.version = a_version;
    IF NOT FOUND THEN
      result.verdict := 'forgotten';
      RETURN NEXT result;
      RETURN;
    END IF;
  END IF;
  IF n.hash = v.hash AND n.deleted_at IS NULL THEN
    RETURN NEXT noted('unchanged', n, true);
    RETURN;
  END IF;
  IF base IS NOT NULL AND NOT note_is(n, base, etag, any_one) THEN
    RETURN NEXT noted('conflict', n, true);
    RETURN;
  END IF;
  PERFORM keep_note(n, keep);
  UPDATE notes o SET version = n.version + 1, title = v.title, content = v.content, tags = v.tags,
      hash = v.hash, device = NULL, session = a_session, saved_at = clock_timestamp(),
      deleted_at = NULL
    WHERE o.owner = a_owner AND o.id = a_id RETURNING * INTO n;
  RETURN NEXT noted('restored', n, true);
END $$;

-- Removes so many of what has been in the bin for long, and what was remembered of those before.
CREATE FUNCTION sweep_notes(bin interval, most integer) RETURNS bigint
LANGUAGE sql SET search_path FROM CURRENT AS $$
  DELETE FROM removed_notes WHERE removed_at < now() - interval '30 days';
  WITH gone AS (
    DELETE FROM notes WHERE (owner, id) IN (
      SELECT owner, id FROM notes WHERE deleted_at < now() - bin LIMIT most FOR UPDATE SKIP LOCKED)
    RETURNING owner, id, version), removed AS (
    INSERT INTO removed_notes SELECT owner, id, version + 1, now() FROM gone RETURNING 1)
  SELECT count(*) FROM removed;
$$;
