"""The settings of accounts, sign-in, second factors and rate limits; `settings.py` imports all of them."""

from cpor_portal.variables import EMBEDDED, env
from operations.environment import entra_tenant_id, tries_per_seconds

# == Accounts and passwords ==

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
ACCOUNT_ADAPTER = "notifications.account_emails.AccountEmailAdapter"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# An address without an account gets no email, and the page says the same either way.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_FORMS = {
    "login": "accounts.sign_in.forms.SignInForm",
    "reset_password": "accounts.sign_in.forms.ForgottenPasswordForm",
    "reset_password_from_key": "accounts.sign_in.allauth_addresses.PasswordByLinkForm",
}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False

# == Sessions ==

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# A session ends after these hours, and with the browser unless the person asked to stay signed in.
SESSION_COOKIE_AGE = env.int("CPOR_SESSION_HOURS", default=12) * 3600
ACCOUNT_SESSION_REMEMBER = None
# Who signed in longer ago than this many seconds confirms before roles, second factors or the Entra ID account change.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300

# == Microsoft Entra ID ==

# One tenant may sign its people in; empty means none.
ENTRA_CLIENT_ID = env.str("ENTRA_CLIENT_ID", default="")
ENTRA_TENANT_ID = env.str("ENTRA_TENANT_ID", default="")
if ENTRA_CLIENT_ID:
    entra_tenant_id(ENTRA_TENANT_ID)
ENTRA_CLIENT_SECRET = env.str("ENTRA_CLIENT_SECRET", default="")
ENTRA_AUTHORITY = env.str("ENTRA_AUTHORITY", default="https://login.microsoftonline.com").rstrip("/")
SOCIALACCOUNT_ADAPTER = "accounts.sign_in.adapters.IdentityProviders"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"provider_class": "accounts.sign_in.entra.EntraProvider"}}
# An email address never connects an account to who signed in elsewhere.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False

# == Second factor ==

# Required of everyone who works for Microsoft, and of partners where the platform admin says so.
CPOR_REQUIRE_MFA = env.bool("CPOR_REQUIRE_MFA", default=not EMBEDDED)
MFA_ADAPTER = "accounts.sign_in.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "activate_totp": "accounts.sign_in.totp_codes.SetUpForm",
    "add_webauthn": "accounts.sign_in.passkeys.AddPasskeyForm",
    "authenticate": "accounts.sign_in.totp_codes.CodeSignInForm",
    "reauthenticate": "accounts.sign_in.totp_codes.CodeConfirmForm",
}
# Nobody signs up alone, so nobody can put a factor on an account before the owner of its address has it.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "CPOR portal"
# Seconds that a code is shown, and how many periods earlier and later it is accepted.
MFA_TOTP_PERIOD = 30
MFA_TOTP_TOLERANCE = 1
# Browsers offer passkeys on https, and on this computer's own name.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = EMBEDDED

# == Rate limits ==

# allauth counts sign-ins, codes and password links; accounts/rate_limits.py the rest.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "recovery_code": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}

# How long an invitation or a password link works, in seconds.
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60

CPOR_LIMITS = {
    "answer": tries_per_seconds(env.str("CPOR_LIMIT_ANSWERS", default="60/600")),
    "answer_link": tries_per_seconds(env.str("CPOR_LIMIT_ANSWERS_PER_LINK", default="20/600")),
    "bad_link": tries_per_seconds(env.str("CPOR_LIMIT_BAD_LINKS", default="30/600")),
    "verify": tries_per_seconds(env.str("CPOR_LIMIT_VERIFICATIONS", default="30/600")),
    "requests_link": tries_per_seconds(env.str("CPOR_LIMIT_REQUESTS_LINKS", default="10/3600")),
    "requests_link_of_address": tries_per_seconds(env.str("CPOR_LIMIT_REQUESTS_LINKS_PER_ADDRESS", default="3/3600")),
    "calendar": tries_per_seconds(env.str("CPOR_LIMIT_CALENDARS", default="20/600")),
    "upload": tries_per_seconds(env.str("CPOR_LIMIT_UPLOADS", default="60/600")),
    "lookup": tries_per_seconds(env.str("CPOR_LIMIT_LOOKUPS", default="60/600")),
    "search": tries_per_seconds(env.str("CPOR_LIMIT_SEARCHES", default="60/60")),
    "invite": tries_per_seconds(env.str("CPOR_LIMIT_INVITATIONS", default="30/3600")),
}
