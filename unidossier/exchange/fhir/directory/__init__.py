"""Who works in care, and where: Practitioner, PractitionerRole, Organization, Location, HealthcareService of the registry."""
