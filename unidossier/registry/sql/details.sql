-- MY-12: what the patient, or who may decide for him, changes of his own details: contact data at once, the mail address after a code, the general
-- practitioner as a request to the registration desk. Each stands on a grant of its verb. Business refusals are UD010 with a short code.

-- shown: the fields as they were on the form, wanted: as they shall be; of language, address, phone, emergency. Returns how many changed.
-- UD010: nothing-changed, changed-meanwhile, language-unknown, too-long.
CREATE OR REPLACE FUNCTION registry.change_details(shown jsonb, wanted jsonb) RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('change-details');
    before jsonb := registry.identity_of(l.patient_id);
    one text;
    became text;
    changed integer := 0;
BEGIN
    FOREACH one IN ARRAY ARRAY['language', 'address', 'phone', 'emergency'] LOOP
        became := btrim(coalesce(wanted ->> one, before ->> one));
        CONTINUE WHEN before ->> one = became;
        IF before ->> one <> coalesce(shown ->> one, '') THEN
            RAISE EXCEPTION 'changed-meanwhile' USING ERRCODE = 'UD010';
        ELSIF one = 'language' AND became NOT IN ('fr', 'nl', 'de', 'en') THEN
            RAISE EXCEPTION 'language-unknown' USING ERRCODE = 'UD010';
        ELSIF length(became) > 300 THEN
            RAISE EXCEPTION 'too-long' USING ERRCODE = 'UD010';
        END IF;
        changed := changed + 1;
        PERFORM registry.note_change(l, one, before ->> one, became, 'by-the-patient');
        IF one = 'language' THEN
            UPDATE registry.patient p SET language = became WHERE p.id = l.patient_id;
        ELSE
            UPDATE registry.patient p SET contact = p.contact || jsonb_build_object(one, became) WHERE p.id = l.patient_id;
        END IF;
    END LOOP;
    IF changed = 0 THEN
        RAISE EXCEPTION 'nothing-changed' USING ERRCODE = 'UD010';
    END IF;
    PERFORM notices.tell(l.patient_id, 'details', '{}', relations.desk_for(l.patient_id, NULL), l.id);
    RETURN changed;
END
$$;
COMMENT ON FUNCTION registry.change_details IS 'application';

-- The address is changed: kept in the history, and told at the address of before too, so that nobody loses his messages unseen.
CREATE OR REPLACE FUNCTION registry.put_email(l gate.live, became text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    before text := registry.identity_of(l.patient_id) ->> 'email';
    notice uuid;
BEGIN
    UPDATE registry.patient p SET contact = p.contact || jsonb_build_object('email', became) WHERE p.id = l.patient_id;
    PERFORM registry.note_change(l, 'email', before, became, 'by-the-patient');
    notice := notices.tell(l.patient_id, 'email', '{}', relations.desk_for(l.patient_id, NULL), l.id);
    IF btrim(before) <> '' THEN
        INSERT INTO notices.dispatch (id, patient_id, notice_id, way, address) VALUES (gen_random_uuid(), l.patient_id, notice, 'mail', btrim(before));
    END IF;
END
$$;

-- Ask for another mail address. `made` is the id of the form; code_hash: sha256 of the code that the worker mails to that address. An empty address takes the
-- present one away at once: messages then come by post. Returns asked or removed. UD010: email-unfit, same-address, too-many-addresses (five a day).
CREATE OR REPLACE FUNCTION registry.ask_email(made uuid, email text, code_hash bytea) RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('change-details');
    before jsonb := registry.identity_of(l.patient_id);
    wanted text := btrim(coalesce(ask_email.email, ''));
BEGIN
    IF EXISTS (SELECT FROM registry.email_change c WHERE c.patient_id = l.patient_id AND c.id = made) THEN
        RETURN 'asked';
    ELSIF lower(wanted) = lower(btrim(before ->> 'email')) THEN
        RAISE EXCEPTION 'same-address' USING ERRCODE = 'UD010';
    ELSIF wanted = '' THEN
        UPDATE registry.email_change c SET state = 'replaced' WHERE c.patient_id = l.patient_id AND c.state = 'waiting';
        PERFORM registry.put_email(l, '');
        RETURN 'removed';
    ELSIF length(wanted) > 254 OR wanted !~ '^[^\s@<>,;:"]+@[^\s@<>,;:"]+\.[^\s@<>,;:"]+$' OR length(code_hash) IS DISTINCT FROM 32 THEN
        RAISE EXCEPTION 'email-unfit' USING ERRCODE = 'UD010';
    ELSIF (SELECT count(*) FROM registry.email_change c WHERE c.patient_id = l.patient_id AND c.made_at > clock_timestamp() - interval '1 day') >= 5 THEN
        RAISE EXCEPTION 'too-many-addresses' USING ERRCODE = 'UD010';  -- nobody's mailbox is filled through us
    END IF;
    UPDATE registry.email_change c SET state = 'replaced' WHERE c.patient_id = l.patient_id AND c.state = 'waiting';
    INSERT INTO registry.email_change (patient_id, id, email, was, language, code_hash, made_by, ends_at, entry_id)
    VALUES (l.patient_id, made, wanted, before ->> 'email', before ->> 'language', ask_email.code_hash, l.person_id, clock_timestamp() + interval '24 hours', l.id);
    RETURN 'asked';
END
$$;
COMMENT ON FUNCTION registry.ask_email IS 'application';

-- The code that came by mail. Returns confirmed (also when it was before), wrong, or over (five tries, 24 hours, another change since): words, not errors,
-- so that each try is counted. The code opens nothing: it is typed in the session of the one who may decide, and no address is a way to sign in.
CREATE OR REPLACE FUNCTION registry.confirm_email(change uuid, code_hash bytea) RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('change-details');
    c registry.email_change;
BEGIN
    SELECT * INTO c FROM registry.email_change x WHERE x.patient_id = l.patient_id AND x.id = change FOR UPDATE;
    IF c.state = 'confirmed' THEN
        RETURN 'confirmed';
    ELSIF c.id IS NULL OR c.state <> 'waiting' OR c.ends_at <= clock_timestamp() OR c.was <> registry.identity_of(l.patient_id) ->> 'email' THEN
        RETURN 'over';
    ELSIF c.code_hash IS DISTINCT FROM confirm_email.code_hash THEN
        UPDATE registry.email_change x SET tries = x.tries + 1, state = CASE WHEN x.tries >= 4 THEN 'dead' ELSE x.state END WHERE x.patient_id = l.patient_id AND x.id = change;
        RETURN CASE WHEN c.tries >= 4 THEN 'over' ELSE 'wrong' END;
    END IF;
    UPDATE registry.email_change x SET state = 'confirmed' WHERE x.patient_id = l.patient_id AND x.id = change;
    PERFORM registry.put_email(l, c.email);
    RETURN 'confirmed';
END
$$;
COMMENT ON FUNCTION registry.confirm_email IS 'application';

-- What the page of one's own details shows beside the patient: the address that waits for its code, and the request for another general practitioner.
CREATE OR REPLACE FUNCTION registry.own_details(OUT email_id uuid, OUT email text, OUT email_until timestamptz, OUT gp_asked text, OUT gp_asked_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    IF l.actor NOT IN ('patient', 'representative') OR l.patient_id IS NULL THEN
        RAISE EXCEPTION 'this grant is for %', l.verb USING ERRCODE = 'UD002';
    END IF;
    SELECT c.id, c.email, c.ends_at INTO email_id, email, email_until FROM registry.email_change c
    WHERE c.patient_id = l.patient_id AND c.state = 'waiting' AND c.ends_at > clock_timestamp();
    SELECT t.facts ->> 'who', t.made_at INTO gp_asked, gp_asked_at FROM cases.task t
    WHERE t.patient_id = l.patient_id AND t.kind = 'gp-change' AND t.state <> 'done' ORDER BY t.made_at DESC LIMIT 1;
END
$$;
COMMENT ON FUNCTION registry.own_details IS 'application';

-- For the worker alone, who proves himself by the key outside the database: one code to mail, leased for two minutes. claims: {"what": "next-code", "at"}.
-- Returns {"patient", "id", "email", "language"}; NULL when nothing waits. Ten tries.
CREATE OR REPLACE FUNCTION registry.next_code(claims text, mac bytea) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c registry.email_change;
BEGIN
    PERFORM gate.check_word(claims, mac, 'next-code');
    SELECT * INTO c FROM registry.email_change x WHERE x.state = 'waiting' AND x.sent_at IS NULL AND x.next_at <= clock_timestamp() AND x.ends_at > clock_timestamp() AND x.mail_tries < 10
    ORDER BY x.next_at LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF c.id IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE registry.email_change x SET mail_tries = x.mail_tries + 1, next_at = clock_timestamp() + interval '2 minutes' WHERE x.patient_id = c.patient_id AND x.id = c.id;
    RETURN jsonb_build_object('patient', c.patient_id, 'id', c.id, 'email', c.email, 'language', c.language);
END
$$;
COMMENT ON FUNCTION registry.next_code IS 'application';

-- claims: {"what": "code-sent", "patient", "id", "at"}. The mail has left.
CREATE OR REPLACE FUNCTION registry.code_sent(claims text, mac bytea) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c jsonb := gate.check_word(claims, mac, 'code-sent');
BEGIN
    UPDATE registry.email_change x SET sent_at = clock_timestamp() WHERE x.patient_id = (c ->> 'patient')::uuid AND x.id = (c ->> 'id')::uuid AND x.sent_at IS NULL;
END
$$;
COMMENT ON FUNCTION registry.code_sent IS 'application';

-- The general practitioner the patient wishes, as a request: the registration desk settles it. `made` is the id of the form. Returns the number of the task.
-- UD010: no-such-gp, is-the-gp, excluded, asked-already, no-desk (no hospital knows him yet).
CREATE OR REPLACE FUNCTION registry.ask_gp(made uuid, gp uuid) RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('ask-gp');
    post registry.employment;
    desk uuid := relations.desk_for(l.patient_id, NULL);
    task uuid;
BEGIN
    SELECT e.* INTO post FROM registry.employment e WHERE e.person_id = gp AND e.function = 'gp' AND e.from_at <= clock_timestamp() AND (e.until_at IS NULL OR e.until_at > clock_timestamp())
    ORDER BY e.from_at DESC LIMIT 1;
    task := (SELECT t.id FROM cases.task t WHERE t.patient_id = l.patient_id AND t.kind = 'gp-change' AND t.subject_id = made);
    IF task IS NULL THEN
        PERFORM registry.check_gp(l.patient_id, gp, post.id);
        IF desk IS NULL THEN
            RAISE EXCEPTION 'no-desk' USING ERRCODE = 'UD010';
        END IF;
        task := cases.open_task(desk, 'registration-desk', 'gp-change', l.patient_id, gp, made, relations.named(gp, post), interval '7 days', l.person_id, l.id);
    END IF;
    RETURN (SELECT t.number FROM cases.task t WHERE t.id = task);
END
$$;
COMMENT ON FUNCTION registry.ask_gp IS 'application';

CREATE OR REPLACE FUNCTION registry.check_gp(patient uuid, gp uuid, post uuid) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
    fault text := CASE
        WHEN post IS NULL OR NOT EXISTS (SELECT FROM registry.person h WHERE h.id = gp AND h.professional) THEN 'no-such-gp'
        WHEN EXISTS (SELECT FROM relations.relation r WHERE r.patient_id = patient AND r.kind = 'gp' AND r.person_id = gp AND r.state = 'in-force' AND r.ends_at > clock_timestamp()) THEN 'is-the-gp'
        WHEN EXISTS (SELECT FROM relations.exclusion e JOIN registry.person o ON o.id = e.person_id WHERE e.patient_id = patient AND (e.until_at IS NULL OR e.until_at > clock_timestamp())
                     AND o.human_id = (SELECT h.human_id FROM registry.person h WHERE h.id = gp)) THEN 'excluded'
        WHEN EXISTS (SELECT FROM cases.task t WHERE t.patient_id = patient AND t.kind = 'gp-change' AND t.state <> 'done') THEN 'asked-already' END;
BEGIN
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION '%', fault USING ERRCODE = 'UD010';
    END IF;
END
$$;

-- The desk cannot do what was asked: the task ends with a word, which the patient reads. Under the grant of the patient of the task.
-- UD010: no-such-task, done-already, text-missing.
CREATE OR REPLACE FUNCTION registry.refuse_gp(task uuid, words text) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('register-rights');
BEGIN
    IF NOT EXISTS (SELECT FROM cases.task t WHERE t.id = task AND t.kind = 'gp-change' AND t.patient_id = l.patient_id) THEN
        RAISE EXCEPTION 'no-such-task' USING ERRCODE = 'UD010';
    ELSIF btrim(coalesce(words, '')) = '' THEN
        RAISE EXCEPTION 'text-missing' USING ERRCODE = 'UD010';
    END IF;
    PERFORM cases.close_task(l, task, 'refused', btrim(words));
    PERFORM notices.tell(l.patient_id, 'answer', jsonb_build_object('text', left(btrim(words), 1000)), l.institution_id, l.id);
END
$$;
COMMENT ON FUNCTION registry.refuse_gp IS 'application';
