"""Subscriptions by topic, backported to R4 (1.1): a system is told that something is new, and fetches it as itself."""
