"""The one process that grows the tree over the log and signs it (LOG-3). Nobody else reads the signing keys."""
