-- Who works in care and where, as others may know it (docs/adr/0026).

ALTER TABLE registry.institution ADD COLUMN cbe text CHECK (cbe ~ '^[01][0-9]{9}$');  -- enterprise number
CREATE INDEX foreign_resource_id ON registry.foreign_resource (id, type);
