"""A first look and development: SQLite, the embedded engine, tasks in the same process."""

from intranet.settings.base import *  # noqa: F403
from intranet.settings.base import env

DEBUG = env.boolean("DEBUG", False)
SECRET_KEY = env.text("SECRET_KEY", "development-only-secret-never-used-in-production")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") or ["127.0.0.1", "localhost", "[::1]", "testserver"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
# The demonstration makes forty accounts, whose passwords are public.
PASSWORD_HASHERS = ["intranet.accounts.hashers.QuickPasswordHasher"]
