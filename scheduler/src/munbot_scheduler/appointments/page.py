"""The citizen's page behind the secret link: plain HTML that works without scripts."""

from collections.abc import Iterable
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from urllib.parse import quote, urlencode

from munbot_scheduler.appointments.models import Appointment
from munbot_scheduler.appointments.rules import LIVE, Status, mask_name
from munbot_scheduler.availability.calendar import Slot
from munbot_scheduler.schemas import local
from munbot_scheduler.texts import moment_text, say

SLOTS_SHOWN = 8


@cache
def _frame() -> Template:
    return Template((files("munbot_scheduler.texts") / "page.html").read_text(encoding="utf-8"))


def frame(title: str, content: str) -> str:
    """Return a whole page around HTML that is already escaped."""
    return _frame().substitute(title=escape(title), content=content)


def message_page(title: str, text: str) -> str:
    """Return a page that says one thing."""
    return frame(title, _notice(text))


def appointment_page(
    appointment: Appointment, token: str, *, notice: str = "", slots: Iterable[Slot] | None = None, asked: bool = False
) -> str:
    """Return the page of an appointment.

    Args:
        appointment: with procedure and office.
        token: the link's secret, for the forms.
        notice: what has just happened.
        slots: times to move to, when the citizen asked for them.
        asked: whether to ask if it should really be cancelled.
    """
    procedure, office = appointment.procedure, appointment.office
    facts = [
        (say("page.when"), moment_text(local(appointment.starts_at, office.timezone))),
        (say("page.where"), f"{office.name}, {office.address}".rstrip(", ")),
        (say("page.status"), say(f"status.{appointment.status}")),
        (say("page.code"), appointment.code),
        (say("page.name"), mask_name(appointment.name)),
    ]
    parts = [_notice(notice) if notice else "", f"<p><strong>{escape(procedure.name)}</strong></p>", "<dl>"]
    parts += [f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts]
    parts.append("</dl>")
    if procedure.required_papers and slots is None and not asked:
        items = "".join(f"<li>{escape(paper)}</li>" for paper in procedure.required_papers)
        parts.append(f"<h2>{escape(say('page.papers'))}</h2><ul>{items}</ul>")
    if Status(appointment.status) in LIVE:
        parts.append(_actions(appointment, token, slots, asked=asked))
    return frame(say("page.title"), "\n".join(parts))


def _actions(appointment: Appointment, token: str, slots: Iterable[Slot] | None, *, asked: bool) -> str:
    if asked:
        question = f"<p>{escape(say('page.cancel_question'))}</p>"
        yes = _form("page/cancel", token, say("page.cancel_yes"))
        return question + _group([yes, _link("page", token, say("page.back"))])
    if slots is not None:
        return _moves(token, slots)
    parts = []
    if appointment.status == Status.BOOKED:
        parts.append(_form("page/confirm", token, say("page.confirm")))
    parts.append(_link("page", token, say("page.move"), show="slots"))
    parts.append(_link("page", token, say("page.cancel"), show="cancel"))
    parts.append(_link("ics", token, say("page.calendar")))
    return _group(parts)


def _moves(token: str, slots: Iterable[Slot]) -> str:
    forms = [
        _form(f"page/reschedule?start={quote(slot.start.isoformat(), safe='')}", token, moment_text(slot.local_start()))
        for slot in slots
    ]
    intro = say("page.move_intro") if forms else say("page.move_none")
    return f"<p>{escape(intro)}</p>" + _group([*forms, _link("page", token, say("page.back"))])


def _group(controls: Iterable[str]) -> str:
    return f'<div class="actions">{"".join(controls)}</div>'


def _notice(text: str) -> str:
    return f'<p class="notice" role="status">{escape(text)}</p>'


def _form(action: str, token: str, label: str) -> str:
    joint = "&" if "?" in action else "?"
    url = escape(f"{action}{joint}token={quote(token, safe='')}", quote=True)
    return f'<form method="post" action="{url}"><button>{escape(label)}</button></form>'


def _link(path: str, token: str, label: str, **query: str) -> str:
    url = escape(f"{path}?{urlencode({'token': token, **query})}", quote=True)
    return f'<a class="button plain" href="{url}">{escape(label)}</a>'
