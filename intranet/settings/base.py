"""Everything the site is made of. The variants override few names."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from intranet.plugins.discovery import installed_apps as plugin_apps
from intranet.settings import env

BASE_DIR = env.BASE_DIR
DEBUG = False
SECRET_KEY = env.text("SECRET_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
BASE_URL = env.url("BASE_URL", ("http", "https"), "http://127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
ROOT_URLCONF = "intranet.urls"
WSGI_APPLICATION = "intranet.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Plugins ---------------------------------------------------------------------------------------------
IN_TREE_PLUGINS = [
    "intranet.networks.apps.NetworksConfig",
    "intranet.pages.apps.PagesConfig",
    "intranet.finding.apps.FindingConfig",
    "intranet.notifications.apps.NotificationsConfig",
    "intranet.memos.apps.MemosConfig",
    "intranet.glossary.apps.GlossaryConfig",
]
# What everything else is built on: no site runs without them.
GROUND_PLUGINS = ("networks", "pages", "finding", "notifications")
DISABLED_PLUGINS = env.words("INTRANET_PLUGINS_DISABLED")
INTRANET_PLUGINS = env.words("INTRANET_PLUGINS")
PLUGIN_SETTINGS: dict[str, dict[str, Any]] = {
    "pages": env.numbers("EXTRACTION_SECONDS", "EXTRACTION_MEMORY_MEGABYTES", "EXTRACTION_FILE_MEGABYTES"),
}
if "memos" not in DISABLED_PLUGINS:
    PLUGIN_SETTINGS["memos"] = {"FOLLOW_UP_NAMES": env.choice("FOLLOW_UP_NAMES", ("totals", "names"))}

INSTALLED_APPS = [
    *plugin_apps(in_tree=IN_TREE_PLUGINS, ground=GROUND_PLUGINS, disabled=DISABLED_PLUGINS, allowed=INTRANET_PLUGINS),
    "intranet.exchange",
    "intranet.demo",
    "intranet.api",
    "intranet.accounts",
    "intranet.accounts.admin_users.IntranetUsersConfig",
    "intranet.plugins",
    "search",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.redirects",
    "wagtail.contrib.table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "modelsearch",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "guardian",
    "django_tasks",
    "django_tasks_db",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "intranet.pages.middleware.ReadableParametersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "intranet.accounts.middleware.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "intranet.accounts.middleware.SessionActivityMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "intranet.accounts.middleware.SignInMiddleware",
    "intranet.accounts.middleware.VisitMiddleware",
    "intranet.accounts.middleware.LanguageMiddleware",
    "intranet.networks.middleware.AccessMiddleware",
    "intranet.pages.admin.guard.AdminGuardMiddleware",
    "intranet.pages.middleware.ReaderMiddleware",
    "intranet.finding.middleware.FoundMiddleware",
    "intranet.pages.middleware.ButtonAddressMiddleware",
    "intranet.pages.middleware.GuardedRedirectMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "intranet" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# Data ------------------------------------------------------------------------------------------------
DATABASES = {"default": env.database()}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
MEDIA_ROOT = env.directory("MEDIA_ROOT", env.VAR_DIR / "media")
MEDIA_URL = "/media-is-not-served/"
STATIC_URL = "/static/"
STATIC_ROOT = env.VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "intranet" / "static"]
# Where a web server hands out guarded files itself: the internal prefix it knows, or empty.
X_ACCEL_PREFIX = env.text("X_ACCEL_PREFIX")

TASKS = {"default": {"BACKEND": "intranet.plugins.tasks.TogetherBackend"}}

# People ----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "intranet.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "intranet.accounts.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# Shared computers are common: a session ends with the browser.
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# A whole office may share one address; guessing is slowed down by what fails.
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = {"login": "200/m/ip", "login_failed": "20/m/ip,5/300s/key"}
USERSESSIONS_TRACK_ACTIVITY = True
# Without a provider its addresses answer 404, and the sign-in page has no button.
SOCIALACCOUNT_PROVIDERS = env.openid_connect()
SOCIALACCOUNT_ADAPTER = "intranet.accounts.openid_connect.ProviderAdapter"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# Languages -------------------------------------------------------------------------------------------
USE_I18N = True
USE_TZ = True
TIME_ZONE = "America/Toronto"
LANGUAGE_CODE = "fr"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("fr", _("French")), ("en", _("English"))]
FORMAT_MODULE_PATH = ["intranet.formats"]
# The second one says some words of the libraries as Canadian French does.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "libraries"]
WAGTAIL_I18N_ENABLED = True

# Wagtail ---------------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Intranet"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILIMAGES_IMAGE_MODEL = "pages.GuardedImage"
WAGTAILDOCS_DOCUMENT_MODEL = "pages.GuardedDocument"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS = False
# A translation begins as a draft: whoever may publish publishes it.
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
WAGTAILDOCS_EXTENSIONS = [
    "pdf", "docx", "doc", "odt", "pptx", "ppt", "odp", "xlsx", "xls", "ods", "csv", "txt", "rtf", "zip", "html", "epub",
]  # fmt: skip
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "modelsearch.backends.database"}}

# Search ----------------------------------------------------------------------------------------------
ELASTICSEARCH_URL = env.url("ELASTICSEARCH_URL", ("http", "https"))
# What a plugin that is switched off left in the index stays there, unanswered.
SEARCH_ONLY_REGISTERED_KINDS = True
SEARCH_INDEX_PREFIX = env.index_prefix()

# E-mail, log -----------------------------------------------------------------------------------------
vars().update(env.email())
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "intranet@localhost")
LOG_LEVEL = env.log_level()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # Each search, and each page that is saved, would write lines; their every step is no news.
    "loggers": {name: {"level": "WARNING"} for name in ("django_tasks", "elastic_transport", "wagtail")},
}
