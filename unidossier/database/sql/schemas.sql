-- Rooms of the database. One schema per noun; `public` holds only what Django itself needs (accounts, sessions).
CREATE SCHEMA registry  AUTHORIZATION unidossier_owner;
CREATE SCHEMA relations AUTHORIZATION unidossier_owner;
CREATE SCHEMA record    AUTHORIZATION unidossier_owner;
CREATE SCHEMA gate      AUTHORIZATION unidossier_gate;
CREATE SCHEMA log       AUTHORIZATION unidossier_log;

GRANT USAGE ON SCHEMA registry, relations, record, gate, log TO unidossier_app, unidossier_gate, unidossier_store;
GRANT USAGE ON SCHEMA gate TO unidossier_log;
GRANT CREATE ON SCHEMA relations, record, registry TO unidossier_store;
GRANT USAGE ON SCHEMA log TO unidossier_sequencer;

-- Full text: the language's own stemmer behind `unaccent`, so that "caries", "Cariës" and "carié" meet.
SET LOCAL ROLE unidossier_owner;
CREATE TEXT SEARCH CONFIGURATION record.fr (COPY = pg_catalog.french);
ALTER TEXT SEARCH CONFIGURATION record.fr ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, french_stem;
CREATE TEXT SEARCH CONFIGURATION record.nl (COPY = pg_catalog.dutch);
ALTER TEXT SEARCH CONFIGURATION record.nl ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, dutch_stem;
CREATE TEXT SEARCH CONFIGURATION record.de (COPY = pg_catalog.german);
ALTER TEXT SEARCH CONFIGURATION record.de ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, german_stem;
CREATE TEXT SEARCH CONFIGURATION record.en (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION record.en ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, english_stem;
CREATE TEXT SEARCH CONFIGURATION record.plain (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION record.plain ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, simple;
