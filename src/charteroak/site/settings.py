"""Django's settings, from the typed configuration."""

import os
from datetime import timedelta
from urllib.parse import unquote

from charteroak.adapters.environment import Mode
from charteroak.site import config as site_config

CONFIG = site_config.read()

SECRET_KEY = CONFIG.secret_key
DEBUG = False
ALLOWED_HOSTS = [origin.split("//")[1].rsplit(":", 1)[0] for origin in CONFIG.origins]
ALLOWED_HOSTS += ["localhost", "127.0.0.1"]  # the supervisor's own question
CSRF_TRUSTED_ORIGINS = CONFIG.origins

INSTALLED_APPS = [
    "charteroak.reports",
    "charteroak.register",
    "charteroak.inputs",
    "charteroak.outputs",
    "charteroak.workspaces",
    "charteroak.hub",
    "charteroak.submissions",
    "charteroak.elsewhere",
    "charteroak.agreements",
    "charteroak.exceptions",
    "charteroak.board",
    "charteroak.requests",
    "charteroak.catalog",
    "charteroak.agencies",
    "charteroak.audit",
    "charteroak.site",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "charteroak.site.middleware.json_below_api",
    "django.middleware.security.SecurityMiddleware",
    "charteroak.site.middleware.content_security_policy",
    "charteroak.site.middleware.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "charteroak.site.tokens.bearer",
    "charteroak.site.middleware.read_once",
    "charteroak.site.acting.acting",  # before whatever asks which offices this person fills
    "charteroak.site.limits.limited",
    "charteroak.site.second_factor.second_factor",
    "charteroak.site.in_person.in_person",
    "charteroak.site.repeated.repeated",
    "charteroak.site.stale.stale",
    "charteroak.site.middleware.Refusals",
]
ROOT_URLCONF = "charteroak.site.urls"
ASGI_APPLICATION = "charteroak.site.asgi.application"
DATABASES = {"default": site_config.database(CONFIG.database_url, CONFIG.process)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "agencies.Person"
AUTHENTICATION_BACKENDS = ["charteroak.agencies.signin.WithAccess"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "charteroak.agencies.signin.InvitedOnly"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
if CONFIG.mode is not Mode.PRODUCTION:  # the demo signs in two dozen people within seconds
    ACCOUNT_RATE_LIMITS = {"login": "600/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = CONFIG.product_name
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = CONFIG.mode is not Mode.PRODUCTION  # http://localhost only

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "charteroak.site.context.page",
            ],
        },
    },
]

LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", "English"), ("es", "Español")]
# each room brings the Spanish of its own pages
LOCALE_PATHS = [site_config.HERE / "locale", site_config.HERE.parent / "policy" / "locale"]
FORMAT_MODULE_PATH = "charteroak.site.formats"
USE_I18N = True
TIME_ZONE = "America/New_York"
USE_TZ = True

# Mail goes out through CHARTEROAK_MAIL_URL (smtps://user:password@host:465); without one it lies in `mail/`.
EMAIL_BACKEND, MAIL = site_config.mail(os.environ.get("CHARTEROAK_MAIL_URL", ""))
EMAIL_FILE_PATH = str(CONFIG.home.mail)
EMAIL_HOST, EMAIL_PORT = MAIL.hostname or "", MAIL.port or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(MAIL.username or ""), unquote(MAIL.password or "")
EMAIL_USE_SSL, EMAIL_USE_TLS = MAIL.scheme == "smtps", MAIL.scheme == "smtp+starttls"
EMAIL_TIMEOUT = 20  # seconds
DEFAULT_FROM_EMAIL = os.environ.get("CHARTEROAK_MAIL_FROM", "charteroak@localhost")

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True

SECURE = CONFIG.mode is Mode.PRODUCTION
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = SECURE
if SECURE:  # a browser takes such a cookie from this host alone, over https alone
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # the supervisor asks on this machine, without a certificate
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if SECURE else 0
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(hours=8).total_seconds())
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# uploads stream to the vault as they come; what Django itself may hold in memory stays small
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # a page of clerical review or a 200-column picker

PROCRASTINATE_ON_APP_READY = "charteroak.site.workers.configure"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
PROCRASTINATE_WORKER_DEFAULTS = {"listen_notify": True, "fetch_job_polling_interval": 2.0}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
