"""Sessions of the gate without a browser: tokens of the demonstration for the API, machine sessions for import."""

from unidossier.database.connections import pool
from unidossier.signin.gate_session import open_gate_session
from unidossier.signin.limits import API_LIFE_S, LIFE_S
from unidossier.signin.whoami import whoami

MACHINE = """SELECT e.person_id, e.id FROM registry.employment e JOIN registry.institution i ON i.id = e.institution_id
    WHERE i.key = %s AND e.function = 'machine' AND e.from_at <= now() AND (e.until_at IS NULL OR now() < e.until_at)
    ORDER BY e.from_at, e.id LIMIT 1"""


class NotADemonstration(Exception):
    """Tokens by user name are for the demonstration: elsewhere an account proves itself."""


class AccountUnknown(Exception):
    """No account has this user name, or its person has no place any more."""


class NoMachineAccount(Exception):
    """No institution has this key, or it has no machine account in force."""


def issue(username: str) -> str:
    """Return a token (hex) for the API: one hour, the first place of this account. Needs `django.setup()`.

    Raises NotADemonstration, AccountUnknown, RecordUnreadable.
    """
    from unidossier.signin.demo_entry import demo_is_open
    from unidossier.signin.models import Account

    if not demo_is_open():
        raise NotADemonstration(
            "Tokens by user name exist in the demonstration only: run `unidossier demo` first."
        )
    account = Account.objects.filter(username=username.lower()).first()
    places = whoami(account.person_id).places if account else ()
    if account is None or not places:
        raise AccountUnknown(
            f"There is no account {username} with a place. The sign-in page of the demonstration lists them."
        )
    place = places[0]
    secret = open_gate_session(
        account.person_id,
        employment=place.employment,
        face="api",
        purpose=place.purpose,
        strong=True,
        represents=place.represents,
        device=f"token:{account.username}",
        life_s=API_LIFE_S,
        idle_s=API_LIFE_S,
    )
    return secret.hex()


def open_machine_session(institution_key: str) -> bytes:
    """Return the secret of a session of this institution's machine account. Raises NoMachineAccount, RecordUnreadable."""
    with pool().connection() as connection:
        found = connection.execute(MACHINE, (institution_key,)).fetchone()
    if found is None:
        raise NoMachineAccount(f"The institution {institution_key} is unknown or has no machine account.")
    person, employment = found
    return open_gate_session(
        person,
        employment=employment,
        face="api",
        purpose="exchange",
        strong=True,
        device=f"machine:{institution_key}",
        life_s=LIFE_S,
        idle_s=LIFE_S,
    )
