"""Pages that are open: told within seconds when the rights they stand on change (ACD-7, docs/adr/0012-at-once.md)."""
