"""Topics by their names."""

from __future__ import annotations

from django.utils.text import slugify

from intranet.pages.models import Topic


class TopicFinder:
    """Finds topics by slug or by name in either language; makes those that nobody has named yet."""

    def __init__(self) -> None:
        self._topics = list(Topic.objects.all())

    def find(self, name: str, language: str) -> Topic:
        """The topic, first by its name in ``language``, then in the other, then by slug; else a new one."""
        wanted = name.casefold()
        for text in (
            lambda topic: topic.name_in(language),
            lambda topic: topic.name_in("fr" if language == "en" else "en"),
            lambda topic: topic.slug,
        ):
            for topic in self._topics:
                if text(topic).casefold() == wanted:
                    return topic
        topic = Topic.objects.create(slug=self._free_slug(name), name_en=name, name_fr=name)
        self._topics.append(topic)
        return topic

    def _free_slug(self, name: str) -> str:
        base = slugify(name)[:70] or "topic"
        slugs = {topic.slug for topic in self._topics}
        slug, number = base, 1
        while slug in slugs:
            number += 1
            slug = f"{base}-{number}"
        return slug
