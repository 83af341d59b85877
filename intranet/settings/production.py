"""Production: refuses to start with anything that is only good for a first look."""

from django.core.exceptions import ImproperlyConfigured

from intranet.settings.base import *  # noqa: F403
from intranet.settings.base import ALLOWED_HOSTS, BASE_URL, DATABASES, ELASTICSEARCH_URL, SECRET_KEY, env


def _refuse(name: str, problem: str, remedy: str) -> None:
    raise ImproperlyConfigured(f"Production does not start: {name} {problem}. {remedy}")


if len(SECRET_KEY) < 50 or SECRET_KEY.startswith(("development-only", "django-insecure")):
    _refuse("SECRET_KEY", "is missing, a default or too short", "Set 50 random characters or more.")
if env.boolean("DEBUG", False):
    _refuse("DEBUG", "is on", "Unset it.")
if DATABASES["default"]["ENGINE"].endswith("sqlite"):
    _refuse("DATABASE_URL", "is SQLite or missing", "Set postgres://user:secret@host:5432/name.")
if not ELASTICSEARCH_URL:
    _refuse("ELASTICSEARCH_URL", "is missing", "Set http(s)://host:9200.")
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    _refuse("ALLOWED_HOSTS", "is missing or allows every host", "List the host names of the site.")

# Rate limits count over all processes.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"}}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# The web server in front says who asks; without it everybody would share one limit.
ALLAUTH_TRUSTED_PROXY_COUNT = 1
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
if BASE_URL.startswith("https://"):
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^-/"]
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
# The editors' preview shows the site's own pages in a frame, so X-Frame-Options is SAMEORIGIN.
SILENCED_SYSTEM_CHECKS = ["security.W019"]

SENTRY_DSN = env.report_address()
if SENTRY_DSN:
    from intranet.settings.monitoring import report_errors

    report_errors(SENTRY_DSN)
