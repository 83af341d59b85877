"""Each question is asked of both engines."""

from tests.search.conftest import elasticsearch, engine, without_elasticsearch

__all__ = ["elasticsearch", "engine", "without_elasticsearch"]
