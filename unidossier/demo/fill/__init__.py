"""Fill a database with the fictional world, through the same doors as a hospital: register, deliver, store."""

from unidossier.demo.fill.run import fill

__all__ = ["fill"]
