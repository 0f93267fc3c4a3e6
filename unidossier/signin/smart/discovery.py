"""What an app reads first: where to ask, and what is done here. SMART App Launch 2.2, 5 (conformance); OpenID Connect Discovery 1.0."""

from typing import Any

CAPABILITIES = (
    "launch-ehr",
    "launch-standalone",
    "client-public",
    "client-confidential-asymmetric",
    "sso-openid-connect",
    "context-banner",
    "context-ehr-patient",
    "context-ehr-encounter",
    "context-standalone-patient",
    "permission-offline",
    "permission-online",
    "permission-patient",
    "permission-user",
    "permission-v1",
    "permission-v2",
)
SIGNED_BY = ("ES384", "RS384")  # an app's own assertions (SMART 2.2, 4.1); no secrets are kept of any app
ID_TOKENS_BY = "ES384"
SCOPES = (
    "openid",
    "fhirUser",
    "launch",
    "launch/patient",
    "offline_access",
    "online_access",
    "patient/*.cruds",
    "user/*.cruds",
    "system/*.cruds",
)


def fhir_base(origin: str) -> str:
    """Return the address of the FHIR API: what an app sends as `aud`."""
    return f"{origin}/fhir"


def token_address(origin: str) -> str:
    """Return the token endpoint: the audience of an app's assertions."""
    return f"{origin}/smart/token"


def smart_configuration(origin: str) -> dict[str, Any]:
    """Return /.well-known/smart-configuration of the server at `origin` (no slash at its end)."""
    return {
        "issuer": origin,
        "jwks_uri": f"{origin}/smart/jwks",
        "authorization_endpoint": f"{origin}/smart/authorize",
        "token_endpoint": token_address(origin),
        "introspection_endpoint": f"{origin}/smart/introspect",
        "revocation_endpoint": f"{origin}/smart/revoke",
        "management_endpoint": f"{origin}/my/apps/",
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": list(SIGNED_BY),
        "scopes_supported": list(SCOPES),
        "authorization_response_iss_parameter_supported": True,  # RFC 9207
        "capabilities": list(CAPABILITIES),
    }


def openid_configuration(origin: str) -> dict[str, Any]:
    """Return /.well-known/openid-configuration: the same server, in the words of OpenID Connect."""
    return smart_configuration(origin) | {
        "response_modes_supported": ["query"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ID_TOKENS_BY],
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "nonce", "fhirUser"],
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }
