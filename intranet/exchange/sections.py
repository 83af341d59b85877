"""What editors write at the head of a section: its texts, its audience, its network's logo."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from wagtail.utils.file import hash_filelike

from intranet.exchange.attachments import LOGO_EXTENSIONS, AttachmentFolder, logo_of
from intranet.exchange.exporting_items import CopyFile, rule_as_audience
from intranet.exchange.items import rule_from
from intranet.exchange.markup import active_content, has_active_content, rich_text
from intranet.exchange.markup_out import NameLink, comparable_html, rich_html
from intranet.exchange.references import FindReference
from intranet.exchange.schema import NetworkLine, SectionPart, SectionTexts
from intranet.networks import audiences
from intranet.networks.models import Item, Network
from intranet.pages.models import SectionPage


def write_section(line: NetworkLine, networks: dict[str, Network], folder: AttachmentFolder) -> bool:
    """Make the head of the section what the line says; whether that changed anything. Without ``section`` it stays.

    Raises:
        LineRefused: the logo cannot be read.
    """
    if line.section is None:
        return False
    network = networks[line.slug]
    pages = list(SectionPage.objects.filter(section_network=network, alias_of=None).select_related("locale"))
    changed = [_write_texts(page, getattr(line.section, page.locale.language_code)) for page in pages]
    item = Item.objects.get(pk=pages[0].translation_key)
    rule = rule_from(line.section.audience or "section", networks)
    if audiences.rule_of(item) != rule:
        audiences.set_rule(item.pk, rule, by=None)
        changed.append(True)
    changed.append(_write_logo(network, line.section, folder))
    return any(changed)


def left_out_of_section(line: NetworkLine) -> list[str]:
    """A sentence for each introduction of which scripts were removed."""
    texts = {code: getattr(line.section, code).introduction for code in ("fr", "en")} if line.section else {}
    return [active_content(f"section.{code}.introduction") for code, html in texts.items() if has_active_content(html)]


def _write_texts(page: SectionPage, texts: SectionTexts) -> bool:
    def find_link(address: str) -> dict[str, str] | None:
        return FindReference().link(address, page.locale.language_code, lambda path: None)

    introduction = rich_text(texts.introduction, find_link, lambda path: None)
    is_same = comparable_html(page.introduction) == comparable_html(introduction)
    if is_same and (page.summary, page.content_note) == (texts.summary, texts.content_note):
        return False
    page.summary, page.content_note, page.introduction = texts.summary, texts.content_note, introduction
    page.save_revision(log_action=True).publish()
    return True


def _write_logo(network: Network, part: SectionPart, folder: AttachmentFolder) -> bool:
    path = folder.find(part.logo, extensions=LOGO_EXTENSIONS) if part.logo else None
    if path is None:
        if network.logo:
            network.logo = ""
            network.save(update_fields=["logo"])
            return True
        return False
    content = ContentFile(logo_of(path), name=path.name)
    if network.logo and _digest(network) == hash_filelike(content):
        return False
    network.logo.save(path.name, content, save=False)
    network.save(update_fields=["logo"])
    return True


def _digest(network: Network) -> str:
    with network.logo.open("rb") as stream:
        return str(hash_filelike(stream))


def section_part(network: Network, name_link: NameLink, copy: CopyFile) -> dict[str, Any]:
    """The ``section`` of a network's line; empty when nobody wrote anything."""
    part: dict[str, Any] = {}
    pages = SectionPage.objects.filter(section_network=network, alias_of=None).select_related("locale")
    for page in pages.order_by("locale__language_code"):
        texts = {
            "summary": page.summary,
            "content_note": page.content_note,
            "introduction": rich_html(page.introduction, name_link),
        }
        if any(texts.values()):
            part[page.locale.language_code] = {name: text for name, text in texts.items() if text}
    item = Item.objects.filter(pk__in=pages.values("translation_key")).first()
    audience = rule_as_audience(item) if item else None
    if audience not in (None, "section"):
        part["audience"] = audience
    logo = copy(network.logo, partial(_digest, network), network.slug) if network.logo else None
    if logo is not None:
        part["logo"] = logo
    return part
