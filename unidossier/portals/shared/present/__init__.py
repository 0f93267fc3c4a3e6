"""From rows of the database to what the templates show. No rules and no database here: rows in, components out."""
