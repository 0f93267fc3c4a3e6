-- Marks on one item that change who sees it: not outside this institution (CON-10), held back from the patient for a time (MY-5).
-- The text, its versions and its author stay as they are (REC-5); who marked what, and when, stands in the log.

-- An item and all that belongs to it: the values of a panel go with the panel.
CREATE OR REPLACE FUNCTION record.with_parts(patient uuid, item uuid) RETURNS uuid[] LANGUAGE sql STABLE AS $$
    WITH RECURSIVE whole AS (
        SELECT i.id FROM record.item i WHERE i.patient_id = patient AND i.id = item
        UNION SELECT k.id FROM record.item k JOIN whole w ON k.part_of = w.id WHERE k.patient_id = patient
    ) SELECT coalesce(array_agg(id), '{}') FROM whole
$$;

-- CON-10: one document not to be consulted outside, or again. Only what the person who decides may see himself.
-- Returns whether anything changed. UD010: no-such-item.
CREATE OR REPLACE FUNCTION record.mark_internal(item uuid, internal boolean) RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('mark-internal');
    reach bigint := 2097151;
    i record.item;
BEGIN
    IF l.actor = 'representative' THEN
        reach := (SELECT coalesce(bit_or(r.categories), 0) FROM relations.representation r WHERE r.patient_id = l.patient_id AND r.person_id = l.person_id
                  AND r.state = 'in-force' AND r.starts_at <= now() AND now() < r.ends_at);
    END IF;
    SELECT * INTO i FROM record.item x WHERE x.patient_id = l.patient_id AND x.id = item;
    IF i.id IS NULL OR i.status = 'draft' OR i.never_validated OR i.held_until > clock_timestamp() OR (reach & (1::bigint << i.category)) = 0 OR i.confidential AND l.actor = 'representative' THEN
        RAISE EXCEPTION 'no-such-item' USING ERRCODE = 'UD010';
    END IF;
    UPDATE record.item x SET internal_only = internal WHERE x.patient_id = l.patient_id AND x.id = ANY (record.with_parts(l.patient_id, item)) AND x.internal_only <> internal;
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION record.mark_internal(uuid, boolean) IS 'application';

-- MY-5: a carer holds back one validated item of his own institution from the patient, with a reason and an end of its own; `ends` NULL: shows it again.
-- UD010: no-such-item, not-validated, reason-missing, ended-before, too-long (30 days).
CREATE OR REPLACE FUNCTION record.hold_back(item uuid, ends timestamptz, reason text) RETURNS timestamptz LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    i record.item;
BEGIN
    IF l.verb <> 'hold-back' THEN
        RAISE EXCEPTION 'this grant holds nothing back' USING ERRCODE = 'UD002';
    END IF;
    SELECT * INTO i FROM record.item x WHERE x.patient_id = l.patient_id AND x.id = item AND x.institution_id = l.institution_id FOR UPDATE;
    IF i.id IS NULL OR (l.writes & (1::bigint << i.category)) = 0 THEN
        RAISE EXCEPTION 'no-such-item' USING ERRCODE = 'UD010';
    ELSIF i.status NOT IN ('final', 'amended') THEN
        RAISE EXCEPTION 'not-validated' USING ERRCODE = 'UD010';
    ELSIF ends IS NOT NULL AND length(btrim(regexp_replace(coalesce(reason, ''), '\s+', ' ', 'g'))) < 10 THEN
        RAISE EXCEPTION 'reason-missing' USING ERRCODE = 'UD010';
    ELSIF ends <= clock_timestamp() THEN
        RAISE EXCEPTION 'ended-before' USING ERRCODE = 'UD010';
    ELSIF ends > clock_timestamp() + interval '31 days' THEN
        RAISE EXCEPTION 'too-long' USING ERRCODE = 'UD010';
    END IF;
    UPDATE record.item x SET held_until = ends, held_reason = CASE WHEN ends IS NULL THEN NULL ELSE btrim(reason) END
    WHERE x.patient_id = l.patient_id AND x.id = ANY (record.with_parts(l.patient_id, item)) AND x.institution_id = l.institution_id;
    RETURN ends;
END
$$;
COMMENT ON FUNCTION record.hold_back(uuid, timestamptz, text) IS 'application';

-- Documents that are hidden from one who acts for the patient: confidential care, kinds outside of what he may see, what is kept inside (REP-2, REP-4).
CREATE OR REPLACE FUNCTION record.hidden_from(patient uuid, categories bigint, sees_internal boolean) RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(array_agg(i.id), '{}') FROM record.item i
            WHERE i.patient_id = patient AND (i.confidential OR (categories & (1::bigint << i.category)) = 0 OR i.internal_only AND NOT sees_internal));
END
$$;

-- MY-5, CON-10: what arrives later for a panel or a document carries its marks: held back from the patient until the same end, not seen outside.
-- The patient reads of it with the whole (record.held_back). A part of a part takes its marks in the next round.
CREATE OR REPLACE FUNCTION record.inherit_marks(patient uuid, items uuid[]) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    marked integer := 0;
    n integer;
    w record;
BEGIN
    FOR turn IN 1..5 LOOP
        n := 0;
        FOR w IN
            SELECT q.* FROM unnest(items) x (id)
            -- each line looked up by its key: joined, a large delivery may be compared with all of the record, and all of that again
            CROSS JOIN LATERAL (SELECT i.id, i.part_of, i.institution_id, i.held_until, i.internal_only FROM record.item i WHERE i.patient_id = patient AND i.id = x.id OFFSET 0) c
            CROSS JOIN LATERAL (SELECT i.institution_id, i.held_until, i.held_reason, i.internal_only FROM record.item i WHERE i.patient_id = patient AND i.id = c.part_of OFFSET 0) o
            CROSS JOIN LATERAL (SELECT c.id, o.held_until, o.held_reason, o.internal_only AND NOT c.internal_only AS keeps_inside,
                coalesce(o.held_until > clock_timestamp() AND o.institution_id = c.institution_id AND (c.held_until IS NULL OR c.held_until < o.held_until), false) AS holds) q
            WHERE q.holds OR q.keeps_inside
        LOOP
            UPDATE record.item k SET held_until = CASE WHEN w.holds THEN w.held_until ELSE k.held_until END, held_reason = CASE WHEN w.holds THEN w.held_reason ELSE k.held_reason END,
                internal_only = k.internal_only OR w.keeps_inside
            WHERE k.patient_id = patient AND k.id = w.id;
            n := n + 1;
        END LOOP;
        EXIT WHEN n = 0;
        marked := marked + n;
    END LOOP;
    RETURN marked;
END
$$;

-- MY-5: how many items are held back from the reader, and until when. No title, no kind, no author.
CREATE OR REPLACE FUNCTION record.held_back() RETURNS TABLE (until timestamptz, items bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    IF l.patient_id IS NULL OR l.actor NOT IN ('patient', 'representative') THEN
        RAISE EXCEPTION 'this grant does not open it' USING ERRCODE = 'UD002';
    END IF;
    RETURN QUERY SELECT i.held_until, count(*) FROM record.item i
    WHERE i.patient_id = l.patient_id AND i.held_until > now() AND i.status IN ('final', 'amended') AND (l.mask_own & (1::bigint << i.category)) <> 0
      AND (NOT i.confidential OR l.sees_confidential)
      AND NOT EXISTS (SELECT FROM record.item w WHERE w.patient_id = i.patient_id AND w.id = i.part_of AND w.held_until > now())
    GROUP BY i.held_until ORDER BY i.held_until;
END
$$;
COMMENT ON FUNCTION record.held_back() IS 'application';
