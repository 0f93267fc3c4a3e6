"""One process that keeps the others alive: database, portals, API, worker; one origin in front of them."""
