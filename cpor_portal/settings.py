"""All settings. Every difference between deployments is an environment variable; `.env.example` lists them.

``CPOR_EMBEDDED=1`` (set by `make run`) chooses defaults that need nothing but Python: SQLite, a broker and a mailbox
in folders under ``CPOR_VAR``. Each part can still be replaced by its own variable.
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from environ.fileaware_mapping import FileAwareMapping

from accounts.languages import languages_in
from cpor_portal import error_reports

BASE_DIR = Path(__file__).resolve().parent.parent


class VariablesOrFiles(FileAwareMapping):  # type: ignore[misc]
    """The environment, and what stands in the file that `<variable>_FILE` names, without the end of its last line."""

    def __getitem__(self, name: str) -> str:
        return str(super().__getitem__(name)).rstrip("\r\n")


class Env(environ.Env):  # type: ignore[misc]
    ENVIRON = VariablesOrFiles()


env = Env()
Env.read_env(env.path("CPOR_ENV_FILE", default=str(BASE_DIR / ".env")))

EMBEDDED = env.bool("CPOR_EMBEDDED", default=False)
DEBUG = env.bool("DEBUG", default=False)
VAR_DIR = Path(env.str("CPOR_VAR", default=str(BASE_DIR / "var"))).resolve()


def embedded_secret_key(path: Path) -> str:
    """Return the secret key kept in *path*, making it on the first start, so that sessions outlive a restart."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY and (EMBEDDED or DEBUG):
    SECRET_KEY = embedded_secret_key(VAR_DIR / "secret_key")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Set it to a long random string"
        " (python3 -c 'import secrets; print(secrets.token_urlsafe(50))'),"
        " or set CPOR_EMBEDDED=1 to try the portal on this computer."
    )
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if EMBEDDED or DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PORTAL_URL = env.str("PORTAL_URL", default=f"http://127.0.0.1:{env.str('PORT', default='8000')}").rstrip("/")

INSTALLED_APPS = [
    "cpor_portal",
    "insights",
    "associations",
    "notifications",
    "accounts",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
]

MIDDLEWARE = [
    "associations.views.uploads.LetBrowsersFinish",
    "cpor_portal.request_log.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "cpor_portal.edges.EdgesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cpor_portal.compression.CompressPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.LanguagePreferenceMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.mfa.SecondFactorMiddleware",
]

ROOT_URLCONF = "cpor_portal.urls"
WSGI_APPLICATION = "cpor_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "notifications.mailbox.mailbox_link",
                "cpor_portal.help_contact.help_contact",
                "associations.views.notices.bell",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# Data

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
DATABASE_CACHE = {
    "BACKEND": "django.core.cache.backends.db.DatabaseCache",
    "LOCATION": "portal_cache",
    # Room for every counted try: Django's 300 entries would be culled, and the counts with them.
    "OPTIONS": {"MAX_ENTRIES": 100_000},
}
CACHES: dict[str, Any] = {"default": DATABASE_CACHE}
if REDIS_URL:
    # Nobody waits longer for a count than this.
    patience = {"socket_connect_timeout": 1, "socket_timeout": 1}
    in_redis = {"BACKEND": "cpor_portal.spare_cache.RedisOrDatabase", "LOCATION": REDIS_URL, "OPTIONS": patience}
    CACHES = {"default": in_redis, "spare": DATABASE_CACHE}

# Files. Evidence is private: no public URL; a view that has checked the person hands it out.

PRIVATE_FILES: dict[str, Any] = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": str(VAR_DIR / "files"), "base_url": None, "file_permissions_mode": 0o600},
}
FILES_FOR_BROWSERS = PRIVATE_FILES
S3_BUCKET = env.str("S3_BUCKET", default="")
if S3_BUCKET:
    PRIVATE_FILES = {
        "BACKEND": "cpor_portal.bucket.PrivateBucket",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.str("S3_ENDPOINT_URL", default=None),
            "region_name": env.str("S3_REGION", default=None),
        },
    }
    # Where people's browsers reach the bucket, when that is not where the portal does.
    seen_from_outside = env.str("S3_PUBLIC_ENDPOINT_URL", default="") or PRIVATE_FILES["OPTIONS"]["endpoint_url"]
    FILES_FOR_BROWSERS = PRIVATE_FILES | {"OPTIONS": PRIVATE_FILES["OPTIONS"] | {"endpoint_url": seen_from_outside}}
STATICFILES_STORAGE = (
    "whitenoise.storage.CompressedStaticFilesStorage"
    if EMBEDDED or DEBUG
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {
    "default": PRIVATE_FILES,
    "for_browsers": FILES_FOR_BROWSERS,
    "staticfiles": {"BACKEND": STATICFILES_STORAGE},
}
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
if EMBEDDED or DEBUG:
    # WhiteNoise warns of a folder that is not there. The finders serve until `run_portal` has compressed the files.
    STATIC_ROOT = VAR_DIR / "static"
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = DEBUG or (EMBEDDED and not any(STATIC_ROOT.iterdir()))

POE_MAX_BYTES = env.int("POE_MAX_BYTES", default=25 * 1024 * 1024)
POE_MAX_FILES = env.int("POE_MAX_FILES", default=10)
FILE_UPLOAD_HANDLERS = [
    "associations.views.uploads.UploadLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Where clamd listens, tcp://host:port or unix:///path. Empty: files are not scanned, and say so.
CLAMD_URL = env.str("CLAMD_URL", default="")

# The public directory that tells a domain's tenant; without an address only the local table is asked.

DIRECTORY_URL = env.str("DIRECTORY_URL", default="" if EMBEDDED else "https://login.microsoftonline.com")
DIRECTORY_TIMEOUT = env.float("DIRECTORY_TIMEOUT", default=3.0)

# Imports and exports

EXPORT_DIRECT_ROWS = env.int("EXPORT_DIRECT_ROWS", default=20_000)
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", default=5 * 1024 * 1024)
IMPORT_MAX_PROOFS = env.int("IMPORT_MAX_PROOFS", default=200)
IMPORT_MAX_ROWS = env.int("IMPORT_MAX_ROWS", default=5_000)

# What one form may bring: its fields, its files, and both together.

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = IMPORT_MAX_PROOFS + 10
LARGEST_BODY = POE_MAX_FILES * POE_MAX_BYTES + DATA_UPLOAD_MAX_MEMORY_SIZE

# Mail

MAILBOX_DIR = VAR_DIR / "mailbox" if EMBEDDED else None
EMAIL_BACKEND = "notifications.mailbox.EmailBackend"
if not EMBEDDED or env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))
    MAILBOX_DIR = None
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=30)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="CPOR portal <no-reply@cpor.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Delivery reports come back to BOUNCE_ADDRESS, are read from a mailbox, or are posted by a provider that signs them.

BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", default="")
BOUNCE_IMAP_URL = env.str("BOUNCE_IMAP_URL", default="")
BOUNCE_MAILDIR = env.str("BOUNCE_MAILDIR", default="")
BOUNCE_WEBHOOK_SECRET = env.str("BOUNCE_WEBHOOK_SECRET", default="")

# Background work: the beat asks who is due; a run that is late or doubled does no harm.

QUEUE_DIR = VAR_DIR / "queue"
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=REDIS_URL or "filesystem://localhost")
if CELERY_BROKER_URL.startswith("filesystem"):
    for folder in ("messages", "control"):
        (QUEUE_DIR / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(QUEUE_DIR / "messages"),
        "data_folder_out": str(QUEUE_DIR / "messages"),
        "control_folder": str(QUEUE_DIR / "control"),
    }
CELERY_TIMEZONE = "UTC"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = env.str("CELERY_BEAT_SCHEDULE_FILENAME", default=str(VAR_DIR / "beat-schedule"))
CELERY_BEAT_MAX_LOOP_INTERVAL = 1


def clock(task: str, *, every: timedelta) -> dict[str, object]:
    """Return a beat entry whose messages expire before they pile up behind a stopped worker."""
    return {"task": task, "schedule": every, "options": {"expires": max(every.total_seconds(), 10)}}


CELERY_BEAT_SCHEDULE = {
    "deliver_due_emails": clock("notifications.tasks.deliver_due_emails", every=timedelta(seconds=2)),
    "read_bounces": clock("notifications.tasks.read_bounces", every=timedelta(minutes=1)),
    "note_undelivered_notices": clock("associations.tasks.note_undelivered_notices", every=timedelta(seconds=15)),
    "open_windows": clock("associations.tasks.open_windows", every=timedelta(seconds=5)),
    "approve_unopposed_claims": clock("associations.tasks.approve_unopposed_claims", every=timedelta(minutes=1)),
    "expire_answers": clock("associations.tasks.expire_answers", every=timedelta(minutes=5)),
    "expire_associations": clock("associations.tasks.expire_associations", every=timedelta(minutes=15)),
    "send_due_reminders": clock("associations.tasks.send_due_reminders", every=timedelta(minutes=5)),
    "scan_proofs": clock("associations.tasks.scan_proofs", every=timedelta(seconds=10)),
    "remove_loose_files": clock("associations.tasks.remove_loose_files", every=timedelta(minutes=5)),
    "tell_watchers": clock("associations.tasks.tell_watchers", every=timedelta(minutes=5)),
    "run_due_jobs": clock("associations.tasks.run_due_jobs", every=timedelta(seconds=2)),
    "forget_closed_claims": clock("associations.tasks.forget_closed_claims", every=timedelta(hours=1)),
    "discard_ended_sessions": clock("associations.tasks.discard_ended_sessions", every=timedelta(hours=1)),
    "discard_expired_jobs": clock("associations.tasks.discard_expired_jobs", every=timedelta(hours=1)),
    "send_review_digests": clock("associations.tasks.send_review_digests", every=timedelta(minutes=15)),
}

# People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.PeopleBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "notifications.account_mails.AccountAdapter"
ACCOUNT_EMAIL_NOTIFICATIONS = True
# An address without an account gets no mail, and the page says the same either way.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
# A session ends after these hours, and with the browser unless the person asked to stay signed in.
SESSION_COOKIE_AGE = env.int("CPOR_SESSION_HOURS", default=12) * 3600
ACCOUNT_SESSION_REMEMBER = None
# Before roles, second factors and the Entra ID account change, whoever signed in longer ago (seconds) confirms.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# One tenant of Microsoft Entra ID may sign its people in; empty means none.
ENTRA_TENANT_ID = env.str("ENTRA_TENANT_ID", default="")
ENTRA_CLIENT_ID = env.str("ENTRA_CLIENT_ID", default="")
ENTRA_CLIENT_SECRET = env.str("ENTRA_CLIENT_SECRET", default="")
ENTRA_AUTHORITY = env.str("ENTRA_AUTHORITY", default="https://login.microsoftonline.com").rstrip("/")
if ENTRA_CLIENT_ID and not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", ENTRA_TENANT_ID):
    raise ImproperlyConfigured(
        "ENTRA_TENANT_ID is not a directory ID. Set it to the GUID of one tenant, in lower case: the addresses for all"
        " tenants (common, organizations) let anybody in the world vouch for anybody."
    )
SOCIALACCOUNT_ADAPTER = "accounts.adapters.IdentityProviders"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"provider_class": "accounts.entra.EntraProvider"}}
# Whoever signs in elsewhere is never known by an e-mail address.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
# A second factor is asked of everyone who works for Microsoft, and of partners where the platform admin says so.
CPOR_REQUIRE_MFA = env.bool("CPOR_REQUIRE_MFA", default=not EMBEDDED)
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_FORMS = {"add_webauthn": "accounts.passkeys.AddPasskeyForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "CPOR portal"
MFA_TOTP_TOLERANCE = 1
# Browsers offer passkeys on https, and on this computer's own name.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = EMBEDDED
# How often. allauth counts sign-ins, codes and password links; accounts/limits.py the rest, as tries/seconds.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}


def rate(text: str) -> tuple[int, int]:
    """Return the tries and the seconds of a limit such as 60/600."""
    tries, _, seconds = text.partition("/")
    return int(tries), int(seconds)


CPOR_LIMITS = {
    "answer": rate(env.str("CPOR_LIMIT_ANSWERS", default="60/600")),
    "answer_link": rate(env.str("CPOR_LIMIT_ANSWERS_PER_LINK", default="20/600")),
    "bad_link": rate(env.str("CPOR_LIMIT_BAD_LINKS", default="30/600")),
    "calendar": rate(env.str("CPOR_LIMIT_CALENDARS", default="20/600")),
    "upload": rate(env.str("CPOR_LIMIT_UPLOADS", default="60/600")),
    "search": rate(env.str("CPOR_LIMIT_SEARCHES", default="60/60")),
    "invite": rate(env.str("CPOR_LIMIT_INVITATIONS", default="30/3600")),
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

# Languages and time

LANGUAGE_CODE = "en"
# Ours first; then what the libraries have not translated themselves.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "libraries"]
LANGUAGES = languages_in(LOCALE_PATHS[0])
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("CPOR_DEFAULT_TIME_ZONE", default="Europe/Rome")
CPOR_DEFAULT_TIME_ZONE = TIME_ZONE
CPOR_DEFAULT_COUNTRY = env.str("CPOR_DEFAULT_COUNTRY", default="IT")

# Who helps when the portal itself is in the way; empty: no page names anybody.
CPOR_HELP_EMAIL = env.str("CPOR_HELP_EMAIL", default="help@microsoft.example" if EMBEDDED else "")

# Personal data: months after which a closed claim forgets its people and its files; 0 is never (domain.md R17).
CPOR_RETENTION_MONTHS = env.int("CPOR_RETENTION_MONTHS", default=24)

# Security

SECURE_TRANSPORT = env.bool("CPOR_SECURE_TRANSPORT", default=not (EMBEDDED or DEBUG))
SECURE_SSL_REDIRECT = SECURE_TRANSPORT
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SESSION_COOKIE_SECURE = SECURE_TRANSPORT
CSRF_COOKIE_SECURE = SECURE_TRANSPORT
LANGUAGE_COOKIE_SECURE = SECURE_TRANSPORT
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_TRANSPORT else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_TRANSPORT
SECURE_HSTS_PRELOAD = SECURE_TRANSPORT
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("CPOR_TRUST_PROXY", default=False) else None
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.bool("CPOR_TRUST_PROXY", default=False) else 0
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # Browsers apply it to where a form leads in the end, and sign-in leads to the tenant.
        "form-action": [SELF, *([ENTRA_AUTHORITY] if ENTRA_CLIENT_ID else [])],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# Watching: who asks for /metrics sends this as a bearer token.

METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# Logs: `json` for machines, `line` for people.

LOG_FORMAT = env.str("LOG_FORMAT", default="line" if EMBEDDED or DEBUG else "json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_tokens": {"()": "cpor_portal.logs.WithoutTokens"}},
    "formatters": {"line": {"()": "cpor_portal.logs.Line"}, "json": {"()": "cpor_portal.logs.Json"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["without_tokens"]}
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.server": {"level": "WARNING", "filters": ["without_tokens"]},
        "cpor_portal.request_log": {"level": "WARNING" if EMBEDDED or DEBUG else "INFO"},
        "celery": {"level": "WARNING"},
        "kombu": {"level": "WARNING"},
    },
}

# Errors reported to a Sentry service.
SENTRY_DSN = env.str("SENTRY_DSN", default="")
if SENTRY_DSN:
    error_reports.start(SENTRY_DSN)
