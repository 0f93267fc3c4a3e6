"""Witnesses of the log: the service that an institution runs, and the feed that brings it checkpoints (LOG-3)."""
