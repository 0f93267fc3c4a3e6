"""Words of the interface for the codes of the product, each in the four languages by gettext."""
