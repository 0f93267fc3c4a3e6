-- What the patient, or who may decide for him, decides about access (MY-14, EXC, CON-5, CON-10, REP-4). Each function stands on a grant of its verb:
-- the gate has decided and the entry is committed. Business refusals are UD010 with a short code; the portal says what to do.

DROP FUNCTION IF EXISTS relations.deciding(text);
-- Where a human being works now, under any of his entries (EXC-6): inside the network first. Where he worked last when he left.
CREATE OR REPLACE FUNCTION relations.post_of(person uuid) RETURNS registry.employment LANGUAGE sql STABLE AS $$
    SELECT e.* FROM registry.employment e JOIN registry.person h ON h.id = e.person_id JOIN registry.institution i ON i.id = e.institution_id
    WHERE h.human_id = (SELECT o.human_id FROM registry.person o WHERE o.id = post_of.person)
    ORDER BY (e.until_at IS NULL OR e.until_at > clock_timestamp()) DESC, i.network DESC, (e.person_id = post_of.person) DESC, e.from_at DESC LIMIT 1
$$;

-- Which Desk handles it: of the institution itself, or, for a practice outside, of one that holds something of the patient. NULL: none.
CREATE OR REPLACE FUNCTION relations.desk_for(patient uuid, institution uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT i.id FROM registry.institution i WHERE i.id = desk_for.institution AND i.network),
        (SELECT h.institution_id FROM record.presence h JOIN registry.institution i ON i.id = h.institution_id WHERE h.patient_id = patient AND i.network ORDER BY i.key LIMIT 1))
$$;

-- Words for a notice or a task: who it is about, as the registry names him. No clinical content.
CREATE OR REPLACE FUNCTION relations.named(person uuid, post registry.employment) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object('who', (SELECT h.given || ' ' || h.family FROM registry.person h WHERE h.id = named.person), 'function', post.function,
        'institution', (SELECT i.names FROM registry.institution i WHERE i.id = post.institution_id)))
$$;

-- EXC-1, EXC-4, EXC-7: exclude one human being, at once. `made` is the id of the new row, made when the form was shown: the same id twice is done already.
-- UD010: no-such-person, yourself, by-form (his institution takes exclusions by form alone), excluded-already.
CREATE OR REPLACE FUNCTION relations.exclude(made uuid, person uuid, absolute boolean) RETURNS uuid LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('exclude');
    h registry.person;
    post registry.employment := relations.post_of(person);
    known relations.exclusion;
    desk uuid;
BEGIN
    IF EXISTS (SELECT FROM relations.exclusion e WHERE e.patient_id = l.patient_id AND e.id = made) THEN
        RETURN made;
    END IF;
    SELECT * INTO h FROM registry.person r WHERE r.id = exclude.person AND r.professional;
    IF h.id IS NULL THEN
        RAISE EXCEPTION 'no-such-person' USING ERRCODE = 'UD010';
    ELSIF h.patient_id = l.patient_id OR h.human_id = (SELECT o.human_id FROM registry.person o WHERE o.id = l.person_id) THEN
        RAISE EXCEPTION 'yourself' USING ERRCODE = 'UD010';
    ELSIF post.id IS NOT NULL AND gate.setting(post.institution_id, 'exclusion.online') = 'off' THEN
        RAISE EXCEPTION 'by-form' USING ERRCODE = 'UD010';
    END IF;
    SELECT e.* INTO known FROM relations.exclusion e JOIN registry.person o ON o.id = e.person_id
    WHERE e.patient_id = l.patient_id AND o.human_id = h.human_id AND e.source = 'local' AND (e.until_at IS NULL OR e.until_at > clock_timestamp())
    ORDER BY e.absolute DESC LIMIT 1;
    IF known.absolute = exclude.absolute THEN
        RAISE EXCEPTION 'excluded-already' USING ERRCODE = 'UD010';
    ELSIF known.id IS NOT NULL THEN  -- only the tick changes: the old line ends where the new one begins
        UPDATE relations.exclusion e SET until_at = now(), ended_by = l.person_id WHERE e.patient_id = l.patient_id AND e.id = known.id;
    END IF;
    INSERT INTO relations.exclusion (patient_id, id, person_id, source, channel, absolute, from_at, made_by, made_at_institution, entry_id)
    VALUES (l.patient_id, made, h.id, 'local', 'portal', exclude.absolute, now(), l.person_id, post.institution_id, l.id);
    desk := relations.desk_for(l.patient_id, post.institution_id);
    IF desk IS NOT NULL THEN
        PERFORM cases.open_task(desk, 'registration-desk', 'confirm-exclusion', l.patient_id, h.id, made,
            relations.named(h.id, post) || jsonb_build_object('absolute', exclude.absolute), interval '7 days', l.person_id, l.id);
    END IF;
    PERFORM notices.tell(l.patient_id, 'exclusion', relations.named(h.id, post) || jsonb_build_object('absolute', exclude.absolute), desk, l.id);
    RETURN made;
END
$$;
COMMENT ON FUNCTION relations.exclude(uuid, uuid, boolean) IS 'application';

-- EXC-5: a local one ends here or at the Desk; a federal one only at the federal portal. UD010: no-such-exclusion, federal.
CREATE OR REPLACE FUNCTION relations.end_exclusion(exclusion uuid) RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('end-exclusion');
    e relations.exclusion;
    post registry.employment;
    open_one uuid;
BEGIN
    SELECT * INTO e FROM relations.exclusion x WHERE x.patient_id = l.patient_id AND x.id = exclusion;
    IF e.id IS NULL THEN
        RAISE EXCEPTION 'no-such-exclusion' USING ERRCODE = 'UD010';
    ELSIF e.source = 'federal' THEN
        RAISE EXCEPTION 'federal' USING ERRCODE = 'UD010';
    ELSIF e.until_at <= clock_timestamp() THEN
        RETURN false;
    END IF;
    UPDATE relations.exclusion x SET until_at = clock_timestamp(), ended_by = l.person_id WHERE x.patient_id = l.patient_id AND x.id = exclusion;
    UPDATE cases.task t SET state = 'done', outcome = 'ended-by-patient', done_at = clock_timestamp(), done_by = l.person_id
    WHERE t.subject_id = exclusion AND t.kind = 'confirm-exclusion' AND t.state <> 'done' RETURNING t.id INTO open_one;
    IF open_one IS NOT NULL THEN  -- nobody need confirm what has ended
        PERFORM cases.note(open_one, l.person_id, 'done', 'ended-by-patient', l.id);
    END IF;
    post := relations.post_of(e.person_id);
    PERFORM notices.tell(l.patient_id, 'exclusion-ended', relations.named(e.person_id, post), relations.desk_for(l.patient_id, post.institution_id), l.id);
    RETURN true;
END
$$;
COMMENT ON FUNCTION relations.end_exclusion(uuid) IS 'application';

-- MY-14, CON-3, CON-10: take away what one human being, or one team, has now. Work that comes later makes a new relation; the page offers to exclude.
-- Returns how many relations ended: 0 when there was none left, for instance because it was withdrawn a moment ago.
CREATE OR REPLACE FUNCTION relations.withdraw(holder uuid) RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('withdraw-access');
    one relations.relation;
    ended integer;
    facts jsonb;
BEGIN
    UPDATE relations.relation r SET state = 'withdrawn', withdrawn_at = clock_timestamp(), ended_by = l.person_id, ended_why = 'patient'
    WHERE r.patient_id = l.patient_id AND r.state IN ('in-force', 'pending', 'suspended') AND r.ends_at > clock_timestamp()
      AND (r.team_id = holder OR r.person_id IN (SELECT h.id FROM registry.person h WHERE h.human_id = (SELECT o.human_id FROM registry.person o WHERE o.id = holder)));
    GET DIAGNOSTICS ended = ROW_COUNT;
    IF ended > 0 THEN
        SELECT * INTO one FROM relations.relation r WHERE r.patient_id = l.patient_id AND r.ended_by = l.person_id ORDER BY r.withdrawn_at DESC NULLS LAST LIMIT 1;
        facts := CASE WHEN one.team_id IS NULL THEN relations.named(holder, relations.post_of(holder))
            ELSE jsonb_build_object('who', (SELECT t.names FROM registry.team t WHERE t.id = holder), 'institution', (SELECT i.names FROM registry.institution i WHERE i.id = one.institution_id)) END;
        PERFORM notices.tell(l.patient_id, 'access-ended', facts, relations.desk_for(l.patient_id, one.institution_id), l.id);
    END IF;
    RETURN ended;
END
$$;
COMMENT ON FUNCTION relations.withdraw(uuid) IS 'application';

-- The scope and the end that a patient may choose: some categories, at most 12 months (ACD-4). UD010: nothing-chosen, ended-before, too-long.
CREATE OR REPLACE FUNCTION relations.check_scope(categories bigint, ends timestamptz, longest interval) RETURNS void LANGUAGE plpgsql STABLE SET timezone = 'Europe/Brussels' AS $$
BEGIN
    IF coalesce(categories & 2097151, 0) = 0 OR categories <> categories & 2097151 THEN
        RAISE EXCEPTION 'nothing-chosen' USING ERRCODE = 'UD010';
    ELSIF ends IS NULL OR ends <= clock_timestamp() THEN
        RAISE EXCEPTION 'ended-before' USING ERRCODE = 'UD010';
    ELSIF ends > clock_timestamp() + longest + interval '1 day' THEN  -- the last day chosen counts whole
        RAISE EXCEPTION 'too-long' USING ERRCODE = 'UD010';
    END IF;
END
$$;

-- ACD-3: give a carer access, inside or outside. UD010: no-such-carer, excluded, refuses-outside, and those of check_scope.
CREATE OR REPLACE FUNCTION relations.grant_carer(made uuid, employment uuid, categories bigint, ends timestamptz) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('grant-access');
    post registry.employment;
BEGIN
    IF EXISTS (SELECT FROM relations.relation r WHERE r.patient_id = l.patient_id AND r.id = made) THEN
        RETURN made;
    END IF;
    SELECT e.* INTO post FROM registry.employment e JOIN gate.function f ON f.slug = e.function
    WHERE e.id = employment AND f.kind = 'carer' AND f.slug <> 'researcher' AND e.from_at <= clock_timestamp() AND (e.until_at IS NULL OR e.until_at > clock_timestamp());
    IF post.id IS NULL THEN
        RAISE EXCEPTION 'no-such-carer' USING ERRCODE = 'UD010';
    ELSIF EXISTS (SELECT FROM relations.exclusion x JOIN registry.person h ON h.id = x.person_id WHERE x.patient_id = l.patient_id AND (x.until_at IS NULL OR x.until_at > clock_timestamp())
                  AND h.human_id = (SELECT o.human_id FROM registry.person o WHERE o.id = post.person_id)) THEN
        RAISE EXCEPTION 'excluded' USING ERRCODE = 'UD010';
    ELSIF (SELECT p.refuses_outside FROM registry.patient p WHERE p.id = l.patient_id) AND NOT (SELECT i.network FROM registry.institution i WHERE i.id = post.institution_id) THEN
        RAISE EXCEPTION 'refuses-outside' USING ERRCODE = 'UD010';
    END IF;
    PERFORM relations.check_scope(categories, ends, interval '12 months');
    INSERT INTO relations.relation (patient_id, id, person_id, institution_id, kind, source_type, proof, consented, categories, starts_at, ends_at, made_by, confirmed_at, entry_id)
    VALUES (l.patient_id, made, post.person_id, post.institution_id, 'granted', 'patient', 'portal', true, grant_carer.categories, now(), ends, l.person_id, now(), l.id);
    PERFORM notices.tell(l.patient_id, 'access', relations.named(post.person_id, post) || jsonb_build_object('until', ends), relations.desk_for(l.patient_id, post.institution_id), l.id);
    RETURN made;
END
$$;
COMMENT ON FUNCTION relations.grant_carer(uuid, uuid, bigint, timestamptz) IS 'application';

-- CON-5: accept or refuse a request. Silence refuses: after its end nothing can be accepted. UD010: no-such-request, expired, answered-already, and those of check_scope.
CREATE OR REPLACE FUNCTION relations.answer_request(request uuid, accepted boolean, categories bigint, ends timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('answer-request');
    r relations.relation;
BEGIN
    SELECT * INTO r FROM relations.relation x WHERE x.patient_id = l.patient_id AND x.id = request AND x.kind = 'request';
    IF r.id IS NULL THEN
        RAISE EXCEPTION 'no-such-request' USING ERRCODE = 'UD010';
    ELSIF r.state = (CASE WHEN accepted THEN 'in-force' ELSE 'refused' END) THEN
        RETURN r.state;  -- the same answer sent twice
    ELSIF r.state <> 'pending' THEN
        RAISE EXCEPTION 'answered-already' USING ERRCODE = 'UD010';
    ELSIF r.ends_at <= clock_timestamp() THEN
        RAISE EXCEPTION 'expired' USING ERRCODE = 'UD010';
    ELSIF NOT accepted THEN
        UPDATE relations.relation x SET state = 'refused', withdrawn_at = clock_timestamp(), ended_by = l.person_id, ended_why = 'patient' WHERE x.patient_id = l.patient_id AND x.id = request;
        RETURN 'refused';
    END IF;
    PERFORM relations.check_scope(categories, ends, interval '12 months');
    UPDATE relations.relation x SET state = 'in-force', consented = true, proof = 'portal', categories = answer_request.categories, starts_at = now(), ends_at = ends, confirmed_at = now()
    WHERE x.patient_id = l.patient_id AND x.id = request;
    PERFORM notices.tell(l.patient_id, 'access', relations.named(r.person_id, relations.post_of(r.person_id)) || jsonb_build_object('until', ends), relations.desk_for(l.patient_id, r.institution_id), l.id);
    RETURN 'in-force';
END
$$;
COMMENT ON FUNCTION relations.answer_request(uuid, boolean, bigint, timestamptz) IS 'application';

-- CON-10: all access from outside, on or off. Returns whether anything changed.
CREATE OR REPLACE FUNCTION relations.refuse_outside(refused boolean) RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('refuse-outside');
BEGIN
    UPDATE registry.patient p SET refuses_outside = refused WHERE p.id = l.patient_id AND p.refuses_outside <> refused;
    IF FOUND THEN
        PERFORM notices.tell(l.patient_id, CASE WHEN refused THEN 'outside-refused' ELSE 'outside-open' END, '{}', relations.desk_for(l.patient_id, NULL), l.id);
    END IF;
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION relations.refuse_outside(boolean) IS 'application';

-- MY-15: "I do not know this person". A case for the ombuds service of that institution, answered within 14 days. Returns its number.
-- UD010: no-such-entry, no-ombuds.
CREATE OR REPLACE FUNCTION relations.report_unknown(entry bigint, words text) RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('report-unknown');
    seen record;
    desk uuid;
    task uuid;
BEGIN
    -- only what he was shown, and told to the ombuds service as it was shown to him: who stands behind a code is an act of its own there
    SELECT a.* INTO seen FROM gate.accesses_shown(NULL) a WHERE a.id = entry AND gate.side_of(a.kind) = 'people';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no-such-entry' USING ERRCODE = 'UD010';
    END IF;
    desk := relations.desk_for(l.patient_id, seen.institution_id);
    IF desk IS NULL THEN
        RAISE EXCEPTION 'no-ombuds' USING ERRCODE = 'UD010';
    END IF;
    -- one case a person and patient, however many of his entries are reported; without a name or a code each line is a case, or the number would tell whose they are
    task := cases.open_task(desk, 'ombuds', 'unknown-person', l.patient_id, CASE WHEN seen.presentation = 'named' THEN seen.person END,
        md5(concat_ws('|', l.patient_id, CASE WHEN seen.who = '' THEN entry::text ELSE seen.person::text END))::uuid,
        jsonb_build_object('who', seen.who, 'function', coalesce(seen.function, ''), 'at', seen.at, 'verb', seen.verb, 'entry', entry::text, 'words', left(btrim(words), 1000)),
        interval '14 days', l.person_id, l.id);
    -- every line that was asked about is in the case; words that say nothing new are not noted again
    INSERT INTO cases.gathered (task_id, entry_id, made_by) VALUES (task, report_unknown.entry, l.person_id) ON CONFLICT DO NOTHING;
    IF btrim(words) <> ALL (ARRAY(SELECT e.text FROM cases.event e WHERE e.task_id = task)) THEN
        PERFORM cases.note(task, l.person_id, 'noted', left(btrim(words), 1000), l.id);
    END IF;
    RETURN (SELECT t.number FROM cases.task t WHERE t.id = task);
END
$$;
COMMENT ON FUNCTION relations.report_unknown(bigint, text) IS 'application';

-- Finding somebody who works in care, by words of the name and of the institution, or by the NIHDI number whole: to exclude him or to give him access (EXC-1, ACD-3).
-- One line a post, at most 40. Only under a grant of the patient's side: the registry of carers is public to patients, not to the world.
DROP FUNCTION IF EXISTS relations.find_professional(text[], text[], text, boolean);
CREATE FUNCTION relations.find_professional(sought text[], place text[], number text, carers boolean)
RETURNS TABLE (person_id uuid, person text, employment_id uuid, function text, institution_id uuid, network boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    IF l.actor NOT IN ('patient', 'representative') THEN
        RAISE EXCEPTION 'this grant does not open the registry of carers' USING ERRCODE = 'UD002';
    END IF;
    RETURN QUERY
    SELECT h.id, h.given || ' ' || h.family, e.id, e.function, i.id, i.network
    FROM registry.person h JOIN registry.employment e ON e.person_id = h.id JOIN gate.function f ON f.slug = e.function JOIN registry.institution i ON i.id = e.institution_id
    WHERE h.professional AND f.kind <> 'machine' AND e.from_at <= clock_timestamp() AND (e.until_at IS NULL OR e.until_at > clock_timestamp())
      AND (NOT carers OR f.kind = 'carer' AND f.slug <> 'researcher')
      AND (cardinality(sought) > 0 OR number <> '')
      AND NOT EXISTS (SELECT FROM unnest(sought) w WHERE NOT gate.is_called(h.sort_key, w))
      AND NOT EXISTS (SELECT FROM unnest(place) w WHERE position(w IN lower(public.unaccent(i.names::text))) = 0)
      AND (number = '' OR EXISTS (SELECT FROM registry.person_identifier n WHERE n.person_id = h.id AND n.until_at IS NULL AND n.system LIKE '%nihdi%' AND left(n.value, 8) = left(number, 8)))
    ORDER BY h.sort_key, i.network DESC, i.key, e.function LIMIT 40;
END
$$;
COMMENT ON FUNCTION relations.find_professional(text[], text[], text, boolean) IS 'application';
