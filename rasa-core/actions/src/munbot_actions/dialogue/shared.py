"""What a citizen sends besides words: files and points on the map. They belong to a complaint."""

from munbot_common.client import ServiceProblem
from munbot_common.logs import get_logger

from munbot_actions.dialogue.state import KeptFile, Point
from munbot_actions.dialogue.talk import Talk

log = get_logger("shared")

MOST_FILES = 10
LONGEST_NAME = 80
SHARES = frozenset({"share_file", "share_location"})
"""What Rasa is asked when something came without words."""
_SAYS_LITTLE = frozenset({"nlu_fallback", "inform", "out_of_scope", "greet", "thank", "affirm", "wait"})
"""Intents of words under a picture that ask for nothing («miren», «hola»)."""


def note(talk: Talk) -> None:
    """Keep what came with the message until a complaint is filed."""
    state, file, point = talk.state, talk.turn.file, talk.turn.point
    if file and all(kept.key != file.key for kept in state.files):
        name = (file.filename or file.key.rpartition("/")[2])[-LONGEST_NAME:]
        state.files = [*state.files, KeptFile(key=file.key, filename=name)][-MOST_FILES:]
    if point:
        state.point = Point(latitude=point.latitude, longitude=point.longitude)


def forget(talk: Talk) -> None:
    """Drop what was kept."""
    talk.state.files, talk.state.point = [], None


def came(talk: Talk) -> bool:
    """Tell whether something came with this message."""
    return talk.turn.file is not None or talk.turn.point is not None


def is_all(talk: Talk) -> bool:
    """Tell whether nothing else was said."""
    return talk.message.pressed and talk.turn.intent in SHARES


def says_little(talk: Talk) -> bool:
    """Tell whether something came, and the words with it ask for nothing."""
    return came(talk) and (is_all(talk) or talk.turn.intent in _SAYS_LITTLE)


def acknowledge(talk: Talk, how: str) -> None:
    """Say that it came: `noted` for the complaint in hand, `kept` for another one."""
    if came(talk):
        talk.say(f"shared.{_kind(talk)}_{how}")


def offer(talk: Talk) -> None:
    """Ask what it is for: for the complaint that was just filed, or for a new one."""
    state, kind = talk.state, _kind(talk)
    buttons = (talk.button("accept", "affirm"), talk.button("refuse", "deny"))
    if state.filed and kind != "point":
        state.pending = "attach"
        talk.say(f"shared.{kind}_attach", *buttons, folio=state.filed[-1])
        return
    state.pending = "report"
    talk.say(f"shared.{kind}_offer", *buttons)


def attach(talk: Talk) -> None:
    """Add what was kept to the complaint that was filed last."""
    folio = talk.state.filed[-1]
    try:
        if taken := adopt(talk):
            talk.services.complaints.attach(talk.tenant, folio, taken)
    except ServiceProblem as problem:
        log.warning("not_attached", code=problem.code)
        taken = []
    forget(talk)
    talk.say("shared.attached" if taken else "shared.not_attached", folio=folio)


def adopt(talk: Talk) -> list[str]:
    """Make attachments of the kept files and give their ids; files that are refused are dropped."""
    taken: dict[str, str] = {}
    for file in talk.state.files:
        try:
            taken[file.key] = talk.services.complaints.adopt(talk.tenant, file.key, file.filename)
        except ServiceProblem as problem:
            log.warning("file_refused", code=problem.code)
    talk.state.files = [file for file in talk.state.files if file.key in taken]
    return list(taken.values())


def _kind(talk: Talk) -> str:
    if talk.turn.file is None:
        return "point"
    return "photo" if talk.turn.file.is_photo else "file"
