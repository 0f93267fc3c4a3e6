-- An institution claims the signed form of a link: the access is suspended until the form is shown and accepted (CON-9).

-- CON-9: the medical director wants to see the signed form of a link. The access is suspended from now on. Returns the task.
-- UD010: no-such-link. Claimed twice is one claim.
CREATE OR REPLACE FUNCTION relations.claim_consent(relation uuid, reason text) RETURNS uuid LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    r relations.relation;
    a relations.attempt;
    claim uuid := gen_random_uuid();
    task uuid;
BEGIN
    IF l.verb <> 'direct' OR l.patient_id IS NULL THEN
        RAISE EXCEPTION 'this grant is for %', l.verb USING ERRCODE = 'UD002';
    END IF;
    SELECT * INTO r FROM relations.relation x WHERE x.patient_id = l.patient_id AND x.id = relation AND x.kind = 'link' AND x.ends_at > clock_timestamp() FOR UPDATE;
    SELECT c.task_id INTO task FROM relations.claim c WHERE c.relation_id = r.id AND c.state IN ('asked', 'shown');
    IF task IS NOT NULL THEN
        RETURN task;
    ELSIF r.id IS NULL OR r.state <> 'in-force' THEN
        RAISE EXCEPTION 'no-such-link' USING ERRCODE = 'UD010';
    END IF;
    UPDATE relations.relation x SET state = 'suspended' WHERE x.patient_id = r.patient_id AND x.id = r.id;
    SELECT t.* INTO a FROM relations.attempt t JOIN relations.attempt_found f ON f.attempt_id = t.id WHERE f.relation_id = r.id;
    task := cases.open_task(l.institution_id, 'medical-director', 'claim', l.patient_id, r.person_id, claim,
        relations.named(r.person_id, relations.post_of(r.person_id)) || jsonb_build_object('signed', a.signed_on, 'reason', btrim(claim_consent.reason)), interval '30 days', l.person_id, l.id);
    INSERT INTO relations.claim (id, patient_id, relation_id, person_id, institution_id, name, signed_on, reason, task_id, entry_id)
    VALUES (claim, l.patient_id, r.id, r.person_id, l.institution_id, coalesce(a.name, (SELECT p.given || ' ' || p.family FROM registry.patient p WHERE p.id = l.patient_id)),
            a.signed_on, btrim(claim_consent.reason), task, l.id);
    UPDATE cases.task t SET state = 'waiting' WHERE t.id = task;
    RETURN task;
END
$$;
COMMENT ON FUNCTION relations.claim_consent(uuid, text) IS 'application';

-- CON-9: the carer shows the form that was claimed. The access stays suspended until the director accepts it. Returns shown; UD010: no-such-claim, judged-already.
CREATE OR REPLACE FUNCTION relations.show_claimed_form(secret bytea, claim uuid, proof jsonb) RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := gate.session_of(secret);
    stop text := relations.not_outside(s);
    c relations.claim;
    entry bigint;
BEGIN
    IF stop IS NOT NULL THEN
        PERFORM gate.write_entry(s, NULL, NULL, 'show-form', 0, NULL, '{}', stop, false);
        RETURN 'refused';
    END IF;
    SELECT * INTO c FROM relations.claim x WHERE x.id = claim AND x.person_id = s.person_id FOR UPDATE;
    IF c.id IS NULL THEN
        RAISE EXCEPTION 'no-such-claim' USING ERRCODE = 'UD010';
    ELSIF c.state IN ('accepted', 'refused') THEN
        RAISE EXCEPTION 'judged-already' USING ERRCODE = 'UD010';
    END IF;
    entry := gate.write_entry(s, c.patient_id, NULL, 'show-form', 0, NULL, jsonb_build_object('claim', c.id), 'CON-9.shown', true);
    UPDATE relations.claim x SET state = 'shown', proof = show_claimed_form.proof, shown_at = clock_timestamp() WHERE x.id = c.id;
    UPDATE cases.task t SET state = 'open' WHERE t.id = c.task_id AND t.state = 'waiting';
    PERFORM cases.note(c.task_id, s.person_id, 'answered', '', entry);
    RETURN 'shown';
END
$$;
COMMENT ON FUNCTION relations.show_claimed_form(bytea, uuid, jsonb) IS 'application';

-- The claim behind a task, for the director who judges it: id, name, signed_on, reason, state, asked_at, shown_at, proof.
CREATE OR REPLACE FUNCTION relations.claim_of(task uuid) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    IF l.verb <> 'direct' THEN
        RAISE EXCEPTION 'this grant is for %', l.verb USING ERRCODE = 'UD002';
    END IF;
    RETURN (SELECT to_jsonb(c) - 'entry_id' FROM relations.claim c WHERE c.task_id = task AND c.institution_id = l.institution_id AND c.patient_id = l.patient_id);
END
$$;
COMMENT ON FUNCTION relations.claim_of(uuid) IS 'application';

-- CON-9: the form is good and the access opens again, or it is not and the access ends. A form that was not shown in time is judged too.
-- Returns the new state of the relation. UD010: no-such-task, done-already, not-shown.
CREATE OR REPLACE FUNCTION relations.judge_claim(task uuid, accepted boolean, reason text) RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    c relations.claim;
    r relations.relation;
BEGIN
    IF l.verb <> 'direct' OR l.patient_id IS NULL THEN
        RAISE EXCEPTION 'this grant is for %', l.verb USING ERRCODE = 'UD002';
    END IF;
    SELECT * INTO c FROM relations.claim x WHERE x.task_id = task AND x.institution_id = l.institution_id AND x.patient_id = l.patient_id FOR UPDATE;
    IF c.id IS NULL THEN
        RAISE EXCEPTION 'no-such-task' USING ERRCODE = 'UD010';
    ELSIF accepted AND c.state = 'asked' THEN
        RAISE EXCEPTION 'not-shown' USING ERRCODE = 'UD010';
    END IF;
    PERFORM cases.close_task(l, task, CASE WHEN accepted THEN 'accepted' ELSE 'refused' END, reason);
    UPDATE relations.claim x SET state = CASE WHEN accepted THEN 'accepted' ELSE 'refused' END, judged_at = clock_timestamp() WHERE x.id = c.id;
    UPDATE relations.relation x SET state = CASE WHEN accepted THEN 'in-force' ELSE 'withdrawn' END, withdrawn_at = CASE WHEN NOT accepted THEN clock_timestamp() END,
        ended_by = CASE WHEN NOT accepted THEN l.person_id END, ended_why = CASE WHEN accepted THEN '' ELSE 'claim' END
    WHERE x.patient_id = c.patient_id AND x.id = c.relation_id AND x.state = 'suspended' RETURNING * INTO r;
    IF r.state = 'withdrawn' THEN
        PERFORM notices.tell(c.patient_id, 'access-ended', relations.named(c.person_id, relations.post_of(c.person_id)), l.institution_id, l.id);
    END IF;
    RETURN r.state;  -- NULL: the patient has ended it meanwhile
END
$$;
COMMENT ON FUNCTION relations.judge_claim(uuid, boolean, text) IS 'application';
