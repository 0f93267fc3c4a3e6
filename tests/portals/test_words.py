"""Words inside sentences, days, and the bar that runs out, as a reader of each language gets them."""

from datetime import UTC, date, datetime, timedelta

import pytest


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "conditions and allergies, mental health"),
        ("fr", "problèmes de santé et allergies, santé mentale"),
        ("nl", "aandoeningen en allergieën, geestelijke gezondheid"),
        ("de", "Erkrankungen und Allergien, Psychische Gesundheit"),
    ],
)
def test_a_scope_inside_a_sentence_keeps_the_capitals_of_german_nouns(
    portals: None, language: str, said: str
) -> None:
    from django.utils.translation import override

    from unidossier.kernel.category import Category, mask
    from unidossier.portals.my.scope import scope_in_words

    with override(language):
        assert scope_in_words(mask([Category.PROBLEM, Category.PSYCHIATRY])) == said


def test_an_access_of_some_hours_says_its_hour_and_not_its_days(portals: None) -> None:
    """BTG-3, ACD-5: "0 days left" tells nobody when an emergency access ends."""
    from django.template.loader import render_to_string
    from django.utils.translation import override

    from unidossier.portals.shared.components.relation import Relation

    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def bar(hours: int) -> str:
        ends = at + timedelta(hours=hours)
        return render_to_string(
            "components/relation_bar.html",
            {"relation": Relation(name="", why="", at=at, since=at, until=ends)},
        )

    with override("en"):
        assert "ends at 22:00" in bar(12)  # Brussels
        assert "3 days left" in bar(72)


def test_a_birth_date_is_in_figures_and_any_other_day_in_words(portals: None) -> None:
    from django.utils.translation import override

    from unidossier.portals.shared.templatetags.unidossier import born, day, until_day, written

    with override("de"):
        assert written(date(2026, 11, 22), "l j F Y") == "Sonntag, 22. November 2026"
        assert until_day(datetime(2027, 2, 22, 23, tzinfo=UTC)) == "22. Feb 2027"  # midnight in Brussels
    with override("fr"):
        assert (born(date(1951, 4, 12)), day(date(2026, 4, 12))) == ("12.04.1951", "12 avr. 2026")
        assert born(None) == day(None) == ""


def test_who_asks_for_an_account_is_named_in_the_work_list(portals: None) -> None:
    """CON-2: the task is about no patient and about nobody known yet."""
    from unidossier.portals.desk.present_tasks import applicant

    facts = {"who": "Noor Vandamme", "function": "physiotherapist", "practice": "Kine De Brug"}
    assert applicant({"kind": "account", "facts": facts}) == "Noor Vandamme, Kine De Brug"
    assert applicant({"kind": "glass-review", "facts": facts}) == ""
