-- Accounts of carers outside: who asks for one, who says that he is who he says, and telling him (CON-2).

-- CON-2: somebody asks for an account. No session stands behind it: five a day from one address. Returns whether it was kept, which the page does not tell.
-- facts: {"family", "given", "sort_key", "function", "nihdi", "practice", "address", "email", "language", "institution"}; origin: SHA-256 of the network address.
DROP FUNCTION IF EXISTS registry.register_applicant(uuid, jsonb, jsonb, bytea);
CREATE FUNCTION registry.register_applicant(applicant uuid, facts jsonb, proof jsonb, origin bytea) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session;
    entry bigint;
    house uuid := (facts ->> 'institution')::uuid;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(encode(origin, 'hex'), 12));
    IF (SELECT count(*) FROM registry.applicant x WHERE x.origin = register_applicant.origin AND x.made_at > clock_timestamp() - interval '1 day') >= 5
       OR EXISTS (SELECT FROM registry.applicant x WHERE x.id = applicant)
       OR NOT EXISTS (SELECT FROM registry.institution i WHERE i.id = house AND i.network)
       OR NOT EXISTS (SELECT FROM gate.function f WHERE f.slug = facts ->> 'function' AND f.kind = 'carer' AND f.slug <> 'researcher') THEN
        RETURN false;
    END IF;
    s.person_name := (facts ->> 'given') || ' ' || (facts ->> 'family'); s.function := facts ->> 'function'; s.institution_id := house; s.purpose := 'care'; s.face := 'consult';
    entry := gate.write_entry(s, NULL, NULL, 'register-for-consult', 0, NULL, jsonb_build_object('applicant', applicant), 'CON-2.asked', true);
    INSERT INTO registry.applicant (id, family, given, sort_key, function, nihdi, practice, address, email, language, institution_id, proof, origin, entry_id)
    VALUES (applicant, facts ->> 'family', facts ->> 'given', facts ->> 'sort_key', facts ->> 'function', facts ->> 'nihdi', facts ->> 'practice', facts ->> 'address',
            facts ->> 'email', facts ->> 'language', house, proof, origin, entry);
    PERFORM cases.open_task(house, 'medical-director', 'account', NULL, NULL, applicant,
        jsonb_build_object('who', s.person_name, 'function', s.function, 'practice', facts ->> 'practice'), interval '7 days', NULL, entry);
    RETURN true;
END
$$;
COMMENT ON FUNCTION registry.register_applicant(uuid, jsonb, jsonb, bytea) IS 'application';

-- CON-2: the medical director says who the applicant is. Yes makes person, practice and employment; the worker then sends the invitation. Under a list grant of 'direct'.
-- One human being under two entries shares human_id (EXC-6), but never an account: whoever gave somebody else's number must not come by his functions.
-- Returns the new person, NULL when refused. UD010: no-such-task, done-already.
CREATE OR REPLACE FUNCTION registry.validate_applicant(task uuid, accepted boolean, reason text) RETURNS uuid LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    t cases.task;
    x registry.applicant;
    made uuid := gen_random_uuid();
    system constant text := 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/nihdi-professional';
    practice uuid;
BEGIN
    IF l.verb <> 'direct' THEN
        RAISE EXCEPTION 'this grant is for %', l.verb USING ERRCODE = 'UD002';
    END IF;
    SELECT * INTO t FROM cases.task c WHERE c.id = task AND c.kind = 'account';
    IF t.id IS NULL THEN
        RAISE EXCEPTION 'no-such-task' USING ERRCODE = 'UD010';
    END IF;
    t := cases.close_task(l, task, CASE WHEN accepted THEN 'accepted' ELSE 'refused' END, reason);
    SELECT * INTO STRICT x FROM registry.applicant y WHERE y.id = t.subject_id AND y.institution_id = l.institution_id FOR UPDATE;
    IF accepted THEN
        INSERT INTO registry.person (id, human_id, family, given, sort_key, language, professional)
        VALUES (made, coalesce((SELECT h.human_id FROM registry.person_identifier n JOIN registry.person h ON h.id = n.person_id
                                WHERE n.until_at IS NULL AND n.system LIKE '%nihdi%' AND left(n.value, 8) = left(x.nihdi, 8) LIMIT 1), made), x.family, x.given, x.sort_key, x.language, true);
        INSERT INTO registry.person_identifier (person_id, system, value) VALUES (made, system, x.nihdi) ON CONFLICT DO NOTHING;
        practice := (SELECT i.id FROM registry.institution i WHERE NOT i.network AND lower(i.names ->> x.language) = lower(x.practice) AND lower(i.contact ->> 'address') = lower(x.address) LIMIT 1);
        IF practice IS NULL THEN
            practice := gen_random_uuid();
            INSERT INTO registry.institution (id, key, names, language, network, contact)
            VALUES (practice, 'practice-' || left(practice::text, 8), jsonb_build_object('fr', x.practice, 'nl', x.practice, 'de', x.practice, 'en', x.practice), x.language, false,
                    jsonb_build_object('address', x.address, 'email', x.email));
        END IF;
        INSERT INTO registry.employment (id, person_id, institution_id, function, from_at) VALUES (gen_random_uuid(), made, practice, x.function, clock_timestamp());
    END IF;
    UPDATE registry.applicant y SET state = CASE WHEN accepted THEN 'accepted' ELSE 'refused' END, reason = left(btrim(validate_applicant.reason), 1000), judged_at = clock_timestamp(),
        judged_by = l.person_id, person_id = CASE WHEN accepted THEN made END, next_at = clock_timestamp() WHERE y.id = x.id;
    RETURN CASE WHEN accepted THEN made END;
END
$$;
COMMENT ON FUNCTION registry.validate_applicant(uuid, boolean, text) IS 'application';

-- For the worker alone, which proves itself as the sign-in does: one applicant at a time who is still to be told, leased for ten minutes.
-- claims: {"what": "next-applicant"}. Returns id, person, state, email, language, name, reason, house (names); NULL when nobody waits.
DROP FUNCTION IF EXISTS registry.next_applicant();
CREATE OR REPLACE FUNCTION registry.next_applicant(claims text, mac bytea) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    x registry.applicant;
BEGIN
    PERFORM gate.check_word(claims, mac, 'next-applicant');
    SELECT * INTO x FROM registry.applicant y WHERE y.state IN ('accepted', 'refused') AND y.next_at <= clock_timestamp() ORDER BY y.next_at LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF x.id IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE registry.applicant y SET next_at = clock_timestamp() + interval '10 minutes' WHERE y.id = x.id;
    RETURN jsonb_build_object('id', x.id, 'person', x.person_id, 'state', x.state, 'email', x.email, 'language', x.language, 'name', x.given || ' ' || x.family, 'reason', x.reason,
        'house', (SELECT i.names FROM registry.institution i WHERE i.id = x.institution_id));
END
$$;
COMMENT ON FUNCTION registry.next_applicant(text, bytea) IS 'application';

-- claims: {"what": "applicant-told", "applicant": id}. The mail has left.
DROP FUNCTION IF EXISTS registry.applicant_told(uuid);
CREATE OR REPLACE FUNCTION registry.applicant_told(claims text, mac bytea) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c jsonb := gate.check_word(claims, mac, 'applicant-told');
BEGIN
    UPDATE registry.applicant y SET state = CASE y.state WHEN 'accepted' THEN 'invited' ELSE 'told' END WHERE y.id = (c ->> 'applicant')::uuid AND y.state IN ('accepted', 'refused');
END
$$;
COMMENT ON FUNCTION registry.applicant_told(text, bytea) IS 'application';

-- How many people have this NIHDI number already, for the director who looks at an applicant: a number of theirs is no secret, their accounts are.
CREATE OR REPLACE FUNCTION registry.holders_of(nihdi text) RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    IF l.verb <> 'direct' THEN
        RAISE EXCEPTION 'this grant is for %', l.verb USING ERRCODE = 'UD002';
    END IF;
    RETURN (SELECT count(*) FROM registry.person_identifier n WHERE n.until_at IS NULL AND n.system LIKE '%nihdi%' AND left(n.value, 8) = left(nihdi, 8));
END
$$;
COMMENT ON FUNCTION registry.holders_of(text) IS 'application';

-- The machine account of an institution, by which its systems deliver, or by which the federal platform's word comes (setting federal.import). Called by the administrator's
-- command alone (unidossier machine); the application cannot. Made twice it is one. An institution that is not there yet is made, outside the network, when `names` are given.
-- Returns {"institution", "person", "made"}. UD010: no-such-institution.
CREATE OR REPLACE FUNCTION registry.make_machine(a_key text, names jsonb, language text, federal boolean) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session;
    house registry.institution;
    machine uuid;
BEGIN
    SELECT * INTO house FROM registry.institution i WHERE i.key = a_key;
    IF house.id IS NULL AND names IS NULL THEN
        RAISE EXCEPTION 'no-such-institution' USING ERRCODE = 'UD010';
    ELSIF house.id IS NULL THEN
        INSERT INTO registry.institution (id, key, names, language, network) VALUES (gen_random_uuid(), a_key, names, make_machine.language, false) RETURNING * INTO house;
    END IF;
    machine := (SELECT e.person_id FROM registry.employment e WHERE e.institution_id = house.id AND e.function = 'machine' AND e.from_at <= clock_timestamp() AND (e.until_at IS NULL OR clock_timestamp() < e.until_at) ORDER BY e.from_at LIMIT 1);
    IF machine IS NOT NULL AND (NOT federal OR gate.setting(house.id, 'federal.import') = 'on') THEN
        RETURN jsonb_build_object('institution', house.id, 'person', machine, 'made', false);
    END IF;
    s.person_name := 'administrator'; s.function := 'machine'; s.institution_id := house.id; s.face := 'command'; s.purpose := 'exchange';
    PERFORM gate.write_entry(s, NULL, NULL, 'make-machine', 0, NULL, jsonb_build_object('key', a_key, 'federal', federal), 'ACS-5.machine-made', true);
    IF machine IS NULL THEN
        machine := gen_random_uuid();
        INSERT INTO registry.person (id, human_id, family, given, sort_key, language, professional) VALUES (machine, machine, a_key, 'Interface', 'interface', make_machine.language, true);
        INSERT INTO registry.employment (id, person_id, institution_id, function, from_at) VALUES (gen_random_uuid(), machine, house.id, 'machine', clock_timestamp());
    END IF;
    IF federal AND gate.setting(house.id, 'federal.import') <> 'on' THEN
        UPDATE registry.institution_setting t SET until_at = clock_timestamp() WHERE t.institution_id = house.id AND t.name = 'federal.import' AND t.until_at IS NULL;
        INSERT INTO registry.institution_setting (institution_id, name, value, from_at, reason) VALUES (house.id, 'federal.import', 'on', clock_timestamp(), 'set on the command line');
    END IF;
    RETURN jsonb_build_object('institution', house.id, 'person', machine, 'made', true);
END
$$;
