"""What the front door says itself, when no page of the portals can: a plain page in the language of the person."""

import html
from collections.abc import Iterable

from unidossier.supervisor.whole_body import LARGEST

Headers = Iterable[tuple[bytes, bytes]]
LANGUAGES = ("en", "fr", "nl", "de")
# what happened and what to do, in the order of LANGUAGES
_WORDS = {
    "not-done": (
        "Unidossier is starting again. Your request was not carried out: try again in a moment.",
        "Unidossier redémarre. Votre demande n’a pas été exécutée\u00a0: réessayez dans un instant.",
        "Unidossier start opnieuw. Uw vraag is niet uitgevoerd: probeer het zo dadelijk opnieuw.",
        "Unidossier startet neu. Ihre Anfrage wurde nicht ausgeführt: Versuchen Sie es gleich noch einmal.",
    ),
    "unknown": (
        "The answer was lost. Look whether your change was made before you try again.",
        "La réponse s’est perdue. Vérifiez si votre changement a été fait avant de réessayer.",
        "Het antwoord ging verloren. Kijk of uw wijziging is gebeurd voor u het opnieuw probeert.",
        "Die Antwort ging verloren. Sehen Sie nach, ob Ihre Änderung erfolgt ist, bevor Sie es noch einmal versuchen.",
    ),
    "too-large": (
        "This is too large: at most {most} MB can be sent at once. Nothing was stored.",
        "C’est trop volumineux\u00a0: on peut envoyer au plus {most} Mo à la fois. Rien n’a été enregistré.",
        "Dit is te groot: er kan hoogstens {most} MB in één keer worden verstuurd. Er is niets bewaard.",
        "Das ist zu groß: Es können höchstens {most} MB auf einmal gesendet werden. Es wurde nichts gespeichert.",
    ),
    "too-slow": (
        "Your request came too slowly and was not carried out: send it again.",
        "Votre demande est arrivée trop lentement et n’a pas été exécutée\u00a0: envoyez-la à nouveau.",
        "Uw vraag kwam te traag binnen en is niet uitgevoerd: verstuur ze opnieuw.",
        "Ihre Anfrage kam zu langsam an und wurde nicht ausgeführt: Senden Sie sie noch einmal.",
    ),
    "too-much": (
        "Too much is being sent just now. Nothing was stored: try again in a moment.",
        "Trop de données arrivent en ce moment. Rien n’a été enregistré\u00a0: réessayez dans un instant.",
        "Er wordt nu te veel tegelijk verstuurd. Er is niets bewaard: probeer het zo dadelijk opnieuw.",
        "Im Augenblick wird zu viel gesendet. Es wurde nichts gespeichert: Versuchen Sie es gleich noch einmal.",
    ),
}
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Unidossier</title>
<style>body {{ font: 1.125rem/1.55 sans-serif; max-width: 34rem; margin: 4rem auto; padding: 0 1rem; background: #fbfaf7; color: #1b2430 }}
h1 {{ font-size: 1.375rem; color: #0b5d57 }}</style></head>
<body><main><h1>Unidossier</h1><p>{text}</p></main></body></html>
"""
HEADERS = [
    (b"content-type", b"text/html; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
]


def page(what: str, asked: Headers) -> bytes:
    """Return the page that says `what`, in the language that the request's headers ask for."""
    language = _language({name.lower(): value.decode("latin-1") for name, value in asked})
    text = _WORDS[what][LANGUAGES.index(language)].format(most=LARGEST >> 20)
    return _PAGE.format(language=language, text=html.escape(text)).encode()


def _language(headers: dict[bytes, str]) -> str:
    chosen = [part.strip().removeprefix("language=") for part in headers.get(b"cookie", "").split(";")]
    accepted = [part.strip()[:2].lower() for part in headers.get(b"accept-language", "").split(",")]
    return next((one for one in (*chosen, *accepted) if one in LANGUAGES), "en")
