"""Settings of processes beside the tests: the test's own database and index."""

import os

from intranet.settings.test import *  # noqa: F403
from intranet.settings.test import DATABASES, env

DATABASES["default"]["NAME"] = os.environ["WORKER_DATABASE"]
SEARCH_CLAIM_SECONDS = float(os.environ["WORKER_CLAIM_SECONDS"])
PLUGIN_SETTINGS = {"notifications": {"CLAIM_SECONDS": max(1, int(SEARCH_CLAIM_SECONDS))}}
if os.environ.get("WORKER_EMAIL_URL"):
    vars().update(env.email("WORKER_EMAIL_URL"))
