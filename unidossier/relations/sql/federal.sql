-- The federal platform's exclusions and consents: taken over, never given (EXC-3), ended only by what the platform says (EXC-5).
-- Absence is not an end: nothing here ends an exclusion because a feed does not name it (EXC-8).

-- Who acts when a number is registered that the platform had named before: nobody signed in does.
CREATE OR REPLACE FUNCTION relations.federal_session() RETURNS gate.session LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    s gate.session;
BEGIN
    s.person_name := 'eHealth';
    s.function := 'machine';
    s.actor := 'machine';
    s.face := 'federal';
    s.purpose := 'exchange';
    RETURN s;
END
$$;

-- Does a line name two people: its NIHDI number one human being, its national number another? Nobody is guessed at: the Desk looks (security T19, T21).
CREATE OR REPLACE FUNCTION relations.names_two(f relations.federal_exclusion) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    by_nihdi uuid[];
    by_ssin uuid[];
BEGIN
    IF f.carer_nihdi IS NULL OR f.carer_ssin IS NULL THEN
        RETURN false;
    END IF;
    by_nihdi := ARRAY(SELECT h.human_id FROM registry.person_identifier i JOIN registry.person h ON h.id = i.person_id WHERE left(i.value, 8) = left(f.carer_nihdi, 8) AND i.until_at IS NULL
        AND i.system IN ('https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/nihdi-professional', 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/nihdi'));
    by_ssin := ARRAY(SELECT h.human_id FROM registry.person_identifier i JOIN registry.person h ON h.id = i.person_id WHERE i.value = f.carer_ssin AND i.until_at IS NULL
        AND i.system = 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin');
    RETURN cardinality(by_nihdi) > 0 AND cardinality(by_ssin) > 0 AND NOT by_nihdi && by_ssin;
END
$$;

-- A task for the registration desk of a hospital that knows the patient: a line contradicts the people as they are registered. One task a line.
-- why: two-people, other-people (a number known, now with another patient or carer). Nobody is named by the task but the patient.
CREATE OR REPLACE FUNCTION relations.contradicts(s gate.session, federal_id text, ssin text, why text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    patient uuid := gate.sought(jsonb_build_object('number', ssin));
    desk uuid := relations.desk_for(patient, s.institution_id);
BEGIN
    IF patient IS NOT NULL AND desk IS NOT NULL THEN
        PERFORM cases.open_task(desk, 'registration-desk', 'federal-identity', patient, NULL, md5('federal|' || federal_id)::uuid, jsonb_build_object('federal', federal_id, 'why', why), interval '7 days', NULL,
            gate.write_entry(s, patient, NULL, 'import-federal', 0, NULL, jsonb_build_object('contradicts', why), 'EXC-3.federal', true));
    END IF;
END
$$;

-- Which lines should stand with which patient and carer, and do not yet, or otherwise than told.
CREATE OR REPLACE FUNCTION relations.federal_unbound(ids text[]) RETURNS TABLE (patient uuid, person uuid, federal_id text, from_at timestamptz, until_at timestamptz, is_new boolean)
LANGUAGE sql STABLE AS $$
    WITH line AS (
        SELECT f.*, n.patient_id FROM relations.federal_exclusion f
        JOIN registry.patient_identifier n ON n.system = 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin' AND n.value = f.patient_ssin AND n.until_at IS NULL
        WHERE f.federal_id = ANY (ids) AND NOT relations.names_two(f)
    ), carer AS (
        -- the first eight digits are the person: a further qualification changes the last three
        SELECT line.*, i.person_id FROM line JOIN registry.person_identifier i ON left(i.value, 8) = left(line.carer_nihdi, 8)
        WHERE i.until_at IS NULL AND i.system IN ('https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/nihdi-professional', 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/nihdi')
        UNION
        SELECT line.*, i.person_id FROM line JOIN registry.person_identifier i ON i.value = line.carer_ssin
        WHERE i.until_at IS NULL AND i.system = 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin'
    )
    SELECT c.patient_id, h.id, c.federal_id, c.from_at, c.until_at, e.id IS NULL
    FROM carer c JOIN registry.person h ON h.id = c.person_id AND h.professional
    LEFT JOIN relations.exclusion e ON e.federal_id = c.federal_id AND e.patient_id = c.patient_id AND e.person_id = h.id
    WHERE CASE WHEN e.id IS NULL THEN c.until_at IS NULL OR c.until_at > clock_timestamp() ELSE (e.from_at, e.until_at) IS DISTINCT FROM (c.from_at, c.until_at) END
$$;

-- Put lines into force: one entry for each patient they touch. tell: also tell the patient (not at the first filling).
CREATE OR REPLACE FUNCTION relations.bind_federal(s gate.session, ids text[], tell boolean) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    one record;
    last_patient uuid;
    entry bigint;
    house uuid;
    bound integer := 0;
BEGIN
    FOR one IN SELECT u.*, h.given || ' ' || h.family AS who FROM relations.federal_unbound(ids) u JOIN registry.person h ON h.id = u.person ORDER BY u.patient, u.federal_id, u.person LOOP
        IF one.patient IS DISTINCT FROM last_patient THEN
            entry := gate.write_entry(s, one.patient, NULL, 'import-federal', 0, NULL, '{}', 'EXC-3.federal', true);
            house := (SELECT p.institution_id FROM record.presence p JOIN registry.institution i ON i.id = p.institution_id AND i.network WHERE p.patient_id = one.patient ORDER BY 1 LIMIT 1);
            last_patient := one.patient;
        END IF;
        INSERT INTO relations.exclusion (patient_id, id, person_id, source, channel, federal_id, from_at, until_at, entry_id)
        VALUES (one.patient, gen_random_uuid(), one.person, 'federal', 'federal', one.federal_id, one.from_at, one.until_at, entry)
        ON CONFLICT (federal_id, patient_id, person_id) WHERE federal_id IS NOT NULL DO UPDATE SET from_at = excluded.from_at, until_at = excluded.until_at;
        bound := bound + 1;
        IF tell AND (one.is_new OR one.until_at IS NOT NULL) THEN
            PERFORM notices.tell(one.patient, CASE WHEN one.is_new THEN 'federal' ELSE 'federal-ended' END,
                jsonb_strip_nulls(jsonb_build_object('who', one.who, 'until', one.until_at)), house, entry);
        END IF;
    END LOOP;
    PERFORM relations.contradicts(s, f.federal_id, f.patient_ssin, 'two-people') FROM relations.federal_exclusion f WHERE f.federal_id = ANY (ids) AND relations.names_two(f);
    RETURN bound;
END
$$;

-- What is wrong with a feed as it stands; NULL when it is whole. Raises what a cast raises: the caller takes that as half, too.
CREATE OR REPLACE FUNCTION relations.federal_fault(feed jsonb) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    top bigint := (feed ->> 'sequence')::bigint;
BEGIN
    IF coalesce(feed ->> 'fault', '') <> '' THEN
        RETURN left(feed ->> 'fault', 100);
    ELSIF jsonb_typeof(feed -> 'exclusions') IS DISTINCT FROM 'array' OR jsonb_typeof(feed -> 'consents') IS DISTINCT FROM 'array' OR top IS NULL OR (feed ->> 'made_at')::timestamptz IS NULL THEN
        RETURN 'parts-missing';
    ELSIF (feed ->> 'exclusion_count')::integer IS DISTINCT FROM jsonb_array_length(feed -> 'exclusions') OR (feed ->> 'consent_count')::integer IS DISTINCT FROM jsonb_array_length(feed -> 'consents') THEN
        RETURN 'count';
    ELSIF (feed ->> 'made_at')::timestamptz > clock_timestamp() + interval '5 minutes' THEN
        RETURN 'made-in-the-future';
    ELSIF EXISTS (SELECT FROM jsonb_array_elements((feed -> 'exclusions') || (feed -> 'consents')) x
                  WHERE coalesce(x ->> 'id', '') = '' OR coalesce(x ->> 'patient', '') !~ '^\d{11}$' OR (x ->> 'from')::timestamptz IS NULL OR ((x ->> 'sequence')::bigint BETWEEN 1 AND top) IS NOT TRUE
                     OR (x ->> 'until')::timestamptz < (x ->> 'from')::timestamptz)
       OR EXISTS (SELECT FROM jsonb_array_elements(feed -> 'exclusions') x WHERE coalesce(x ->> 'nihdi', '') !~ '^\d{11}$' AND coalesce(x ->> 'ssin', '') !~ '^\d{11}$') THEN
        RETURN 'line';
    -- the newest change is always told: a delta that claims to be newer and does not bring it has lost something
    ELSIF feed ->> 'kind' = 'delta' AND top > (feed ->> 'since')::bigint
          AND (SELECT max((x ->> 'sequence')::bigint) FROM jsonb_array_elements((feed -> 'exclusions') || (feed -> 'consents')) x) IS DISTINCT FROM top THEN
        RETURN 'newest-missing';
    END IF;
    RETURN NULL;
END
$$;

-- Note what became of a feed; the same again without any change is counted, not written anew.
CREATE OR REPLACE FUNCTION relations.note_federal(told relations.federal_feed) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    last relations.federal_feed;
BEGIN
    SELECT * INTO last FROM relations.federal_feed ORDER BY id DESC LIMIT 1;
    IF told.fresh + told.changed = 0 AND (last.kind, last.outcome, last.sequence, last.missing, last.fault, last.contradicting) IS NOT DISTINCT FROM (told.kind, told.outcome, told.sequence, told.missing, told.fault, told.contradicting)
       AND last.fresh + last.changed = 0 THEN
        UPDATE relations.federal_feed SET times = times + 1, received_at = clock_timestamp(), made_at = coalesce(told.made_at, made_at) WHERE id = last.id;
    ELSE
        INSERT INTO relations.federal_feed (kind, outcome, sequence, made_at, exclusions, consents, fresh, changed, missing, contradicting, fault)
        VALUES (told.kind, told.outcome, told.sequence, told.made_at, told.exclusions, told.consents, told.fresh, told.changed, told.missing, told.contradicting, told.fault);
    END IF;
    RETURN to_jsonb(told) - 'id' - 'received_at' - 'times';
END
$$;

-- feed: {"kind": full|delta, "since": n (delta), "sequence": n, "made_at", "exclusion_count", "consent_count",
--        "exclusions": [{"id", "patient", "nihdi"|"ssin", "from", "until"|null, "sequence"}], "consents": [{"id", "patient", "from", "until"|null, "sequence"}]}
-- or {"kind", "fault"} when it came in pieces. Only a machine whose institution is set to bring it (setting federal.import).
-- Returns what became of it: the columns of relations.federal_feed. Nothing of a feed is applied unless all of it is sound.
CREATE OR REPLACE FUNCTION relations.import_federal(secret bytea, feed jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := gate.session_of(secret);
    may boolean := s.actor = 'machine' AND s.strong_at IS NOT NULL AND gate.holds(s, clock_timestamp()) IS NOT NULL AND gate.rights_of(s.function, 'deliver') <> 0
                   AND gate.setting(s.institution_id, 'federal.import') = 'on';
    told relations.federal_feed;
    last record;
    entry bigint := gate.write_entry(s, NULL, NULL, 'import-federal', 0, NULL, jsonb_build_object('kind', feed ->> 'kind', 'sequence', feed ->> 'sequence'),
                                     CASE WHEN may THEN 'EXC-3.federal' ELSE 'ACS-1.function' END, may);
    held integer;
BEGIN
    IF NOT may THEN
        RETURN jsonb_build_object('outcome', 'refused');  -- not raised: the entry of the attempt must stay
    END IF;
    PERFORM pg_advisory_xact_lock(7140300031);
    told.kind := CASE WHEN feed ->> 'kind' = 'full' THEN 'full' ELSE 'delta' END;
    SELECT max(f.sequence) AS sequence, max(f.made_at) AS made_at INTO last FROM relations.federal_feed f WHERE f.outcome = 'applied';
    told.exclusions := 0; told.consents := 0; told.fresh := 0; told.changed := 0; told.missing := 0; told.contradicting := 0; told.fault := '';
    BEGIN
        told.fault := coalesce(relations.federal_fault(feed), '');
    EXCEPTION WHEN data_exception THEN
        told.fault := 'line';
    END;
    IF told.fault <> '' THEN
        told.outcome := 'half';
        RETURN relations.note_federal(told);
    END IF;
    told.sequence := (feed ->> 'sequence')::bigint;
    told.made_at := (feed ->> 'made_at')::timestamptz;
    told.exclusions := jsonb_array_length(feed -> 'exclusions');
    told.consents := jsonb_array_length(feed -> 'consents');
    IF told.sequence < last.sequence OR told.sequence = last.sequence AND told.made_at < last.made_at THEN
        told.outcome := 'older';
        RETURN relations.note_federal(told);
    ELSIF told.kind = 'delta' AND (feed ->> 'since')::bigint <= coalesce(last.sequence, 0) IS NOT TRUE THEN
        told.outcome := 'gap';  -- changes in between were never told: a full feed brings them
        RETURN relations.note_federal(told);
    END IF;
    IF told.kind = 'full' THEN
        SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(feed -> 'exclusions') x WHERE x ->> 'id' = f.federal_id))
        INTO held, told.missing FROM relations.federal_exclusion f WHERE f.until_at IS NULL OR f.until_at > clock_timestamp();
        IF told.missing * 100 > held THEN
            told.outcome := 'stopped';
            PERFORM cases.open_task(i.id, 'data-protection-officer', 'federal-feed', NULL, NULL, '00000000-0000-0000-0000-00000000fede', jsonb_build_object('missing', told.missing, 'held', held), interval '1 day', NULL, entry)
            FROM registry.institution i WHERE i.network AND EXISTS (SELECT FROM registry.employment e WHERE e.institution_id = i.id AND e.function = 'data-protection-officer' AND (e.until_at IS NULL OR e.until_at > now()));
            RETURN relations.note_federal(told);
        END IF;
    END IF;
    told.outcome := 'applied';
    told := relations.apply_federal(s, feed, told, entry, last.sequence IS NOT NULL);
    RETURN relations.note_federal(told);
END
$$;
COMMENT ON FUNCTION relations.import_federal(bytea, jsonb) IS 'application';

-- The lines of a sound feed: each counts by its own number, so that order, repetition and age change nothing.
CREATE OR REPLACE FUNCTION relations.apply_federal(s gate.session, feed jsonb, told relations.federal_feed, entry bigint, tell boolean) RETURNS relations.federal_feed LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    one record;
    touched text[] := '{}';
BEGIN
    FOR one IN
        SELECT DISTINCT ON (t.id) t.*, f.federal_id AS known, (t.patient, nullif(left(t.nihdi, 8), ''), nullif(t.ssin, '')) IS DISTINCT FROM (f.patient_ssin, left(f.carer_nihdi, 8), f.carer_ssin) AS is_other
        FROM jsonb_to_recordset(feed -> 'exclusions') AS t (id text, patient text, nihdi text, ssin text, "from" timestamptz, until timestamptz, sequence bigint)
        LEFT JOIN relations.federal_exclusion f ON f.federal_id = t.id
        WHERE f.sequence IS NULL OR f.sequence < t.sequence ORDER BY t.id, t.sequence DESC
    LOOP
        IF one.known IS NOT NULL AND one.is_other THEN
            told.contradicting := told.contradicting + 1;  -- another patient or carer under a number known: the desk must look, nothing is undone
            PERFORM relations.contradicts(s, one.id, k.patient_ssin, 'other-people') FROM relations.federal_exclusion k WHERE k.federal_id = one.id;
            CONTINUE;
        END IF;
        INSERT INTO relations.federal_exclusion (federal_id, patient_ssin, carer_nihdi, carer_ssin, from_at, until_at, sequence, entry_id)
        VALUES (one.id, one.patient, nullif(one.nihdi, ''), nullif(one.ssin, ''), one."from", one.until, one.sequence, entry)
        ON CONFLICT ON CONSTRAINT federal_exclusion_pkey DO UPDATE SET from_at = excluded.from_at, until_at = excluded.until_at, sequence = excluded.sequence, entry_id = excluded.entry_id;
        touched := touched || one.id;
        told.fresh := told.fresh + (one.known IS NULL)::integer;
        told.changed := told.changed + (one.known IS NOT NULL)::integer;
    END LOOP;
    PERFORM relations.bind_federal(s, touched, tell);
    FOR one IN
        SELECT DISTINCT ON (t.id) t.*, f.federal_id AS known, n.patient_id
        FROM jsonb_to_recordset(feed -> 'consents') AS t (id text, patient text, "from" timestamptz, until timestamptz, sequence bigint)
        LEFT JOIN relations.federal_consent f ON f.federal_id = t.id
        LEFT JOIN registry.patient_identifier n ON n.system = 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin' AND n.value = t.patient AND n.until_at IS NULL
        WHERE f.sequence IS NULL OR f.sequence < t.sequence ORDER BY t.id, t.sequence DESC
    LOOP
        INSERT INTO relations.federal_consent AS c (federal_id, patient_ssin, patient_id, from_at, until_at, sequence, entry_id)
        VALUES (one.id, one.patient, one.patient_id, one."from", one.until, one.sequence,
                CASE WHEN one.patient_id IS NULL THEN entry ELSE gate.write_entry(s, one.patient_id, NULL, 'import-federal', 0, NULL, '{"consent": true}', 'EXC-3.federal', true) END)
        ON CONFLICT ON CONSTRAINT federal_consent_pkey DO UPDATE SET from_at = excluded.from_at, until_at = excluded.until_at, sequence = excluded.sequence, entry_id = excluded.entry_id
        WHERE c.patient_ssin = excluded.patient_ssin;
        told.fresh := told.fresh + (one.known IS NULL)::integer;
        told.changed := told.changed + (one.known IS NOT NULL)::integer;
    END LOOP;
    RETURN told;
END
$$;

-- A patient's number is registered: what the platform said about him before holds from this moment on.
CREATE OR REPLACE FUNCTION relations.on_patient_number() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ids text[];
BEGIN
    IF NEW.until_at IS NULL AND NEW.system = 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin' THEN
        SELECT array_agg(f.federal_id) INTO ids FROM relations.federal_exclusion f WHERE f.patient_ssin = NEW.value;
        IF ids IS NOT NULL THEN
            PERFORM relations.bind_federal(relations.federal_session(), ids, true);
        END IF;
        UPDATE relations.federal_consent c SET patient_id = NEW.patient_id WHERE c.patient_ssin = NEW.value AND c.patient_id IS DISTINCT FROM NEW.patient_id;
    END IF;
    RETURN NULL;
END
$$;

-- A carer's number is registered: exclusions of him were waiting for the day he appears. Or one that was wrong has ended: lines that named two people name one now.
CREATE OR REPLACE FUNCTION relations.on_carer_number() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ids text[];
BEGIN
    SELECT array_agg(f.federal_id) INTO ids FROM relations.federal_exclusion f
    WHERE NEW.system IN ('https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/nihdi-professional', 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/nihdi') AND left(f.carer_nihdi, 8) = left(NEW.value, 8)
       OR NEW.system = 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin' AND f.carer_ssin = NEW.value;
    IF ids IS NOT NULL THEN
        PERFORM relations.bind_federal(relations.federal_session(), ids, true);
    END IF;
    RETURN NULL;
END
$$;

-- The number of the newest change that was taken over; NULL before the first feed. For the worker, who asks for what came after it.
CREATE OR REPLACE FUNCTION relations.federal_known() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT max(f.sequence) FROM relations.federal_feed f WHERE f.outcome = 'applied'
$$;
COMMENT ON FUNCTION relations.federal_known() IS 'application';
