"""Every setting of Unipay, read from the environment; a wrong value stops the start and names itself."""

import logging
import sys
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from unipay import embedded
from unipay.backoffice.unfold import UNFOLD  # noqa: F401
from unipay.encryption import keyring_from_settings
from unipay.environment import LOG_LEVELS, Environment, writable_directory
from unipay.logging import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()
env.read_env(BASE_DIR / ".env")

TESTING = "pytest" in sys.modules
DEBUG = env.flag("DEBUG", default=True)
UNIPAY_DATA_DIR = writable_directory(
    Path(env.text("UNIPAY_DATA_DIR", default=str(BASE_DIR / "var"))).resolve(), "UNIPAY_DATA_DIR"
)

DEVELOPMENT_SECRETS = UNIPAY_DATA_DIR / "dev_keys.json" if DEBUG else None
SECRET_KEY = env.secret("SECRET_KEY", development=DEVELOPMENT_SECRETS)
UNIPAY_ENCRYPTION_KEYS = env.secret("UNIPAY_ENCRYPTION_KEYS", development=DEVELOPMENT_SECRETS)
UNIPAY_BLIND_INDEX_KEY = env.secret("UNIPAY_BLIND_INDEX_KEY", development=DEVELOPMENT_SECRETS)
try:
    keyring_from_settings(UNIPAY_ENCRYPTION_KEYS, UNIPAY_BLIND_INDEX_KEY)
except ValueError as error:
    raise ImproperlyConfigured(f"{error}.") from None

ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", default=["*"] if DEBUG else [])
UNIPAY_SANDBOX = env.flag("UNIPAY_SANDBOX", default=False)
UNIPAY_BIND = env.text("UNIPAY_BIND", default="127.0.0.1")
UNIPAY_PORT = env.number("UNIPAY_PORT", default=8000, least=1, most=65535)
UNIPAY_SANDBOX_PORT = env.number("UNIPAY_SANDBOX_PORT", default=8001, least=1, most=65535)
UNIPAY_PUBLIC_URL = env.web_address("UNIPAY_PUBLIC_URL", default=f"http://127.0.0.1:{UNIPAY_PORT}")
UNIPAY_SANDBOX_URL = env.web_address("UNIPAY_SANDBOX_URL", default=f"http://127.0.0.1:{UNIPAY_SANDBOX_PORT}")
METRICS_TOKEN = env.text("METRICS_TOKEN")

# Business limits that an operator may tune without a release.
UNIPAY_MAX_SECONDARY_NUMBERS = env.number("UNIPAY_MAX_SECONDARY_NUMBERS", default=10, most=50)
UNIPAY_PROVISIONAL_MINUTES = env.number("UNIPAY_PROVISIONAL_MINUTES", default=30, least=1, most=7 * 24 * 60)
UNIPAY_RECHARGE_LEAST_FEN = env.number("UNIPAY_RECHARGE_LEAST_FEN", default=100, least=1)
UNIPAY_RECHARGE_MOST_FEN = env.number("UNIPAY_RECHARGE_MOST_FEN", default=5_000_000, least=1)
UNIPAY_RECHARGE_REFUND_DAYS = env.number("UNIPAY_RECHARGE_REFUND_DAYS", default=3, least=1, most=60)
UNIPAY_FILES_DIR = writable_directory(
    Path(env.text("UNIPAY_FILES_DIR", default=str(UNIPAY_DATA_DIR / "files"))).resolve(), "UNIPAY_FILES_DIR"
)
UNIPAY_MATCHING_MEMORY_MB = env.number("UNIPAY_MATCHING_MEMORY_MB", default=700, least=200)
UNIPAY_MATCHING_THREADS = env.number("UNIPAY_MATCHING_THREADS", default=2, least=1, most=64)
UNIPAY_MAX_FILE_MB = env.number("UNIPAY_MAX_FILE_MB", default=5 * 1024, least=1)
UNIPAY_DIRECTORY_PROTOCOLS = env.words("UNIPAY_DIRECTORY_PROTOCOLS", default=["sftp", "ftp", "file"])
UNIPAY_LOCAL_DIRECTORIES = env.words(
    "UNIPAY_LOCAL_DIRECTORIES", default=[str(UNIPAY_DATA_DIR / "exchange")] if DEBUG else []
)
UNIPAY_SESSION_MINUTES = env.number("UNIPAY_SESSION_MINUTES", default=30, least=1, most=24 * 60)

INSTALLED_APPS = [
    "unipay",
    "unipay.backoffice",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.import_export",
    "unipay.backoffice.apps.BackofficeAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_celery_beat",
    "django_fsm",
    "django_prometheus",
    "django_structlog",
    "import_export",
    "pgtrigger",
    "pghistory",
    "unipay.backoffice.apps.LoginGuardConfig",
    "django_otp",
    "csp",
    "unipay.partners",
    "unipay.messaging",
    "unipay.approvals",
    "unipay.exchange",
    "unipay.api",
    "signing",
    "billing",
    "reconciliation",
]
if UNIPAY_SANDBOX or TESTING:
    UNIPAY_SANDBOX = True
    INSTALLED_APPS.append("unipay.sandbox")

MIDDLEWARE = [
    "unipay.health.ProbeMiddleware",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "unipay.api.middleware.ProblemMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "unipay.backoffice.middleware.AdminPolicyMiddleware",
    "unipay.backoffice.gate.GateMiddleware",
    "unipay.backoffice.middleware.HistoryMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "unipay.urls"
WSGI_APPLICATION = "unipay.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASE_IS_EMBEDDED = not env.text("DATABASE_URL")
try:
    embedded_url = embedded.database_url(UNIPAY_DATA_DIR / "postgres") if DATABASE_IS_EMBEDDED else ""
except embedded.EmbeddedDatabaseError as error:
    raise ImproperlyConfigured(str(error)) from error
database = env.database("DATABASE_URL", default=embedded_url)
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **database,
        "OPTIONS": {"connect_timeout": 5, **database.get("OPTIONS", {})},
        "CONN_MAX_AGE": 0 if TESTING else env.number("DATABASE_CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": env.text("UNIPAY_TEST_DB", default="test_unipay")},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES: dict[str, dict[str, Any]] = {"default": env.cache("CACHE_URL", default="locmemcache://unipay")}
if CACHES["default"]["BACKEND"].endswith("LocMemCache"):
    CACHES["default"]["OPTIONS"] = {"MAX_ENTRIES": 100_000}

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "unipay.backoffice.break_glass.BreakGlassBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "unipay.backoffice.passwords.NotOneOfTheLast", "OPTIONS": {"number": 5}},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
UNIPAY_REQUIRE_TWO_FACTOR = env.flag("UNIPAY_REQUIRE_TWO_FACTOR", default=not DEBUG)
UNIPAY_IDLE_MINUTES = env.number("UNIPAY_IDLE_MINUTES", default=30, least=1, most=8 * 60)
UNIPAY_LOGIN_HOURS = 8
UNIPAY_TRUSTED_PROXIES = env.networks("UNIPAY_TRUSTED_PROXIES")
AXES_FAILURE_LIMIT = env.number("AXES_FAILURE_LIMIT", default=5, least=1)
UNIPAY_LOCKOUT_PER_NAME = env.number("UNIPAY_LOCKOUT_PER_NAME", default=20, least=1)
UNIPAY_LOCKOUT_PER_ADDRESS = env.number("UNIPAY_LOCKOUT_PER_ADDRESS", default=50, least=1)
AXES_COOLOFF_TIME = 0.5
AXES_HANDLER = "unipay.backoffice.lockout.LockoutHandler"
AXES_LOCKOUT_CALLABLE = "unipay.backoffice.lockout.locked_out"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "username", "ip_address"]
AXES_CLIENT_IP_CALLABLE = "unipay.backoffice.client_address.client_address"
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code"]
# The right password alone forgives nothing: a code may be asked for yet. A lock that failures prolong would let
# anybody keep a colleague out.
AXES_RESET_ON_SUCCESS = False
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_VERBOSE = False

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "unipay" / "locale"]
FORMAT_MODULE_PATH = "unipay.formats"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = writable_directory(UNIPAY_DATA_DIR / "static", "UNIPAY_DATA_DIR")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "signing.pages.cookie_missing"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = UNIPAY_LOGIN_HOURS * 3600
if not DEBUG:
    SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    CSRF_TRUSTED_ORIGINS = [UNIPAY_PUBLIC_URL]
# Unfold's Alpine needs evaluation, which only the admin gets (unipay.backoffice.middleware).
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
    }
}

# The broker only wakes workers; what there is to do stands in PostgreSQL. Tests wake nobody.
CELERY_BROKER_URL = "memory://" if TESTING else env.broker("CELERY_BROKER_URL") or "filesystem://localhost"
# A request must not wait for a broker that is down or silent: its wake-up is the sweep's then.
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
if CELERY_BROKER_URL.startswith(("redis", "sentinel")):
    CELERY_BROKER_TRANSPORT_OPTIONS |= {"socket_timeout": 3, "socket_connect_timeout": 2}
if CELERY_BROKER_URL == "filesystem://localhost":
    CELERY_BROKER_TRANSPORT = "unipay.wake_ups:Transport"
    wake_ups = writable_directory(UNIPAY_DATA_DIR / "celery", "UNIPAY_DATA_DIR")
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": wake_ups,
        "data_folder_out": wake_ups,
        "polling_interval": 0.1,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1, "interval_max": 0.1}
CELERY_TASK_DEFAULT_QUEUE = env.text("UNIPAY_QUEUE", default="unipay")
if CELERY_BROKER_URL.startswith("amqp"):
    # Quorum queues outlive a node of RabbitMQ; with them a delay needs a topic exchange.
    CELERY_TASK_DEFAULT_QUEUE_TYPE = "quorum"
    CELERY_TASK_DEFAULT_EXCHANGE_TYPE = "topic"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_EXPIRES = None
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "unipay.beat:Scheduler"
DJANGO_CELERY_BEAT_TZ_AWARE = True

LOGGING = logging_config(json=not DEBUG, level=env.word("LOG_LEVEL", default="INFO", among=LOG_LEVELS))
DJANGO_STRUCTLOG_CELERY_ENABLED = True
# One line a request, when it is answered; what began and was not answered is said by what failed.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = True

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["unipay.api.authentication.SignatureAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["unipay.api.permissions.OperationPermitted"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["unipay.api.parsing.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "unipay.api.schema.PartnerSchema",
    "DEFAULT_THROTTLE_CLASSES": ["unipay.api.throttling.PartnerThrottle"],
    "EXCEPTION_HANDLER": "unipay.api.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": False,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Unipay",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    # Sets of words that share a field's name get the name the glossary gives them.
    "ENUM_NAME_OVERRIDES": {
        "BillState": "billing.states.BillState",
        "BankAnswerState": [(word, word) for word in ("SIGNED", "NOT_SIGNED", "PENDING")],
        "Channel": "signing.states.Channel",
        "ContractState": "signing.states.ContractState",
        "FileState": [
            (word, word)
            for word in (
                "ACCEPTED",
                "ACKNOWLEDGED",
                "CANCELLED",
                "CHECKED",
                "DELIVERED",
                "FAILED",
                "QUARANTINED",
                "READY",
                "RECEIVED",
                "REFUSED",
            )
        ],
        "RechargeState": "billing.states.RechargeState",
        "RequestState": "unipay.messaging.models.InboundState",
        "UploadState": "unipay.exchange.models.UploadState",
        "SessionState": "signing.states.SessionState",
    },
}
