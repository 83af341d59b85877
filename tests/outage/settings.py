"""Settings of processes beside the tests: the test's own database and index, and a claim that soon expires."""

import os

from intranet.settings.test import *  # noqa: F403
from intranet.settings.test import DATABASES

DATABASES["default"]["NAME"] = os.environ["OUTAGE_DATABASE"]
SEARCH_CLAIM_SECONDS = float(os.environ.get("OUTAGE_CLAIM_SECONDS", "2"))
