"""Proofs of the gate: the oracle, the complete comparison, attacks, lint, races, plans."""
