"""A section full of things that nobody else may know: every text of it contains ``SECRET``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from wagtail.admin.models import EditingSession
from wagtail.contrib.redirects.models import Redirect
from wagtail.log_actions import log
from wagtail.models import Locale, Page, TaskState, UploadedFile, Workflow, WorkflowState
from wagtail_localize.models import OverridableSegment, StringSegment, Translation
from wagtail_localize.operations import translate_object

from intranet.accounts.models import User
from intranet.networks.models import Network
from intranet.networks.services import add_membership, provision_network
from intranet.pages.models import ContentPage, GuardedDocument, GuardedImage, SectionPage
from tests.pages.admin.conftest import make_document, make_image, make_page, section_of

SECRET = "zzsecret"
WORD = "quokka"
"""Stands in every title too: what one searches for, so that an answer's echo is no leak."""


@dataclass
class Foreign:
    """Objects of the foreign section, one of each kind that an address can name."""

    network: Network
    person: User
    section: SectionPage
    page: ContentPage
    draft: ContentPage
    document: GuardedDocument
    image: GuardedImage
    state: WorkflowState
    task_state: TaskState
    redirect: Redirect
    translation: Translation
    upload: UploadedFile
    image_upload: UploadedFile
    session: EditingSession

    @property
    def segment(self) -> StringSegment:
        return StringSegment.objects.filter(source=self.translation.source).first()

    @property
    def overridable(self) -> OverridableSegment | None:
        return OverridableSegment.objects.filter(source=self.translation.source).first()


def make_foreign() -> Foreign:
    """The section; an unlisted one, so that its name is a secret too."""
    network = provision_network(
        slug=SECRET, kind="table", name_en=f"{SECRET} table", name_fr=f"{SECRET} table fr", code="ZZSECRET"
    )
    person = User.objects.create_user(f"{SECRET}@example.org", name=f"{SECRET} person", language="en")
    add_membership(person=person, network=network, role="publisher")
    section = section_of(network)
    page = make_page(section, f"{SECRET} {WORD} page", owner=person)
    draft = make_page(page, f"{SECRET} {WORD} draft", live=False, owner=person)
    document, image = make_document(network, f"{SECRET} {WORD} document"), make_image(network, f"{SECRET} {WORD} image")
    document.tags.add(f"{WORD}-{SECRET}")
    make_page(
        section, f"{SECRET} {WORD} files", owner=person, body=[("documents", [document])], summary=f"{SECRET} summary"
    )
    for touched in (page, draft):
        log(touched, "wagtail.edit", user=person)
    log(document, "wagtail.edit", user=person)
    state = Workflow.objects.get().start(draft, person)
    locked = make_page(section, f"{SECRET} {WORD} locked", owner=person)
    Page.objects.filter(pk=locked.pk).update(locked=True, locked_by=person)
    translate_object(page, [Locale.objects.get(language_code="fr")], user=person)
    return Foreign(
        network=network,
        person=person,
        section=section,
        page=page,
        draft=draft,
        document=document,
        image=image,
        state=state,
        task_state=state.current_task_state,
        redirect=Redirect.objects.create(old_path=f"/{SECRET}-old", redirect_page=page),
        translation=Translation.objects.get(source__object_id=page.translation_key),
        upload=_upload(GuardedDocument, person),
        image_upload=_upload(GuardedImage, person),
        session=_session(page, person),
    )


def _upload(model: type[Any], person: User) -> UploadedFile:
    return UploadedFile.objects.create(
        for_content_type=ContentType.objects.get_for_model(model),
        file=ContentFile(b"text", name=f"{SECRET}.txt"),
        uploaded_by_user=person,
    )


def _session(page: Page, person: User) -> EditingSession:
    from django.utils import timezone

    return EditingSession.objects.create(
        user=person,
        content_type=ContentType.objects.get_for_model(page),
        object_id=page.pk,
        last_seen_at=timezone.now(),
        is_editing=True,
    )
