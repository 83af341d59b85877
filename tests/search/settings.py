"""Search alone: no intranet, no Wagtail. The database comes from DATABASE_URL, else a SQLite file."""

import os
import tempfile
from pathlib import Path

import dj_database_url

SECRET_KEY = "only for these tests"
SEARCH_INDEX_PREFIX = "search-tests"
ELASTICSEARCH_URL = ""
INSTALLED_APPS = ["django.contrib.contenttypes", "search"]
USE_TZ = True
TIME_ZONE = "America/Toronto"
LANGUAGE_CODE = "en"
_FILE = Path(tempfile.gettempdir()) / f"search-tests-{os.getuid()}.sqlite3"
DATABASES = {"default": dj_database_url.parse(os.environ.get("DATABASE_URL") or f"sqlite:///{_FILE}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 20}  # type: ignore[typeddict-unknown-key]
    DATABASES["default"]["TEST"] = {"NAME": f"{_FILE}.test"}  # type: ignore[typeddict-unknown-key]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
