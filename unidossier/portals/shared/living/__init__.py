"""Values for the living page alone: invented people and results that put every component in every state."""
