-- Mandates that the patient himself gives and withdraws (REP-3, REP-4). Parents, guardians and foster parents are linked by the Desk, and end there.
-- A mandate names a person by national number and birth date. Whether such a person is known here is told to nobody: it works once he signs in.

-- Turn waiting mandates into representations for a human being whose own record says the same number and birth date.
CREATE OR REPLACE FUNCTION relations.bind_mandates(known_patient uuid) RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    bound integer;
BEGIN
    WITH waiting AS (
        UPDATE relations.mandate_waiting w SET state = 'bound'
        WHERE w.state = 'waiting' AND w.ends_at > clock_timestamp() AND w.patient_id <> known_patient
          AND EXISTS (SELECT FROM registry.person h WHERE h.patient_id = known_patient)
          AND EXISTS (SELECT FROM registry.patient p WHERE p.id = known_patient AND p.birth_date = w.birth_date AND p.deceased_at IS NULL)
          AND w.number IN (SELECT i.value FROM registry.patient_identifier i WHERE i.patient_id = known_patient AND i.institution_id IS NULL AND i.until_at IS NULL)
        RETURNING w.*
    )
    INSERT INTO relations.representation (patient_id, id, person_id, kind, name, categories, decides, starts_at, ends_at, made_by, entry_id)
    SELECT w.patient_id, w.id, (SELECT h.id FROM registry.person h WHERE h.patient_id = known_patient ORDER BY h.professional, h.id LIMIT 1),
           w.kind, w.name, w.categories, w.decides, w.starts_at, w.ends_at, w.made_by, w.entry_id FROM waiting w ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS bound = ROW_COUNT;
    RETURN bound;
END
$$;

CREATE OR REPLACE FUNCTION relations.on_known() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.patient_id IS NOT NULL THEN
        PERFORM relations.bind_mandates(NEW.patient_id);
    END IF;
    RETURN NULL;
END
$$;

-- REP-4: give a mandate, or name a trusted person (who sees what is ticked and decides nothing). `made` as in relations.exclude.
-- A parent may let somebody act until the child is 15; who acts by mandate gives none himself.
-- UD010: not-yours, yourself, starts-before, too-many, and those of check_scope (at most 5 years).
CREATE OR REPLACE FUNCTION relations.give_mandate(
    made uuid, kind text, name text, number text, birth date, categories bigint, decides boolean, starts timestamptz, ends timestamptz
) RETURNS uuid LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('give-mandate');
    p registry.patient;
    closes timestamptz := ends;
    found uuid;
BEGIN
    IF EXISTS (SELECT FROM relations.mandate_waiting w WHERE w.patient_id = l.patient_id AND w.id = made) THEN
        RETURN made;
    END IF;
    SELECT * INTO p FROM registry.patient r WHERE r.id = l.patient_id;
    PERFORM relations.check_scope(categories, starts + (ends - starts), interval '10 years');
    IF l.rule = 'REP-3.mandate' OR kind NOT IN ('mandate', 'trusted') THEN
        RAISE EXCEPTION 'not-yours' USING ERRCODE = 'UD010';
    ELSIF EXISTS (SELECT FROM registry.patient_identifier i WHERE i.patient_id = l.patient_id AND i.value = number AND i.until_at IS NULL) THEN
        RAISE EXCEPTION 'yourself' USING ERRCODE = 'UD010';
    ELSIF starts < clock_timestamp() - interval '1 day' OR ends <= starts THEN
        RAISE EXCEPTION 'starts-before' USING ERRCODE = 'UD010';
    ELSIF ends > starts + interval '5 years' + interval '1 day' THEN
        RAISE EXCEPTION 'too-long' USING ERRCODE = 'UD010';
    ELSIF (SELECT count(*) FROM relations.mandate_waiting w WHERE w.patient_id = l.patient_id AND w.state <> 'withdrawn' AND w.ends_at > clock_timestamp()) >= 20 THEN
        RAISE EXCEPTION 'too-many' USING ERRCODE = 'UD010';  -- so that nobody tries numbers by giving mandates
    END IF;
    IF l.actor = 'representative' AND p.birth_date IS NOT NULL AND gate.birthday(p.birth_date, 15) > clock_timestamp() THEN
        closes := least(ends, gate.birthday(p.birth_date, 15));  -- from then on it is the child who gives mandates (REP-2)
    END IF;
    INSERT INTO relations.mandate_waiting (patient_id, id, kind, name, number, birth_date, categories, decides, starts_at, ends_at, made_by, entry_id)
    VALUES (l.patient_id, made, kind, btrim(name), number, birth, categories, decides AND kind = 'mandate', starts, closes, l.person_id, l.id);
    SELECT i.patient_id INTO found FROM registry.patient_identifier i WHERE i.value = number AND i.institution_id IS NULL AND i.until_at IS NULL LIMIT 1;
    PERFORM relations.bind_mandates(coalesce(found, gen_random_uuid()));  -- the same work whether somebody was found or not
    PERFORM notices.tell(l.patient_id, 'mandate', jsonb_build_object('who', btrim(name), 'until', closes), relations.desk_for(l.patient_id, NULL), l.id);
    RETURN made;
END
$$;
COMMENT ON FUNCTION relations.give_mandate(uuid, text, text, text, date, bigint, boolean, timestamptz, timestamptz) IS 'application';

-- REP-4: withdraw a mandate or a trusted person. Who acts by mandate gives back his own alone. UD010: no-such-mandate, by-the-desk, not-yours.
CREATE OR REPLACE FUNCTION relations.withdraw_mandate(mandate uuid) RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('withdraw-mandate');
    m relations.representation;
    w relations.mandate_waiting;
BEGIN
    SELECT * INTO m FROM relations.representation r WHERE r.patient_id = l.patient_id AND r.id = mandate;
    SELECT * INTO w FROM relations.mandate_waiting r WHERE r.patient_id = l.patient_id AND r.id = mandate;
    IF m.id IS NULL AND w.id IS NULL THEN
        RAISE EXCEPTION 'no-such-mandate' USING ERRCODE = 'UD010';
    ELSIF m.kind NOT IN ('mandate', 'trusted') THEN
        RAISE EXCEPTION 'by-the-desk' USING ERRCODE = 'UD010';
    ELSIF l.rule = 'REP-3.mandate' AND m.person_id IS DISTINCT FROM l.person_id THEN
        RAISE EXCEPTION 'not-yours' USING ERRCODE = 'UD010';
    ELSIF m.state = 'withdrawn' OR w.state = 'withdrawn' THEN
        RETURN false;
    END IF;
    UPDATE relations.mandate_waiting r SET state = 'withdrawn', withdrawn_at = clock_timestamp() WHERE r.patient_id = l.patient_id AND r.id = mandate;
    UPDATE relations.representation r SET state = 'withdrawn', withdrawn_at = clock_timestamp(), ended_by = l.person_id, ended_why = 'patient'
    WHERE r.patient_id = l.patient_id AND r.id = mandate;
    PERFORM notices.tell(l.patient_id, 'mandate-ended', jsonb_build_object('who', coalesce(m.name, w.name)), relations.desk_for(l.patient_id, NULL), l.id);
    RETURN true;
END
$$;
COMMENT ON FUNCTION relations.withdraw_mandate(uuid) IS 'application';

-- The mandates that the patient gave, alike whether the person is known here or not. ended: when it was withdrawn, or ran out; NULL while it holds.
CREATE OR REPLACE FUNCTION relations.mandates()
RETURNS TABLE (id uuid, kind text, name text, categories bigint, decides boolean, starts_at timestamptz, ends_at timestamptz, ended_at timestamptz, mine boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    IF l.actor NOT IN ('patient', 'representative') OR l.patient_id IS NULL THEN
        RAISE EXCEPTION 'this grant does not open the mandates' USING ERRCODE = 'UD002';
    END IF;
    RETURN QUERY
    SELECT r.id, r.kind, r.name, r.categories, r.decides, r.starts_at, nullif(r.ends_at, 'infinity'),
           CASE WHEN r.state = 'withdrawn' THEN r.withdrawn_at WHEN r.ends_at <= clock_timestamp() THEN r.ends_at END, r.person_id = l.person_id
    FROM relations.representation r WHERE r.patient_id = l.patient_id AND r.kind IN ('mandate', 'trusted')
    UNION ALL
    SELECT w.id, w.kind, w.name, w.categories, w.decides, w.starts_at, w.ends_at,
           CASE WHEN w.state = 'withdrawn' THEN w.withdrawn_at WHEN w.ends_at <= clock_timestamp() THEN w.ends_at END, false
    FROM relations.mandate_waiting w WHERE w.patient_id = l.patient_id AND w.state <> 'bound' AND NOT EXISTS (SELECT FROM relations.representation r WHERE r.patient_id = w.patient_id AND r.id = w.id)
    ORDER BY 6, 1;
END
$$;
COMMENT ON FUNCTION relations.mandates() IS 'application';
