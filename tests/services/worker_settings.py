"""Settings of processes beside the tests: the test's own database and index."""

import os

from intranet.settings.test import *  # noqa: F403
from intranet.settings.test import DATABASES

DATABASES["default"]["NAME"] = os.environ["WORKER_DATABASE"]
SEARCH_CLAIM_SECONDS = float(os.environ["WORKER_CLAIM_SECONDS"])
