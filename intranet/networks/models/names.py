"""Names in both languages."""

from __future__ import annotations

from django.utils.translation import get_language


class BilingualName:
    """For models with ``name_en`` and ``name_fr``: the one that the reader's language asks for."""

    name_en: str
    name_fr: str

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language in force."""
        return self.name_in(get_language() or "fr")

    def name_in(self, language: str) -> str:
        """The name in one of the site's languages."""
        return self.name_en if language.startswith("en") else self.name_fr
