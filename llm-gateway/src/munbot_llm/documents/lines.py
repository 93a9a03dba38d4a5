"""Lines before they are assembled: halves that belong to one line are put together."""

import re
from collections.abc import Iterable, Sequence

from munbot_llm.documents import labels
from munbot_llm.documents.blocks import Block
from munbot_llm.documents.titles import is_caps, numbered_decree

PAGE_BREAK = "\f"
_CAPITAL = re.compile(r"[\"'“«(¿¡]?[A-ZÁÉÍÓÚÑ0-9]")
_STRAY_CAPITAL = re.compile(r"^[A-Z] [a-záéíóúñ]")
_SCHEDULE = re.compile(r"^(?::|(?:Desde|De|Hasta|A las)\b.*\d)")
_ENDED = re.compile(r"[.:;!?…]-?[\"'”’»)\]*]*$")
_LONE_LETTER = re.compile(r"^[a-z]$")
_LABELLED = re.compile(r"[A-ZÁÉÍÓÚÑ][\w ]{2,30}: ?\S")  # «Teléfono: 2 2345 6700»
_HYPHENATED = re.compile(r"[a-záéíóúñ]-$")
SHORT = 0.8  # of the usual width: such a line ended on purpose


def merged(lines: Sequence[str | Block]) -> list[str | Block]:
    """Put a lone mark («c)») and its text into one line."""
    found: list[str | Block] = []
    for line in lines:
        if isinstance(line, str) and line not in {"", PAGE_BREAK} and _follows_mark(found, line):
            found[-1] = f"{found[-1]} {line}"
        else:
            found.append(line)
    return found


def _follows_mark(above: Sequence[str | Block], line: str) -> bool:
    """Say whether the line above is a mark without text, its bracket lost or not."""
    last = above[-1] if above else ""
    if not isinstance(last, str) or not _CAPITAL.match(line) or labels.mark(line):
        return False
    before = above[-2] if len(above) > 1 else ""
    return labels.lone_mark(last) or bool(_LONE_LETTER.match(last) and isinstance(before, str) and ended(before))


def ended(line: str) -> bool:
    """Say whether a line ends like a sentence, a clause or an introduction."""
    return bool(_ENDED.search(line))


def capital(line: str) -> bool:
    """Say whether a line starts like a sentence; «I carretón» starts with a misread word."""
    return bool(_CAPITAL.match(line)) and not _STRAY_CAPITAL.match(line)


def is_label(above: str, line: str) -> bool:
    """Say whether `above` names what `line` tells: «Días hábiles» over «Desde 9:00 a 24:00 hrs.»."""
    return bool(_SCHEDULE.match(line)) and len(above.split()) <= 4 and not ended(above)


def breaks(above: str, line: str, width: int, *, prose: bool) -> bool:
    """Say whether `line` starts a new paragraph under `above`.

    `width` is that of full lines; `prose`: the paragraph has a full line before `above`, so `above` may be a torn one.
    """
    if not capital(line):
        return False
    if numbered_decree(line) or (_LABELLED.match(line) and not prose and not labels.dangling(above)):
        return True
    short = len(above) < SHORT * width
    if ended(above):
        return short or above.endswith(":")
    if above.endswith((",", "siguiente", "siguientes")) and (above.endswith(",") or line.endswith(":")):
        return False
    if goes_on_in_capitals(above, line):
        return False
    return short and not prose and not labels.dangling(above)


def goes_on_in_capitals(above: str, line: str) -> bool:
    """Say whether a title in capitals inside a sentence goes on: «la Ordenanza "SOBRE HORARIOS DE» / «LOCALES»."""
    last = above.rsplit(maxsplit=1)[-1].strip("\"'.,;:")
    return is_caps(line, more=True) and len(last) > 2 and last.isupper() and not is_caps(above, more=True)


def joined(lines: Iterable[str]) -> str:
    """Join the lines of a paragraph; a word that was hyphenated at a line's end is made whole."""
    parts: list[str] = []
    for line in lines:
        if parts and line and _HYPHENATED.search(parts[-1][-2:]) and line[0].islower():
            parts[-1] = parts[-1][:-1] + line
        elif line:
            parts.append(line)
    return re.sub(r" +([,;:.](?=\s|$))", r"\1", " ".join(" ".join(parts).split()))


def usual_width(lines: Sequence[str]) -> int:
    """Return the width of a full line: the ninth decile of those that are no labels."""
    widths = sorted(len(line) for line in lines if len(line) > 20)
    return widths[len(widths) * 9 // 10] if widths else 0
