-- Relations come from work (ACD-2): storing an appointment, a stay, an order or a care team makes, moves or ends the relation in the same transaction.
-- work: {"kind": "appointment|stay|contact|order|referral|care-team", "status": FHIR status, "starts": instant, "ends": instant|null, "person": uuid|null, "team": uuid|null,
--        "others": [{"person"|"team": uuid}], "reason": text, "bed": text, "categories": mask|null,
--        "length": kind whose length counts when it is another (emergency), "proof": class of the proof (work when absent)}

-- ACD-4: by institution, kind of relation and kind of proof; where a proof has no length of its own, that of the kind.
DROP FUNCTION IF EXISTS relations.lasts(uuid, text);
CREATE OR REPLACE FUNCTION relations.lasts(institution uuid, kind text, proof text DEFAULT 'work') RETURNS interval LANGUAGE sql STABLE AS $$
    SELECT coalesce(gate.setting(institution, 'length.' || kind || '.' || proof), gate.setting(institution, 'length.' || kind))::interval
$$;

-- Months and days are counted in Brussels whatever the session's time zone is (as kernel/period.py): summer time must not move an end by an hour.
CREATE OR REPLACE FUNCTION relations.from_work(l gate.live, item uuid, type text, work jsonb) RETURNS void LANGUAGE plpgsql VOLATILE SET timezone = 'Europe/Brussels' AS $$
DECLARE
    kind text := work ->> 'kind';
    called_off boolean := work ->> 'status' IN ('cancelled', 'noshow', 'entered-in-error', 'revoked', 'proposed', 'draft');
    starts timestamptz := (work ->> 'starts')::timestamptz;
    ends timestamptz := coalesce((work ->> 'ends')::timestamptz, 'infinity');
    opens timestamptz;
    closes timestamptz;
    party jsonb;
BEGIN
    IF kind = 'appointment' THEN
        INSERT INTO relations.appointment AS a (patient_id, id, institution_id, team_id, person_id, starts_at, ends_at, status, reason)
        VALUES (l.patient_id, item, l.institution_id, (work ->> 'team')::uuid, (work ->> 'person')::uuid, starts, ends, work ->> 'status', coalesce(work ->> 'reason', ''))
        ON CONFLICT (patient_id, id) DO UPDATE SET team_id = excluded.team_id, person_id = excluded.person_id, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
            status = excluded.status, reason = excluded.reason;
    ELSIF kind = 'stay' THEN
        INSERT INTO relations.stay AS y (patient_id, id, institution_id, team_id, starts_at, ends_at, bed)
        VALUES (l.patient_id, item, l.institution_id, (work ->> 'team')::uuid, starts, CASE WHEN called_off THEN starts ELSE ends END, coalesce(work ->> 'bed', ''))
        ON CONFLICT (patient_id, id) DO UPDATE SET team_id = excluded.team_id, starts_at = excluded.starts_at, ends_at = excluded.ends_at, bed = excluded.bed;
    END IF;
    -- a consultation is prepared beforehand; a stay, an order, a team begin when they begin
    opens := CASE WHEN kind = 'appointment' THEN starts - gate.setting(l.institution_id, 'lead.appointment')::interval ELSE starts END;
    closes := CASE WHEN called_off THEN now() WHEN ends = 'infinity' THEN ends ELSE ends + relations.lasts(l.institution_id, coalesce(work ->> 'length', kind), coalesce(work ->> 'proof', 'work')) END;
    IF closes <= now() AND NOT EXISTS (SELECT FROM relations.relation r WHERE r.patient_id = l.patient_id AND r.source_id = item) THEN
        RETURN;  -- work of long ago: it opens nothing any more
    END IF;
    -- a party that is no longer in the work loses what the work gave
    UPDATE relations.relation r SET ends_at = least(r.ends_at, now()) WHERE r.patient_id = l.patient_id AND r.source_id = item
        AND NOT EXISTS (SELECT FROM jsonb_array_elements(work -> 'others' || jsonb_build_array(jsonb_build_object('person', work -> 'person'), jsonb_build_object('team', work -> 'team'))) o
                        WHERE coalesce(o ->> 'person', o ->> 'team')::uuid = coalesce(r.person_id, r.team_id));
    FOR party IN SELECT o FROM jsonb_array_elements(coalesce(work -> 'others', '[]') || jsonb_build_array(jsonb_build_object('person', work -> 'person'), jsonb_build_object('team', work -> 'team'))) o
                 WHERE coalesce(o ->> 'person', o ->> 'team') IS NOT NULL
    LOOP
        -- an institution makes relations for its own people and teams; others come by referral, request or link
        CONTINUE WHEN party ->> 'person' IS NOT NULL AND NOT EXISTS (
                SELECT FROM registry.employment e WHERE e.person_id = (party ->> 'person')::uuid AND e.institution_id = l.institution_id
                    AND (e.until_at IS NULL OR e.until_at > clock_timestamp()))
            OR party ->> 'person' IS NULL AND NOT EXISTS (
                SELECT FROM registry.team t WHERE t.id = (party ->> 'team')::uuid AND t.institution_id = l.institution_id);
        INSERT INTO relations.relation AS r (patient_id, id, person_id, team_id, institution_id, kind, source_type, source_id, proof, categories, starts_at, ends_at, made_by, entry_id)
        VALUES (l.patient_id, gen_random_uuid(), (party ->> 'person')::uuid, CASE WHEN party ->> 'person' IS NULL THEN (party ->> 'team')::uuid END, l.institution_id, kind, type, item,
                coalesce(work ->> 'proof', 'work'), coalesce((work ->> 'categories')::bigint, 2097151), opens, closes, l.person_id, l.id)
        ON CONFLICT (patient_id, source_id, (coalesce(person_id, team_id))) WHERE source_id IS NOT NULL
        DO UPDATE SET starts_at = excluded.starts_at, ends_at = excluded.ends_at, categories = excluded.categories, proof = excluded.proof;
    END LOOP;
END
$$;
