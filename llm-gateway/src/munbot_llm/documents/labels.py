"""Labels of Chilean legal texts as typists and OCR leave them: articles, titles, paragraphs, numerals and letters."""

import re
from dataclasses import dataclass

from munbot_llm.documents.blocks import Level
from munbot_llm.documents.text import folded

_ORDINALS = "primero segundo tercero cuarto quinto sexto séptimo octavo noveno décimo".split()
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
_GLUED_ARTICLE = re.compile(r"^((?:ART[IÍ]CULO|Art[ií]culo))(\d)")
_ARTICLE_ALONE = re.compile(r"^(?:ART[IÍ]CULO|Art[ií]culo)\s*[.:]?$")
_REFERENCE = re.compile(
    r"^(?:(?:de|del|inciso|incisos|letra|letras|y|e|o|u|a|al|bis|ter|en|que|precedente|anterior|siguiente|antes|citado|"
    r"señalad[oa]|mencionad[oa]|ley|no)\b|[,;]?\s*(?:de la|del|inciso|letra|y siguientes)\b)"
)
_DANGLING = frozenset(
    "el la los las al del de en y e o u a con por segun para que este esta dicho presente ley art articulo articulos".split()
)

_DIVISIONS = {"titulo": Level.TITLE, "capitulo": Level.CHAPTER, "parrafo": Level.PARAGRAPH, "seccion": Level.SECTION}
_DIVISION_NAMES = {"titulo": "Título", "capitulo": "Capítulo", "parrafo": "Párrafo", "seccion": "Sección"}
_DIVISION = re.compile(
    rf"^{_STRAY}(?P<word>T[IÍ1l]TULO|T[ií]tulo|CAP[IÍ1l]TULO|Cap[ií]tulo|P[AÁ]RRAFO|P[aá]rrafo|SECCI[OÓ]N|Secci[oó]n)"
    r"\s?(?P<quote>[\"'“”]?)\s?(?:N\s?[°º*]?\s*)?(?P<number>\d{1,2}|[IVXLCHl1]{1,6}|FINAL|[Ff]inal|PRELIMINAR|[Pp]reliminar)"
    r"(?![A-Za-zÁÉÍÓÚáéíóú\d])\s?[°º*]?\s*[.:;,–-]*\s*(?P<rest>.*)$"
)
_PART = re.compile(r"^Let(?:r)?a\s+(?P<letter>[A-Z])\b\s*[).:–-]*\s*(?P<rest>[A-ZÁÉÍÓÚÑ].*)$")

_MARK = re.compile(
    r"^(?P<mark>[•·▪◦●■\-–—*](?=\s)|(?P<deep>\d{1,2}(?:\.\d{1,2}){1,3})[.)]?[-–]?(?=\s)"
    r"|\(?(?P<number>\d{1,2})\s?(?:[°º*€]\s?[.)]?[-–]?(?=\s)|\.?\s?[)\]]\s?\.?[-–]?|\s?[.,]\s?[.]?[-–](?=\s?\S)|\.(?=\s))"
    r"|\(?(?P<letter>[A-Za-zñ])\s?'?\s?(?:\.?\s?\)\s?[.,]{0,2}\s?[-–]?|\.\s?[-–](?=\s?\S)|\.\s(?=[A-ZÁÉÍÓÚÑ]))"
    r"|(?P<dotted>[A-Za-z]\.\d{1,2})\s?[.)]{0,2}[-–]?(?=\s)"
    r"|\(?(?P<roman>[ivxl]{1,5})\))\s*(?P<rest>.*)$"
)
_LOOSE_MARK = re.compile(
    r"^(?:(?P<letter>[b-hj-nps-xz]|a(?=\s+[A-ZÁÉÍÓÚ][a-záéíóú]+\s)|)\)?\s+)(?P<rest>[A-ZÁÉÍÓÚÑ]\w.*)$"
)


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
    if _REFERENCE.match(rest) or rest[:1] in {"/", "%"}:
        return None
    number, numeral = _article_number(found["number"])
    if number is None:
        return None
    capital = bool(re.match(r"[\"'“«(¿]?[A-ZÁÉÍÓÚÑ0-9]", rest)) or not rest
    punctuated = bool(found["end"])
    if not (capital or punctuated):
        return None
    firm = capital and (punctuated or bool(found["mark"])) and bool(rest)
    last_word = (folded(before).split() or [""])[-1]
    if not (firm and (punctuated or found["mark"])) and last_word in _DANGLING:
        return None
    bis = " " + found["bis"].strip(" -").lower() if found["bis"] else ""
    transitory = " transitorio" if found["transitory"] else ""
    quoted = bool(re.search(r"[\"'“«]", found["stray"]))
    return Article(number, f"Artículo {numeral}{bis}{transitory}", rest, firm, quoted)


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
    """The numeral or letter before an item: family (n number, l letter, L capital, r roman, d deep, b bullet) and rank."""

    family: str
    rank: int
    text: str
    rest: str


def mark(line: str) -> Mark | None:
    """Return the mark with which `line` starts, such as «a)», «3.-», «•», «c.1)»; None without one."""
    part = _PART.match(line)
    if part:
        return Mark("P", ord(part["letter"]) - 64, f"Letra {part['letter']}", part["rest"])
    found = _MARK.match(line)
    if not found:
        return None
    text, rest = found["mark"].strip(), found["rest"]
    if found["deep"]:
        return Mark("d", int(found["deep"].rsplit(".", 1)[1]), text, rest) if rest else None
    if found["number"]:
        return Mark("n", int(found["number"]), text, rest)
    if found["dotted"]:
        return Mark("d", int(found["dotted"][2:]), text, rest)
    letter = found["letter"] or found["roman"]
    if not letter:
        return Mark("b", 0, "•", rest)
    if len(letter) == 1:
        return Mark("L" if letter.isupper() else "l", ord(letter.lower()) - 96, text, rest)
    return Mark("r", roman_value(letter.upper()) or 0, text, rest)


def loose_mark(line: str, expected: Mark | None) -> Mark | None:
    """Return the mark of a line whose letter lost its bracket or itself («b Personas», «) Plan»), if one is expected."""
    if expected is None or expected.family not in {"l", "L"}:
        return None
    found = _LOOSE_MARK.match(line)
    following = chr(expected.rank + 97)
    if not found or (found["letter"] and found["letter"].lower() != following) or following > "z":
        return None
    if not found["letter"] and not line.startswith(")"):
        return None
    letter = following.upper() if expected.family == "L" else following
    return Mark(expected.family, expected.rank + 1, f"{letter})", found["rest"])
