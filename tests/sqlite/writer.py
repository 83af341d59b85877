"""``python -m tests.sqlite.writer NAME COUNT``: publishes pages and memos on the file that the environment names."""

from __future__ import annotations

import sys

import django

MEMO_EACH = 5
"""Of so many one is a memo."""


def main(name: str, count: int) -> None:
    django.setup()
    from django.db import transaction

    from intranet.memos.models import MemoPage
    from intranet.networks.models import Network
    from intranet.pages.models import ContentPage, SectionPage

    network = Network.objects.get(slug="halifax")
    for number in range(count):
        with transaction.atomic():
            section = SectionPage.objects.get(section_network=network, locale__language_code="en")
            page_type = ContentPage if number % MEMO_EACH else MemoPage
            page = page_type(title=f"Zibeline {name} {number}", slug=f"{name}-{number}", locale=section.locale)
            section.add_child(instance=page)
            page.save_revision().publish()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
