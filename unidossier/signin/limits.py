"""How long a session lasts. The gate obeys the same numbers: they travel in the claims that open its session."""

IDLE_S = 15 * 60  # without a gesture
LIFE_S = 10 * 60 * 60  # from the sign-in, whatever happens in it
API_LIFE_S = 60 * 60  # of a token
