-- Explaining a decision, and seeing the record as somebody else would (ACD-9). Decided by the engine that decides every access: the same functions, the same decision.

-- The session that a person would have at an instant in one of his employments: nobody signs in by it, it has no secret.
CREATE OR REPLACE FUNCTION gate.session_as(employment uuid, purpose text, at timestamptz) RETURNS gate.session LANGUAGE plpgsql STABLE AS $$
DECLARE
    s gate.session;
BEGIN
    SELECT h.id, h.given || ' ' || h.family, h.human_id, e.id, e.institution_id, e.function,
           CASE f.kind WHEN 'carer' THEN CASE WHEN i.network THEN 'inside' ELSE 'outside' END ELSE f.kind END
    INTO s.person_id, s.person_name, s.human_id, s.employment_id, s.institution_id, s.function, s.actor
    FROM registry.employment e JOIN registry.person h ON h.id = e.person_id JOIN registry.institution i ON i.id = e.institution_id JOIN gate.function f ON f.slug = e.function
    WHERE e.id = employment;
    s.face := 'ward'; s.purpose := session_as.purpose;
    s.strong_at := at; s.started_at := at; s.seen_at := at; s.idle := interval '1 hour'; s.ends_at := at + interval '1 hour';
    IF s.person_id IS NULL THEN
        RAISE EXCEPTION 'no-such-employment' USING ERRCODE = 'UD010';
    END IF;
    RETURN s;
END
$$;

-- The facts of one decision as a JSON object, by the names of the parameters of gate.decide. glass: none, incomplete or valid, as asked.
CREATE OR REPLACE FUNCTION gate.facts_of(s gate.session, p registry.patient, v gate.verb, glass text, at timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    team record;
    tied record;
    shut record;
BEGIN
    SELECT * INTO team FROM gate.teams_of(s.person_id, at);
    SELECT * INTO tied FROM gate.tie_of(s, p, team.teams, at);
    SELECT * INTO shut FROM gate.exclusion_of(s, p.id, at);
    RETURN jsonb_build_object(
        'act', v.act, 'actor', s.actor, 'active', gate.holds(s, at) IS NOT NULL, 'strong', s.strong_at IS NOT NULL,
        'lawful', s.purpose IN ('care', 'own', 'governance', 'exchange'),
        'rights', gate.rights_of(s.function, v.action) <> 0, 'may_break_glass', gate.rights_of(s.function, 'break-the-glass') <> 0,
        'dead', coalesce(p.deceased_at <= at, false), 'exclusion', shut.excluded, 'lifting', shut.lifted IS NOT NULL,
        'age', gate.age_of(p.birth_date, p.own_opened_at, at, CASE WHEN s.actor IN ('patient', 'representative') THEN gate.own_access_age(p.id) ELSE 15 END),
        'tie', tied.tie, 'refuses_outside', coalesce(p.refuses_outside, false),
        'gp_default', tied.tie = 'gp' AND gate.gp_opens(p.id),
        'glass', CASE WHEN glass = 'none' AND gate.opened_until(s, p.id, tied.tie, at) IS NOT NULL THEN 'valid' ELSE glass END);
END
$$;

CREATE OR REPLACE FUNCTION gate.decide_facts(f jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT gate.decide(f ->> 'act', f ->> 'actor', (f ->> 'active')::boolean, (f ->> 'strong')::boolean, (f ->> 'lawful')::boolean, (f ->> 'rights')::boolean,
        (f ->> 'may_break_glass')::boolean, (f ->> 'dead')::boolean, f ->> 'exclusion', (f ->> 'lifting')::boolean, f ->> 'age', f ->> 'tie',
        (f ->> 'refuses_outside')::boolean, (f ->> 'gp_default')::boolean, f ->> 'glass')
$$;

-- What one other fact would make of it: every value that a fact could have instead, with the line that would then decide.
CREATE OR REPLACE FUNCTION gate.alternatives(f jsonb) RETURNS TABLE (fact text, value jsonb, rule text, permits boolean) LANGUAGE sql STABLE AS $$
    SELECT d.fact, o.value, x.rule, (SELECT r.permits FROM gate.rule r WHERE r.id = x.rule)
    FROM (VALUES
        ('active', '[true, false]'::jsonb), ('strong', '[true, false]'), ('lawful', '[true, false]'), ('rights', '[true, false]'), ('dead', '[true, false]'),
        ('exclusion', '["none", "plain", "absolute"]'), ('lifting', '[true, false]'), ('age', '["minor", "opened", "of-age"]'),
        ('tie', '["none", "work", "consent", "gp", "suspended", "ended"]'), ('refuses_outside', '[true, false]'), ('gp_default', '[true, false]'), ('glass', '["none", "valid"]')
    ) d (fact, choices), jsonb_array_elements(d.choices) o (value), LATERAL (SELECT gate.decide_facts(f || jsonb_build_object(d.fact, o.value)) AS rule) x
    WHERE o.value <> f -> d.fact
      -- whose ties are those of a carer; a patient's or a representative's are not changed by work or consent
      AND (d.fact <> 'tie' OR f ->> 'actor' IN ('inside', 'outside', 'staff'))
      AND (d.fact <> 'glass' OR (f ->> 'may_break_glass')::boolean)
$$;

-- For an employment, the patient of this grant, a purpose and an instant: the decision, its rule, the facts that mattered, what would change it.
-- {"rule", "permits", "facts": {...}, "mattered": [names], "changes": [{"fact", "value", "rule", "permits"}]}; the caller puts it into words.
CREATE OR REPLACE FUNCTION gate.explain(employment uuid, purpose text, at timestamptz, glass boolean) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    s gate.session;
    p registry.patient;
    v gate.verb;
    f jsonb;
    decided text;
    yes boolean;
BEGIN
    IF l.verb NOT IN ('explain', 'desk-explain') THEN
        RAISE EXCEPTION 'this grant explains nothing' USING ERRCODE = 'UD002';
    END IF;
    s := gate.session_as(employment, purpose, at);
    SELECT * INTO p FROM registry.patient WHERE id = l.patient_id;
    SELECT * INTO STRICT v FROM gate.verb WHERE slug = 'open-record';
    f := gate.facts_of(s, p, v, CASE WHEN glass THEN 'valid' ELSE 'none' END, at);
    decided := gate.decide_facts(f);
    yes := (SELECT r.permits FROM gate.rule r WHERE r.id = decided);
    RETURN jsonb_build_object('rule', decided, 'permits', yes, 'facts', f,
        'mattered', (SELECT coalesce(jsonb_agg(DISTINCT a.fact), '[]') FROM gate.alternatives(f) a WHERE a.rule <> decided),
        'changes', (SELECT coalesce(jsonb_agg(jsonb_build_object('fact', a.fact, 'value', a.value, 'rule', a.rule, 'permits', a.permits)), '[]')
                    FROM gate.alternatives(f) a WHERE a.permits <> yes));
END
$$;
COMMENT ON FUNCTION gate.explain(uuid, text, timestamptz, boolean) IS 'application';

-- See it as: a grant to read the titles that a named carer would see now, at another date, or by break-the-glass. Never content (no item is named).
-- The patient sees of them what he himself may see: neither drafts nor what is held back. The carer is not told; the entry is the patient's and the reader's.
DROP FUNCTION IF EXISTS gate.grant_see_as(bytea, uuid, uuid, timestamptz, boolean, bytea);
CREATE FUNCTION gate.grant_see_as(
    secret bytea, patient uuid, employment uuid, as_of timestamptz, glass boolean, token_hash bytea,
    OUT allowed boolean, OUT rule text, OUT entry bigint, OUT whom uuid, OUT seen_rule text, OUT seen boolean,
    OUT lasts timestamptz, OUT subjects uuid[], OUT epochs numeric
) LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := gate.session_of(secret);
    other gate.session := gate.session_as(employment, 'care', coalesce(as_of, clock_timestamp()));
    p registry.patient;
    v gate.verb;
    w gate.weighed;
    o gate.weighed;
    team record;
    about uuid[] := ARRAY[patient, s.person_id, other.person_id, '00000000-0000-0000-0000-000000000000'::uuid];
    before numeric := gate.epochs(about);  -- before the facts, the instant and the session among them, as in gate.grant_access
    at timestamptz := clock_timestamp();
    idle_at timestamptz := s.seen_at + s.idle;
BEGIN
    s := gate.standing(s.id);
    other := gate.session_as(employment, 'care', coalesce(as_of, at));
    SELECT * INTO STRICT v FROM gate.verb WHERE slug = CASE WHEN s.actor = 'governance' THEN 'desk-see-as' ELSE 'see-as' END;
    SELECT * INTO p FROM registry.patient WHERE id = grant_see_as.patient;
    SELECT * INTO team FROM gate.teams_of(s.person_id, at);
    s.idle := CASE WHEN at < idle_at THEN interval '100 years' ELSE s.idle END;  -- as in gate.grant_access
    w := gate.weigh(s, p, v, 'none', team.teams, team.lasts, at);
    allowed := w.permits AND p.id IS NOT NULL AND s.actor IN ('patient', 'representative', 'governance');
    rule := CASE WHEN w.permits AND NOT allowed THEN 'ACD-1.none' ELSE w.rule END;
    entry := gate.write_entry(s, p.id, NULL, v.slug, 0, NULL, jsonb_build_object('as', other.person_id, 'employment', employment, 'at', as_of, 'glass', glass), rule, allowed, w.acting_for);
    IF NOT allowed THEN
        RETURN;
    END IF;
    whom := p.id;
    lasts := w.lasts;
    subjects := about;
    epochs := before;
    SELECT * INTO team FROM gate.teams_of(other.person_id, coalesce(as_of, at));
    SELECT * INTO STRICT v FROM gate.verb WHERE slug = 'open-record';
    o := gate.weigh(other, p, v, CASE WHEN glass THEN 'valid' ELSE 'none' END, team.teams, team.lasts, coalesce(as_of, at));
    seen_rule := o.rule;
    seen := o.permits;
    INSERT INTO gate.live (id, token_hash, expires_at, session_id, person_id, person_name, institution_id, patient_id, patients, agenda, mask_own, mask_other, mask_open, closed, sees_held,
                           sees_confidential, verb, subjects, epochs, function, actor, act, rule)
    SELECT entry, grant_see_as.token_hash, least(at + interval '60 seconds', idle_at, w.lasts), s.id, s.person_id, s.person_name, other.institution_id, p.id, ARRAY[p.id], '{}',
           o.mask_own & m.own, o.mask_other & m.other, o.mask_open & m.other, o.closed, o.sees_held AND s.actor = 'governance', o.sees_confidential AND w.sees_confidential,
           CASE WHEN s.actor = 'governance' THEN 'desk-see-as' ELSE 'see-as' END, about, before, s.function, s.actor, 'open', rule
    FROM (SELECT CASE WHEN s.actor = 'governance' THEN -1 ELSE w.mask_own END AS own, CASE WHEN s.actor = 'governance' THEN -1 ELSE w.mask_other END AS other) m;
    PERFORM gate.touch(s);
END
$$;
COMMENT ON FUNCTION gate.grant_see_as(bytea, uuid, uuid, timestamptz, boolean, bytea) IS 'application';
