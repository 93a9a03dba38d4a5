"""Lines before they are assembled: halves that belong to one line are put together."""

import re
from collections.abc import Iterable, Sequence

from munbot_llm.documents import labels
from munbot_llm.documents.titles import is_caps, numbered_decree

PAGE_BREAK = "\f"
_CAPITAL = re.compile(r"[\"'“«(¿¡]?[A-ZÁÉÍÓÚÑ0-9]")
_STRAY_CAPITAL = re.compile(r"^[A-Z] [a-záéíóúñ]")
_SCHEDULE = re.compile(r"^(?::|(?:Desde|De|Hasta|A las)\b.*\d)")
_ENDED = re.compile(r"[.:;!?…]-?[\"'”’»)\]*]*$")
_LONE_LETTER = re.compile(r"^[a-z]$")
SHORT = 0.8  # of the usual width: such a line ended on purpose


def merged(lines: Sequence[str]) -> list[str]:
    """Put a lone mark («c)») and its text into one line."""
    found: list[str] = []
    for line in lines:
        text = line not in {"", PAGE_BREAK}
        if found and text and _CAPITAL.match(line) and not labels.mark(line) and _waits(found):
            found[-1] = f"{found[-1]} {line}"
        else:
            found.append(line)
    return found


def _waits(lines: Sequence[str]) -> bool:
    """Say whether the last line is a mark without text, its bracket lost or not."""
    if labels.lone_mark(lines[-1]):
        return True
    return bool(_LONE_LETTER.match(lines[-1])) and len(lines) > 1 and (not lines[-2].strip() or ended(lines[-2]))


def ended(line: str) -> bool:
    """Say whether a line ends like a sentence, a clause or an introduction."""
    return bool(_ENDED.search(line))


def capital(line: str) -> bool:
    """Say whether a line starts like a sentence; «I carretón» starts with a misread word."""
    return bool(_CAPITAL.match(line)) and not _STRAY_CAPITAL.match(line)


def is_label(above: str, line: str) -> bool:
    """Say whether `above` names what `line` tells: «Días hábiles» over «Desde 9:00 a 24:00 hrs.»."""
    return bool(_SCHEDULE.match(line)) and len(above.split()) <= 4 and not ended(above)


def breaks(paragraph: Sequence[str], line: str, width: int) -> bool:
    """Say whether `line` starts a new paragraph under the lines of the present one, `width` being that of full lines."""
    above = paragraph[-1]
    if not capital(line):
        return False
    if numbered_decree(line):
        return True
    short = len(above) < SHORT * width
    if ended(above):
        return short or above.endswith(":")
    if above.endswith((",", "siguiente", "siguientes")) and (above.endswith(",") or line.endswith(":")):
        return False
    if goes_on_in_capitals(above, line):
        return False
    prose = any(len(before) >= SHORT * width for before in paragraph[:-1])
    return short and not prose and not labels.dangling(above)


def goes_on_in_capitals(above: str, line: str) -> bool:
    """Say whether a title in capitals inside a sentence goes on: «la Ordenanza "SOBRE HORARIOS DE» / «LOCALES»."""
    last = above.split()[-1].strip("\"'.,;:")
    return is_caps(line, more=True) and len(last) > 2 and last.isupper() and not is_caps(above, more=True)


def joined(lines: Iterable[str]) -> str:
    """Join the lines of a paragraph; a word that was hyphenated at a line's end is made whole."""
    text = ""
    for line in lines:
        if re.search(r"[a-záéíóúñ]-$", text) and re.match(r"[a-záéíóúñ]", line):
            text = text[:-1] + line
        else:
            text = f"{text} {line}" if text else line
    return re.sub(r" +([,;:.](?=\s|$))", r"\1", " ".join(text.split()))


def usual_width(lines: Sequence[str]) -> int:
    """Return the width of a full line: the ninth decile of those that are no labels."""
    widths = sorted(len(line) for line in lines if len(line) > 20)
    return widths[len(widths) * 9 // 10] if widths else 0
