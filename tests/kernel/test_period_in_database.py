"""The kernel's calendar arithmetic and the database's must name the same instants: both decide on ends."""

from datetime import UTC, datetime, timedelta

import psycopg

from unidossier.kernel.period import add_months, birthday

STARTS = [datetime(2024, 1, 28, 0, 30, tzinfo=UTC) + timedelta(hours=7, minutes=30) * n for n in range(3000)]
# Around the hours that the clock skips and repeats, every half hour.
STARTS += [datetime(2025, 3, 29, 20, tzinfo=UTC) + timedelta(minutes=30) * n for n in range(20)]
STARTS += [datetime(2025, 10, 25, 20, tzinfo=UTC) + timedelta(minutes=30) * n for n in range(20)]


def test_months_are_the_same_in_the_database(dsns):
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


def test_the_gate_and_the_kernel_agree_on_who_is_a_minor(dsns):  # REP-1, REP-2
    with psycopg.connect(dsns.root) as connection:
        now = connection.execute("SELECT now()").fetchone()[0]
        births = [now.date() - timedelta(days=15 * 365 + shift) for shift in range(-400, 400)]
        rows = connection.execute(
            "SELECT gate.age_of(d, NULL) FROM unnest(%s::date[]) WITH ORDINALITY u(d, n) ORDER BY n",
            (births,),
        ).fetchall()
        expected = ["of-age" if now >= birthday(born, years=15) else "minor" for born in births]
        assert [row[0] for row in rows] == expected
        assert {"of-age", "minor"} == set(expected)
