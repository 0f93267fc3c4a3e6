"""Templates: nothing inline that the content security policy would refuse, no word that is not translated."""

import re

import pytest

from tests.architecture.tracked import PRODUCT, shown, with_suffix

TEMPLATES = with_suffix(".html", under=PRODUCT)
LIVING = "unidossier/portals/shared/templates/design/living.html"

# Words that are the same in every language, and the greeting that stands there in all four at once.
SAME_EVERYWHERE = {"Unidossier", "Enter", "Esc"}
IN_FOUR_LANGUAGES = "unidossier/portals/shared/templates/signin/sign_in.html"

# What is no word of ours to the reader: texts already marked, comments, and blocks that hold names of classes.
_NO_WORDS = re.compile(
    r"\{%\s*(blocktrans\w*)\b.*?\{%\s*end\1\s*%\}|\{%\s*comment.*?endcomment\s*%\}|\{%\s*block \w+_class\s*%\}.*?endblock\s*%\}",
    re.DOTALL,
)
_TAGS = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->", re.DOTALL)
_SPOKEN_ATTRIBUTE = re.compile(r'\s(?:alt|title|placeholder|aria-label|aria-description|label)="([^"]*)"')
_LETTERS = re.compile(r"[^\W\d_]{2,}")


def test_templates_are_found() -> None:
    assert len(TEMPLATES) > 50


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_nothing_is_inline(path) -> None:  # type: ignore[no-untyped-def]
    source = _TAGS.sub("", path.read_text())
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", source) == []
    assert re.findall(r"<style\b", source) == []
    assert re.findall(r"\s(?:style|on[a-z]+|hx-on[\w:-]*)\s*=", source) == []
    assert re.findall(r"javascript:", source) == []


@pytest.mark.parametrize("path", [p for p in TEMPLATES if shown(p) != LIVING], ids=shown)
def test_every_word_is_marked_for_translation(path) -> None:  # type: ignore[no-untyped-def]
    source = _TAGS.sub("", _NO_WORDS.sub("", path.read_text()))
    if shown(path) == IN_FOUR_LANGUAGES:
        source = re.sub(r'<(\w+)[^>]*\slang="(fr|nl|de|en)"[^>]*>.*?</\1>', "", source, flags=re.DOTALL)
    spoken = " ".join([re.sub(r"<[^>]*>", " ", source), *_SPOKEN_ATTRIBUTE.findall(source)])
    assert [word for word in _LETTERS.findall(spoken) if word not in SAME_EVERYWHERE] == []
