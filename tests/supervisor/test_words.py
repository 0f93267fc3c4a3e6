"""What the front door says itself is in the language of the person."""

import pytest

from unidossier.supervisor import words


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ([], "en"),
        ([(b"accept-language", b"nl-BE,nl;q=0.9,en;q=0.8")], "nl"),
        ([(b"Accept-Language", b"it, de;q=0.5")], "de"),
        ([(b"accept-language", b"de"), (b"cookie", b"theme=dark; language=fr")], "fr"),
        ([(b"cookie", b"language=xx")], "en"),
    ],
)
def test_the_language_is_the_chosen_one_or_the_browser_s(
    headers: list[tuple[bytes, bytes]], language: str
) -> None:
    assert f'<html lang="{language}">' in words.page("too-large", headers).decode()


def test_every_text_is_there_in_every_language() -> None:
    for told in words._WORDS.values():
        assert len(set(told)) == len(words.LANGUAGES)
