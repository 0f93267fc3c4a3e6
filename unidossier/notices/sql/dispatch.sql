-- The ways out: mail by the worker, letters by the Desk, and what the patient chose (MY-13, CON-8). What is told was decided before (tell.sql).

-- What the patient may have on the portal alone. Everything else is about who can see the record: it changes its way, never its being told.
CREATE OR REPLACE FUNCTION notices.may_be_quiet(a_kind text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT a_kind IN ('request', 'renewal', 'answer') $$;

-- Who prints: the hospital that answers for the notice; for one of a practice or of nobody, a hospital that knows the patient.
CREATE OR REPLACE FUNCTION notices.printing_house(patient uuid, institution uuid) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((SELECT i.id FROM registry.institution i WHERE i.id = institution AND i.network),
                    (SELECT h.institution_id FROM record.presence h JOIN registry.institution i ON i.id = h.institution_id AND i.network WHERE h.patient_id = patient ORDER BY 1 LIMIT 1))
$$;

-- A mail that cannot leave becomes a letter, once.
CREATE OR REPLACE FUNCTION notices.give_up_mail(d notices.dispatch, why text, also_letter boolean) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    UPDATE notices.dispatch x SET state = 'failed', done_at = clock_timestamp(), told = left(why, 300) WHERE x.patient_id = d.patient_id AND x.id = d.id;
    -- a letter goes to the patient at home: never for a carer, never because an earlier address is dead
    IF also_letter AND d.person_id IS NULL AND d.address IS NULL AND NOT EXISTS (SELECT FROM notices.dispatch x WHERE x.patient_id = d.patient_id AND x.notice_id = d.notice_id AND x.way = 'letter') THEN
        INSERT INTO notices.dispatch (id, patient_id, notice_id, person_id, way) VALUES (gen_random_uuid(), d.patient_id, d.notice_id, d.person_id, 'letter');
    END IF;
END
$$;

-- Where a mail goes: to the patient, to the address he had before (MY-12), or to the practice of a carer. '' when there is none.
CREATE OR REPLACE FUNCTION notices.mail_of(d notices.dispatch, p registry.patient) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(btrim(coalesce(d.address, CASE WHEN d.person_id IS NULL THEN p.contact ->> 'email' END)), '')
$$;

-- In whose name and language, and on which face it is read: {"name", "language", "face"}.
CREATE OR REPLACE FUNCTION notices.addressed(d notices.dispatch, p registry.patient) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT jsonb_build_object('name', h.given || ' ' || h.family, 'language', h.language, 'face', 'consult') FROM registry.person h WHERE h.id = d.person_id),
        jsonb_build_object('name', p.given || ' ' || p.family, 'language', p.language, 'face', 'my'))
$$;

-- Mails due, for the worker, who proves himself by the key outside the database. claims: {"what": "take-mail", "size": n, "at"}.
-- Each is leased for two minutes: a worker that dies between sending and saying so lets it be sent a second time, never never.
-- Returns [{"patient", "id", "kind", "facts", "at", "language", "name", "address", "institution"}].
CREATE OR REPLACE FUNCTION notices.take_mail(claims text, mac bytea) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c jsonb := gate.check_word(claims, mac, 'take-mail');
    d notices.dispatch;
    p registry.patient;
    n notices.notice;
    taken jsonb := '[]';
BEGIN
    FOR d IN SELECT * FROM notices.dispatch w WHERE w.way = 'mail' AND w.state = 'waiting' AND w.next_at <= clock_timestamp()
             ORDER BY w.next_at LIMIT least((c ->> 'size')::integer, 100) FOR UPDATE SKIP LOCKED LOOP
        SELECT * INTO p FROM registry.patient WHERE id = d.patient_id;
        SELECT * INTO n FROM notices.notice x WHERE x.patient_id = d.patient_id AND x.id = d.notice_id;
        IF p.deceased_at <= clock_timestamp() AND d.person_id IS NULL THEN
            PERFORM notices.give_up_mail(d, 'deceased', false);
        ELSIF notices.mail_of(d, p) = '' THEN
            PERFORM notices.give_up_mail(d, 'no address', true);
        ELSIF d.tries >= 10 THEN
            PERFORM notices.give_up_mail(d, 'never confirmed as sent', true);
        ELSE
            UPDATE notices.dispatch x SET tries = x.tries + 1, next_at = clock_timestamp() + interval '2 minutes' WHERE x.patient_id = d.patient_id AND x.id = d.id;
            taken := taken || (jsonb_build_object('patient', d.patient_id, 'id', d.id, 'kind', CASE WHEN d.person_id IS NULL THEN n.kind ELSE 'carer' END, 'facts', n.facts, 'at', n.at, 'institution', n.institution_id, 'address', notices.mail_of(d, p))
                || notices.addressed(d, p));
        END IF;
    END LOOP;
    RETURN taken;
END
$$;
COMMENT ON FUNCTION notices.take_mail(text, bytea) IS 'application';

-- claims: {"what": "mark-mail", "patient", "id", "fault": null | words, "at"}. After ten tries a letter goes instead; between them the wait doubles, to six hours.
CREATE OR REPLACE FUNCTION notices.mark_mail(claims text, mac bytea) RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c jsonb := gate.check_word(claims, mac, 'mark-mail');
    d notices.dispatch;
BEGIN
    SELECT * INTO d FROM notices.dispatch w WHERE w.patient_id = (c ->> 'patient')::uuid AND w.id = (c ->> 'id')::uuid AND w.way = 'mail' FOR UPDATE;
    IF d.state IS DISTINCT FROM 'waiting' THEN
        RETURN coalesce(d.state, 'unknown');  -- said already, by the worker that was thought dead
    ELSIF c ->> 'fault' IS NULL THEN
        UPDATE notices.dispatch x SET state = 'sent', done_at = clock_timestamp(), told = '' WHERE x.patient_id = d.patient_id AND x.id = d.id;
        RETURN 'sent';
    ELSIF d.tries >= 10 THEN
        PERFORM notices.give_up_mail(d, c ->> 'fault', true);
        RETURN 'failed';
    END IF;
    UPDATE notices.dispatch x SET told = left(c ->> 'fault', 300), next_at = clock_timestamp() + least(interval '1 minute' * 2 ^ (d.tries - 1), interval '6 hours')
    WHERE x.patient_id = d.patient_id AND x.id = d.id;
    RETURN 'waiting';
END
$$;
COMMENT ON FUNCTION notices.mark_mail(text, bytea) IS 'application';

-- The patient has seen the notices of a page: the `size` newest before the last one of the page before. Under the grant of reading them.
CREATE OR REPLACE FUNCTION notices.see(before timestamptz, before_id uuid, size integer) RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    n integer;
BEGIN
    IF l.verb <> 'read-messages' OR NOT l.reads_log THEN
        RAISE EXCEPTION 'this grant reads no messages' USING ERRCODE = 'UD002';
    END IF;
    UPDATE notices.notice x SET seen_at = clock_timestamp() WHERE x.patient_id = l.patient_id AND x.seen_at IS NULL AND x.id IN (
        SELECT y.id FROM notices.notice y WHERE y.patient_id = l.patient_id AND (before IS NULL OR (y.at, y.id) < (before, before_id)) ORDER BY y.at DESC, y.id DESC LIMIT size);
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END
$$;
COMMENT ON FUNCTION notices.see(timestamptz, uuid, integer) IS 'application';

-- How the patient wants to be told: {kind: mail | letter | portal}. UD010 security-kind, unknown-way. Returns how many changed.
CREATE OR REPLACE FUNCTION notices.choose(ways jsonb) RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    n integer;
BEGIN
    IF l.verb <> 'choose-notices' THEN
        RAISE EXCEPTION 'this grant chooses no way of being told' USING ERRCODE = 'UD002';
    ELSIF EXISTS (SELECT FROM jsonb_each_text(ways) w WHERE w.value NOT IN ('mail', 'letter', 'portal')) THEN
        RAISE EXCEPTION 'unknown-way' USING ERRCODE = 'UD010';
    ELSIF EXISTS (SELECT FROM jsonb_each_text(ways) w WHERE w.value = 'portal' AND NOT notices.may_be_quiet(w.key)) THEN
        RAISE EXCEPTION 'security-kind' USING ERRCODE = 'UD010';
    END IF;
    INSERT INTO notices.preference AS f (patient_id, kind, way) SELECT l.patient_id, w.key, w.value FROM jsonb_each_text(ways) w
    ON CONFLICT (patient_id, kind) DO UPDATE SET way = excluded.way, at = clock_timestamp() WHERE f.way <> excluded.way;
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END
$$;
COMMENT ON FUNCTION notices.choose(jsonb) IS 'application';

-- Letters of my institution in a state, oldest first, of the patients whom the entry of this grant names. Names and addresses, no clinical content.
CREATE OR REPLACE FUNCTION notices.letters(wanted text) RETURNS TABLE (id uuid, patient_id uuid, kind text, facts jsonb, at timestamptz, state text, done_at timestamptz, done_by text,
    given text, family text, language text, address text, times integer) LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    IF l.verb <> 'print-letters' OR l.function <> 'registration-desk' THEN
        RAISE EXCEPTION 'this grant prints no letters' USING ERRCODE = 'UD002';
    END IF;
    RETURN QUERY SELECT d.id, d.patient_id, n.kind, n.facts, n.at, d.state, d.done_at, (SELECT h.given || ' ' || h.family FROM registry.person h WHERE h.id = d.done_by),
        p.given, p.family, p.language, coalesce(p.contact ->> 'address', ''), d.tries
    FROM notices.dispatch d JOIN notices.notice n ON n.patient_id = d.patient_id AND n.id = d.notice_id JOIN registry.patient p ON p.id = d.patient_id
    WHERE d.patient_id = ANY (l.patients) AND d.way = 'letter' AND d.state = wanted AND notices.printing_house(d.patient_id, n.institution_id) = l.institution_id
    ORDER BY CASE WHEN wanted = 'posted' THEN NULL ELSE n.at END, d.done_at DESC, d.id;
END
$$;
COMMENT ON FUNCTION notices.letters(text) IS 'application';

-- Printed (again: counted) or posted on a day. UD010 no-such-letter, not-printed, before-printing, in-the-future. Returns how many.
CREATE OR REPLACE FUNCTION notices.mark_letters(ids uuid[], what text, on_day date) RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    d record;
    n integer := 0;
BEGIN
    IF l.verb <> 'print-letters' OR l.function <> 'registration-desk' THEN
        RAISE EXCEPTION 'this grant prints no letters' USING ERRCODE = 'UD002';
    ELSIF what = 'posted' AND on_day > (clock_timestamp() AT TIME ZONE 'Europe/Brussels')::date THEN
        RAISE EXCEPTION 'in-the-future' USING ERRCODE = 'UD010';
    END IF;
    FOR d IN SELECT x.*, CASE WHEN x.tries <= 1 THEN x.done_at ELSE t.at END AS earliest FROM notices.dispatch x JOIN notices.notice t ON t.patient_id = x.patient_id AND t.id = x.notice_id
             WHERE x.id = ANY (ids) AND x.way = 'letter' AND x.patient_id = ANY (l.patients) AND notices.printing_house(x.patient_id, t.institution_id) = l.institution_id FOR UPDATE OF x LOOP
        n := n + 1;
        IF what = 'printed' THEN
            UPDATE notices.dispatch x SET state = CASE WHEN x.state = 'waiting' THEN 'printed' ELSE x.state END, tries = x.tries + 1,
                done_at = CASE WHEN x.state = 'posted' THEN x.done_at ELSE clock_timestamp() END, done_by = CASE WHEN x.state = 'posted' THEN x.done_by ELSE l.person_id END
            WHERE x.patient_id = d.patient_id AND x.id = d.id;
        ELSIF d.state = 'waiting' THEN
            RAISE EXCEPTION 'not-printed' USING ERRCODE = 'UD010';
        ELSIF d.state = 'printed' AND on_day < (d.earliest AT TIME ZONE 'Europe/Brussels')::date THEN  -- printed twice, only the notice itself is surely older
            RAISE EXCEPTION 'before-printing' USING ERRCODE = 'UD010';
        ELSIF d.state = 'printed' THEN
            UPDATE notices.dispatch x SET state = 'posted', done_at = least(on_day::timestamp + interval '12 hours', clock_timestamp() AT TIME ZONE 'Europe/Brussels') AT TIME ZONE 'Europe/Brussels', done_by = l.person_id
            WHERE x.patient_id = d.patient_id AND x.id = d.id;
        END IF;
    END LOOP;
    IF n <> cardinality(ids) OR what NOT IN ('printed', 'posted') THEN
        RAISE EXCEPTION 'no-such-letter' USING ERRCODE = 'UD010';
    END IF;
    RETURN n;
END
$$;
COMMENT ON FUNCTION notices.mark_letters(uuid[], text, date) IS 'application';

-- Whom the list of letters names: those with a letter of this institution in the state, oldest first. For the gate alone.
CREATE OR REPLACE FUNCTION notices.letter_patients(institution uuid, wanted text) RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(x.patient_id ORDER BY x.first), '{}') FROM (
        SELECT d.patient_id, CASE WHEN wanted = 'posted' THEN -max(extract(epoch FROM d.done_at)) ELSE min(extract(epoch FROM n.at)) END AS first
        FROM notices.dispatch d JOIN notices.notice n ON n.patient_id = d.patient_id AND n.id = d.notice_id
        WHERE d.way = 'letter' AND d.state = wanted AND notices.printing_house(d.patient_id, n.institution_id) = institution
        GROUP BY d.patient_id ORDER BY 2 LIMIT 101) x
$$;
