"""Labels of Chilean legal texts as typists and OCR leave them: articles, titles, paragraphs, numerals and letters."""

import re
from dataclasses import dataclass

from munbot_llm.documents.blocks import Level
from munbot_llm.documents.text import folded
from munbot_llm.documents.words import resource, word_set

_ORDINALS = str(resource("legal")["ordinals"]).split()
_ROMAN = re.compile(r"(?=[IVXLC])(?:C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})$")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_ROMAN_STEPS = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))

# Up to two stray letters or marks before the word, as stamps leave them: «de ART. N° 20:», «a Párrafo 3°:».
_STRAY = r"(?:[\"'“”«*•.,|~_-]{1,3}\s?|[a-záéíóú]{1,2}\s){0,2}"
_ARTICLE = re.compile(
    rf"^(?P<stray>{_STRAY})(?:ART[IÍ1l]CULO|Art[ií1l]culo|ARTIC\.|ART|Art)\b\.?\s*"
    r"(?:[Nn]\s?(?:[°º*®'o]\s?)?(?:[°º*®'.]\s?)?)?"
    rf"(?P<number>\d{{1,4}}(?![\d.]\d)|[IVXLC]{{1,7}}(?![a-záéíóú])|[ÚUúu][Nn][Ii][Cc][Oo]|(?i:{'|'.join(_ORDINALS)}))"
    r"(?P<bis>\s?-?\s?(?i:bis|ter|qu[aá]ter)\b)?\s?(?P<mark>[°º*?'®ª€]|o(?=[\s.:]))?"
    r"(?P<transitory>\s+(?i:transitorio)\b)?\s*(?P<end>[.:;,)]?\s?[-–—.]{1,2}|[.:;,)]|)\s*(?P<rest>.*)$"
)
_STRAY_WORD = re.compile(r"^[a-záéíóú]{1,2}\s(?=[A-ZÁÉÍÓÚÑ])")
_GLUED_ARTICLE = re.compile(r"^((?:ART[IÍ]CULO|Art[ií]culo))(\d)")
_ARTICLE_ALONE = re.compile(r"^(?:ART[IÍ]CULO|Art[ií]culo)\s*[.:]?$")
_REFERENCE = re.compile(
    r"^(?:(?:de|del|inciso|incisos|letra|letras|y|e|o|u|a|al|bis|ter|en|que|precedente|anterior|siguiente|antes|citado|"
    r"señalad[oa]|mencionad[oa]|ley|no)\b|[,;]?\s*(?:de la|del|inciso|letra|y siguientes)\b)"
)
_DANGLING = word_set("legal", "dangling")

_DIVISIONS = {"titulo": Level.TITLE, "capitulo": Level.CHAPTER, "parrafo": Level.PARAGRAPH, "seccion": Level.SECTION}
_DIVISION_NAMES = {"titulo": "Título", "capitulo": "Capítulo", "parrafo": "Párrafo", "seccion": "Sección"}
_DIVISION = re.compile(
    rf"^{_STRAY}(?P<word>T[IÍ1l]TULO|T[ií]tulo|CAP[IÍ1l]TULO|Cap[ií]tulo|P[AÁ]RRAFO|P[aá]rrafo|SECCI[OÓ]N|Secci[oó]n)"
    r"\s?(?P<quote>[\"'“”]?)\s?(?:N\s?[°º*]?\s*)?(?P<number>\d{1,2}|[IVXLCHl1]{1,6}|FINAL|[Ff]inal|PRELIMINAR|[Pp]reliminar)"
    r"(?![A-Za-zÁÉÍÓÚáéíóú\d])\s?[°º*]?\s*[.:;,–-]*\s*(?P<rest>.*)$"
)
_PART = re.compile(r"^Let(?:r)?a\s+(?P<letter>[A-Z])\b\s*[).:–-]*\s*(?P<rest>[A-ZÁÉÍÓÚÑ].*)$")

_CAPITAL = "A-ZÁÉÍÓÚÑ"
_MARK = re.compile(
    r"^(?P<mark>[•·▪◦●■\-–—*](?=\s)|(?P<deep>\d{1,2}(?:\.\d{1,2}){1,3})[.)]?[-–]?(?=\s)"
    r"|\(?(?P<number>\d{1,2})\s?(?:[°º*€]\s?[.)]?[-–]?(?=\s)|\.?\s?[)\]]\s?\.?[-–]?|\s?[.,]\s?[.]?[-–](?=\s?\S)|\.(?=\s)"
    rf"|(?=\s[{_CAPITAL}]{{4}}))"
    rf"|(?P<capitals>[IVXL]{{2,5}})\s?(?:\.\s?[-–]?|[-–])(?=\s?[{_CAPITAL}])"
    rf"|\(?(?P<letter>[A-Za-zñ])\s?'?\s?(?:\.?\s?\)\s?[.,]{{0,2}}\s?[-–]?|\.\s?[-–](?=\s?\S)|\.\s(?=[{_CAPITAL}]))"
    r"|(?P<dotted>[A-Za-z]\.\d{1,2})\s?[.)]{0,2}[-–]?(?=\s)"
    r"|\(?(?P<roman>[ivxl]{1,5})\))\s*(?P<rest>.*)$"
)
_LONE_MARK = re.compile(r"^\(?(?:[A-Za-z]|\d{1,2}|[ivx]{2,4})\s?(?:[.)]{1,2}[-–]?|[,-]-?)$")
_LOOSE_LETTER = re.compile(rf"^(?P<letter>[A-Za-z])[,;]?\s+(?P<rest>[{_CAPITAL}]\w.*)$")
_LOST_LETTER = re.compile(rf"^[¿(]?\)\s?[.-]{{0,2}}\s*(?P<rest>[{_CAPITAL}]\w.*)$")
_MISREAD_DEGREE = re.compile(rf"^(?P<number>\d)[90]\s(?P<rest>[{_CAPITAL}]\w.*)$")


@dataclass(frozen=True, slots=True)
class Article:
    """The opening of an article: its number, cleaned label («Artículo 5° bis») and the words behind it."""

    number: int
    label: str
    rest: str
    firm: bool  # the label is punctuated or its text starts like a sentence
    quoted: bool


def article(line: str, before: str = "") -> Article | None:
    """Return the article that `line` opens, `before` being the line above; None for references to articles."""
    line = _GLUED_ARTICLE.sub(r"\1 \2", line)
    found = _ARTICLE.match(line)
    if not found:
        return None
    rest = found["rest"].strip()
    if found["end"]:
        rest = _STRAY_WORD.sub("", rest)
    if _REFERENCE.match(rest) or rest[:1] in {"/", "%"}:
        return None
    number, numeral = _article_number(found["number"])
    if number is None:
        return None
    capital = bool(re.match(r"[\"'“«(¿]?[A-ZÁÉÍÓÚÑ0-9]", rest)) or not rest
    punctuated = bool(found["end"])
    if not (capital or punctuated):
        return None
    marked = punctuated or bool(found["mark"])
    if dangling(before) and not (marked and capital):
        return None
    bis = " " + found["bis"].strip(" -").lower() if found["bis"] else ""
    transitory = " transitorio" if found["transitory"] else ""
    quoted = bool(re.search(r"[\"'“«]", found["stray"]))
    return Article(number, f"Artículo {numeral}{bis}{transitory}", rest, capital and marked and bool(rest), quoted)


def dangling(line: str) -> bool:
    """Say whether a line ends with a word that needs another one: «de la», «en», «según»."""
    found = folded(line).split()
    return bool(found) and found[-1] in _DANGLING


def article_alone(line: str) -> bool:
    """Say whether the line is the word «Artículo» without its number."""
    return bool(_ARTICLE_ALONE.match(line))


def _article_number(written: str) -> tuple[int | None, str]:
    if written.isdigit():
        return int(written), f"{int(written)}°"
    word = folded(written)
    if word == "unico":
        return 1, "único"
    for number, ordinal in enumerate(_ORDINALS, start=1):
        if word == folded(ordinal):
            return number, ordinal
    value = roman_value(written)
    return (value, f"{value}°") if value else (None, "")


def roman_value(numeral: str) -> int | None:
    """Return the value of a Roman numeral, None when it is none."""
    if not numeral or not _ROMAN.match(numeral):
        return None
    values = [_ROMAN_VALUES[letter] for letter in numeral]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))


def roman(value: int) -> str:
    """Return `value` (1 to 399) as a Roman numeral."""
    written = ""
    for step, letters in _ROMAN_STEPS:
        count, value = divmod(value, step)
        written += letters * count
    return written


@dataclass(frozen=True, slots=True)
class Division:
    """A «Título», «Capítulo», «Párrafo» or «Sección» and the title that stands in the same line."""

    level: Level
    word: str
    numeral: str
    rest: str

    @property
    def label(self) -> str:
        """«Título II»."""
        return f"{self.word} {self.numeral}"


def division(line: str, previous: dict[Level, int]) -> Division | None:
    """Return the division that `line` opens.

    A numeral that OCR spoiled («TITULO HI», «TITULO"I») becomes the successor of the last one of its level in
    `previous`, which is kept up to date.
    """
    line = re.sub(r"^(T[IÍ]TULO|CAP[IÍ]TULO|P[AÁ]RRAFO)(?=[IVXL]{1,5}\b)", r"\1 ", line)
    found = _DIVISION.match(line)
    if not found or _REFERENCE.match(found["rest"]):
        return None
    word = (
        folded(found["word"].replace("1", "i").replace("l", "i")) if found["word"].isupper() else folded(found["word"])
    )
    level = _DIVISIONS[word]
    if found["number"][0] in "FfPp":
        return Division(level, _DIVISION_NAMES[word], found["number"].lower(), found["rest"].strip())
    last = previous.get(level, 0)
    if found["number"].isdigit() and word != "titulo":
        value, numeral = int(found["number"]), f"{int(found['number'])}°"
    else:
        read = roman_value(found["number"].replace("l", "I").replace("1", "I"))
        value = last + 1 if read is None or (found["quote"] and read <= last) else read
        numeral = roman(value)
    previous[level] = value
    for deeper in Level:
        if deeper > level and deeper in previous:
            del previous[deeper]
    return Division(level, _DIVISION_NAMES[word], numeral, found["rest"].strip())


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark before an item.

    Attributes:
        family: n number, l letter, r Roman, d deep («1.2», «c.1»), b bullet, P a titled part («Letra C»).
        rank: its place in its enumeration, from 1; 0 for bullets and unread numerals.
        text: as written.
        rest: what follows.
    """

    family: str
    rank: int
    text: str
    rest: str

    @property
    def punctuated(self) -> bool:
        """Say whether a bracket or a dash makes it a mark beyond doubt."""
        return self.text.endswith((")", "-", "–", "]")) or self.family in {"b", "P"}

    @property
    def titled(self) -> bool:
        """Say whether a title in capitals follows: «B) HOTELES, ANEXOS DE HOTELES: …»."""
        return bool(
            re.match(rf"[{_CAPITAL}]{{3,}}\b(?:,? (?:[{_CAPITAL}]{{3,}}|DE|Y|O|A|EN|LA|EL)\b|[:,;]|$)", self.rest)
        )

    def follows(self, last: "Mark | None") -> bool:
        """Say whether it is the next one, or nearly, after `last`."""
        return last is not None and self.family == last.family and last.rank < self.rank <= last.rank + 3


def mark(line: str) -> Mark | None:
    """Return the mark with which `line` starts, such as «a)», «3.-», «•», «c.1)»; None without one."""
    part = _PART.match(line)
    if part:
        return Mark("P", ord(part["letter"]) - 64, f"Letra {part['letter']}.-", part["rest"])
    found = _MARK.match(line)
    if not found:
        return None
    text, rest = found["mark"].strip(), found["rest"]
    family, rank = _family(found)
    if family == "b":
        return Mark("b", 0, "•", rest)
    return Mark(family, rank, text, rest) if rest or family != "d" else None


def _family(found: re.Match[str]) -> tuple[str, int]:
    if found["deep"] or found["dotted"]:
        return "d", int((found["deep"] or found["dotted"]).rsplit(".", 1)[1])
    if found["number"]:
        return "n", int(found["number"])
    letter = found["letter"] or found["roman"] or found["capitals"]
    if not letter:
        return "b", 0
    if len(letter) == 1:
        return "l", ord(letter.lower()) - 96
    return "r", roman_value(letter.upper()) or 0


def lone_mark(line: str) -> bool:
    """Say whether the line is a mark whose text stands in the next line."""
    return bool(_LONE_MARK.match(line))


def mended(found: Mark, last: Mark | None) -> Mark:
    """Return a mark as its enumeration needs it: «I)» after «k)» is «l)», «C)» after «b)» is «c)»."""
    if last is None or found.family != "l" or last.family != "l" or not found.text[:1].isalpha() or found.titled:
        return found
    rank = found.rank
    if found.text[0] == "I" and last.rank == 11:
        rank = 12
    if rank == last.rank + 1:
        letter = chr(96 + rank)
        written = letter.upper() if _letter_of(last).isupper() else letter
        return Mark("l", rank, written + found.text[1:], found.rest)
    return found


def _letter_of(found: Mark) -> str:
    return next((letter for letter in found.text if letter.isalpha()), "a")


def loose_mark(line: str, last: Mark | None, *, opens: bool) -> Mark | None:
    """Return the mark of a line whose letter lost its bracket or itself («b Personas», «) Plan»), if one is due.

    `opens`: an enumeration may begin here, so «a Personas» is its first letter.
    """
    if opens and (found := _LOOSE_LETTER.match(line)) and found["letter"] == "a":
        return Mark("l", 1, "a)", found["rest"])
    if last is None or last.rank >= 26:
        return None
    if last.family == "n" and (found := _MISREAD_DEGREE.match(line)):
        return Mark("n", last.rank + 1, f"{last.rank + 1}°", found["rest"]) if int(found[1]) == last.rank + 1 else None
    if last.family != "l":
        return None
    due = chr(97 + last.rank)
    due = due.upper() if _letter_of(last).isupper() else due
    found = _LOOSE_LETTER.match(line)
    if found and found["letter"] != due:
        return None
    found = found or _LOST_LETTER.match(line)
    return Mark("l", last.rank + 1, f"{due})", found["rest"]) if found else None
