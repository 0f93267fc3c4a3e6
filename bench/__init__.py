"""Measure the product: `python -m bench`. Figures, what they must reach, and the machine they were taken on."""
