"""The people of the demonstration as the sign-in page shows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from unidossier.signin.models import Account
from unidossier.signin.whoami import Identity, Place, whoami

FACE_NAMES = {"ward": "Ward", "consult": "Consult", "my": "My", "desk": "Desk"}


@dataclass(frozen=True, kw_only=True)
class Member:
    """One person of the cast, in words of the reader's language."""

    username: str
    name: str
    initials: str
    function: str
    institution: str
    hint: str
    face: str
    is_main: bool


def members() -> tuple[Any, ...]:
    """Return the cast (`demo.cast.accounts`): username, function, face, main, hint by language."""
    accounts: tuple[Any, ...] = import_string(settings.DEMO_CAST)()
    return accounts


@dataclass(frozen=True, kw_only=True)
class Group:
    """The people of one face: those to begin with, and everybody else."""

    face: str
    main: tuple[Member, ...]
    others: tuple[Member, ...]


def groups(faces: Sequence[str]) -> tuple[Group, ...]:
    """Return the people of these faces, by face; only those whose account exists."""
    shown = [member for member in members() if member.face in faces]
    people = dict(
        Account.objects.filter(username__in=[m.username for m in shown]).values_list("username", "person_id")
    )
    known = [(told, _identity(people[told.username])) for told in shown if told.username in people]
    listed = [
        _member(told, identity, place) for told, identity in known if (place := place_of(told, identity))
    ]
    return tuple(
        Group(face=FACE_NAMES[face], main=_of(face, listed, main=True), others=_of(face, listed, main=False))
        for face in faces
        if any(member.face == face for member in listed)
    )


def place_of(told: Any, identity: Identity) -> Place | None:
    """Return the place that the cast means for this person, else one on the same face, None when there is none."""
    near = [place for place in identity.places if place.face == told.face]
    return next((place for place in near if place.function == told.function), near[0] if near else None)


def _of(face: str, listed: Iterable[Member], *, main: bool) -> tuple[Member, ...]:
    return tuple(member for member in listed if member.face == face and member.is_main == main)


def _member(told: Any, identity: Identity, place: Place) -> Member:
    language = get_language() or "en"
    return Member(
        username=told.username,
        name=identity.name,
        initials="".join(word[:1] for word in identity.name.split()[:2]),
        function=place.function_words.get(language, ""),
        institution=place.institution_names.get(language, ""),
        hint=told.hint[language],
        face=told.face,
        is_main=told.main,
    )


@cache
def _identity(person: UUID) -> Identity:
    # fictional people do not change while a demonstration runs
    return whoami(person)
