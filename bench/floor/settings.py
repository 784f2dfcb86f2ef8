"""The portal's apps and database, and no more middleware than a session and the apps need."""

from cpor_portal import settings as portal
from cpor_portal import sign_in_settings
from cpor_portal.variables import BASE_DIR

SECRET_KEY = portal.SECRET_KEY
ALLOWED_HOSTS = portal.ALLOWED_HOSTS
INSTALLED_APPS = portal.INSTALLED_APPS
DATABASES = portal.DATABASES
DEFAULT_AUTO_FIELD = portal.DEFAULT_AUTO_FIELD
AUTH_USER_MODEL = sign_in_settings.AUTH_USER_MODEL
AUTHENTICATION_BACKENDS = sign_in_settings.AUTHENTICATION_BACKENDS
PRIVATE_FILES = portal.PRIVATE_FILES
STORAGES = {"default": portal.PRIVATE_FILES, "staticfiles": portal.STORAGES["staticfiles"]}
STATIC_URL, STATIC_ROOT = portal.STATIC_URL, portal.STATIC_ROOT
LANGUAGES, LANGUAGE_CODE, TIME_ZONE, USE_TZ = portal.LANGUAGES, portal.LANGUAGE_CODE, portal.TIME_ZONE, True
CPOR_DEFAULT_COUNTRY, CPOR_DEFAULT_TIME_ZONE = portal.CPOR_DEFAULT_COUNTRY, portal.CPOR_DEFAULT_TIME_ZONE
PORTAL_URL, MAILBOX_DIR = portal.PORTAL_URL, None
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "bench" / "floor" / "templates"],
    }
]
ROOT_URLCONF = "bench.floor.urls"
