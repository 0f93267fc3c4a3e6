-- What of an entry goes into the tree. Each field is sealed alone: a proof opens some fields and betrays nothing of the others.
--   sealed(field) = hex(SHA-256(SHA-256(salt || field) || value)), values as UTF-8 text        canonical = {"v": 1, "id": ..., "sealed": {field: ...}}
--   digest = SHA-256(SHA-256(salt || 'leaf') || canonical)                                     leaf = SHA-256(0x00 || digest)
-- A column that comes later is left out where it is NULL: what was signed before keeps its text. docs/adr/0015 says why.

CREATE OR REPLACE FUNCTION log.opening_key(salt bytea, field text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$ SELECT sha256(salt || convert_to(field, 'UTF8')) $$;

CREATE OR REPLACE FUNCTION log.sealed(salt bytea, field text, value text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(sha256(salt || convert_to(field, 'UTF8')) || convert_to(value, 'UTF8')), 'hex')
$$;

-- Every sealed field but `patients` as text, NULL where the entry has none.
CREATE OR REPLACE FUNCTION log.fields(e log.entry) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'at', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'session_id', e.session_id::text, 'person_id', e.person_id::text, 'person_name', e.person_name, 'function', e.function,
        'institution_id', e.institution_id::text, 'acting_for', e.acting_for::text, 'patient_id', e.patient_id::text,
        'verb', e.verb, 'categories', e.categories::text, 'items', array_to_string(e.items, ','), 'detail', e.detail::text,
        'purpose', e.purpose, 'rule', e.rule, 'permitted', e.permitted::text, 'origin', e.origin, 'device', e.device, 'address', e.address,
        'glass_reason', e.glass_reason, 'glass_text', e.glass_text)
$$;

-- A field and its hash, as JSON; of a list each patient alone, sorted by their hashes, so that the order tells nothing.
CREATE OR REPLACE FUNCTION log.member(salt bytea, field text, value text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT '"' || field || '": ' || coalesce('"' || log.sealed(salt, field, value) || '"', 'null')
$$;

CREATE OR REPLACE FUNCTION log.sealed_list(salt bytea, patients uuid[]) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN patients IS NOT NULL THEN '[' || coalesce((
        SELECT string_agg('"' || s.one || '"', ', ' ORDER BY s.one COLLATE "C") FROM (SELECT log.sealed(salt, 'patients:' || p, p::text) AS one FROM unnest(patients) p) s), '') || ']' END
$$;

-- Written out field by field, in the order in which jsonb would have them: to build it as jsonb costs six times as much, for every entry and every audit.
CREATE OR REPLACE FUNCTION log.canonical(e log.entry) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT '{"v": 1, "id": "' || e.id || '", "sealed": {' || log.member(e.salt, 'at', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) || ', ' || log.member(e.salt, 'rule', e.rule) || ', ' ||
        log.member(e.salt, 'verb', e.verb) || ', ' || log.member(e.salt, 'items', array_to_string(e.items, ',')) || ', ' || log.member(e.salt, 'detail', e.detail::text) || ', ' ||
        log.member(e.salt, 'device', e.device) || ', ' || log.member(e.salt, 'origin', e.origin) || ', ' || log.member(e.salt, 'address', e.address) || ', ' ||
        log.member(e.salt, 'purpose', e.purpose) || ', ' || log.member(e.salt, 'function', e.function) || ', ' ||
        '"patients": ' || coalesce(log.sealed_list(e.salt, e.patients), 'null') || ', ' || log.member(e.salt, 'permitted', e.permitted::text) || ', ' ||
        log.member(e.salt, 'person_id', e.person_id::text) || ', ' || log.member(e.salt, 'acting_for', e.acting_for::text) || ', ' ||
        log.member(e.salt, 'categories', e.categories::text) || ', ' || log.member(e.salt, 'glass_text', e.glass_text) || ', ' ||
        log.member(e.salt, 'patient_id', e.patient_id::text) || ', ' || log.member(e.salt, 'session_id', e.session_id::text) || ', ' ||
        log.member(e.salt, 'person_name', e.person_name) || ', ' || log.member(e.salt, 'glass_reason', e.glass_reason) || ', ' ||
        log.member(e.salt, 'institution_id', e.institution_id::text) || '}}'
$$;

CREATE OR REPLACE FUNCTION log.digest(e log.entry) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(sha256(e.salt || 'leaf'::bytea) || convert_to(log.canonical(e), 'UTF8'))
$$;
