"""A long walk: rights change, time passes, and the gate must always say what a model of the rulebook says."""
