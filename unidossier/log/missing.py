"""What is lawfully no longer in the log, as statements for the door: nobody's list gets shorter in silence (LOG-3, LOG-4, MY-15)."""

from unidossier.gate.door import Query


def erased() -> Query:
    """Entries about the patient of the grant whose content two officers erased, the newest first: erased_at, ground, institution."""
    return Query(
        """SELECT x.erased_at, x.ground, i.names AS institution FROM log.erasure x LEFT JOIN registry.institution i ON i.id = x.institution_id
        ORDER BY x.erased_at DESC LIMIT 100"""
    )


def lost() -> Query:
    """Every restore by which entries were lost, the newest first: id, year, from_position, to_position (excluded), lost, noticed_at,
    explained_entry (None: not yet), since and until (when the lost entries were made; since None: from the beginning). Names nobody."""
    return Query("SELECT * FROM log.restores()")
