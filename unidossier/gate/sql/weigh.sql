-- Gathering the facts of one decision. Nothing that decides is passed in: the session says who, the tables say the rest.
-- `at` is the instant of the asking (clock_timestamp of the grant): a transaction kept open does not turn back the clock.
-- Every fact that ends by itself also says when; a grant never outlives the first of them (ACD-4).

CREATE OR REPLACE FUNCTION gate.setting(institution uuid, wanted text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT value FROM registry.institution_setting WHERE institution_id = institution AND name = wanted AND until_at IS NULL),
                    (SELECT value FROM gate.setting_default WHERE name = wanted))
$$;

-- Does a name begin with `sought`, or one of its words? Both are sort keys (kernel/sortkey.py); signs of a pattern are letters like others.
CREATE OR REPLACE FUNCTION gate.is_called(sort_key text, sought text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT position(' ' || translate(sought, E'\x01', ' ') IN ' ' || translate(sort_key, E'\x01', ' ')) > 0
$$;
COMMENT ON FUNCTION gate.is_called(text, text) IS 'application';

CREATE OR REPLACE FUNCTION gate.rights_of(a_function text, an_action text) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(bit_or(1::bigint << category), 0) FROM gate.rights
    WHERE version = (SELECT max(version) FROM gate.rights_version WHERE from_at <= clock_timestamp()) AND function = a_function AND action = an_action
$$;

-- The teams whose member or roster names the person now, and when the first of these ends.
DROP FUNCTION IF EXISTS gate.teams_of(uuid);
CREATE OR REPLACE FUNCTION gate.teams_of(person uuid, at timestamptz, OUT teams uuid[], OUT lasts timestamptz) LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(team_id), '{}'), coalesce(min(ends_at), 'infinity') FROM registry.duty WHERE person_id = person AND starts_at <= at AND at < ends_at
$$;

-- Own access and the end of a parent's link: the 15th birthday as it begins in Brussels (REP-1, REP-2); an institution may have set another.
-- Born on 29 February: in a year without one the birthday is 1 March, so the day is added, never cut.
DROP FUNCTION IF EXISTS gate.fifteenth(date);
CREATE OR REPLACE FUNCTION gate.birthday(birth date, years integer DEFAULT 15) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT (CASE WHEN extract(month FROM birth) = 2 AND extract(day FROM birth) = 29 AND extract(day FROM birth + make_interval(years => years)) = 28
                 THEN birth + make_interval(years => years) + interval '1 day' ELSE birth + make_interval(years => years) END)::timestamp AT TIME ZONE 'Europe/Brussels'
$$;

-- From which birthday on: the highest of the institutions that hold something of the patient, lest one of them opens what another keeps closed.
CREATE OR REPLACE FUNCTION gate.own_access_age(patient uuid) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT max(gate.setting(h.institution_id, 'own-access.age')::integer) FROM record.presence h WHERE h.patient_id = patient),
                    (SELECT value::integer FROM gate.setting_default WHERE name = 'own-access.age'), 15)
$$;

DROP FUNCTION IF EXISTS gate.age_of(date, timestamptz);
DROP FUNCTION IF EXISTS gate.age_of(date, timestamptz, timestamptz);
CREATE OR REPLACE FUNCTION gate.age_of(birth date, opened timestamptz, at timestamptz DEFAULT clock_timestamp(), years integer DEFAULT 15) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN birth IS NULL OR at >= gate.birthday(birth, years) THEN 'of-age' WHEN opened <= at THEN 'opened' ELSE 'minor' END
$$;

-- Until when the employment behind the session holds; NULL when it does not. Patients and representatives have none.
DROP FUNCTION IF EXISTS gate.employed(gate.session);
CREATE OR REPLACE FUNCTION gate.employed(s gate.session, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN s.employment_id IS NULL THEN 'infinity' ELSE (
        SELECT coalesce(e.until_at, 'infinity') FROM registry.employment e
        WHERE e.id = s.employment_id AND e.function = s.function AND e.from_at <= at AND (e.until_at IS NULL OR at < e.until_at)) END
$$;

-- Until when the session itself holds: account, idle time, life, employment. NULL when it does not.
CREATE OR REPLACE FUNCTION gate.holds(s gate.session, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN s.ended_at IS NULL AND at < s.ends_at AND at < s.seen_at + s.idle THEN least(s.ends_at, s.seen_at + s.idle, e.until) END
    FROM (SELECT gate.employed(s, at) AS until OFFSET 0) e WHERE e.until IS NOT NULL
$$;

-- Whom the Desk of an institution may deal with: those of whom it holds something, whom its people treat, about whom it has a task.
-- The registration desk deals with everybody who comes to its counter.
CREATE OR REPLACE FUNCTION gate.known_at(patient uuid, institution uuid, function text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT function = 'registration-desk'
        OR EXISTS (SELECT FROM record.presence h WHERE h.patient_id = patient AND h.institution_id = institution)
        OR EXISTS (SELECT FROM relations.relation r WHERE r.patient_id = patient AND r.institution_id = institution)
        OR EXISTS (SELECT FROM cases.task t WHERE t.patient_id = patient AND t.institution_id = institution AND t.function = known_at.function)
$$;

-- Does the relation of a GP open by itself: at an institution that holds something of the patient and has chosen so (CON-3)?
CREATE OR REPLACE FUNCTION gate.gp_opens(patient uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM record.presence h WHERE h.patient_id = patient AND gate.setting(h.institution_id, 'consent-model') = 'gp-default')
$$;

-- The strongest tie of one person with one patient, what it opens at most, and until when.
DROP FUNCTION IF EXISTS gate.tie_of(gate.session, registry.patient, uuid[]);
CREATE OR REPLACE FUNCTION gate.tie_of(s gate.session, p registry.patient, my_teams uuid[], at timestamptz,
    OUT tie text, OUT reach bigint, OUT acting_for uuid, OUT lasts timestamptz, OUT agreed bigint) LANGUAGE plpgsql STABLE AS $$
DECLARE
    r record;
BEGIN
    reach := 0;
    agreed := 0;  -- what the patient himself agreed to, of it
    lasts := 'infinity';
    IF s.actor = 'patient' THEN
        tie := CASE WHEN s.patient_id = p.id THEN 'own' ELSE 'none' END;
        reach := 2097151;
    ELSIF s.actor = 'machine' THEN
        tie := CASE WHEN EXISTS (SELECT FROM record.presence WHERE patient_id = p.id AND institution_id = s.institution_id) THEN 'institution' ELSE 'none' END;
        reach := 2097151;
    ELSIF s.actor = 'governance' THEN
        tie := CASE WHEN gate.known_at(p.id, s.institution_id, s.function) THEN 'institution' ELSE 'none' END;
    ELSIF s.actor = 'representative' THEN
        SELECT m.id, CASE WHEN m.kind IN ('foster', 'mandate') AND m.decides THEN 'mandate-decides' ELSE m.kind END AS kind, m.categories, m.state, m.ends_at INTO r FROM relations.representation m
        WHERE m.patient_id = p.id AND m.person_id = s.person_id AND m.kind <> 'designated' AND (m.state <> 'withdrawn' OR at < m.withdrawn_at) AND m.starts_at <= at AND at < m.ends_at
        -- the one that lets him do most; a parent's link of a child that has grown up hides no mandate that it gave (REP-2)
        ORDER BY m.state = 'suspended', m.kind = 'parent' AND gate.age_of(p.birth_date, NULL, at, gate.own_access_age(p.id)) = 'of-age',
            m.kind NOT IN ('legal', 'parent'), NOT (m.kind IN ('foster', 'mandate') AND m.decides), array_position(ARRAY['legal', 'parent', 'foster', 'mandate', 'trusted'], m.kind), m.categories DESC LIMIT 1;
        tie := CASE WHEN r.id IS NULL THEN 'none' WHEN r.state = 'suspended' THEN 'suspended' ELSE r.kind END;
        reach := coalesce(r.categories, 0);
        acting_for := r.id;
        lasts := coalesce(r.ends_at, 'infinity');
        IF tie = 'parent' AND p.birth_date IS NOT NULL THEN
            lasts := least(lasts, greatest(gate.birthday(p.birth_date, gate.own_access_age(p.id)), at));
        END IF;
    ELSE
        SELECT bit_or(categories) FILTER (WHERE f.consented) AS consent, bit_or(categories) FILTER (WHERE NOT f.consented AND f.kind <> 'gp') AS work,
               bit_or(categories) FILTER (WHERE NOT f.consented AND f.kind = 'gp') AS gp, bit_or(categories) AS any_force, min(f.ends_at) AS first_end
        INTO r FROM relations.relation f
        WHERE f.patient_id = p.id AND (f.person_id = s.person_id OR f.team_id = ANY (my_teams)) AND (f.state = 'in-force' OR f.state = 'withdrawn' AND at < f.withdrawn_at)
            AND f.starts_at <= at AND at < f.ends_at;
        reach := coalesce(r.any_force, 0);
        agreed := coalesce(r.consent, 0);
        lasts := coalesce(r.first_end, 'infinity');
        tie := CASE WHEN r.consent IS NOT NULL THEN 'consent' WHEN r.work IS NOT NULL THEN 'work' WHEN r.gp IS NOT NULL THEN 'gp' END;
        -- inside, the relation that stands stays until its end (DTH-2); that of a GP which opens nothing hides no designation
        IF p.deceased_at <= at AND (tie IS NULL OR s.actor = 'outside' OR tie = 'gp' AND NOT gate.gp_opens(p.id)) THEN
            SELECT m.categories, m.ends_at INTO r FROM relations.representation m
            WHERE m.patient_id = p.id AND m.person_id = s.person_id AND m.kind = 'designated' AND (m.state = 'in-force' OR m.state = 'withdrawn' AND at < m.withdrawn_at) AND m.starts_at <= at AND at < m.ends_at
            ORDER BY m.ends_at DESC LIMIT 1;
            IF FOUND THEN
                tie := 'designated'; reach := r.categories; lasts := r.ends_at;
            END IF;
        END IF;
        IF tie IS NULL THEN
            tie := coalesce((SELECT CASE WHEN f.state IN ('suspended', 'pending') AND at < f.ends_at THEN f.state ELSE 'ended' END
                             FROM relations.relation f WHERE f.patient_id = p.id AND (f.person_id = s.person_id OR f.team_id = ANY (my_teams)) AND f.starts_at <= at
                             ORDER BY array_position(ARRAY['suspended', 'pending'], CASE WHEN at < f.ends_at THEN f.state END) NULLS LAST LIMIT 1), 'none');
        END IF;
    END IF;
END
$$;

DROP FUNCTION IF EXISTS gate.weigh(gate.session, registry.patient, gate.verb, text, uuid[]);
DROP FUNCTION IF EXISTS gate.weigh(gate.session, registry.patient, gate.verb, text, uuid[], timestamptz, timestamptz);
DROP TYPE IF EXISTS gate.weighed CASCADE; -- what takes it is made anew after it, every time
CREATE TYPE gate.weighed AS (
    rule text, permits boolean, mask_own bigint, mask_other bigint, mask_open bigint, closed uuid[], sees_held boolean, sees_confidential boolean, writes bigint, acting_for uuid, lasts timestamptz,
    app_reads jsonb, app_writes jsonb  -- of an app alone: what its scopes reach (gate/sql/app_scope.sql)
);

-- EXC-6: by human being, over every identifier and institution. A coming exclusion ends a grant when it comes; `lifted` is until when a lifting counts: to its own end,
-- or to that of what it passes, for behind an exclusion something else may be closed (CON-10).
CREATE OR REPLACE FUNCTION gate.exclusion_of(s gate.session, patient uuid, at timestamptz, OUT excluded text, OUT coming timestamptz, OUT lifted timestamptz)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    over timestamptz;
BEGIN
    SELECT CASE WHEN bool_or(e.absolute) FILTER (WHERE e.from_at <= at) THEN 'absolute' WHEN count(*) FILTER (WHERE e.from_at <= at) > 0 THEN 'plain' ELSE 'none' END,
           min(e.from_at) FILTER (WHERE e.from_at > at), max(coalesce(e.until_at, 'infinity')) FILTER (WHERE e.from_at <= at) INTO excluded, coming, over
    FROM relations.exclusion e JOIN registry.person h ON h.id = e.person_id
    WHERE e.patient_id = patient AND h.human_id = s.human_id AND (e.until_at IS NULL OR at < e.until_at);
    IF excluded <> 'none' THEN
        lifted := (SELECT CASE WHEN count(*) > 0 THEN least(max(l.ends_at), over) END FROM relations.lifting l WHERE l.patient_id = patient AND l.person_id = s.person_id AND l.starts_at <= at AND at < l.ends_at);
    END IF;
END
$$;

-- Until when an opening by break-the-glass lasts (BTG-3); not asked of those whom a relation opens the record anyway.
CREATE OR REPLACE FUNCTION gate.opened_until(s gate.session, patient uuid, tie text, at timestamptz) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF s.actor NOT IN ('inside', 'outside') OR tie IN ('work', 'consent') THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT max(o.ends_at) FROM relations.opening o
            WHERE o.patient_id = patient AND o.person_id = s.person_id AND o.institution_id = s.institution_id AND o.starts_at <= at AND at < o.ends_at);
END
$$;

-- When a suspended access begins for one who has none now, his own or that of a team he is on duty for then: it closes what an emergency opened (CON-9).
CREATE OR REPLACE FUNCTION gate.suspended_from(s gate.session, patient uuid, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT min(greatest(f.starts_at, d.starts_at)) FROM relations.relation f LEFT JOIN registry.duty d ON d.team_id = f.team_id AND d.person_id = s.person_id
    WHERE f.patient_id = patient AND f.state = 'suspended' AND s.person_id IN (f.person_id, d.person_id) AND greatest(f.starts_at, d.starts_at) > at
$$;

-- The facts, the decision and what it opens, for one session, one patient and one verb.
CREATE FUNCTION gate.weigh(s gate.session, p registry.patient, v gate.verb, glass text, my_teams uuid[], teams_last timestamptz, at timestamptz) RETURNS gate.weighed
LANGUAGE plpgsql STABLE AS $$
DECLARE
    w gate.weighed;
    tied record;
    shut record;
    can bigint := gate.rights_of(s.function, v.action);
    opens bigint;
    holding timestamptz := gate.holds(s, at);
    opened timestamptz;
BEGIN
    tied := gate.tie_of(s, p, my_teams, at);
    shut := gate.exclusion_of(s, p.id, at);
    opened := gate.opened_until(s, p.id, tied.tie, at);
    w.rule := gate.decide(
        v.act, s.actor,
        holding IS NOT NULL,
        s.strong_at IS NOT NULL,
        s.purpose IN ('care', 'own', 'governance', 'exchange'),
        can <> 0,
        (glass <> 'none' OR opened IS NOT NULL) AND gate.rights_of(s.function, 'break-the-glass') <> 0,
        p.deceased_at IS NOT NULL AND p.deceased_at <= at,
        shut.excluded, shut.lifted IS NOT NULL,
        CASE WHEN s.actor IN ('patient', 'representative') THEN gate.age_of(p.birth_date, p.own_opened_at, at, gate.own_access_age(p.id)) END,  -- nobody else is asked for it
        tied.tie, coalesce(p.refuses_outside, false),
        tied.tie = 'gp' AND gate.gp_opens(p.id),
        CASE WHEN glass = 'none' AND opened IS NOT NULL THEN 'valid' ELSE glass END);
    w.acting_for := tied.acting_for;
    SELECT r.permits, least(holding, (SELECT min(n.from_at) FROM gate.rights_version n WHERE n.from_at > at), tied.lasts, teams_last, shut.coming, shut.lifted,
        CASE WHEN p.deceased_at > at THEN p.deceased_at END, CASE WHEN r.id = 'BTG-1.emergency' THEN least(opened, gate.suspended_from(s, p.id, at)) END)
    INTO w.permits, w.lasts FROM gate.rule r WHERE r.id = w.rule;

    -- A lifting, break-the-glass and planning stand on no relation: the function table alone says what they open.
    opens := CASE WHEN w.rule IN ('EXC-7.lifted', 'BTG-1.emergency', 'ACD-2.planning', 'XCH-1.deliver') THEN can ELSE can & tied.reach END;
    IF NOT w.permits OR v.act <> 'open' THEN
        w.mask_own := 0; w.mask_other := 0;
    ELSIF s.actor IN ('patient', 'representative') THEN
        -- finals, and what is kept inside for other carers (CON-10: visible to himself); never drafts
        w.mask_own := opens | CASE WHEN s.actor = 'patient' OR w.rule IN ('REP-1.parent', 'REP-3.legal') THEN opens << 42 ELSE 0 END;
        w.mask_other := w.mask_own;
    ELSE
        w.mask_own := opens | (opens << 21) | (opens << 42);
        w.mask_other := CASE WHEN s.actor = 'machine' THEN 0 ELSE opens END;
    END IF;
    w.closed := CASE WHEN s.actor = 'outside' AND w.rule NOT IN ('EXC-7.lifted', 'BTG-1.emergency', 'DTH-3.designated')
                     THEN (SELECT coalesce(array_agg(i.id), '{}') FROM registry.institution i WHERE i.network AND gate.setting(i.id, 'consent-model') = 'written-consent') ELSE '{}' END;
    -- where some institutions ask for a signed consent first, only what the patient agreed to is seen of every institution alike (CON-4)
    w.mask_open := CASE WHEN w.closed = '{}' THEN 0 ELSE w.mask_other END;
    w.mask_other := CASE WHEN w.closed = '{}' THEN w.mask_other ELSE w.mask_other & tied.agreed END;
    w.sees_held := s.actor NOT IN ('patient', 'representative');
    w.sees_confidential := s.actor <> 'representative';
    w.writes := CASE WHEN w.permits AND v.action IN ('enter', 'plan', 'deliver') THEN opens ELSE 0 END;
    RETURN w;
END
$$;
