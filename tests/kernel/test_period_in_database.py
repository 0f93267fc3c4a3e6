"""The kernel's calendar arithmetic and the database's must name the same instants: both decide on ends."""

from datetime import UTC, date, datetime, timedelta

import psycopg

from unidossier.kernel.brussels import midnight
from unidossier.kernel.period import add_months, birthday

STARTS = [datetime(2024, 1, 28, 0, 30, tzinfo=UTC) + timedelta(hours=7, minutes=30) * n for n in range(3000)]
# Around the hours that the clock skips and repeats, every half hour.
STARTS += [datetime(2025, 3, 29, 20, tzinfo=UTC) + timedelta(minutes=30) * n for n in range(20)]
STARTS += [datetime(2025, 10, 25, 20, tzinfo=UTC) + timedelta(minutes=30) * n for n in range(20)]
BIRTHS = [date(2007, 12, 25) + timedelta(days=n) for n in range(800)] + [date(1936, 2, 29), date(1940, 5, 19)]


def test_months_and_birthdays_are_the_same_in_the_database(dsns):
    with psycopg.connect(dsns.root) as connection:
        connection.execute("SET TIME ZONE 'Europe/Brussels'")
        for months in (1, 3, 12, 15):
            rows = connection.execute(
                "SELECT t + make_interval(months => %s) FROM unnest(%s::timestamptz[]) WITH ORDINALITY u(t, n)"
                " ORDER BY n",
                (months, STARTS),
            ).fetchall()
            differing = [
                s for s, (theirs,) in zip(STARTS, rows, strict=True) if add_months(s, months) != theirs
            ]
            assert differing == [], f"{months} months"
        rows = connection.execute(
            "SELECT (d + interval '15 years')::timestamptz FROM unnest(%s::date[]) WITH ORDINALITY u(d, n)"
            " ORDER BY n",
            (BIRTHS,),
        ).fetchall()
        assert [row[0] for row in rows] == [birthday(born, years=15) for born in BIRTHS]
        assert (
            midnight(BIRTHS[0])
            == connection.execute("SELECT %s::date::timestamptz", (BIRTHS[0],)).fetchone()[0]
        )
