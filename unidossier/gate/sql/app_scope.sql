-- A scope narrows what the gate gives, and never more (SMART App Launch 2.2, 3.0; T34). app_opens: {"patient"|"user"|"system": {"c"|"r"|"u"|"d"|"s": {type or "*": mask of categories}}}.

-- An app's session as it stands now: over when the app, its access or the session it hangs on is over.
CREATE OR REPLACE FUNCTION gate.app_standing(s gate.session) RETURNS gate.session LANGUAGE plpgsql STABLE AS $$
DECLARE
    a record;
BEGIN
    IF s.app_id IS NOT NULL THEN
        SELECT app.suspended_at, c.ended_at, c.until_at, c.stays, parent.ended_at AS parent_ended, parent.ends_at AS parent_ends INTO a
        FROM gate.app app LEFT JOIN gate.app_access c ON c.id = s.app_access_id LEFT JOIN gate.session parent ON parent.id = c.parent_id WHERE app.id = s.app_id;
        s.ended_at := coalesce(s.ended_at, a.suspended_at, a.ended_at, CASE WHEN NOT a.stays THEN a.parent_ended END);
        s.ends_at := least(s.ends_at, a.until_at, CASE WHEN NOT a.stays THEN a.parent_ends END);
        s.app_patient := gate.kept(s.app_patient);
    END IF;
    RETURN s;
END
$$;

-- A session as it stands now. Over when the person, the app, its access or the session it hangs on is over: read anew at every grant (ACD-7). UD001.
CREATE OR REPLACE FUNCTION gate.standing(session uuid) RETURNS gate.session LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    r record;
    s gate.session;
BEGIN
    SELECT x AS opened, h.human_id, h.patient_id, i.network INTO r
    FROM gate.session x JOIN registry.person h ON h.id = x.person_id LEFT JOIN registry.institution i ON i.id = x.institution_id WHERE x.id = standing.session;
    s := r.opened;
    IF s.id IS NULL THEN
        RAISE EXCEPTION 'no such session' USING ERRCODE = 'UD001';
    END IF;
    s.human_id := r.human_id;
    IF s.actor = 'patient' THEN  -- whose own record it is: two records of one patient may have been merged, or parted again (REC-8)
        s.patient_id := r.patient_id;
    ELSIF s.actor IN ('inside', 'outside') THEN
        s.actor := CASE WHEN r.network THEN 'inside' ELSE 'outside' END;
    END IF;
    RETURN CASE WHEN s.app_id IS NULL THEN s ELSE gate.app_standing(s) END;
END
$$;

-- The session behind a secret, an app's too, as it stands now. UD001.
CREATE OR REPLACE FUNCTION gate.any_session_of(secret bytea) RETURNS gate.session LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN gate.standing((SELECT x.id FROM gate.session x WHERE x.secret_hash = sha256(secret)));
END
$$;

-- Acts that stand on no grant are for people and machines, never for an app: it decides nothing. What an app may do without a grant asks any_session_of, and its scopes.
CREATE OR REPLACE FUNCTION gate.session_of(secret bytea) RETURNS gate.session LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := gate.any_session_of(secret);
BEGIN
    IF s.app_id IS NOT NULL THEN
        RAISE EXCEPTION 'an app may not do this' USING ERRCODE = 'UD007';
    END IF;
    RETURN s;
END
$$;

-- What the scopes reach of one patient: those for "user" and "system" always, those for "patient" when it is the one the app was opened for.
CREATE OR REPLACE FUNCTION gate.app_reach(s gate.session, patient uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_object_agg(interaction, types), '{}') FROM (
        SELECT interaction, jsonb_object_agg(type, mask) AS types FROM (
            SELECT i.key AS interaction, t.key AS type, bit_or(t.value::bigint) AS mask
            FROM jsonb_each(s.app_opens) c, jsonb_each(c.value) i, jsonb_each(i.value) t
            WHERE c.key IN ('user', 'system') OR c.key = 'patient' AND s.app_patient = patient
            GROUP BY i.key, t.key) one
        GROUP BY interaction) two
$$;

-- All the categories that some type of this map reaches.
CREATE OR REPLACE FUNCTION gate.app_mask(types jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(bit_or(value::bigint), 0) FROM jsonb_each(coalesce(types, '{}'))
$$;

-- Does a map of types reach this type, in this category?
CREATE OR REPLACE FUNCTION gate.app_fits(types jsonb, type text, category integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (coalesce((types ->> type)::bigint, 0) | coalesce((types ->> '*')::bigint, 0)) & (1::bigint << category) <> 0
$$;

-- Searching is another right than reading by id, and the history of a type is searching (SMART 2.2, "s" and "r").
CREATE OR REPLACE FUNCTION gate.app_reads_of(reach jsonb, verb text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(CASE WHEN verb IN ('fhir-search', 'fhir-history', 'fhir-match', 'list-patients', 'find-patient', 'search-record') THEN reach -> 's' ELSE reach -> 'r' END, '{}')
$$;

-- What the decision opened, narrowed to what an app may of this patient; 'XCH-1.scope' when nothing is left of it. Whoever is no app keeps it whole; a refusal stays the refusal it was.
CREATE OR REPLACE FUNCTION gate.app_narrow(w gate.weighed, s gate.session, patient uuid, v gate.verb) RETURNS gate.weighed LANGUAGE plpgsql STABLE AS $$
DECLARE
    reach jsonb;
    sees bigint;
    shifted bigint;
BEGIN
    IF s.app_id IS NULL OR NOT w.permits THEN
        RETURN w;
    END IF;
    reach := gate.app_reach(s, patient);
    w.app_reads := gate.app_reads_of(reach, v.slug);
    w.app_writes := reach - 'r' - 's';
    sees := gate.app_mask(w.app_reads);
    shifted := sees | (sees << 21) | (sees << 42);
    w.writes := w.writes & (SELECT coalesce(bit_or(gate.app_mask(value)), 0) FROM jsonb_each(w.app_writes));
    w.mask_own := w.mask_own & shifted;
    w.mask_other := w.mask_other & shifted;
    w.mask_open := w.mask_open & shifted;
    IF v.act NOT IN ('open', 'deliver', 'plan')
       OR v.slug IN ('break-the-glass', 'end-emergency', 'lift-exclusion', 'confirm-lifting', 'declare-consent', 'declare-trust', 'open-own-access', 'hold-back', 'explain', 'see-as', 'launch-app', 'read-messages')
       OR v.slug IN ('who-looked', 'take-accesses', 'take-proof') AND NOT gate.app_fits(w.app_reads, 'AuditEvent', 0)
       OR v.action IN ('enter', 'deliver', 'plan') AND w.writes = 0
       OR v.action NOT IN ('enter', 'deliver', 'plan') AND sees = 0 THEN
        w.rule := 'XCH-1.scope';
        w.permits := false;
        w.mask_own := 0; w.mask_other := 0; w.mask_open := 0; w.writes := 0;
    END IF;
    RETURN w;
END
$$;

-- For the policies: what of the types this grant reaches; NULL when it is nobody's app.
-- A light look: every policy that asks it asks gate.patient() too, which raises unless the grant holds.
CREATE OR REPLACE FUNCTION gate.app_reads() RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN (SELECT g.app_reads FROM gate.live g WHERE g.token_hash = sha256(decode(split_part(current_setting('gate.grant', true), '|', 1), 'hex')));
END
$$;

-- For the one writer: may this grant store such a version? `is_new`: create, else update; taking back what is there (FHIR delete) asks for "d" or "u".
CREATE OR REPLACE FUNCTION gate.app_may_store(l gate.live, type text, category integer, is_new boolean, withdraws boolean) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT l.app_writes IS NULL
        OR gate.app_fits(l.app_writes -> CASE WHEN is_new THEN 'c' ELSE 'u' END, type, category)
        OR withdraws AND NOT is_new AND gate.app_fits(l.app_writes -> 'd', type, category)
$$;

-- For acts on no grant (a machine registers a patient, exports its own data): does the scope name this interaction with this type?
CREATE OR REPLACE FUNCTION gate.app_may(s gate.session, interaction text, type text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    types jsonb := CASE WHEN s.app_id IS NULL THEN NULL ELSE coalesce(gate.app_reach(s, NULL) -> interaction, '{}') END;
BEGIN
    RETURN types IS NULL OR types ?| ARRAY[type, '*'];
END
$$;

-- The same for whole types, in all their categories ("*": every type): what leaves in files is not looked at line by line.
CREATE OR REPLACE FUNCTION gate.app_covers(s gate.session, types jsonb) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    reach jsonb := CASE WHEN s.app_id IS NOT NULL THEN coalesce(gate.app_reach(s, NULL) -> 'r', '{}') END;
BEGIN
    RETURN reach IS NULL OR NOT EXISTS (SELECT FROM jsonb_array_elements_text(types) one
        WHERE coalesce((reach ->> one)::bigint, 0) | coalesce((reach ->> '*')::bigint, 0) <> 2097151);
END
$$;
