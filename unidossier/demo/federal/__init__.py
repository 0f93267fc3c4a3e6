"""A small stand-in for the federal platform: it holds exclusions and consents in a file, and can fail in every known way."""
