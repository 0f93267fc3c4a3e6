"""The federal platform (eHealth): exclusions and informed consents are read from it, never written to it."""
