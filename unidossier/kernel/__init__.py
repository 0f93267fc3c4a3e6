"""Pure values of the field. No Django, no database, no network, no clock unless a function's name says so."""
