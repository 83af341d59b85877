"""Which ids an admin address or form names, and among which objects each must be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import ResolverMatch
from wagtail.admin.models import EditingSession
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.models import Page, TaskState, UploadedFile, get_default_page_content_type
from wagtail.permissions import policy_registry
from wagtail_localize.models import Translation, TranslationSource

from intranet.pages.admin.localizing import check_role, refuse_unseen
from intranet.pages.models import GuardedDocument, GuardedImage

ANY = frozenset({"add", "change", "choose", "delete", "view", "publish"})
MAX_ID = 2**63 - 1

PAGE_KEYS = frozenset({"page_id", "parent_page_id", "page_to_move_id", "destination_id", "page_pk"})
"""Keyword arguments that name a page in whatever admin address."""

CLOSED = (
    "wagtailadmin_collections:",
    "wagtailadmin_api:documents:",
    "wagtailadmin_api:images:",
    "wagtailadmin_api:pages:action",
    "wagtailadmin_reports:page_types_usage",
    "wagtailadmin_pages:set_privacy",
    "wagtailadmin_workflows:",
    "wagtailusers_groups:",
    "wagtailsites:",
    "wagtaillocales:",
    "wagtailredirects:start_import",
    "wagtailredirects:process_import",
    "wagtailembeds:",
    "wagtailadmin_error_test",
)
"""Views that nobody needs here: what they manage follows from networks or from the site's beginning, or they list or
count the whole site's objects."""

NAMED_PAGES = {
    "wagtailadmin_pages:move": ("new_parent_page",),
    "wagtailadmin_pages:copy": ("new_parent_page",),
    "wagtailadmin_pages:choose_parent": ("parent_page",),
    "wagtailadmin_choose_page": ("target_pages[]",),
    "wagtailadmin_choose_page_child": ("target_pages[]",),
    "wagtailadmin_choose_page_search": ("target_pages[]",),
    "wagtailadmin_choose_page_chosen_multiple": ("id",),
    "wagtail_bulk_action": ("chooser", "childOf"),
    "wagtailredirects:add": ("redirect_page",),
    "wagtailredirects:edit": ("redirect_page",),
}
"""Parameters of forms and queries that name pages."""


def number(value: Any) -> int:
    """The id in an address or a form; anything else is an object that does not exist."""
    try:
        pk = int(value)
    except (TypeError, ValueError) as error:
        raise Http404 from error
    if not 0 <= pk <= MAX_ID:
        raise Http404
    return pk


def explorable(user: Any) -> QuerySet[Page]:
    """The pages of the person's sections, and the way there."""
    return policy_registry.get_by_type(Page).explorable_instances(user)


def held(model: type[Model], user: Any) -> QuerySet[Any]:
    """The objects of ``model`` in the person's admin."""
    if issubclass(model, Page):
        pages = explorable(user)
        return pages if model is Page else pages.filter(pk__in=model._default_manager.values("pk"))
    return policy_registry.get_by_type(model).instances_user_has_any_permission_for(user, ANY)


def require(model: type[Model], user: Any, pks: Iterable[Any]) -> None:
    """Each of ``pks`` is in the person's admin, else 404."""
    wanted = set(pks)
    if wanted and held(model, user).filter(pk__in=wanted).count() != len(wanted):
        raise Http404


def require_page(user: Any, value: Any) -> None:
    """The page is in the person's admin, else 404."""
    require(Page, user, [number(value)])


def _require_item(user: Any, key: Any) -> None:
    """One language version of the item at least is in the person's admin; versions share their section."""
    if not explorable(user).filter(translation_key=key).exists():
        raise Http404


def _require_translation(user: Any, value: Any) -> None:
    """A translation and its page: one that was begun and has no page breaks the stock views."""
    version = {"translation_key": OuterRef("source__object_id"), "locale": OuterRef("target_locale")}
    found = Translation.objects.filter(Exists(Page.objects.filter(**version)), pk=number(value))
    key = found.values_list("source__object_id", flat=True).first()
    if key is None:
        raise Http404
    _require_item(user, key)


def _require_source(user: Any, value: Any) -> None:
    """A source whose translations in use all have their pages."""
    source = TranslationSource.objects.filter(pk=number(value)).first()
    if source is None:
        raise Http404
    _require_item(user, source.object_id)
    versions = Page.objects.filter(translation_key=source.object_id)
    if source.translations.filter(enabled=True).exclude(target_locale__in=versions.values("locale")).exists():
        raise Http404


def _require_document(user: Any, value: Any) -> None:
    require(GuardedDocument, user, [number(value)])


def _require_image(user: Any, value: Any) -> None:
    require(GuardedImage, user, [number(value)])


def _require_upload(user: Any, value: Any) -> None:
    if not UploadedFile.objects.filter(pk=number(value), uploaded_by_user=user).exists():
        raise Http404


def _require_session(user: Any, value: Any) -> None:
    if not EditingSession.objects.filter(pk=number(value), user=user).exists():
        raise Http404


def _require_review_of_page(page_id: Any, value: Any) -> None:
    """The step of a review belongs to the page beside it: the stock view would decide on whichever one is named."""
    states = TaskState.objects.filter(
        pk=number(value),
        workflow_state__object_id=str(number(page_id)),
        workflow_state__base_content_type=get_default_page_content_type(),
    )
    if not states.exists():
        raise Http404


ADDRESSED: dict[str, dict[str, Callable[[Any, Any], None]]] = {
    "wagtailadmin_api:pages:": {"pk": require_page},
    "wagtailadmin_pages:revisions_compare": {"pk": require_page},
    "wagtaildocs:": {
        "document_id": _require_document,
        "doc_id": _require_document,
        "uploaded_file_id": _require_upload,
    },
    "document_read_again": {"document_id": _require_document},
    "wagtaildocs_chooser:": {"pk": _require_document},
    "wagtailimages:": {"image_id": _require_image, "uploaded_file_id": _require_upload},
    "wagtailimages_chooser:": {"pk": _require_image, "image_id": _require_image},
    "wagtail_localize:": {"translation_source_id": _require_source, "translation_id": _require_translation},
    "wagtailadmin_editing_sessions:release": {"session_id": _require_session},
}
"""By the beginning of the view's name: the arguments that are ids, besides those of pages."""


def check_closed(match: ResolverMatch) -> None:
    """404 for the views that nobody needs."""
    if match.view_name and match.view_name.startswith(CLOSED):
        raise Http404


def check_addressed(request: HttpRequest, match: ResolverMatch, kwargs: dict[str, Any]) -> None:
    """The ids in the address."""
    rules: dict[str, Callable[[Any, Any], None]] = {}
    for prefix, arguments in ADDRESSED.items():
        if (match.view_name or "").startswith(prefix):
            rules = arguments
    for key, value in kwargs.items():
        if key in rules:
            rules[key](request.user, value)
        elif key in PAGE_KEYS and value is not None:
            require_page(request.user, value)
    if "content_type_app_name" in kwargs:
        # The stock views know the type of a plugin that is switched off, which has no class.
        _named_model(kwargs["content_type_app_name"], kwargs["content_type_model_name"])
    if "task_state_id" in kwargs:
        _require_review_of_page(kwargs["page_id"], kwargs["task_state_id"])
    if match.view_name == "wagtailadmin_editing_sessions:ping":
        model = _model_named(kwargs)
        require(model, request.user, [_key_of(model, kwargs["object_id"])])
    elif not rules:
        _check_model_view(request, match, kwargs)


def _named_model(app_label: str, name: str) -> type[Model]:
    try:
        return apps.get_model(app_label, name)
    except LookupError as error:
        raise Http404 from error


def _model_named(kwargs: dict[str, Any]) -> type[Model]:
    model = _named_model(kwargs["app_label"], kwargs["model_name"])
    if not issubclass(model, Page) and policy_registry.get_by_type(model, fallback=False) is None:
        raise Http404
    return model


def _key_of(model: type[Model], value: Any) -> Any:
    """The primary key that an address spells; 404 for what is none."""
    text = unquote(str(value))
    if text.isdigit():
        return number(text)
    try:
        return model._meta.pk.to_python(text)
    except ValidationError as error:
        raise Http404 from error


def _check_model_view(request: HttpRequest, match: ResolverMatch, kwargs: dict[str, Any]) -> None:
    """Views of a viewset say their model; an object that the policy holds back does not exist."""
    view_class = getattr(match.func, "view_class", None)
    model = getattr(match.func, "view_initkwargs", {}).get("model") or getattr(view_class, "model", None)
    key = getattr(view_class, "pk_url_kwarg", "pk")
    value = kwargs.get(key, kwargs.get("pk"))
    if not isinstance(model, type) or value is None or issubclass(model, Page):
        return
    require(model, request.user, [_key_of(model, value)])


def check_bulk(request: HttpRequest, match: ResolverMatch, kwargs: dict[str, Any]) -> None:
    """Bulk actions: ids that are not there are 404; *all* becomes the ids of what one holds."""
    if match.view_name != "wagtail_bulk_action":
        return
    action_class = bulk_action_registry.get_bulk_action_class(
        kwargs["app_label"], kwargs["model_name"], kwargs["action"]
    )
    if action_class is None or kwargs["model_name"] == "user":
        raise Http404
    model = apps.get_model(kwargs["app_label"], kwargs["model_name"])
    ids = request.GET.getlist("id")
    if "all" not in ids:
        require(model, request.user, [number(pk) for pk in ids])
        return
    parent = request.GET.get("childOf")
    if parent is not None and issubclass(model, Page):
        require_page(request.user, parent)
    listed = set(action_class(request, model).get_all_objects_in_listing_query(parent))
    mine = held(model, request.user).filter(pk__in=listed).values_list("pk", flat=True)
    query = request.GET.copy()
    query.setlist("id", [str(pk) for pk in mine])
    request.GET = query


def check_named(request: HttpRequest, match: ResolverMatch) -> None:
    """The pages that a form or a query names."""
    for parameter in NAMED_PAGES.get(match.view_name or "", ()):
        values = request.GET.getlist(parameter) + request.POST.getlist(parameter)
        if parameter == "chooser" and match.kwargs.get("action") != "move":
            continue
        require(Page, request.user, {number(value) for value in values if value})


def answer(request: HttpRequest, match: ResolverMatch, view: Callable[..., HttpResponse]) -> HttpResponse | None:
    """Where the stock view would begin at a page that is not one's own, begin at one that is."""
    if match.view_name == "wagtailadmin_choose_page" and not match.kwargs.get("parent_page_id"):
        root = policy_registry.get_by_type(Page).explorable_root_instance(request.user)
        if root is None:
            raise Http404
        return view(request, parent_page_id=root.pk)
    if match.view_name and match.view_name.startswith("wagtail_localize:"):
        check_role(request, match)
        return refuse_unseen(request, match)
    return None
