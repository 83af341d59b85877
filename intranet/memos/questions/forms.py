"""What a reader asks, what is answered, and why a question is removed: plain texts."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intranet.memos.questions.hints import tells_of_somebody
from intranet.memos.questions.models import ANSWER_LENGTH, REASON_LENGTH, TEXT_LENGTH

_EMPTY_LINES = re.compile(r"\n{3,}")


def plain(text: str) -> str:
    """The text with its lines, without what nobody sees: control characters, marks that turn its direction."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co"))
    lines = (line.rstrip() for line in text.split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


class PlainTextField(forms.CharField):
    """Several lines of plain text; their lengths are counted as they will be kept."""

    def __init__(self, *, rows: int = 6, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def to_python(self, value: Any) -> str:
        return plain(super().to_python(value) or "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # A browser counts the ends of lines otherwise, and cuts without a word.
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class WarningForm(forms.Form):
    """A text that others will read; what seems to identify somebody must be looked at again before it is sent."""

    text: Any

    checked = forms.BooleanField(label=gettext_lazy("I have looked again: it identifies nobody who is served."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = tells_of_somebody(plain(self.data.get("text", ""))) if self.is_bound else []
        if not found:
            del self.fields["checked"]
            return
        message = _(
            "The text seems to have %(what)s. Take out whatever could tell who somebody is; then, or if it is no such "
            "thing, tick this box."
        )
        self.fields["checked"].error_messages["required"] = message % {"what": get_text_list(found, _("and"))}


class AskForm(WarningForm):
    """A question, and who may read it."""

    text = PlainTextField(
        label=gettext_lazy("Your question"),
        max_length=TEXT_LENGTH,
        help_text=gettext_lazy("Plain text, up to 1,000 characters."),
    )
    readers = forms.ChoiceField(
        label=gettext_lazy("Who may read it?"),
        choices=[
            ("audience", gettext_lazy("Everyone who can read this memo")),
            ("private", gettext_lazy("Only those who answer questions on this memo")),
        ],
        widget=forms.RadioSelect,
        initial="audience",
    )
    edition = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=10**6, required=False)
    field_order = ("text", "readers", "checked", "edition")


class AnswerForm(WarningForm):
    """An answer; a public question can be made private with it."""

    text = PlainTextField(
        label=gettext_lazy("Answer"),
        max_length=ANSWER_LENGTH,
        rows=8,
        help_text=gettext_lazy(
            "Plain text, up to 3,000 characters; an address that begins with https:// becomes a link."
        ),
    )
    make_private = forms.BooleanField(
        label=gettext_lazy("Show the question and the answer to its author alone"),
        required=False,
        help_text=gettext_lazy("For example where the question tells of a situation. This cannot be undone."),
    )
    answers = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**6, required=False)
    field_order = ("text", "make_private", "checked", "answers")

    def __init__(self, *args: Any, is_private: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_private:
            del self.fields["make_private"]


class RemoveForm(forms.Form):
    """Why a question goes, and whether its text is kept for the office."""

    reason = PlainTextField(
        label=gettext_lazy("Why is it removed?"),
        max_length=REASON_LENGTH,
        rows=3,
        help_text=gettext_lazy("Its author and the national office read this. Repeat nothing confidential."),
    )
    erase = forms.BooleanField(
        label=gettext_lazy("Erase the text for good"),
        required=False,
        help_text=gettext_lazy(
            "When it tells who somebody is. Otherwise the text is kept where only those see it who check removals."
        ),
    )

    def __init__(self, *args: Any, is_author: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_author:
            self.fields["reason"].required = False
            self.fields["reason"].help_text = ""
            self.fields["erase"].initial = True
