"""The id token: who signed in, for the app alone. OpenID Connect Core 1.0, 2; SMART App Launch 2.2, `fhirUser`."""

from datetime import datetime
from typing import Any

from joserfc import jwt

from unidossier.signin.smart.discovery import ID_TOKENS_BY, fhir_base
from unidossier.signin.smart.keys import signing_key

LIFE_S = 300
_PRACTITIONER = "Practitioner/{person}"
# who a session is, as a resource of the API
_USERS = {"patient": "Patient/{own_patient}", "representative": "RelatedPerson/{person}"}


def id_token(told: dict[str, Any], *, origin: str, at: datetime) -> str:
    """Return the signed token for `told` (gate.app_told). `fhirUser` stands in it when the scope was given."""
    now = int(at.timestamp())
    claims: dict[str, Any] = {
        "iss": origin,
        "sub": told["person"],
        "aud": told["app"],
        "iat": now,
        "exp": now + LIFE_S,
    }
    if told.get("nonce"):
        claims["nonce"] = told["nonce"]
    scopes = told["scope"].split()
    if "fhirUser" in scopes or "profile" in scopes:
        user = f"{fhir_base(origin)}/{_USERS.get(told['actor'], _PRACTITIONER).format(**told)}"
        claims |= {"fhirUser": user, "profile": user}
    key = signing_key(at)
    return jwt.encode(
        {"alg": ID_TOKENS_BY, "typ": "JWT", "kid": key.kid}, claims, key, algorithms=[ID_TOKENS_BY]
    )
