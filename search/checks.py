"""System checks: a wrong setting stops the start, not the searches."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error

from search import conf
from search.exceptions import InvalidSetting
from search.weights import weights

_READERS = (
    conf.elasticsearch_url,
    conf.timeout_seconds,
    conf.retry_seconds,
    conf.write_timeout_seconds,
    conf.claim_seconds,
    weights,
)


def check_settings(app_configs: Sequence[Any] | None, **_kwargs: Any) -> list[CheckMessage]:
    """``search.E001`` for each setting with which nothing could be found."""
    return [Error(problem, id="search.E001") for read in _READERS if (problem := _problem_of(read))]


def _problem_of(read: Any) -> str:
    try:
        read()
    except InvalidSetting as error:
        return str(error)
    return ""
