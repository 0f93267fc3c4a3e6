"""In which language words are wanted. RFC 9110, 12.5.4; hl7.org/fhir/R4/languages.html#http"""

from starlette.requests import Request

from unidossier.terminology.words import LANGUAGES


def asked_language(request: Request, asked: str | None) -> str | None:
    """Return fr, nl, de or en: what a parameter names (`nl-BE`), else the first of Accept-Language; None when neither does."""
    for tag in (asked or "", *_accepted(request.headers.get("accept-language", ""))):
        short = tag.strip()[:2].lower()
        if short in LANGUAGES:
            return short
    return None


def _accepted(header: str) -> list[str]:
    """Give the tags by weight, the first first."""
    weighed = []
    for place, one in enumerate(header.split(",")[:20]):
        tag, _, rest = one.partition(";")
        weight = rest.strip().removeprefix("q=") if rest else "1"
        try:
            weighed.append((-float(weight), place, tag.strip()))
        except ValueError:
            continue
    return [tag for weight, _, tag in sorted(weighed) if weight < 0]
