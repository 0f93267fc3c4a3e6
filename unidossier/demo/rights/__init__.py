"""Decisions about access that the fictional people have taken: what waits, what is to be reviewed."""
