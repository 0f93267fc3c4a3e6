-- Emergency: one record opened by break-the-glass (BTG), an exclusion lifted for urgent care (EXC-7), and the end of both.

-- Who reviews and who answers to the patient: the carer's own hospital; for a carer outside, the hospital that last delivered to the record.
CREATE OR REPLACE FUNCTION relations.answering(institution uuid, patient uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        (SELECT h.id FROM registry.institution h WHERE h.id = institution AND h.network),
        (SELECT i.institution_id FROM record.item i JOIN registry.institution h ON h.id = i.institution_id AND h.network
         WHERE i.patient_id = patient ORDER BY i.entered_at DESC, i.id LIMIT 1),
        (SELECT h.id FROM registry.institution h WHERE h.network ORDER BY h.key LIMIT 1),
        institution)
$$;

-- The end of what an emergency opens: as long as the setting says, twelve hours at most (BTG-3, EXC-7).
CREATE OR REPLACE FUNCTION relations.emergency_ends(institution uuid, setting text, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT at + least(gate.setting(institution, setting)::numeric * interval '1 hour', interval '12 hours')
$$;

-- What a notice and a task say of the carer. Words only: no clinical content, and not his justification.
CREATE OR REPLACE FUNCTION relations.emergency_facts(who text, function text, institution uuid, more jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('who', who, 'function', function, 'institution', (SELECT h.names FROM registry.institution h WHERE h.id = institution)) || more
$$;

-- BTG-1, BTG-3, BTG-4: under the grant of break-the-glass. `opening` is made with the form: sent twice, it is done once.
-- reason: one of the six; justification: at least 20 characters. Answers the patient; `until` is NULL when a relation opens the record anyway.
-- UD002 under another verb.
DROP FUNCTION IF EXISTS relations.open_in_emergency(uuid, text, text);
CREATE FUNCTION relations.open_in_emergency(opening uuid, reason text, justification text, OUT patient uuid, OUT until timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    at timestamptz := clock_timestamp();
    answering uuid;
    facts jsonb;
BEGIN
    IF l.verb <> 'break-the-glass' THEN
        RAISE EXCEPTION 'this grant opens nothing in an emergency' USING ERRCODE = 'UD002';
    END IF;
    patient := l.patient_id;
    IF l.rule NOT IN ('BTG-1.emergency', 'EXC-7.lifted') THEN
        RETURN;
    END IF;
    until := relations.emergency_ends(l.institution_id, 'glass.hours', at);
    IF l.rule = 'EXC-7.lifted' THEN  -- never longer than the lifting that it stands on
        until := least(until, (SELECT max(f.ends_at) FROM relations.lifting f WHERE f.patient_id = l.patient_id AND f.person_id = l.person_id));
    END IF;
    INSERT INTO relations.opening (patient_id, id, person_id, institution_id, function, reason, justification, starts_at, ends_at, entry_id)
    VALUES (l.patient_id, opening, l.person_id, l.institution_id, l.function, open_in_emergency.reason, open_in_emergency.justification, at, until, l.id)
    ON CONFLICT (patient_id, id) DO NOTHING;
    IF NOT FOUND OR l.rule = 'EXC-7.lifted' THEN
        RETURN;  -- told and reviewed already: with the first sending, or with the lifting
    END IF;
    answering := relations.answering(l.institution_id, l.patient_id);
    facts := relations.emergency_facts(l.person_name, l.function, l.institution_id, jsonb_build_object('reason', open_in_emergency.reason, 'until', until));
    PERFORM notices.tell_gp(l.patient_id, notices.tell(l.patient_id, 'glass', facts, answering, l.id), 'glass', facts, l.id);
    PERFORM cases.open_task(answering, 'medical-director', 'glass-review', l.patient_id, l.person_id, opening, facts, interval '72 hours', l.person_id, l.id);
    PERFORM cases.open_task(answering, 'data-protection-officer', 'glass-seen', l.patient_id, l.person_id, opening, facts, interval '72 hours', l.person_id, l.id);
END
$$;

-- BTG-3: the carer ends it himself, at any moment; the raised epoch closes what is open. Answers how many openings and liftings ended.
CREATE OR REPLACE FUNCTION relations.end_emergency() RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    at timestamptz := clock_timestamp();
    ended integer;
BEGIN
    IF l.verb <> 'end-emergency' THEN
        RAISE EXCEPTION 'this grant ends no emergency' USING ERRCODE = 'UD002';
    END IF;
    WITH openings AS (
        UPDATE relations.opening o SET ends_at = at WHERE o.patient_id = l.patient_id AND o.person_id = l.person_id AND o.starts_at <= at AND at < o.ends_at RETURNING 1
    ), liftings AS (
        UPDATE relations.lifting f SET ends_at = at WHERE f.patient_id = l.patient_id AND f.person_id = l.person_id AND f.starts_at <= at AND at < f.ends_at RETURNING 1
    ) SELECT (SELECT count(*) FROM openings) + (SELECT count(*) FROM liftings) INTO ended;
    RETURN ended;
END
$$;

-- The opening that this grant stands on, for the banner: {"reason", "until"}; NULL when something else opened the record.
CREATE OR REPLACE FUNCTION relations.my_opening() RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    IF l.rule NOT IN ('BTG-1.emergency', 'EXC-7.lifted') THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT jsonb_build_object('reason', o.reason, 'until', o.ends_at) FROM relations.opening o
            WHERE o.patient_id = l.patient_id AND o.person_id = l.person_id AND o.institution_id = l.institution_id
                AND o.starts_at <= clock_timestamp() AND clock_timestamp() < o.ends_at ORDER BY o.ends_at DESC LIMIT 1);
END
$$;

-- Is a colleague of the same function in the roster of one of his own teams now? A membership of months is no roster (EXC-7: checked where there is one).
CREATE OR REPLACE FUNCTION relations.others_on_duty(s gate.session, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM registry.duty mine
        JOIN registry.team t ON t.id = mine.team_id AND t.institution_id = s.institution_id
        JOIN registry.duty d ON d.team_id = mine.team_id AND d.starts_at <= at AND at < d.ends_at AND d.ends_at <= d.starts_at + interval '3 days'
        JOIN registry.person h ON h.id = d.person_id AND h.human_id <> s.human_id
        JOIN registry.employment e ON e.person_id = d.person_id AND e.institution_id = s.institution_id AND e.function = s.function
            AND e.from_at <= at AND (e.until_at IS NULL OR at < e.until_at)
        WHERE mine.person_id = s.person_id AND mine.starts_at <= at AND at < mine.ends_at)
$$;

-- Who may lift or confirm at all: NULL, or the rule that refuses. Nothing of the patient counts here.
CREATE OR REPLACE FUNCTION relations.refuses_lifting(s gate.session, at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN gate.holds(s, at) IS NULL                                                                       THEN 'ACD-7.ended'
        WHEN s.strong_at IS NULL                                                                             THEN 'ALL-3.second-factor'
        WHEN s.purpose <> 'care'                                                                             THEN 'ACD-6.purpose'
        WHEN s.actor NOT IN ('inside', 'outside') OR gate.rights_of(s.function, 'break-the-glass') = 0       THEN 'BTG-2.function'
    END
$$;

-- EXC-7: stands on no grant. The answer says nothing of the patient: whether he is known, has excluded the carer, or has died.
-- sought: as gate.sought. Answers '' when it is written down, else the rule that refuses; each way leaves an entry.
-- A lifting that had nothing to pass ends as it begins: what the patient excludes later is not lifted in advance.
DROP FUNCTION IF EXISTS relations.lift(bytea, uuid, uuid, jsonb, text, text);
CREATE FUNCTION relations.lift(secret bytea, lifting uuid, patient uuid, sought jsonb, discipline text, reason text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := gate.session_of(secret);
    at timestamptz := clock_timestamp();
    p registry.patient;
    told jsonb := jsonb_build_object('discipline', discipline, 'reason', reason);
    refused text;
    excluded text;
    ends timestamptz := at;
    entry bigint;
    answering uuid;
    facts jsonb;
BEGIN
    SELECT * INTO p FROM registry.patient h WHERE h.id = coalesce(patient, gate.sought(sought));
    refused := coalesce(relations.refuses_lifting(s, at), CASE
        WHEN (s.strong_at > at - interval '5 minutes') IS NOT TRUE OR length(btrim(regexp_replace(reason, '\s+', ' ', 'g'))) < 20 OR btrim(discipline) = '' THEN 'BTG-1.incomplete'
        WHEN relations.others_on_duty(s, at) THEN 'EXC-7.others-on-duty' END);
    SELECT CASE WHEN bool_or(e.absolute) THEN 'absolute' WHEN count(*) > 0 THEN 'plain' ELSE 'none' END INTO excluded
    FROM relations.exclusion e JOIN registry.person h ON h.id = e.person_id
    WHERE e.patient_id = p.id AND h.human_id = s.human_id AND e.from_at <= at AND (e.until_at IS NULL OR at < e.until_at);
    IF refused IS NULL AND excluded = 'plain' AND (p.deceased_at <= at) IS NOT TRUE THEN
        ends := relations.emergency_ends(s.institution_id, 'lifting.hours', at);
    END IF;
    entry := gate.write_entry(s, p.id, NULL, 'lift-exclusion', 0, NULL, told || CASE WHEN p.id IS NULL THEN jsonb_build_object('sought', sought) ELSE '{}' END,
        coalesce(refused, CASE WHEN ends > at THEN 'EXC-7.lifted' WHEN excluded = 'none' THEN 'ACD-1.none' ELSE 'EXC-2.excluded' END), ends > at);
    IF refused IS NULL THEN
        BEGIN  -- about nobody the same work is done and undone: the time that it takes tells nothing either (ACD-8)
            INSERT INTO relations.lifting (patient_id, id, person_id, institution_id, discipline, reason, starts_at, ends_at, entry_id)
            VALUES (coalesce(p.id, gen_random_uuid()), lifting, s.person_id, s.institution_id, lift.discipline, lift.reason, at, ends, entry) ON CONFLICT (patient_id, id) DO NOTHING;
            IF FOUND THEN
                answering := relations.answering(s.institution_id, p.id);
                facts := relations.emergency_facts(s.person_name, s.function, s.institution_id, jsonb_build_object('discipline', discipline, 'until', ends, 'lifted', ends > at));
                PERFORM cases.open_task(answering, 'medical-director', 'lifting-review', p.id, s.person_id, lifting, facts, interval '24 hours', s.person_id, entry);
                IF ends > at THEN  -- who has excluded nobody is not told of an exclusion
                    PERFORM notices.tell(p.id, 'lifting', facts, answering, entry);
                END IF;
            END IF;
            IF p.id IS NULL THEN
                RAISE EXCEPTION 'about nobody' USING ERRCODE = 'UD011';
            END IF;
        EXCEPTION WHEN SQLSTATE 'UD011' THEN
            NULL;
        END;
    END IF;
    PERFORM gate.touch(s);
    RETURN coalesce(refused, '');
END
$$;

-- EXC-7, the second person: liftings of the last 12 hours of his institution that are not his own. Who, what and when; never about whom.
-- refused: the rule when he may not confirm, then one row without a lifting.
CREATE OR REPLACE FUNCTION relations.liftings_to_confirm(secret bytea)
RETURNS TABLE (refused text, lifting uuid, who text, function text, discipline text, at timestamptz, confirmed_at timestamptz, confirmed_by text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := gate.session_of(secret);
    no text := relations.refuses_lifting(s, clock_timestamp());
BEGIN
    PERFORM gate.write_entry(s, NULL, NULL, 'list-liftings', 0, NULL, '{}', coalesce(no, 'EXC-7.second-person'), no IS NULL);
    PERFORM gate.touch(s);
    IF no IS NOT NULL THEN
        RETURN QUERY SELECT no, NULL::uuid, NULL, NULL, NULL, NULL::timestamptz, NULL::timestamptz, NULL;
        RETURN;
    END IF;
    RETURN QUERY
        SELECT NULL, f.id, h.given || ' ' || h.family,
               (SELECT e.function FROM registry.employment e WHERE e.person_id = f.person_id AND e.institution_id = s.institution_id ORDER BY e.from_at DESC LIMIT 1),
               f.discipline, f.starts_at, f.confirmed_at, (SELECT c.given || ' ' || c.family FROM registry.person c WHERE c.id = f.confirmed_by)
        FROM relations.lifting f JOIN registry.person h ON h.id = f.person_id
        WHERE f.institution_id = s.institution_id AND h.human_id <> s.human_id AND f.starts_at > clock_timestamp() - interval '12 hours'
        ORDER BY f.starts_at DESC, f.id;
END
$$;

-- EXC-7: a second person confirms that nobody else was on duty. Answers '' when done, else why not: a rule, 'no-such-lifting', 'confirmed-already'.
CREATE OR REPLACE FUNCTION relations.confirm_lifting(secret bytea, lifting uuid) RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := gate.session_of(secret);
    at timestamptz := clock_timestamp();
    f relations.lifting;
    no text := relations.refuses_lifting(s, at);
    entry bigint;
BEGIN
    IF no IS NULL THEN
        SELECT l.* INTO f FROM relations.lifting l JOIN registry.person h ON h.id = l.person_id
        WHERE l.id = lifting AND l.institution_id = s.institution_id AND h.human_id <> s.human_id AND l.starts_at > at - interval '12 hours' FOR UPDATE OF l;
        no := CASE WHEN f.id IS NULL THEN 'no-such-lifting' WHEN f.confirmed_at IS NOT NULL THEN 'confirmed-already' END;
    END IF;
    entry := gate.write_entry(s, f.patient_id, NULL, 'confirm-lifting', 0, NULL, jsonb_build_object('lifting', lifting) || CASE WHEN no IS NULL THEN '{}' ELSE jsonb_build_object('why', no) END,
        CASE WHEN no LIKE '%.%' THEN no ELSE 'EXC-7.second-person' END, no IS NULL);
    IF no IS NULL THEN
        UPDATE relations.lifting l SET confirmed_by = s.person_id, confirmed_at = at WHERE l.patient_id = f.patient_id AND l.id = f.id;
        PERFORM cases.note(t.id, s.person_id, 'confirmed', '', entry) FROM cases.task t WHERE t.subject_id = f.id AND t.kind = 'lifting-review' AND t.state <> 'done';
    END IF;
    PERFORM gate.touch(s);
    RETURN coalesce(no, '');
END
$$;

COMMENT ON FUNCTION relations.open_in_emergency IS 'application';
COMMENT ON FUNCTION relations.end_emergency IS 'application';
COMMENT ON FUNCTION relations.my_opening IS 'application';
COMMENT ON FUNCTION relations.lift IS 'application';
COMMENT ON FUNCTION relations.liftings_to_confirm IS 'application';
COMMENT ON FUNCTION relations.confirm_lifting IS 'application';
