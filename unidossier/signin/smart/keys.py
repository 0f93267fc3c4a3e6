"""The keys that sign what we say of a person (OpenID Connect): one each quarter, in the home's `keys/`. RFC 7517, RFC 7518 3.4.

A key is the 32 random bytes that lie there, stretched to a scalar of P-384 as FIPS 186-5 A.2.1 says (more bits than
needed, then the remainder). The next quarter has another; the one before stays published, so that what it signed still proves.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc.jwk import ECKey

from unidossier.database.home import Home
from unidossier.database.keys import key

# order of the group of P-384 (SP 800-186, 3.2.1.4)
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973
STRETCHED_BYTES = 56  # 384 bits and 64 more
INFO = b"unidossier id-token ES384"


def signing_key(at: datetime) -> ECKey:
    """Return the key of the quarter of `at`; it is made when first asked for. Raises KeyMissing, KeyExposed."""
    return _made(_name(at.astimezone(UTC)))


def published(at: datetime) -> dict[str, Any]:
    """Return the JWK set: the public keys of this quarter and of the one before, when there was one."""
    now = at.astimezone(UTC)
    names = [_name(now)]
    before = _before(now)
    if (Home.find().keys / before).exists():
        names.append(before)
    return {"keys": [_made(name).as_dict(private=False) for name in names]}


def _name(at: datetime) -> str:
    return f"id-token-{at.year}-{(at.month + 2) // 3}"


def _before(at: datetime) -> str:
    quarter = (at.month + 2) // 3
    return f"id-token-{at.year - 1}-4" if quarter == 1 else f"id-token-{at.year}-{quarter - 1}"


@lru_cache(maxsize=4)
def _made(name: str) -> ECKey:
    stretched = HKDF(algorithm=SHA384(), length=STRETCHED_BYTES, salt=None, info=INFO).derive(
        key(Home.find(), name)
    )
    scalar = int.from_bytes(stretched) % (ORDER - 1) + 1
    private = ec.derive_private_key(scalar, ec.SECP384R1())
    return ECKey(private, private, parameters={"kid": name, "use": "sig", "alg": "ES384"})
