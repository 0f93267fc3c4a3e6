"""Operations of the FHIR API beyond reading and storing: `$everything`, `$summary`, `$validate`, terminology, `$match`."""
