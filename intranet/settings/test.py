"""The tests: any database and engine the environment names, quick passwords, mail in memory."""

from intranet.settings.base import *  # noqa: F403
from intranet.settings.base import DATABASES, LOGGING, env

SECRET_KEY = "test-only-secret"
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
LOGGING = {**LOGGING, "root": {"handlers": ["console"], "level": env.log_level(default="WARNING")}}
if DATABASES["default"]["ENGINE"].endswith("sqlite") and DATABASES["default"]["NAME"] != ":memory:":
    # A file, so that threads and processes of one test share it.
    DATABASES["default"]["TEST"] = {"NAME": f"{DATABASES['default']['NAME']}.test"}
ACCOUNT_RATE_LIMITS = False
# A machine that runs many tests at once is no slow question.
SEARCH_EMBEDDED_TIMEOUT = 10
