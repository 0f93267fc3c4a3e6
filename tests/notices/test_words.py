"""Every kind that is told has words in four languages, and a mail tells nothing that a stranger may not read (MY-13)."""

import re
from pathlib import Path

import pytest

import unidossier
from unidossier.notices.kinds import FOR_CARERS, GROUPS, LANGUAGES, QUIET, kinds, words_of
from unidossier.notices.text import labels, mail, message

SQL = [path for path in Path(unidossier.__file__).parent.rglob("*.sql") if path.name != "tell.sql"]
FACTS = {
    "who": "Jo Doe",
    "function": "nurse",
    "institution": {"en": "House", "nl": "Huis"},
    "until": "2026-11-22T15:30:00+01:00",
    "text": "Free words",
    "number": 12,
}


def told_kinds() -> set[str]:
    """Give the kinds that functions of the database tell: the second argument of notices.tell, or the words of its CASE."""
    found: set[str] = set()
    for path in SQL:
        for call in re.findall(r"notices\.tell\((.*?);", path.read_text(), re.DOTALL):
            second = re.split(
                r",\s*(?:jsonb|facts|relations\.|'\{|coalesce)", call.split(",", 1)[1], maxsplit=1
            )[0]
            found |= set(re.findall(r"'([a-z-]+)'", second))
    return found


def test_the_calls_are_found() -> None:
    assert {
        "glass",
        "exclusion",
        "exclusion-ended",
        "federal",
        "federal-ended",
        "mandate",
        "outside-open",
    } <= told_kinds()


def test_every_kind_that_is_told_has_words() -> None:
    assert told_kinds() - set(kinds()) == set()


@pytest.mark.parametrize("kind", kinds())
def test_a_kind_speaks_four_languages(kind: str) -> None:
    said = [words_of(kind, language=language) for language in LANGUAGES]
    assert len({one.subject for one in said}) == 4 and len({one.lead for one in said}) == 4
    assert all(0 < len(one.subject) <= 78 and one.lead.endswith(".") for one in said)


def test_the_labels_are_the_same_in_four_languages() -> None:
    assert {frozenset(labels(language)) for language in LANGUAGES} == {frozenset(labels("en"))}


def test_every_kind_has_a_choice_and_only_one() -> None:
    chosen = [kind for _, group in GROUPS for kind in group]
    assert sorted(chosen) == sorted(set(kinds()) - FOR_CARERS)


def test_a_group_is_quiet_as_a_whole_or_not_at_all() -> None:
    assert all(not set(group) & QUIET or set(group) <= QUIET for _, group in GROUPS)


def test_the_portal_and_the_database_agree_on_what_may_be_quiet(clinic) -> None:
    for kind in kinds():
        assert clinic.world.run("SELECT notices.may_be_quiet(%s)", kind) == [(kind in QUIET,)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", kinds())
def test_a_mail_names_no_carer_no_place_and_has_one_link(kind: str, language: str) -> None:
    made = mail(kind, language=language, name="Al Roe", portal="https://portal.example/my/messages/")
    assert re.findall(r"https?://\S+", made.body) == ["https://portal.example/my/messages/"]
    assert "\n" not in made.subject and "Al Roe" not in made.subject
    assert not any(str(value) in made.body for value in ("Jo Doe", "House", "Huis", "Free words"))
    assert not re.search(r"\d{6}", made.body)


def test_the_portal_says_who_and_until_when(clinic) -> None:
    told = message("glass", FACTS, language="nl")
    assert told.details == (
        ("Wie", "Jo Doe, Verpleegkundige, Huis"),
        ("Tot", "22.11.2026 15:30"),
        ("Nummer", "12"),
        ("Antwoord", "Free words"),
    )


@pytest.mark.parametrize(
    "facts", [{}, {"until": "soon"}, {"until": None, "who": ""}, {"reason": "unheard-of"}]
)
def test_a_fact_that_is_missing_or_strange_is_left_out(clinic, facts) -> None:
    assert message("glass", facts, language="fr").details == ()


def test_a_kind_that_is_not_known_is_still_told() -> None:
    assert words_of("of-tomorrow", language="de") == words_of("other", language="de")
