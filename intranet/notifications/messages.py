"""E-mails: what one of the outbox says at the moment at which it goes, plain and HTML, in the person's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intranet.networks.notices import absolute
from intranet.notifications.clocks import Clock
from intranet.notifications.kinds import known_kinds
from intranet.notifications.models import Mail, MailTitles
from intranet.notifications.preferences import still_wanted
from intranet.notifications.telling import Line, by_network, lines_of, owed_by
from intranet.notifications.unsubscribing import Stop

DIGESTS = (Mail.Form.DAILY, Mail.Form.WEEKLY)


@dataclass(frozen=True)
class MailLine:
    """A line as an e-mail says it; without its title where its network keeps titles out of e-mails."""

    label: str
    title: str
    note: str
    url: str
    language: str = ""
    language_name: str = ""
    """Of what is not in the reader's language."""
    details: str = ""


def message_of(mail: Mail, clock: Clock) -> EmailMultiAlternatives | None:
    """The message, or None when there is nothing left to say: all is over, or no longer for this person."""
    person = mail.person
    if not person.is_active:
        return None
    with translation.override(person.language), timezone.override(clock.zone):
        rows = still_wanted(mail.notifications.select_related("event").order_by("-event_id"), person)
        lines = _once_each(lines_of(rows, person))
        return _written(mail, lines, clock) if lines else None


def _once_each(lines: list[Line]) -> list[Line]:
    """The reminders of several days of one thing say it once, as do others who say the same."""
    said = {(line.told.label, line.told.title, line.told.note, line.told.url): line for line in reversed(lines)}
    return list(reversed(said.values()))


def message_id(mail: Mail) -> str:
    """The same for every attempt."""
    return f"<{mail.pk}@{urlsplit(settings.BASE_URL).hostname}>"


def _is_first_digest(mail: Mail, clock: Clock) -> bool:
    """Whether it is a digest, and the other one, for who gets a daily and a weekly one, has not gone today."""
    others = Mail.objects.filter(person=mail.person_id, form__in=set(DIGESTS) - {mail.form})
    return mail.form in DIGESTS and not others.sent_within(*clock.bounds_of_today(timezone.now())).exists()


def _written(mail: Mail, lines: list[Line], clock: Clock) -> EmailMultiAlternatives:
    to_do = [line for line in lines if line.told.is_to_do]
    if _is_first_digest(mail, clock):
        # The day's first digest begins with everything that is owed, of whatever day.
        to_do = owed_by(mail.person)
    owed = {line.told.url for line in to_do}
    new = [line for line in lines if not line.told.is_to_do and line.told.url not in owed]
    hidden = _hidden_networks([*to_do, *new])
    first = [_mail_line(line, hidden) for line in to_do]
    groups = [
        ("" if group[0].network_id in hidden else name, [_mail_line(line, hidden) for line in group])
        for name, group in by_network(new)
    ]
    subject = _subject(mail, first, [line for _name, group in groups for line in group])
    stop = _stop_of(mail, lines)
    stop_url = absolute(stop.path()) if stop else ""
    context = {
        "subject": subject,
        "language": mail.person.language,
        "to_do": first,
        "new": groups,
        "list_url": absolute(reverse("notifications:list")),
        "preferences_url": absolute(reverse("notifications:preferences")),
        "stop_url": stop_url,
    }
    message = EmailMultiAlternatives(
        # A title may have a line's end in it; a subject may not.
        " ".join(subject.splitlines()),
        render_to_string("notifications/mail/message.txt", context),
        to=[mail.person.email],
        headers={"Message-ID": message_id(mail), "Auto-Submitted": "auto-generated", **_stop_headers(stop_url)},
    )
    message.attach_alternative(render_to_string("notifications/mail/message.html", context), "text/html")
    return message


def _hidden_networks(lines: Sequence[Line]) -> set[int | None]:
    networks = {line.network_id for line in lines}
    return set(MailTitles.objects.filter(network__in=networks, are_hidden=True).values_list("network_id", flat=True))


def _mail_line(line: Line, hidden: set[int | None]) -> MailLine:
    """An address names the page too: where titles are hidden it is the notification's own, or the list of what is owed,
    which is where reminders stand."""
    told = line.told
    if line.network_id not in hidden:
        return MailLine(
            told.label, told.title, told.note, absolute(told.url), told.language, line.language, told.details
        )
    if line.notification is None or not line.notification.is_listed:
        return MailLine(told.label, "", told.note, absolute(reverse("notifications:to_do")))
    url = reverse("notifications:open", args=[line.notification.pk])
    return MailLine(told.label, "", told.note, absolute(url))


def _subject(mail: Mail, to_do: list[MailLine], new: list[MailLine]) -> str:
    lines = [*to_do, *new]
    if mail.form in DIGESTS:
        counts = []
        if to_do:
            counts.append(ngettext("%(count)d to do", "%(count)d to do", len(to_do)) % {"count": len(to_do)})
        if new:
            counts.append(ngettext("%(count)d new", "%(count)d new", len(new)) % {"count": len(new)})
        name = _("Today on the intranet") if mail.form == Mail.Form.DAILY else _("This week on the intranet")
        return _("%(digest)s: %(counts)s") % {"digest": name, "counts": ", ".join(counts)}
    if len(lines) > 1:
        if mail.form == Mail.Form.REMINDER:
            return _("Reminder: %(count)d things wait for you") % {"count": len(lines)}
        return _("%(count)d new things on the intranet") % {"count": len(lines)}
    what = lines[0].title or lines[0].label
    if mail.form == Mail.Form.REMINDER:
        return _("Reminder: %(title)s") % {"title": what}
    if lines[0].title and lines[0].label:
        return _("%(label)s: %(title)s") % {"label": lines[0].label, "title": what}
    return what


def _stop_headers(stop_url: str) -> dict[str, str]:
    """The button of e-mail programs (RFC 8058), where there is something to stop."""
    if not stop_url:
        return {}
    return {"List-Unsubscribe": f"<{stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _stop_of(mail: Mail, lines: Sequence[Line]) -> Stop | None:
    """What one click stops: the one kind in the e-mail that may be stopped, where it is of one network from that alone;
    of several kinds, all that may be. None where everything in it is required."""
    kinds = known_kinds()
    events = {(row.event.kind, row.event.network_id) for line in lines if (row := line.notification)}
    stopped = {(name, network) for name, network in events if not (kinds[name].required or kinds[name].is_reminder)}
    if not stopped:
        return None
    names, networks = {name for name, _network in stopped}, {network for _name, network in stopped}
    if len(names) > 1:
        return Stop(mail.person)
    return Stop(mail.person, names.pop(), networks.pop() if len(networks) == 1 else None)
