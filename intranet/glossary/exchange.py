"""Terms in the content exchange."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from pydantic import Field

from intranet.exchange.exceptions import LineRefused
from intranet.exchange.line_kinds import LineKind
from intranet.exchange.schema import LinePart, LongSlug
from intranet.glossary.models import LANGUAGES, Term
from intranet.glossary.services import save_term

CHUNK = 500


class Texts(LinePart):
    """A text in each language, empty where there is none."""

    en: str = ""
    fr: str = ""


class TextLists(LinePart):
    """Several texts in each language."""

    en: list[Annotated[str, Field(max_length=120)]] = Field(default_factory=list)
    fr: list[Annotated[str, Field(max_length=120)]] = Field(default_factory=list)


class TermLine(LinePart):
    """A term; what is absent is empty, and the term is active."""

    slug: LongSlug
    form: Texts
    acronyms: TextLists = Field(default_factory=TextLists)
    variants: TextLists = Field(default_factory=TextLists)
    definition: Texts = Field(default_factory=Texts)
    active: bool = True


class TermLines(LineKind):
    """Lines of the type ``term``."""

    type: ClassVar[str] = "term"
    key: ClassVar[str] = "slug"
    schema: ClassVar[builtins.type[TermLine]] = TermLine

    def write(self, line: TermLine) -> str:
        """Create the term or make it what the line says."""
        term = Term.objects.filter(slug=line.slug).first() or Term(slug=line.slug)
        for code in LANGUAGES:
            setattr(term, f"form_{code}", getattr(line.form, code))
            setattr(term, f"definition_{code}", getattr(line.definition, code))
            for name in ("acronyms", "variants"):
                texts = getattr(getattr(line, name), code)
                setattr(term, f"{name}_{code}", "\n".join(" ".join(text.split()) for text in texts))
        term.is_active = line.active
        try:
            term.full_clean()
        except ValidationError as error:
            raise LineRefused(_reasons(error)) from None
        return save_term(term)

    def lines(self) -> Iterator[dict[str, Any]]:
        for term in Term.objects.order_by("slug").iterator(CHUNK):
            yield {
                "type": self.type,
                "slug": term.slug,
                "form": {code: term.form_in(code) for code in LANGUAGES},
                "acronyms": {code: list(term.acronyms_in(code)) for code in LANGUAGES},
                "variants": {code: list(term.variants_in(code)) for code in LANGUAGES},
                "definition": {code: term.definition_in(code) for code in LANGUAGES},
                "active": term.is_active,
            }


def _reasons(error: ValidationError) -> str:
    """With the names that the fields have in a line: ``form.en``."""
    return " ".join(
        _("“%(field)s”: %(reason)s") % {"field": name.replace("_", "."), "reason": " ".join(reasons)}
        for name, reasons in error.message_dict.items()
    )
