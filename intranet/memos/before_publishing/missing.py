"""What is missing in a draft, or will not work for those who get it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page
from wagtail_localize.models import StringSegment

from intranet.memos.before_publishing.drafts import Draft
from intranet.memos.editions import Declaration
from intranet.memos.facts import day_of_publication, is_due_too_early, nobody_chosen
from intranet.memos.models import MemoPage, MemoRecord, TrainingNotePage
from intranet.networks.models import AudienceToken
from intranet.networks.reach import people_reached
from intranet.pages.admin.localizing import translations_into
from intranet.pages.admin.usable import usable_objects
from intranet.pages.languages import name_in_sentence
from intranet.pages.models import GuardedDocument, GuardedImage
from intranet.pages.streams import References, references_of


@dataclass(frozen=True)
class Gap:
    """Something to look at: ``text`` says what, ``remedy`` what one can do, ``titles`` where."""

    text: str
    remedy: str
    titles: tuple[str, ...] = ()


def obstacles_to(draft: Draft) -> list[Gap]:
    """What must be mended first: it is not published so."""
    return [*_due_too_early(draft), *_asks_nobody(draft)]


def _due_too_early(draft: Draft) -> Iterator[Gap]:
    page = draft.page
    if not isinstance(page, MemoPage):
        return
    published_on = day_of_publication(page.go_live_at)
    held = draft.record.acknowledge_by if draft.record and not draft.is_new else None
    if not is_due_too_early(page.acknowledge_by, published_on=published_on, held=held):
        return
    days = {"due": date_format(page.acknowledge_by, "DATE_FORMAT"), "day": date_format(published_on, "DATE_FORMAT")}
    text = _("It is to be acknowledged by %(due)s, but is published on %(day)s only.") % days
    yield Gap(text, _("Choose a later day to acknowledge by, or none. It cannot be published before."))


def _asks_nobody(draft: Draft) -> Iterator[Gap]:
    """What asks anew asks somebody; a minor change may find that those it asked are gone."""
    if not draft.asks or not draft.is_new or draft.asked_count:
        return
    if draft.page.asked_roles or draft.page.asked_networks.all():
        yield Gap(nobody_chosen(), _("It cannot be published before."))
    else:
        text = _("It asks for an acknowledgement, and there is nobody of whom it is asked.")
        yield Gap(text, _("Choose another audience, or ask for no acknowledgement. It cannot be published before."))


def needs_reason(draft: Draft) -> bool:
    """Whether readers would not be told why they find one language only: no form has asked, as beside a translation."""
    page, record = draft.page, draft.record
    if not isinstance(page, MemoPage) or Declaration.read(page.declaration).missing_reason:
        return False
    if draft.left_behind:
        return True
    versions = MemoPage.objects.filter(translation_key=page.translation_key, live=True, alias_of=None)
    if versions.exclude(pk=page.pk).exists():
        return False
    said = record.editions.order_by("-number", "-revision").values_list("content__missing", flat=True) if record else ()
    return not any((missing or {}).get("reason") for missing in said[:1])


def gaps_of(draft: Draft, user: Any) -> list[Gap]:
    """Everything that is missing, the gravest first, in a fixed number of queries."""
    references = references_of(draft.page)
    if isinstance(draft.page, TrainingNotePage):
        related = frozenset(memo.pk for memo in draft.page.related_memos.all())
        references |= References(pages=related)
    return [
        *obstacles_to(draft),
        *_stays_in_force(draft, user),
        *_broken_pages(draft, user, references.pages),
        *_broken_files(draft, GuardedDocument, references.documents),
        *_broken_files(draft, GuardedImage, references.images),
        *_untranslated(draft),
        *_missing_language(draft),
        *_left_behind(draft),
        *_missing_alternatives(draft),
        *_missing_keeping(draft),
    ]


def _stays_in_force(draft: Draft, user: Any) -> Iterator[Gap]:
    """The memo that it replaces, where somebody has that and does not get this one."""
    replaced = getattr(draft.page, "replaces", None)
    if replaced is None or not MemoRecord.objects.in_force().filter(item=replaced.translation_key).exists():
        return
    held = AudienceToken.objects.filter(item=replaced.translation_key).values_list("token", flat=True)
    if people_reached(held).filter(~Q(pk__in=draft.audience.order_by().values("pk"))).exists():
        is_nameable = usable_objects(Page, user).filter(pk=replaced.pk).exists()
        yield Gap(
            _(
                "Some of those who have the memo that this one replaces do not get this one: for them, the earlier one "
                "stays in force."
            ),
            _("Widen “Who can see this”, or withdraw the earlier memo once this one is published."),
            (replaced.title,) if is_nameable else (),
        )


def _broken_pages(draft: Draft, user: Any, keys: frozenset[int]) -> Iterator[Gap]:
    """Links to pages that are gone, not published, or hidden from somebody in the audience."""
    if not keys:
        return
    linked = {page.pk: page for page in Page.objects.filter(pk__in=keys)}
    items = {page.translation_key for page in linked.values()}
    live = set(
        Page.objects.filter(translation_key__in=items, live=True, alias_of=None).values_list(
            "translation_key", flat=True
        )
    )
    nameable = set(usable_objects(Page, user).filter(pk__in=keys).values_list("pk", flat=True))

    def titles(pages: Iterable[Page]) -> tuple[str, ...]:
        known = sorted(page.title for page in pages if page.pk in nameable)
        hidden = sum(page.pk not in nameable for page in pages)
        words = ngettext("%(count)s page that you may not see", "%(count)s pages that you may not see", hidden)
        return (*known, words % {"count": hidden}) if hidden else tuple(known)

    gone = len(keys - linked.keys())
    if gone:
        yield Gap(
            ngettext("A link leads to a page that is gone.", "%(count)s links lead to pages that are gone.", gone)
            % {"count": gone},
            _("Take it out of the text, or link something else. Readers see plain words there."),
        )
    unpublished = [page for page in linked.values() if page.translation_key not in live]
    if unpublished:
        yield Gap(
            _("Linked pages are not published."),
            _("Publish them first, or take the links out. Readers see plain words there."),
            titles(unpublished),
        )
    hidden = _hidden_from_some(draft, live)
    partly = [page for page in linked.values() if page.translation_key in hidden]
    if partly:
        yield Gap(
            _("Some of those who get this may not see linked pages."),
            _("Widen “Who can see this” of those pages, or take the links out: whoever may not see them reads words."),
            titles(partly),
        )


def _hidden_from_some(draft: Draft, items: set[Any]) -> set[Any]:
    """Of live items, those that somebody in the draft's audience does not see."""
    tokens: dict[Any, set[str]] = {key: set() for key in items}
    for key, token in AudienceToken.objects.filter(item__in=items).values_list("item_id", "token"):
        tokens[key].add(token)
    audiences = [each for each in {frozenset(found) for found in tokens.values()} if not draft.tokens <= each]
    if not audiences:
        return set()
    missed = {
        f"audience_{place}": Count("pk", filter=~Q(pk__in=people_reached(each).order_by().values("pk")))
        for place, each in enumerate(audiences)
    }
    counted = draft.audience.order_by().aggregate(**missed)
    narrow = {each for place, each in enumerate(audiences) if counted[f"audience_{place}"]}
    return {key for key, found in tokens.items() if frozenset(found) in narrow}


def _broken_files(draft: Draft, model: type[GuardedDocument | GuardedImage], keys: frozenset[int]) -> Iterator[Gap]:
    """Files that are gone, or of another network: a page never widens those."""
    if not keys:
        return
    files = model.objects.filter(pk__in=keys).select_related("collection__section_collection")
    found = {file.pk: getattr(file.collection, "section_collection", None) for file in files}
    gone = len(keys - found.keys())
    if gone:
        yield Gap(
            ngettext("A file that the text shows is gone.", "%(count)s files that the text shows are gone.", gone)
            % {"count": gone},
            _("Take it out of the text, or choose another one."),
        )
    foreign = sum(place is None or place.network_id != draft.item.network_id for place in found.values())
    if foreign:
        yield Gap(
            ngettext(
                "A file belongs to another network: its own people alone can open it.",
                "%(count)s files belong to other networks: their own people alone can open them.",
                foreign,
            )
            % {"count": foreign},
            _("Add a copy to the files of this section, and choose that."),
        )


def _untranslated(draft: Draft) -> Iterator[Gap]:
    """Passages that a version takes over from the one that it is translated from."""
    sources = translations_into(draft.page).values("source")
    passages = StringSegment.objects.filter(source__in=sources).exclude(context__path="slug")
    if count := passages.annotate_translation(draft.page.locale).filter(translation=None).count():
        text = ngettext("%(count)s passage is not translated.", "%(count)s passages are not translated.", count)
        yield Gap(text % {"count": count}, _("Translate first: readers find the words of the other language there."))


def _missing_language(draft: Draft) -> Iterator[Gap]:
    page = draft.page
    versions = Page.objects.filter(translation_key=page.translation_key, alias_of=None).exclude(pk=page.pk)
    states = dict(versions.values_list("locale__language_code", "live"))
    for code, _name in settings.LANGUAGES:
        if code == page.locale.language_code or states.get(code):
            continue
        language = name_in_sentence(code)
        if code in states:
            text = _("The version in %(language)s is a draft.") % {"language": language}
            yield Gap(text, _("It is published by itself."), _told(page))
        else:
            text = _("There is no version in %(language)s.") % {"language": language}
            yield Gap(text, _("Translate it before or soon after."), _told(page))


def _left_behind(draft: Draft) -> Iterator[Gap]:
    """A version whose readers are asked anew and find the text as it was."""
    if draft.left_behind:
        language = name_in_sentence(draft.left_behind)
        text = _("The version in %(language)s does not have this change yet.") % {"language": language}
        yield Gap(
            text, _("Translate the change soon: until then its readers are sent to this text."), _told(draft.page)
        )


def _told(page: Any) -> tuple[str, ...]:
    """The reason that is given for one language, as readers find it."""
    reason = (getattr(page, "declaration", None) or {}).get("missing_reason", "")
    return (_("Readers are told: “%(reason)s”") % {"reason": reason},) if reason else ()


def _missing_alternatives(draft: Draft) -> Iterator[Gap]:
    """Images that say nothing to those who do not see them."""
    blocks = [block.value for block in getattr(draft.page, "body", ()) if block.block_type == "image"]
    silent = [block for block in blocks if not (block["alternative_text"] or "").strip()]
    if silent:
        count = len(silent)
        yield Gap(
            ngettext("An image has no alternative text.", "%(count)s images have no alternative text.", count)
            % {"count": count},
            _("Say what it shows to those who do not see it; leave it empty only for decoration."),
            tuple(block["image"].title for block in silent if block["image"]),
        )


def _missing_keeping(draft: Draft) -> Iterator[Gap]:
    """Who answers questions, who looks after it, and until when it holds."""
    page = draft.page
    if isinstance(page, MemoPage) and not page.contact:
        yield Gap(_("There is no contact."), _("Name who answers questions: a name, a position or an e-mail address."))
    if page.responsible_id is None:
        yield Gap(_("Nobody looks after it."), _("Choose an owner: else the network’s coordinators are reminded."))
    if page.review_on is None:
        yield Gap(_("There is no review date."), _("Say when it is to be read again."))
    elif page.review_on < timezone.localdate():
        text = _("The review date is past: %(day)s.") % {"day": date_format(page.review_on, "DATE_FORMAT")}
        yield Gap(text, _("Readers are told that it may be out of date."))
