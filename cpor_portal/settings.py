"""All settings. Every difference between deployments is an environment variable; `.env.example` lists them.

``CPOR_EMBEDDED=1`` (set by `make run`) chooses defaults that need nothing but Python: SQLite, a broker and a mailbox
in folders under ``CPOR_VAR``. Each part can still be replaced by its own variable.
"""

from pathlib import Path
from typing import Any

from accounts.languages import languages_in
from cpor_portal.content_security import policy
from cpor_portal.sign_in_settings import *  # noqa: F403 - all of them are settings
from cpor_portal.sign_in_settings import ENTRA_AUTHORITY, ENTRA_CLIENT_ID
from cpor_portal.variables import BASE_DIR, DEBUG, EMBEDDED, VAR_DIR, env, secret_key
from operations import error_reports
from operations.environment import clamd_url, local_url, log_level, portal_url
from operations.logs import logging_by
from operations.running_portal import running_address

SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if EMBEDDED or DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PORTAL_URL = env.str("PORTAL_URL", default="")
if PORTAL_URL:
    PORTAL_URL = portal_url(PORTAL_URL)
elif EMBEDDED and (address := running_address(VAR_DIR)):
    # A command beside a running portal writes the links of that one, whatever the PORT of its own shell.
    PORTAL_URL = address
else:
    PORTAL_URL = local_url(env.str("CPOR_BIND", default="127.0.0.1"), env.str("PORT", default="8000"))

INSTALLED_APPS = [
    "cpor_portal",
    "operations",
    "insights",
    "associations",
    "guides",
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
    "associations.views.uploads.DrainRejectedUploads",
    "operations.request_log.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "cpor_portal.middleware.EdgesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cpor_portal.compression.CompressPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.LanguagePreferenceMiddleware",
    "accounts.middleware.KeepTyped",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.sign_in.second_factor.SecondFactorMiddleware",
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
                "accounts.kept_input.session.offer",
                "notifications.local_mailbox.mailbox_link",
                "cpor_portal.help_contact.help_contact",
                "associations.views.overview.notifications.bell",
            ],
        },
    },
    # The rows of the list of claims alone (ADR 29).
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "associations.templatetags.claim_rows.environment"},
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# == Database and cache ==

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
    in_redis = {"BACKEND": "operations.fallback_cache.RedisOrDatabase", "LOCATION": REDIS_URL, "OPTIONS": patience}
    CACHES = {"default": in_redis, "spare": DATABASE_CACHE}

# == Files ==

# Evidence is private: no public URL; a view that has checked the person hands it out.
PRIVATE_FILES: dict[str, Any] = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": str(VAR_DIR / "files"), "base_url": None, "file_permissions_mode": 0o600},
}
FILES_FOR_BROWSERS = PRIVATE_FILES
S3_BUCKET = env.str("S3_BUCKET", default="")
if S3_BUCKET:
    PRIVATE_FILES = {
        "BACKEND": "operations.bucket.PrivateBucket",
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
FILE_UPLOAD_HANDLERS = ["associations.views.uploads.LimitedUpload"]

# Where clamd listens. Empty: files are not scanned, and say so.
CLAMD_URL = clamd_url(env.str("CLAMD_URL", default=""))

# == Seals of acknowledgements ==

# The key and its certificate as PEM, mostly from files (SEAL_KEY_FILE, SEAL_CERTIFICATE_FILE), or the key in a
# security module (PKCS#11): its library, the labels of token and key, and the PIN. Without a key no acknowledgement
# is offered; the embedded mode makes its own in this folder.
SEAL_KEY = env.str("SEAL_KEY", default="")
SEAL_KEY_PASSPHRASE = env.str("SEAL_KEY_PASSPHRASE", default="")
SEAL_CERTIFICATE = env.str("SEAL_CERTIFICATE", default="")
SEAL_PKCS11 = env.str("SEAL_PKCS11", default="")
SEAL_PKCS11_TOKEN = env.str("SEAL_PKCS11_TOKEN", default="")
SEAL_PKCS11_PIN = env.str("SEAL_PKCS11_PIN", default="")
SEAL_PKCS11_LABEL = env.str("SEAL_PKCS11_LABEL", default="")
SEAL_FOLDER = str(VAR_DIR / "seal") if EMBEDDED and not SEAL_CERTIFICATE else ""
# Another TrueType font, for letters that the portal's own has not, such as Chinese ones.
SEAL_FONT = env.str("SEAL_FONT", default="/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf")
# The authority that stamps the time (RFC 3161). Empty: seals have no time stamp.
TSA_URL = env.str("TSA_URL", default="")

# == The public directory of tenants ==

# Without an address, a domain's tenant is looked up in the local table only.
DIRECTORY_URL = env.str("DIRECTORY_URL", default="" if EMBEDDED else "https://login.microsoftonline.com")
DIRECTORY_TIMEOUT = env.float("DIRECTORY_TIMEOUT", default=3.0)

# == Imports and exports ==

EXPORT_DIRECT_ROWS = env.int("EXPORT_DIRECT_ROWS", default=20_000)
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", default=5 * 1024 * 1024)
IMPORT_MAX_PROOFS = env.int("IMPORT_MAX_PROOFS", default=200)
IMPORT_MAX_ROWS = env.int("IMPORT_MAX_ROWS", default=5_000)

# The largest form: its fields, its files, and both together.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = IMPORT_MAX_PROOFS + 10
LARGEST_BODY = POE_MAX_FILES * POE_MAX_BYTES + DATA_UPLOAD_MAX_MEMORY_SIZE

# == Email ==

MAILBOX_DIR = VAR_DIR / "mailbox" if EMBEDDED else None
EMAIL_BACKEND = "notifications.local_mailbox.EmailBackend"
if not EMBEDDED or env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))
    MAILBOX_DIR = None
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=30)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="CPOR portal <no-reply@cpor.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Delivery reports come back to BOUNCE_ADDRESS, are read from a mailbox, or are posted by a provider that signs them.
# Where a mailbox is read, each email has its own addresses for reports and replies, made with the delimiter.
BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", default="")
BOUNCE_DELIMITER = env.str("BOUNCE_DELIMITER", default="+")
REPLY_ADDRESS = env.str("REPLY_ADDRESS", default="")
BOUNCE_IMAP_URL = env.str("BOUNCE_IMAP_URL", default="")
BOUNCE_MAILDIR = env.str("BOUNCE_MAILDIR", default="")
BOUNCE_OAUTH_TENANT_ID = env.str("BOUNCE_OAUTH_TENANT_ID", default="")
BOUNCE_OAUTH_CLIENT_ID = env.str("BOUNCE_OAUTH_CLIENT_ID", default="")
BOUNCE_OAUTH_CLIENT_SECRET = env.str("BOUNCE_OAUTH_CLIENT_SECRET", default="")
BOUNCE_OAUTH_SCOPE = env.str("BOUNCE_OAUTH_SCOPE", default="https://outlook.office365.com/.default")
BOUNCE_OAUTH_TOKEN_URL = env.str("BOUNCE_OAUTH_TOKEN_URL", default="")
# The selectors with which the mail server signs, for `manage.py check_mail`.
DKIM_SELECTORS = env.list("DKIM_SELECTORS", default=[])
BOUNCE_WEBHOOK_SECRET = env.str("BOUNCE_WEBHOOK_SECRET", default="")

# == Background work: operations/clocks.py lists what runs ==

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=REDIS_URL or "filesystem://localhost")
if CELERY_BROKER_URL.startswith("filesystem"):
    messages, control = VAR_DIR / "queue" / "messages", VAR_DIR / "queue" / "control"
    for folder in (messages, control):
        folder.mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(messages),
        "data_folder_out": str(messages),
        "control_folder": str(control),
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

# == Languages and time ==

LANGUAGE_CODE = "en"
# Ours first; then what the libraries have not translated themselves.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "libraries"]
LANGUAGES = languages_in(LOCALE_PATHS[0])
FORMAT_MODULE_PATH = "cpor_portal.formats"
USE_TZ = True
TIME_ZONE = env.str("CPOR_DEFAULT_TIME_ZONE", default="Europe/Rome")
CPOR_DEFAULT_TIME_ZONE = TIME_ZONE
CPOR_DEFAULT_COUNTRY = env.str("CPOR_DEFAULT_COUNTRY", default="IT")

# == Help and personal data ==

# Who helps with the portal itself; empty: no page names anybody.
CPOR_HELP_EMAIL = env.str("CPOR_HELP_EMAIL", default="help@microsoft.example" if EMBEDDED else "")
# Where co-op claims of other programs are made, which this portal does not take.
CPOR_CO_OP_URL = env.str("CPOR_CO_OP_URL", default="https://partner.microsoft.com/dashboard")
# Months after which a closed claim forgets its people and its files; 0 is never (docs/domain.md R17).
CPOR_RETENTION_MONTHS = env.int("CPOR_RETENTION_MONTHS", default=24)

# == Security ==

SECURE_TRANSPORT = env.bool("CPOR_SECURE_TRANSPORT", default=not (EMBEDDED or DEBUG))
SECURE_SSL_REDIRECT = SECURE_TRANSPORT
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SESSION_COOKIE_SECURE = SECURE_TRANSPORT
CSRF_COOKIE_SECURE = SECURE_TRANSPORT
CSRF_FAILURE_VIEW = "accounts.views.csrf_failure"
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
# Browsers check where a form leads in the end, and sign-in leads to the tenant of Entra ID.
CONTENT_SECURITY_POLICY = policy(form_targets=[ENTRA_AUTHORITY] if ENTRA_CLIENT_ID else [])

# == Metrics, logs and error reports ==

# Requests of /metrics send this as a bearer token.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# `json` for machines, `line` for people.
LOG_FORMAT = env.str("LOG_FORMAT", default="line" if EMBEDDED or DEBUG else "json")
LOG_LEVEL = log_level(env.str("LOG_LEVEL", default="INFO"))
LOGGING = logging_by(LOG_FORMAT, level=LOG_LEVEL, logs_requests=not (EMBEDDED or DEBUG))
# Where a Sentry service takes reports of errors.
SENTRY_DSN = env.str("SENTRY_DSN", default="")
if SENTRY_DSN:
    error_reports.start(SENTRY_DSN)
