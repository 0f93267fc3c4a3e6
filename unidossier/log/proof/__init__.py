"""Proofs that leave the house: bundles, their verifier, whole logs to audit. docs/log-format.md is their law."""
