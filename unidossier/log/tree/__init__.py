"""The tree over the log: hashes, signed notes, tiles. Standard library and one signature package alone, so that a verifier can carry it away."""
