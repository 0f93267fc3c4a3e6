"""No byte of what is hidden shows, and a refusal is like absence (ACD-8, EXC-2, REC-10, CON-10, MY-5): the short form.

`make prove-canary` is the long one: every route, as everybody, with forms.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.browser.site import Site
from tests.canary.ask import Asker
from tests.canary.proof import Proof
from tests.canary.routes import api_routes
from tests.canary.seed import KNOWN, Garden
from tests.canary.survey import FACES, Depth, Findings, Survey
from tests.canary.survey_api import Reach

pytestmark = pytest.mark.browser
# one of each face, and the twins of most canaries
ASKING = ("laurence.vermeiren", "an.verlinden", "hilde.lemmens", "isabelle.marchal", "katrien.segers")
TOKENS = ("machine.aldegonde", "hilde.lemmens", "isabelle.marchal")
SHORT = Depth(links=1, ids=3, pairs=1, methods=("GET",), elsewhere=False)


@pytest.fixture(scope="module")
def asked(proof: Proof) -> Proof:
    """The proof, after these people have asked."""
    proof.survey(ASKING, depth=SHORT)
    proof.survey_api(TOKENS, methods=("GET", "HEAD"), reach=Reach(rows=6, searched=2, searches=3))
    proof.survey_api(
        ["laurence.vermeiren"], methods=("GET",), reach=Reach(rows=4, searched=1, searches=2), scoped=True
    )
    return proof


def test_nobody_sees_a_canary_that_is_not_for_him(asked: Proof) -> None:
    assert asked.findings.answers > 500
    assert asked.leaks() == []


def test_each_canary_is_found_by_its_own_reader(asked: Proof) -> None:
    assert asked.twins_missing() == []


def test_what_is_closed_answers_like_what_is_not_there(asked: Proof) -> None:
    assert asked.findings.compared > 200
    assert asked.findings.differences == []


def test_no_address_fails(asked: Proof) -> None:
    assert asked.findings.faults == []


def test_every_route_of_every_face_was_asked(asked: Proof) -> None:
    wanted = {one.address for one in asked.routes if one.face in FACES}
    assert wanted <= asked.findings.routes


def test_every_route_of_the_api_was_asked(asked: Proof) -> None:
    """A new route of a room is asked by itself."""
    assert {one.address for one in api_routes() if "GET" in one.methods} <= asked.findings.routes


@contextmanager
def _widened(site: Site) -> Iterator[None]:
    """A policy that forgets categories, drafts and what is held back."""
    [(own,)] = site.ask("SELECT qual FROM pg_policies WHERE policyname = 'reader' AND tablename = 'item'")
    site.ask("ALTER POLICY reader ON record.item USING (patient_id = (SELECT gate.patient()))")
    try:
        yield
    finally:
        site.ask(f"ALTER POLICY reader ON record.item USING ({own})")


def test_the_survey_sees_a_policy_that_is_too_wide(proof: Proof) -> None:
    garden = Garden(proof.site)
    rita = garden.known_patient(*KNOWN[0])
    garden.close()
    member = next(one for one in proof.cast if one.username == "hilde.lemmens")
    asker = Asker(proof.site.address, member.username)
    found = Findings()
    survey = Survey(member, asker, proof.planted, found, SHORT)
    survey.look(asker.answer("GET", f"/consult/patient/{rita}/"))
    assert found.leaks(proof.planted) == []
    with _widened(proof.site):
        survey.look(asker.answer("GET", f"/consult/patient/{rita}/"))
    asker.close()
    assert any("draft" in one for one in found.leaks(proof.planted))
    assert any("internal-only" in one for one in found.leaks(proof.planted))


def test_an_open_record_is_unlike_a_closed_one(proof: Proof) -> None:
    """The comparison itself: two answers that differ are told apart."""
    asker = Asker(proof.site.address, "laurence.vermeiren")
    open_, closed = (str(proof.planted.patients[why]) for why in ("stranger", "excluded"))
    answers = [asker.answer("GET", f"/ward/patient/{one}/").neutral(one) for one in (open_, closed)]
    asker.close()
    assert answers[0] != answers[1]
