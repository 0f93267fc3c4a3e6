"""A physician of the crowd who is signed in at the portals, as a browser would be: password, code, place."""

from bench.crowd import Crowd
from tests.signin.person import Browser, SignedUp

_cookies: dict[bytes, str] = {}


def cookie_of(crowd: Crowd, *, number: int = 0) -> str:
    """Return the session cookie of the physician of this number, signed in at the first call."""
    secret = crowd.secrets[number]
    if secret not in _cookies:
        browser = Browser(address=f"198.51.100.{number + 1}")
        answer = browser.go_in(SignedUp.make(crowd.physicians[number].person))
        assert answer.status_code == 302, answer.content
        _cookies[secret] = browser.cookie
    return _cookies[secret]
