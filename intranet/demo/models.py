"""Remembers that the demonstration came in."""

from django.db import models


class DemoLoad(models.Model):
    """One whole import of the demonstration; any row means that a later run has nothing to do."""

    loaded_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.loaded_at:%Y-%m-%d %H:%M}"
