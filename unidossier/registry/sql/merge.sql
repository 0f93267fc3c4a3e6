-- REC-8: likely duplicates, merge and un-merge. Lines move to the kept patient and are remembered, so that un-merge puts exactly those back; entries of
-- the log stay where they were and are read through gate.log_patients(). Both patients stand in the entry, both epochs are raised.

-- How much two words share: trigrams in common by trigrams in all, 0 to 1 (the measure of pg_trgm, without the extension).
CREATE OR REPLACE FUNCTION registry.alike(one text, other text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    WITH a AS (SELECT DISTINCT substr('  ' || one || ' ', n, 3) AS g FROM generate_series(1, length(one) + 1) n),
         b AS (SELECT DISTINCT substr('  ' || other || ' ', n, 3) AS g FROM generate_series(1, length(other) + 1) n)
    SELECT (SELECT count(*) FROM a JOIN b USING (g))::numeric / greatest((SELECT count(*) FROM (SELECT g FROM a UNION SELECT g FROM b) u), 1)
$$;

-- Pairs that may be one human being: same birth date and names alike or exchanged, or same names and a birth date with day and month exchanged, or missing.
-- Of each pair one is known at the institution, or nowhere yet. Asked by the gate (whom the list names) and by the application under that very grant.
CREATE OR REPLACE FUNCTION registry.likely_duplicates(institution uuid) RETURNS TABLE (one uuid, other uuid, why text) LANGUAGE sql STABLE
SET enable_nestloop = off AS $$  -- never everybody with everybody: each way of being alike has something that is equal
    WITH named AS (
        SELECT p.id, p.birth_date, split_part(p.sort_key, E'\x01', 1) AS f, split_part(p.sort_key, E'\x01', 2) AS g,
            CASE WHEN extract(day FROM p.birth_date) <= 12 THEN make_date(extract(year FROM p.birth_date)::integer, extract(day FROM p.birth_date)::integer, extract(month FROM p.birth_date)::integer) END AS exchanged
        FROM registry.patient p WHERE p.merged_into IS NULL
    ), pairs AS (
        SELECT a.id AS one, b.id AS other, 'exchanged' AS why FROM named a JOIN named b ON b.birth_date = a.birth_date AND b.f = a.g AND b.g = a.f AND a.id < b.id
        UNION ALL
        SELECT a.id, b.id, CASE WHEN a.f = b.f AND a.g = b.g THEN 'same' ELSE 'alike' END
        FROM named a JOIN named b ON b.birth_date = a.birth_date AND left(b.f, 1) = left(a.f, 1) AND left(b.g, 1) = left(a.g, 1) AND a.id < b.id
        WHERE NOT (a.f = b.g AND a.g = b.f) AND (a.f = b.f OR registry.alike(a.f, b.f) >= 0.4)
            AND (a.g = b.g OR registry.alike(a.g, b.g) >= 0.4 OR a.g LIKE b.g || ' %' OR b.g LIKE a.g || ' %')
        UNION ALL
        SELECT least(a.id, b.id), greatest(a.id, b.id), 'birth' FROM named a JOIN named b ON b.f = a.f AND b.g = a.g AND b.birth_date = a.exchanged AND a.birth_date <> b.birth_date AND a.id < b.id
        UNION ALL
        SELECT least(a.id, b.id), greatest(a.id, b.id), 'birth' FROM named a JOIN named b ON b.f = a.f AND b.g = a.g WHERE a.birth_date IS NULL AND b.birth_date IS NOT NULL
    )
    SELECT x.one, x.other, x.why FROM pairs x
    WHERE NOT EXISTS (SELECT FROM registry.not_same n WHERE n.one = least(x.one, x.other) AND n.other = greatest(x.one, x.other))
      AND (EXISTS (SELECT FROM record.presence h WHERE h.patient_id IN (x.one, x.other) AND h.institution_id = institution)
           OR NOT EXISTS (SELECT FROM record.presence h WHERE h.patient_id IN (x.one, x.other)))
    ORDER BY x.why = 'same' DESC, x.one, x.other LIMIT 40
$$;
COMMENT ON FUNCTION registry.likely_duplicates IS 'application';

-- Where lines about a patient lie: read from the catalogue, so that a new table is never left behind. keys: what follows patient_id in its key.
-- Not here: the log, the history of the registry, and record.directory, which follows the items.
CREATE OR REPLACE FUNCTION registry.places() RETURNS TABLE (place text, keys text[], in_key boolean) LANGUAGE sql STABLE AS $$
    SELECT format('%I.%I', n.nspname, c.relname), coalesce(array_agg(a.attname::text ORDER BY array_position(k.conkey, a.attnum)) FILTER (WHERE a.attname <> 'patient_id'), '{}'),
           coalesce(bool_or(a.attname = 'patient_id'), false)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p'
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (k.conkey)
    WHERE c.relkind = 'r' AND (n.nspname IN ('record', 'relations', 'cases', 'notices') OR n.nspname = 'registry' AND c.relname = 'patient_identifier')
      AND c.oid <> 'record.directory'::regclass AND EXISTS (SELECT FROM pg_attribute p WHERE p.attrelid = c.oid AND p.attname = 'patient_id' AND NOT p.attisdropped)
    GROUP BY n.nspname, c.relname ORDER BY 1
$$;

-- Moves the lines of one place. wanted: those keys alone, NULL: all. A line that the other patient has already stays (the same institution, the same choice).
CREATE OR REPLACE FUNCTION registry.move_lines(place text, keys text[], in_key boolean, from_patient uuid, to_patient uuid, wanted text[]) RETURNS text[] LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    key text := coalesce((SELECT 'concat_ws(''|'', ' || string_agg(format('t.%I', one), ', ' ORDER BY nth) || ')' FROM unnest(keys) WITH ORDINALITY u (one, nth)), '''''');
    same text := coalesce((SELECT string_agg(format(' AND o.%1$I = t.%1$I', one), '') FROM unnest(keys) one), '');
    moved text[];
BEGIN
    IF NOT in_key THEN
        same := ' AND false';
    ELSIF place = 'relations.exclusion' THEN  -- one federal exclusion stands once
        same := ' AND (o.id = t.id OR o.federal_id = t.federal_id AND o.person_id = t.person_id)';
    END IF;
    EXECUTE format('WITH moved AS (UPDATE %1$s t SET patient_id = $2 WHERE t.patient_id = $1 AND ($3 IS NULL OR %2$s = ANY ($3))
        AND NOT EXISTS (SELECT FROM %1$s o WHERE o.patient_id = $2%3$s) RETURNING %2$s AS k) SELECT array_agg(k) FROM moved', place, key, same)
    INTO moved USING from_patient, to_patient, wanted;
    RETURN moved;
END
$$;

-- The grant of both patients of a merge; both rows locked in one order.
CREATE OR REPLACE FUNCTION registry.merging(one uuid, other uuid) RETURNS gate.live LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    IF l.verb <> 'merge-patients' THEN
        RAISE EXCEPTION 'this grant is for %', l.verb USING ERRCODE = 'UD002';
    ELSIF one = other OR NOT (one = ANY (l.patients) AND other = ANY (l.patients)) THEN
        RAISE EXCEPTION 'no-such-patient' USING ERRCODE = 'UD010';
    END IF;
    PERFORM FROM registry.patient p WHERE p.id IN (one, other) ORDER BY p.id FOR UPDATE;
    RETURN l;
END
$$;

-- UD010: no-such-patient, merged-already (one of them is merged by now), reason-missing. The same id twice is done already.
CREATE OR REPLACE FUNCTION registry.merge_patients(made uuid, kept uuid, merged uuid, reason text) RETURNS uuid LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live;
    p registry.patient;
    one record;
    moved text[];
    took jsonb;
BEGIN
    IF EXISTS (SELECT FROM registry.merge m WHERE m.id = made) THEN
        RETURN made;
    END IF;
    l := registry.merging(kept, merged);
    IF EXISTS (SELECT FROM registry.patient o WHERE o.id IN (kept, merged) AND o.merged_into IS NOT NULL) THEN
        RAISE EXCEPTION 'merged-already' USING ERRCODE = 'UD010';
    END IF;
    SELECT * INTO p FROM registry.patient o WHERE o.id = merged;
    -- what closes a record goes along: a death, and the refusal of access from outside
    took := (SELECT jsonb_strip_nulls(jsonb_build_object('deceased_at', CASE WHEN o.deceased_at IS NULL THEN p.deceased_at END,
        'refuses_outside', CASE WHEN p.refuses_outside AND NOT o.refuses_outside THEN true END)) FROM registry.patient o WHERE o.id = kept);
    INSERT INTO registry.merge (id, kept, merged, reason, took, person_id, person_name, institution_id, entry_id)
    VALUES (made, kept, merged, registry.because(reason), took, l.person_id, l.person_name, l.institution_id, l.id);
    SET CONSTRAINTS ALL DEFERRED;
    FOR one IN SELECT * FROM registry.places() LOOP
        moved := registry.move_lines(one.place, one.keys, one.in_key, merged, kept, NULL);
        INSERT INTO registry.merge_moved (merge_id, place, keys) SELECT made, one.place, moved WHERE moved IS NOT NULL;
        IF one.place = 'record.item' THEN
            UPDATE record.directory d SET patient_id = kept WHERE d.id = ANY (moved::uuid[]);
        END IF;
    END LOOP;
    WITH own AS (UPDATE registry.person h SET patient_id = kept WHERE h.patient_id = merged RETURNING h.id)
    INSERT INTO registry.merge_moved (merge_id, place, keys) SELECT made, 'registry.person', array_agg(own.id::text) FROM own HAVING count(*) > 0;
    UPDATE registry.patient o SET merged_into = kept WHERE o.id = merged;
    UPDATE registry.patient o SET deceased_at = coalesce(o.deceased_at, p.deceased_at), refuses_outside = o.refuses_outside OR p.refuses_outside WHERE o.id = kept;
    PERFORM cases.close_task(l, t.id, 'merged', '') FROM cases.task t
    WHERE t.kind = 'duplicate' AND t.state <> 'done' AND t.patient_id = kept AND t.institution_id = l.institution_id AND t.function = l.function;
    PERFORM notices.tell(kept, 'identity', '{}', l.institution_id, l.id);
    RETURN made;
END
$$;
COMMENT ON FUNCTION registry.merge_patients IS 'application';

-- Puts back exactly what moved; what was made meanwhile stays with the kept one, but for later versions, files and relations of an item that goes back.
-- UD010: no-such-merge, done-already, merge-above (the kept one was merged on: undo that first), reason-missing.
CREATE OR REPLACE FUNCTION registry.unmerge_patients(merge uuid, reason text) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m registry.merge := (SELECT x FROM registry.merge x WHERE x.id = unmerge_patients.merge);
    l gate.live := gate.cur();
    one record;
    fault text := CASE WHEN m.id IS NULL THEN 'no-such-merge' WHEN m.undone_at IS NOT NULL THEN 'done-already'
        WHEN EXISTS (SELECT FROM registry.patient p WHERE p.id = m.kept AND p.merged_into IS NOT NULL) THEN 'merge-above' END;
BEGIN
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION '%', fault USING ERRCODE = 'UD010';
    END IF;
    l := registry.merging(m.kept, m.merged);
    SET CONSTRAINTS ALL DEFERRED;
    FOR one IN SELECT p.*, g.keys AS wanted FROM registry.places() p JOIN registry.merge_moved g ON g.merge_id = m.id AND g.place = p.place LOOP
        PERFORM registry.move_lines(one.place, one.keys, one.in_key, m.kept, m.merged, one.wanted);
    END LOOP;
    PERFORM registry.follow(m);
    UPDATE registry.person h SET patient_id = m.merged FROM registry.merge_moved g WHERE g.merge_id = m.id AND g.place = 'registry.person' AND h.id::text = ANY (g.keys) AND h.patient_id = m.kept;
    UPDATE registry.patient p SET merged_into = NULL WHERE p.id = m.merged;
    UPDATE registry.patient p SET deceased_at = CASE WHEN m.took ? 'deceased_at' THEN NULL ELSE p.deceased_at END,
        refuses_outside = CASE WHEN m.took ? 'refuses_outside' THEN false ELSE p.refuses_outside END WHERE p.id = m.kept;
    UPDATE registry.merge x SET undone_at = clock_timestamp(), undone_by = l.person_id, undone_name = l.person_name, undone_why = registry.because(unmerge_patients.reason), undo_entry_id = l.id WHERE x.id = m.id;
    PERFORM notices.tell(one_of, 'identity', '{}', l.institution_id, l.id) FROM unnest(ARRAY[m.kept, m.merged]) one_of;
END
$$;
COMMENT ON FUNCTION registry.unmerge_patients IS 'application';

-- What belongs to a line that went back goes with it, also when it is younger than the merge.
CREATE OR REPLACE FUNCTION registry.follow(m registry.merge) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    items uuid[] := (SELECT g.keys::uuid[] FROM registry.merge_moved g WHERE g.merge_id = m.id AND g.place = 'record.item');
    letters uuid[] := (SELECT g.keys::uuid[] FROM registry.merge_moved g WHERE g.merge_id = m.id AND g.place = 'notices.notice');
BEGIN
    UPDATE record.version t SET patient_id = m.merged WHERE t.patient_id = m.kept AND t.item_id = ANY (items);
    UPDATE record.attachment t SET patient_id = m.merged WHERE t.patient_id = m.kept AND t.item_id = ANY (items);
    UPDATE record.directory t SET patient_id = m.merged WHERE t.id = ANY (items);
    UPDATE relations.relation t SET patient_id = m.merged WHERE t.patient_id = m.kept AND t.source_id = ANY (items);
    UPDATE notices.dispatch t SET patient_id = m.merged WHERE t.patient_id = m.kept AND t.notice_id = ANY (letters);
    -- an institution that came with the merged one and wrote for the kept one meanwhile is present at both
    INSERT INTO record.presence (patient_id, institution_id) SELECT DISTINCT i.patient_id, i.institution_id FROM record.item i WHERE i.patient_id = m.kept ON CONFLICT DO NOTHING;
END
$$;

-- Two patients alike whom somebody has told apart: they leave the list. UD010: no-such-patient, merged-already (one of them is merged by now), reason-missing.
CREATE OR REPLACE FUNCTION registry.tell_apart(one uuid, other uuid, reason text) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.merging(one, other);
BEGIN
    IF EXISTS (SELECT FROM registry.patient p WHERE p.id IN (tell_apart.one, tell_apart.other) AND p.merged_into IS NOT NULL) THEN
        RAISE EXCEPTION 'merged-already' USING ERRCODE = 'UD010';
    END IF;
    INSERT INTO registry.not_same (one, other, reason, person_id, entry_id) VALUES (least(tell_apart.one, tell_apart.other), greatest(tell_apart.one, tell_apart.other), registry.because(reason), l.person_id, l.id)
    ON CONFLICT DO NOTHING;
    PERFORM cases.close_task(l, t.id, 'not-the-same', tell_apart.reason) FROM cases.task t
    WHERE t.kind = 'duplicate' AND t.state <> 'done' AND t.patient_id IN (tell_apart.one, tell_apart.other) AND t.institution_id = l.institution_id AND t.function = l.function;
END
$$;
COMMENT ON FUNCTION registry.tell_apart IS 'application';

-- The records that are part of the patient of this grant now, merged into him and not parted again: what FHIR calls Patient.link, replaces (REC-8).
CREATE OR REPLACE FUNCTION registry.replaces() RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    IF NOT EXISTS (SELECT FROM registry.patient p WHERE p.merged_into = l.patient_id) THEN  -- almost everybody, and a walk costs more than a look
        RETURN '{}';
    END IF;
    RETURN ARRAY(WITH RECURSIVE part (id) AS (
        SELECT p.id FROM registry.patient p WHERE p.merged_into = l.patient_id UNION SELECT p.id FROM part JOIN registry.patient p ON p.merged_into = part.id
    ) SELECT id FROM part ORDER BY id);
END
$$;
COMMENT ON FUNCTION registry.replaces IS 'application';

-- Under which ids the files of the patient of this grant may lie: a file is bound to the patient it was stored for, whoever he is merged with now.
CREATE OR REPLACE FUNCTION registry.known_as() RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    RETURN ARRAY(WITH RECURSIVE known (id) AS (
        SELECT l.patient_id UNION SELECT CASE WHEN m.kept = k.id THEN m.merged ELSE m.kept END FROM known k JOIN registry.merge m ON k.id IN (m.kept, m.merged)
    ) SELECT id FROM known WHERE id <> l.patient_id);
END
$$;
COMMENT ON FUNCTION registry.known_as IS 'application';
