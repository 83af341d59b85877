"""Topics in the admin: one list for all, kept by the national office."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.viewsets.model import ModelViewSet

from intranet.pages.models import Topic


class TopicForm(WagtailAdminModelForm):
    """Names in both languages; the short name stays, addresses of searches and their entries have it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].disabled = self.instance.pk is not None

    class Meta:
        model = Topic
        fields = ("name_fr", "name_en", "slug")


class TopicViewSet(ModelViewSet):
    """Shown to whom the policy lets do something with topics."""

    model = Topic
    name = "topics"
    menu_label = _("Topics")
    icon = "tag"
    add_to_admin_menu = True
    menu_order = 350

    def get_form_class(self, for_update: bool = False) -> type[TopicForm]:
        """The same form for a new topic and a known one."""
        return TopicForm

    list_display = ("name_fr", "name_en", "slug")
    search_fields = ("name_fr", "name_en", "slug")
    copy_view_enabled = False
    inspect_view_enabled = False


topic_viewset = TopicViewSet("topics")
