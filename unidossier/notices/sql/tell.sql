-- Telling the patient, in the transaction of what is told. The portal shows it at once; mail and letters leave by the worker and the desk.

-- A letter leaves where the rulebook asks for one (CON-8), where the patient chose it, and where there is no mail address.
CREATE OR REPLACE FUNCTION notices.tell(patient uuid, a_kind text, facts jsonb, institution uuid, entry bigint) RETURNS uuid LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    notice uuid := gen_random_uuid();
    mail text := (SELECT nullif(btrim(p.contact ->> 'email'), '') FROM registry.patient p WHERE p.id = patient);
    chosen text := (SELECT f.way FROM notices.preference f WHERE f.patient_id = patient AND f.kind = a_kind);
BEGIN
    INSERT INTO notices.notice (patient_id, id, kind, facts, institution_id, entry_id) VALUES (patient, notice, a_kind, coalesce(facts, '{}'), institution, entry);
    IF mail IS NOT NULL AND coalesce(chosen, 'mail') = 'mail' THEN
        INSERT INTO notices.dispatch (id, patient_id, notice_id, way) VALUES (gen_random_uuid(), patient, notice, 'mail');
    END IF;
    IF a_kind = 'link' OR chosen = 'letter' OR mail IS NULL AND coalesce(chosen, 'mail') = 'mail' THEN
        INSERT INTO notices.dispatch (id, patient_id, notice_id, way) VALUES (gen_random_uuid(), patient, notice, 'letter');
    END IF;
    RETURN notice;
END
$$;

-- The general practitioner of record is told (BTG-4: an opening in an emergency; DTH-1: a death): nothing clinical. Not who was excluded (EXC-2), not outside when the
-- patient refuses it (CON-10), not where a signed consent is asked for first (CON-4). Of a death before it closes everything, of its reversal after.
-- The mail to his practice names nobody: it says that there is a message.
CREATE OR REPLACE FUNCTION notices.tell_gp(patient uuid, notice uuid, a_kind text, facts jsonb, entry bigint) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    p registry.patient;
    r record;
    told integer := 0;
BEGIN
    SELECT * INTO p FROM registry.patient h WHERE h.id = patient;
    FOR r IN SELECT DISTINCT ON (h.human_id) g.person_id, g.consented, h.human_id, nullif(btrim(i.contact ->> 'email'), '') AS mail FROM relations.relation g JOIN registry.person h ON h.id = g.person_id JOIN registry.institution i ON i.id = g.institution_id
             WHERE g.patient_id = patient AND g.kind = 'gp' AND g.state = 'in-force' AND g.starts_at <= clock_timestamp() AND clock_timestamp() < g.ends_at ORDER BY h.human_id, g.starts_at DESC LOOP
        CONTINUE WHEN relations.barred(p, r.human_id) IS NOT NULL;
        CONTINUE WHEN NOT r.consented AND NOT gate.gp_opens(patient);
        INSERT INTO notices.carer_message (patient_id, id, person_id, kind, facts, entry_id)
        VALUES (patient, gen_random_uuid(), r.person_id, a_kind, facts || jsonb_build_object('name', p.given || ' ' || p.family, 'birth', p.birth_date), entry);
        IF r.mail IS NOT NULL THEN
            INSERT INTO notices.dispatch (id, patient_id, notice_id, person_id, way, address) VALUES (gen_random_uuid(), patient, notice, r.person_id, 'mail', r.mail);
        END IF;
        told := told + 1;
    END LOOP;
    RETURN told;
END
$$;

-- Whom the messages of the last 90 days to one carer name; for the gate alone, which writes them into the entry. Who was excluded since then reads them no more (EXC-2).
CREATE OR REPLACE FUNCTION notices.told_patients(person uuid) RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT m.patient_id), '{}') FROM (
        SELECT x.patient_id FROM notices.carer_message x JOIN registry.patient p ON p.id = x.patient_id
        WHERE x.person_id = told_patients.person AND x.at > now() - interval '90 days' AND NOT p.refuses_outside
          AND NOT EXISTS (SELECT FROM relations.exclusion e JOIN registry.person h ON h.id = e.person_id WHERE e.patient_id = x.patient_id AND (e.until_at IS NULL OR now() < e.until_at)
                          AND h.human_id = (SELECT o.human_id FROM registry.person o WHERE o.id = told_patients.person))
        ORDER BY x.at DESC LIMIT 100) m
$$;

-- My messages, the newest first, as a carer: kind, facts, at, is_new; what is given counts as seen. Under the list grant whose entry names the patients.
CREATE OR REPLACE FUNCTION notices.told_me() RETURNS TABLE (kind text, facts jsonb, at timestamptz, is_new boolean) LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    whom uuid[];
BEGIN
    IF l.verb <> 'read-told' THEN
        RAISE EXCEPTION 'this grant is for %', l.verb USING ERRCODE = 'UD002';
    END IF;
    -- named by the entry, and still to be named: what was told meanwhile waits for the next reading
    whom := ARRAY(SELECT t.patient_id FROM log.listed t WHERE t.entry_id = l.id INTERSECT SELECT unnest(notices.told_patients(l.person_id)));
    RETURN QUERY WITH mine AS (SELECT m.patient_id, m.id, m.kind, m.facts, m.at, m.seen_at FROM notices.carer_message m
                               WHERE m.person_id = l.person_id AND m.patient_id = ANY (whom) AND m.at > now() - interval '90 days' ORDER BY m.at DESC LIMIT 100),
        seen AS (UPDATE notices.carer_message x SET seen_at = clock_timestamp() FROM mine WHERE x.patient_id = mine.patient_id AND x.id = mine.id AND x.seen_at IS NULL)
    SELECT mine.kind, mine.facts, mine.at, mine.seen_at IS NULL FROM mine ORDER BY mine.at DESC;
END
$$;
COMMENT ON FUNCTION notices.told_me IS 'application';

-- How many messages wait for me, for the first page: a number, no names. Under any grant of mine.
CREATE OR REPLACE FUNCTION notices.told_count() RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    RETURN (SELECT count(*) FROM notices.carer_message m WHERE m.person_id = l.person_id AND m.seen_at IS NULL AND m.patient_id = ANY (notices.told_patients(l.person_id)) AND m.at > now() - interval '90 days');
END
$$;
COMMENT ON FUNCTION notices.told_count IS 'application';
