-- Accounts that are told something while nobody of theirs is asking: a subscription, an export under way. They are weighed as a session of theirs would be,
-- anew each time: an employment that ended, a relation that ended, an exclusion end it at once.

-- By way of which app a session acts, to be kept with what it asked for: {"id", "access", "opens", "patient"}; NULL when by none.
CREATE OR REPLACE FUNCTION gate.app_of(s gate.session) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN s.app_id IS NOT NULL THEN jsonb_build_object('id', s.app_id, 'name', s.app_name, 'access', s.app_access_id, 'scope', s.app_scope, 'opens', s.app_opens, 'patient', s.app_patient) END
$$;

-- A session as it would stand now, never stored and without a secret. Holds as long as its employment, and the app and its access; two factors were proven when the account asked for it.
DROP FUNCTION IF EXISTS gate.behind(uuid, uuid, uuid, timestamptz);
CREATE OR REPLACE FUNCTION gate.behind(account uuid, person uuid, employment uuid, asked_at timestamptz, app jsonb) RETURNS gate.session LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session;
BEGIN
    SELECT account, h.id, h.given || ' ' || h.family, h.human_id, e.id, e.institution_id, e.function,
           CASE f.kind WHEN 'carer' THEN CASE WHEN i.network THEN 'inside' ELSE 'outside' END ELSE f.kind END,
           'api', CASE WHEN f.kind = 'machine' THEN 'exchange' ELSE 'care' END, '', '', asked_at, asked_at, clock_timestamp(), interval '1 hour', 'infinity'
    INTO s.id, s.person_id, s.person_name, s.human_id, s.employment_id, s.institution_id, s.function, s.actor, s.face, s.purpose, s.device, s.address, s.strong_at, s.started_at, s.seen_at, s.idle, s.ends_at
    FROM registry.person h, registry.employment e, gate.function f, registry.institution i
    WHERE h.id = behind.person AND e.id = behind.employment AND e.person_id = h.id AND f.slug = e.function AND i.id = e.institution_id;
    s.app_id := (app ->> 'id')::uuid;
    s.app_name := app ->> 'name';
    s.app_access_id := (app ->> 'access')::uuid;
    s.app_scope := app ->> 'scope';
    s.app_opens := app -> 'opens';
    s.app_patient := (app ->> 'patient')::uuid;
    -- a system without a person has no access that a narrowed registration ends: what it left behind is over with it
    IF s.app_id IS NOT NULL AND s.app_access_id IS NULL AND NOT gate.app_within(s.app_opens, (SELECT a.opens FROM gate.app a WHERE a.id = s.app_id)) THEN
        s.ended_at := clock_timestamp();
    END IF;
    RETURN gate.app_standing(s);
END
$$;

-- What such an account may see of one patient now.
CREATE OR REPLACE FUNCTION gate.weigh_behind(s gate.session, patient uuid, verb text) RETURNS gate.weighed LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    at timestamptz := clock_timestamp();
    v gate.verb;
    p registry.patient;
    team record;
    w gate.weighed;
BEGIN
    SELECT * INTO STRICT v FROM gate.verb WHERE slug = weigh_behind.verb;
    SELECT * INTO p FROM registry.patient WHERE id = gate.kept(weigh_behind.patient);
    SELECT * INTO team FROM gate.teams_of(s.person_id, at);
    w := gate.app_narrow(gate.weigh(s, p, v, 'none', team.teams, team.lasts, at), s, p.id, v);
    w.permits := w.permits AND p.id IS NOT NULL;
    RETURN w;
END
$$;

-- Which items these entries told a subscriber of: his own, of the last two minutes, and committed before (no entry, no data).
CREATE OR REPLACE FUNCTION gate.told_items(subscription uuid, person uuid, entries bigint[]) RETURNS TABLE (entry bigint, item uuid) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT e.id, e.items[1] FROM log.entry e
    WHERE e.id = ANY (entries) AND e.verb = 'notify' AND e.permitted AND e.person_id = told_items.person AND e.detail ->> 'subscription' = told_items.subscription::text
      AND e.at > clock_timestamp() - interval '2 minutes' AND e.xid IS DISTINCT FROM pg_current_xact_id_if_assigned();
END
$$;
