-- Slots of owners: 'user:' and an id, or 'device:' and the mac of a device id, which itself is kept
-- nowhere. One that was deleted stays for a while, and its version goes on counting.
CREATE TABLE saves (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner text NOT NULL,
  slot text NOT NULL,
  version integer NOT NULL,    -- the newest, or that of there being none
  title text,
  sha256 bytea NOT NULL,       -- of the content as it was sent
  size integer NOT NULL,
  device text,                 -- what its owner calls the machine that has written last,
  session text,                -- and the session that it was
  saved_at timestamptz NOT NULL,
  deleted_at timestamptz,
  UNIQUE (owner, slot)
) WITH (fillfactor = 80);
CREATE INDEX saves_by_deletion ON saves (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX saves_of_devices ON saves (saved_at) WHERE owner LIKE 'device:%';

-- The last contents of each, the newest among them.
CREATE TABLE save_versions (
  save bigint NOT NULL REFERENCES saves ON DELETE CASCADE,
  version integer NOT NULL,
  title text,
  content bytea NOT NULL,      -- deflated (RFC 1951)
  sha256 bytea NOT NULL,
  size integer NOT NULL,
  device text,
  saved_at timestamptz NOT NULL,
  PRIMARY KEY (save, version)
);
ALTER TABLE save_versions ALTER content SET STORAGE EXTERNAL;

-- The highest version of an owner's slots that are gone for good: what is made anew begins above it,
-- so that no version ever means two contents.
CREATE TABLE save_floors (
  owner text PRIMARY KEY,
  floor integer NOT NULL
);

-- What a write has come to: its status, the version that is there then, and of a conflict the
-- contents to be told apart.
CREATE TYPE save_outcome AS (
  status text, slot text, version integer, title text, sha256 bytea, size integer, device text,
  saved_at timestamptz, content bytea, before bytea);

CREATE FUNCTION saves_key(an_owner text) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$ SELECT hashtextextended('saves of ' || an_owner, 0) $$;

CREATE FUNCTION raise_save_floor(an_owner text, version integer) RETURNS void
LANGUAGE sql SET search_path FROM CURRENT AS $$
  INSERT INTO save_floors AS f VALUES (an_owner, version)
    ON CONFLICT (owner) DO UPDATE SET floor = greatest(f.floor, excluded.floor);
$$;

CREATE FUNCTION save_floor(an_owner text) RETURNS integer
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT coalesce((SELECT floor FROM save_floors WHERE owner = an_owner), 0);
$$;

-- A slot, locked with all its owner's: an owner's writes come one after another, and nobody who has
-- locked a slot waits for its owner.
CREATE FUNCTION lock_save(an_owner text, a_slot text) RETURNS saves
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  there saves;
BEGIN
  PERFORM pg_advisory_xact_lock(saves_key(an_owner));
  SELECT * INTO there FROM saves WHERE owner = an_owner AND slot = a_slot FOR UPDATE;
  RETURN there;
END $$;

-- Whether what is there is what a write says that it changes; null where it does not say.
CREATE FUNCTION is_base(there saves, a_base integer, a_begins bytea, a_any boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN a_any THEN there.id IS NOT NULL AND there.deleted_at IS NULL
    WHEN a_base = 0 THEN there.id IS NULL OR there.deleted_at IS NOT NULL
    WHEN a_base IS NULL THEN NULL
    ELSE coalesce(there.version = a_base, false)
      AND (a_begins IS NULL OR a_begins = substring(there.sha256 FOR 8))
  END;
$$;

CREATE FUNCTION is_save_full(an_owner text, most integer) RETURNS boolean
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT count(*) >= most FROM saves WHERE owner = an_owner AND deleted_at IS NULL;
$$;

-- The next version of a slot that is locked, or the first of a new one.
CREATE FUNCTION add_save_version(
  there saves, an_owner text, a_slot text, a_title text, a_content bytea, a_sha256 bytea,
  a_size integer, a_device text, a_session text, keep integer) RETURNS saves
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  at timestamptz := date_trunc('milliseconds', clock_timestamp());
BEGIN
  IF there.id IS NULL THEN
    INSERT INTO saves (owner, slot, version, title, sha256, size, device, session, saved_at)
      VALUES (an_owner, a_slot, save_floor(an_owner) + 1, a_title, a_sha256, a_size, a_device,
        a_session, at)
      RETURNING * INTO there;
  ELSE
    UPDATE saves SET
      version = version + 1, title = a_title, sha256 = a_sha256, size = a_size, device = a_device,
      session = a_session, saved_at = at, deleted_at = NULL
      WHERE id = there.id RETURNING * INTO there;
  END IF;
  INSERT INTO save_versions
    VALUES (there.id, there.version, a_title, a_content, a_sha256, a_size, a_device, at);
  DELETE FROM save_versions v WHERE v.save = there.id AND v.version <= (
    SELECT o.version FROM save_versions o WHERE o.save = there.id
      ORDER BY o.version DESC OFFSET keep LIMIT 1);
  RETURN there;
END $$;

-- What is told of it: of a conflict the contents, too, where something is there.
CREATE FUNCTION told_of_save(a_status text, there saves) RETURNS save_outcome
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
DECLARE
  told save_outcome;
BEGIN
  told.status := a_status;
  told.slot := there.slot;
  told.version := 0;
  IF there.id IS NULL OR there.deleted_at IS NOT NULL AND a_status <> 'deleted' THEN
    RETURN told;
  END IF;
  told.version := there.version;
  told.title := there.title;
  told.sha256 := there.sha256;
  told.size := there.size;
  told.device := there.device;
  told.saved_at := there.saved_at;
  IF a_status = 'conflict' THEN
    SELECT content INTO told.content FROM save_versions
      WHERE save = there.id AND version = there.version;
  END IF;
  RETURN told;
END $$;

-- Saves a slot, if what is there is what the write is of: created, saved, overwritten, unchanged,
-- conflict or full. What is there already is unchanged whatever it is of, for it may be a repeat.
--
-- lax: a write that does not say what it is of is taken; else only of who has written last.
CREATE FUNCTION save_slot(
  an_owner text, a_slot text, a_title text, a_content bytea, a_sha256 bytea, a_size integer,
  a_device text, a_session text, a_base integer, a_begins bytea, a_any boolean, a_strategy text,
  lax boolean, most integer, keep integer) RETURNS save_outcome
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  there saves := lock_save(an_owner, a_slot);
  lives boolean := there.id IS NOT NULL AND there.deleted_at IS NULL;
  title text := coalesce(a_title, CASE WHEN lives THEN there.title END);
  is_of boolean;
  told save_outcome;
BEGIN
  IF lives AND there.sha256 = a_sha256 AND there.title IS NOT DISTINCT FROM title THEN
    RETURN told_of_save('unchanged', there);
  END IF;
  is_of := coalesce(is_base(there, a_base, a_begins, a_any), NOT lives OR lax OR CASE
    WHEN a_device IS NOT NULL AND there.device IS NOT NULL THEN a_device = there.device
    ELSE coalesce(a_session = there.session, false) END);
  IF NOT is_of AND a_strategy <> 'OVERWRITE' THEN
    told := told_of_save('conflict', there);
    IF lives AND a_strategy = 'MERGE' AND a_base > 0 THEN
      SELECT content INTO told.before FROM save_versions
        WHERE save = there.id AND version = a_base
          AND (a_begins IS NULL OR a_begins = substring(sha256 FOR 8));
    END IF;
    RETURN told;
  END IF;
  IF NOT lives AND is_save_full(an_owner, most) THEN
    RETURN told_of_save('full', there);
  END IF;
  RETURN told_of_save(
    CASE WHEN NOT lives THEN 'created' WHEN is_of THEN 'saved' ELSE 'overwritten' END,
    add_save_version(there, an_owner, a_slot, title, a_content, a_sha256, a_size, a_device,
      a_session, keep));
END $$;

-- Makes an earlier version the newest, of a slot that was deleted, too: restored, unchanged, missing,
-- gone, conflict or full.
CREATE FUNCTION restore_slot(
  an_owner text, a_slot text, a_version integer, a_device text, a_session text, a_base integer,
  a_begins bytea, a_any boolean, most integer, keep integer) RETURNS save_outcome
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  there saves := lock_save(an_owner, a_slot);
  lives boolean := there.deleted_at IS NULL;
  old save_versions;
BEGIN
  IF there.id IS NULL THEN
    RETURN told_of_save('missing', there);
  END IF;
  SELECT * INTO old FROM save_versions WHERE save = there.id AND version = a_version;
  IF NOT FOUND THEN
    RETURN told_of_save('gone', there);
  END IF;
  IF lives AND there.sha256 = old.sha256 AND there.title IS NOT DISTINCT FROM old.title THEN
    RETURN told_of_save('unchanged', there);
  END IF;
  IF NOT coalesce(is_base(there, a_base, a_begins, a_any), true) THEN
    RETURN told_of_save('conflict', there);
  END IF;
  IF NOT lives AND is_save_full(an_owner, most) THEN
    RETURN told_of_save('full', there);
  END IF;
  RETURN told_of_save('restored', add_save_version(there, an_owner, a_slot, old.title, old.content,
    old.sha256, old.size, a_device, a_session, keep));
END $$;

-- Removes slots that were deleted, for good; their owner is locked. How many.
CREATE FUNCTION purge_saves(an_owner text, ids bigint[]) RETURNS bigint
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  highest integer;
  gone bigint;
BEGIN
  WITH purged AS (
    DELETE FROM saves WHERE id = ANY (ids) AND owner = an_owner AND deleted_at IS NOT NULL
      RETURNING version)
  SELECT max(version), count(*) INTO highest, gone FROM purged;
  IF gone > 0 THEN
    PERFORM raise_save_floor(an_owner, highest);
  END IF;
  RETURN gone;
END $$;

-- Deletes a slot: deleted, missing or conflict. So many deleted ones of an owner's stay.
CREATE FUNCTION delete_slot(
  an_owner text, a_slot text, a_base integer, a_begins bytea, a_any boolean, stay integer)
  RETURNS save_outcome
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  there saves := lock_save(an_owner, a_slot);
BEGIN
  IF there.id IS NULL OR there.deleted_at IS NOT NULL THEN
    RETURN told_of_save('missing', there);
  END IF;
  IF NOT coalesce(is_base(there, a_base, a_begins, a_any), true) THEN
    RETURN told_of_save('conflict', there);
  END IF;
  UPDATE saves SET
    version = version + 1, deleted_at = date_trunc('milliseconds', clock_timestamp())
    WHERE id = there.id RETURNING * INTO there;
  PERFORM purge_saves(an_owner, ARRAY(
    SELECT id FROM saves WHERE owner = an_owner AND deleted_at IS NOT NULL
      ORDER BY deleted_at DESC, id DESC OFFSET stay));
  there.device := NULL; -- who has deleted it does not say
  there.saved_at := there.deleted_at;
  RETURN told_of_save('deleted', there);
END $$;

-- A name that is free: that of a deleted slot is not, for it can be restored.
CREATE FUNCTION free_slot(an_owner text, a_slot text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
DECLARE
  free text := a_slot;
  n integer := 1;
BEGIN
  WHILE EXISTS (SELECT FROM saves WHERE owner = an_owner AND slot = free) LOOP
    n := n + 1;
    free := left(a_slot, 64 - length(' ' || n)) || ' ' || n;
  END LOOP;
  RETURN free;
END $$;

-- Moves what a device has to a user, all or nothing: each slot with its name before as was, or one row
-- with none where they would be too many. Version numbers stay, unless the user has had such.
CREATE FUNCTION claim_saves(a_device text, a_user text, most integer)
  RETURNS TABLE (was text, slot text, version integer, title text, sha256 bytea, size integer,
    device text, saved_at timestamptz)
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
  one saves;
  above integer;
  highest integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(least(saves_key(a_device), saves_key(a_user)));
  PERFORM pg_advisory_xact_lock(greatest(saves_key(a_device), saves_key(a_user)));
  IF EXISTS (SELECT FROM saves WHERE owner = a_device AND deleted_at IS NULL) AND
      (SELECT count(*) > most FROM saves WHERE owner IN (a_device, a_user) AND deleted_at IS NULL)
  THEN
    RETURN QUERY SELECT NULL::text, NULL::text, 0, NULL::text, NULL::bytea, 0, NULL::text,
      NULL::timestamptz;
    RETURN;
  END IF;
  above := save_floor(a_user);
  FOR one IN
    SELECT * FROM saves WHERE owner = a_device AND deleted_at IS NULL ORDER BY saved_at, id FOR UPDATE
  LOOP
    highest := greatest(highest, one.version);
    IF one.version <= above THEN
      UPDATE save_versions v SET version = above + 1
        WHERE v.save = one.id AND v.version = one.version;
    END IF;
    was := one.slot;
    UPDATE saves s SET
      owner = a_user, slot = free_slot(a_user, one.slot), version = greatest(one.version, above + 1)
      WHERE s.id = one.id RETURNING * INTO one;
    RETURN QUERY SELECT was, one.slot, one.version, one.title, one.sha256, one.size, one.device,
      one.saved_at;
  END LOOP;
  IF highest > 0 THEN
    PERFORM raise_save_floor(a_device, highest);
  END IF;
END $$;

-- Removes for good what was deleted longer ago, of so many at once; what another is at work on later.
CREATE FUNCTION sweep_saves(age interval, most integer) RETURNS bigint
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  an_owner text;
  gone bigint := 0;
BEGIN
  FOR an_owner IN
    SELECT DISTINCT o.owner FROM (
      SELECT owner FROM saves WHERE deleted_at < now() - age ORDER BY deleted_at LIMIT most) o
  LOOP
    CONTINUE WHEN NOT pg_try_advisory_xact_lock(saves_key(an_owner));
    gone := gone + purge_saves(an_owner, ARRAY(
      SELECT id FROM saves WHERE owner = an_owner AND deleted_at < now() - age));
  END LOOP;
  RETURN gone;
END $$;

-- Removes what devices have not touched for so long, and nobody has claimed: anyone can make up devices.
CREATE FUNCTION sweep_devices(age interval, most integer) RETURNS bigint
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  gone bigint;
BEGIN
  WITH old AS (
    DELETE FROM saves WHERE id IN (
      SELECT id FROM saves WHERE owner LIKE 'device:%' AND saved_at < now() - age
        ORDER BY saved_at LIMIT most FOR UPDATE SKIP LOCKED)
      RETURNING owner)
  SELECT count(*) INTO gone FROM old;
  RETURN gone;
END $$;

CREATE FUNCTION forget_saves(an_owner text) RETURNS bigint
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  gone bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(saves_key(an_owner));
  DELETE FROM saves WHERE owner = an_owner;
  GET DIAGNOSTICS gone = ROW_COUNT;
  DELETE FROM save_floors WHERE owner = an_owner;
  RETURN gone;
END $$;
