"""Settings of the portals (Django 5.2). One module; what differs between places comes from the environment.

UNIDOSSIER_ORIGIN   where browsers find the portals, default http://localhost; anything else must be https
UNIDOSSIER_DEMO     1: the sign-in page offers the fictional people, on a database that carries the demo's mark only
EMAIL_URL, MAIL_FROM: see config/mail.py
UNIDOSSIER_FEDERAL_URL      where the federal platform answers; empty: it is not asked
UNIDOSSIER_FEDERAL_MACHINE  key of the institution whose machine account brings its exclusions, default ehealth
UNIDOSSIER_HOME, DATABASE_URL, UNIDOSSIER_POOL: see unidossier/database/; UNIDOSSIER_QUICK_LANE, UNIDOSSIER_LONG_LANE: unidossier/gate/async_door.py
"""

import os
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from unidossier.config.databases import app_database
from unidossier.config.mail import mail_settings
from unidossier.config.static_tree import tree_hash
from unidossier.database.home import Home
from unidossier.database.keys import DJANGO_SECRET, key
from unidossier.signin.limits import IDLE_S, LIFE_S

ROOM = Path(__file__).parent.parent
LOCAL_NAMES = ["localhost", "127.0.0.1", "[::1]"]

ORIGIN = os.environ.get("UNIDOSSIER_ORIGIN", "http://localhost").rstrip("/")
HTTPS = ORIGIN.startswith("https://")
ORIGIN_HOST = urlsplit(ORIGIN).hostname or ""
if not HTTPS and ORIGIN_HOST not in ("localhost", "127.0.0.1", "::1"):
    raise ImproperlyConfigured(
        f"UNIDOSSIER_ORIGIN is {ORIGIN}: over plain http the portals answer on this machine alone. Give an https:// address."
    )

DEBUG = False
SECRET_KEY = key(Home.find(), DJANGO_SECRET).hex()
ALLOWED_HOSTS = [*LOCAL_NAMES, ORIGIN_HOST]
ROOT_URLCONF = "unidossier.config.urls"
WSGI_APPLICATION = "unidossier.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True  # a typed address without its last slash; the table of addresses alone decides, so it tells of nobody
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024


def _has_portal(face: str) -> bool:
    return bool(find_spec(f"unidossier.portals.{face}") and find_spec(f"unidossier.portals.{face}.urls"))


# The faces that are here; a face whose portal is absent is neither routed nor offered at sign-in.
FACES = tuple(face for face in ("ward", "consult", "my", "desk") if _has_portal(face))

INSTALLED_APPS = [
    "unidossier.portals.shared",
    *(f"unidossier.portals.{face}" for face in FACES),
    "unidossier.signin",  # before allauth: its templates win
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "unidossier.config.headers.Headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "unidossier.config.health.Health",
    "unidossier.config.metrics.Metrics",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "unidossier.signin.middleware.Requesters",
    "unidossier.config.still.Stills",
    "unidossier.config.refusals.Refusals",
    "unidossier.config.plain_input.PlainInput",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "unidossier.config.frame.frame",
                "unidossier.config.still.still",
            ],
        },
    }
]

DATABASES = {"default": app_database()}
# Rate limits and used codes must be known to every process: one table, touched at sign-in alone.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "signin_limits"}}

# Language: the person's choice (a cookie), else what the browser asks for.
LANGUAGES = [("fr", "Français"), ("nl", "Nederlands"), ("de", "Deutsch"), ("en", "English")]
LANGUAGE_CODE = "en"
LOCALE_PATHS = [ROOM / "portals/shared/locale"]
TIME_ZONE = "Europe/Brussels"
USE_TZ = True
USE_I18N = True

# Static files: found where they lie; one hash of all of them stands in the address, so they may be kept for a year.
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STATICFILES_DIRS = [
    folder
    for app in ("portals/shared", *(f"portals/{face}" for face in FACES), "signin")
    if (folder := ROOM / app / "static").is_dir()
]
STATIC_URL = f"/static/{tree_hash(STATICFILES_DIRS)}/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 365 * 24 * 3600
WHITENOISE_ALLOW_ALL_ORIGINS = False


def WHITENOISE_IMMUTABLE_FILE_TEST(path: str, url: str) -> bool:
    """Every address holds the hash of the tree: none ever changes."""
    return True


# Sign-in: accounts, second factors, sessions.
AUTH_USER_MODEL = "signin.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "arrive"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username"]},
    },
]
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600  # of an invitation (CON-2): the only link that sets a password
ACCOUNT_ADAPTER = "unidossier.signin.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_FORMS = {
    "login": "unidossier.signin.forms.PasswordForm",
    "reauthenticate": "unidossier.signin.forms.PasswordAgainForm",
}
MFA_FORMS = {
    "authenticate": "unidossier.signin.forms.CodeForm",
    "reauthenticate": "unidossier.signin.forms.CodeAgainForm",
    "activate_totp": "unidossier.signin.forms.NewAppForm",
}
MFA_ADAPTER = "unidossier.signin.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = (
    "required"  # a passkey counts as two factors because the device asks PIN or finger
)
MFA_TOTP_ISSUER = "Unidossier"
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True

_COOKIE = "__Host-" if HTTPS else ""  # __Host-: secure, this host alone, whole site (RFC 6265bis 4.1.3.2)
SESSION_ENGINE = "unidossier.signin.session_store"
SESSION_COOKIE_NAME = f"{_COOKIE}unidossier"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = LIFE_S
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = f"{_COOKIE}csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "unidossier.config.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [ORIGIN] if HTTPS else []
LANGUAGE_COOKIE_NAME = f"{_COOKIE}language"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
IDLE_LIMIT_S = IDLE_S

# Headers. Cache-Control, HSTS and Permissions-Policy: config/headers.py.
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "frame-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# The demonstration; the mark in the database is asked at each use (signin/demo_entry.py).
DEMO_FLAG = os.environ.get("UNIDOSSIER_DEMO") == "1"
DEMO_CAST = "unidossier.demo.cast.accounts"
if DEMO_FLAG:  # two apps, the mailbox, the federal stand-in: pages of the demonstration alone
    INSTALLED_APPS += ["unidossier.demo.apps", "unidossier.demo.federal", "unidossier.demo.mailbox"]

# Mail: how it leaves (EMAIL_BACKEND and its like), and where the demonstration keeps it.
globals().update(mail_settings(os.environ, demo=DEMO_FLAG, home=Home.find().path))

# The federal platform (EXC-3): asked by the worker, through exchange/federal/port.py.
FEDERAL_URL = os.environ.get("UNIDOSSIER_FEDERAL_URL", "")
FEDERAL_MACHINE = os.environ.get("UNIDOSSIER_FEDERAL_MACHINE", "ehealth")
FEDERAL_CLIENT = "unidossier.exchange.federal.client.JsonPlatform"
FEDERAL_TAKE_OVER = "unidossier.jobs.federal.take_over"
FEDERAL_ALARM_S = int(
    os.environ.get("UNIDOSSIER_FEDERAL_ALARM_S", "900")
)  # older than this is shown as a fault (EXC-8)

# Technical log: no clinical content, no names; ids of ours only.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django": {"handlers": [], "level": "WARNING", "propagate": True}},
}
