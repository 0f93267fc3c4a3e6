"""MY-13: per kind by mail, by letter or on the portal alone; what is about access is never switched off."""

import pytest

from tests.notices.conftest import contact, tell, ways
from unidossier.actions.choose_notices import choose_notices
from unidossier.actions.read_messages import PAGE, read_choices, read_messages
from unidossier.gate.door import AccessRefused, ActRefused


@pytest.fixture
def own(clinic) -> bytes:
    """The session of the patient."""
    return clinic.world.own_session(clinic.patient)


@pytest.mark.parametrize(
    ("chosen", "kind", "expected"),
    [
        pytest.param({}, "glass", {"mail": "waiting"}, id="by default a mail"),
        pytest.param({"glass": "letter"}, "glass", {"letter": "waiting"}, id="a letter when chosen"),
        pytest.param({"request": "portal"}, "request", {}, id="the portal alone when chosen"),
        pytest.param({"request": "portal"}, "glass", {"mail": "waiting"}, id="another kind is not touched"),
        pytest.param(
            {"link": "mail"},
            "link",
            {"mail": "waiting", "letter": "waiting"},
            id="a link always by post (CON-8)",
        ),
    ],
)
def test_a_notice_leaves_as_it_was_chosen(clinic, own, chosen, kind, expected) -> None:
    choose_notices(own, patient=clinic.patient, ways=chosen)
    assert ways(clinic, tell(clinic, kind)) == expected


def test_without_an_address_a_letter_goes(clinic) -> None:
    contact(clinic, address="Beukenlaan 10")
    assert ways(clinic, tell(clinic)) == {"letter": "waiting"}


@pytest.mark.parametrize("kind", ["glass", "link", "exclusion", "federal", "mandate", "death", "of-tomorrow"])
def test_what_is_about_access_cannot_be_switched_off(clinic, own, kind) -> None:
    with pytest.raises(ActRefused, match="security-kind"):
        choose_notices(own, patient=clinic.patient, ways={kind: "portal"})
    assert choose_notices(own, patient=clinic.patient, ways={kind: "letter"}) == 1, "its way may change"


def test_a_way_that_does_not_exist_is_refused_and_nothing_is_saved(clinic, own) -> None:
    with pytest.raises(ActRefused, match="unknown-way"):
        choose_notices(own, patient=clinic.patient, ways={"answer": "portal", "glass": "pigeon"})
    assert read_choices(own, patient=clinic.patient).ways == {}


def test_the_same_choice_again_changes_nothing(clinic, own) -> None:
    assert [choose_notices(own, patient=clinic.patient, ways={"glass": "letter"}) for _ in range(2)] == [1, 0]
    assert read_choices(own, patient=clinic.patient).ways == {"glass": "letter"}


def test_a_stranger_neither_reads_nor_chooses(clinic) -> None:
    stranger = clinic.world.own_session(clinic.world.patient())
    tell(clinic)
    for act in (
        lambda s: read_messages(s, patient=clinic.patient),
        lambda s: choose_notices(s, patient=clinic.patient, ways={}),
    ):
        with pytest.raises(AccessRefused):
            act(stranger)
        with pytest.raises(AccessRefused):
            act(clinic.secret)  # a carer with a relation


def test_a_mandate_reads_but_does_not_choose(clinic) -> None:  # REP-3
    person = clinic.world.person(professional=False)
    clinic.world.represent(clinic.patient, person, kind="mandate")
    acting = clinic.world.representative_session(person)
    tell(clinic)
    assert len(read_messages(acting, patient=clinic.patient).notices) == 1
    with pytest.raises(AccessRefused):
        choose_notices(acting, patient=clinic.patient, ways={"answer": "portal"})


def test_messages_come_newest_first_page_by_page_and_are_seen_once(clinic, own) -> None:
    clinic.world.run(
        "SELECT notices.tell(%s, 'glass', jsonb_build_object('number', n), %s, 0) FROM generate_series(1, %s) n",
        clinic.patient,
        clinic.id,
        PAGE + 5,
    )  # one transaction: all of one instant, so that only the id parts the pages
    first = read_messages(own, patient=clinic.patient)
    second = read_messages(own, patient=clinic.patient, after=first.after)
    assert (len(first.notices), len(second.notices), second.after) == (PAGE, 5, None)
    shown = {one["id"] for page in (first, second) for one in page.notices}
    assert len(shown) == PAGE + 5
    assert {one["seen_at"] for page in (first, second) for one in page.notices} == {None}
    again = read_messages(own, patient=clinic.patient)
    assert None not in {one["seen_at"] for one in again.notices}
