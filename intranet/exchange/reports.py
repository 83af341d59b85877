"""What an import did."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _


@dataclass(frozen=True, order=True)
class LineError:
    """A line, counted from 1, and why it was refused, or what was left out of it."""

    line: int
    reason: str

    def __str__(self) -> str:
        return _("Line %(line)d: %(reason)s") % {"line": self.line, "reason": self.reason}


@dataclass
class Report:
    """How many lines created, updated or found what they describe; which were refused.

    ``warnings`` names lines that went in without something, such as a script in their text.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list[LineError] = field(default_factory=list)
    warnings: list[LineError] = field(default_factory=list)

    def count(self, outcome: str, number: int = 1) -> None:
        """Add to ``created``, ``updated`` or ``unchanged``."""
        setattr(self, outcome, getattr(self, outcome) + number)

    def refuse(self, line: int, reason: str) -> None:
        """Name a line that does not go in."""
        self.errors.append(LineError(line, reason))

    def warn(self, line: int, reason: str) -> None:
        """Name a line that goes in without something."""
        self.warnings.append(LineError(line, reason))

    def __str__(self) -> str:
        return _("%(created)d created, %(updated)d updated, %(unchanged)d unchanged, %(refused)d refused.") % {
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "refused": len(self.errors),
        }
