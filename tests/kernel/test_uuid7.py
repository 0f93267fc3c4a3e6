"""Identifiers: order, version bits, and one id for one source."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unidossier.kernel.uuid7 import AmbiguousSource, derived_id, new_id, uuid7

INSTITUTION = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
OTHER = UUID("01890a5d-ac96-774b-bcce-b302099a8058")


def test_the_example_of_rfc_9562_is_met():
    # RFC 9562, A.6: 2022-02-22T19:22:22Z. Its 12 bits after the milliseconds are random, ours are time: 0.
    made = uuid7(unix_ns=0x017F22E279B0 * 1_000_000, random=bytes.fromhex("18C4DC0C0C07398F"))
    assert made.hex[:13] == "017f22e279b07"
    assert (made.version, made.variant) == (7, "specified in RFC 4122")


def test_the_last_nanosecond_of_a_millisecond_has_the_highest_fraction():
    made = uuid7(unix_ns=999_999, random=bytes(8))
    assert made.hex == "00000000000" + "07fff8000000000000000"


def test_ids_of_one_process_sort_as_they_were_made():
    made = [new_id() for _ in range(2000)]
    assert len(set(made)) == 2000
    assert sorted(made, key=lambda u: u.int >> 64) == made


@given(st.integers(0, 2**60), st.binary(min_size=8, max_size=8))
def test_version_and_variant_hold_for_every_instant(unix_ns, random):
    made = uuid7(unix_ns=unix_ns, random=random)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == unix_ns // 1_000_000


@given(st.integers(0, 2**60), st.integers(1000, 10**12))
def test_a_later_microsecond_sorts_later(unix_ns, later):
    first = uuid7(unix_ns=unix_ns, random=b"\xff" * 8)
    assert first < uuid7(unix_ns=unix_ns + later, random=b"\x00" * 8)


def test_a_source_always_gives_the_same_id():
    made = derived_id(INSTITUTION, resource_type="Observation", source_id="lab-1")
    assert made == derived_id(INSTITUTION, resource_type="Observation", source_id="lab-1")
    assert made == UUID("ef571faa-5562-85c8-bb6a-d311d464176a"), (
        "stored ids depend on it: never change the derivation"
    )
    assert (made.version, made.variant) == (8, "specified in RFC 4122")


@pytest.mark.parametrize(
    "other",
    [
        derived_id(OTHER, resource_type="Observation", source_id="lab-1"),
        derived_id(INSTITUTION, resource_type="Condition", source_id="lab-1"),
        derived_id(INSTITUTION, resource_type="Observation", source_id="lab-2"),
        derived_id(INSTITUTION, resource_type="Observationlab", source_id="-1"),
    ],
)
def test_another_source_gives_another_id(other):
    assert other != derived_id(INSTITUTION, resource_type="Observation", source_id="lab-1")


def test_a_source_that_could_be_read_in_two_ways_is_refused():
    with pytest.raises(AmbiguousSource):
        derived_id(INSTITUTION, resource_type="Observation", source_id="a\x1fb")
