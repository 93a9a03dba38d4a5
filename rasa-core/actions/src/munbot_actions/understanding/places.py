"""Where something happened: an address in a free story."""

import re

from munbot_actions.understanding.normalise import clean

LONGEST_PLACE = 200
_KIND = (
    r"(?:calle|cll?e|pasaje|psje|pje|psj|avenida|avda|av|villa|poblaci[oó]n|pobl?|block|camino|ruta|sector|condominio|"
    r"loteo|parcela|cerro|plaza|plazoleta|parque|esquina|rotonda|puente|consultorio|cesfam|escuela|liceo|colegio|"
    r"jard[ií]n infantil|sede|cancha|feria|paradero|kil[oó]metro|km|playa|costanera|caleta|estadio|cementerio|terminal)"
)
_LINK = re.compile(rf"\b{_KIND}\b\.?", re.IGNORECASE)
_NEAR = re.compile(
    r"\b(?:frente a(?:l)?|al lado de(?:l)?|cerca de(?:l)?|entre|esquina(?: de)?|afuera de(?:l)?|detr[aá]s de(?:l)?|"
    r"a la altura de(?:l)?)\s+\S+",
    re.IGNORECASE,
)
_STREET_NUMBER = re.compile(r"\b(?:en|por)\s+((?:[A-ZÁÉÍÓÚÑ][\wáéíóúñ]+\s+){1,4}(?:n[°º.]?\s*|#\s*)?\d{1,5})\b")
_MINE = re.compile(r"^(?:mi|la|el|una?|del|por|al)$", re.IGNORECASE)
_NOWHERE = re.compile(
    rf"(?:afuera de |frente a |fuera de )?(?:mi|la|el|nuestra|nuestro|esta|este|una?|toda (?:mi|la)|todo (?:mi|el)) "
    rf"(?:{_KIND}|casa|cuadra|barrio|sector|hogar|edificio|departamento)(?: (?:po|pues|no ?m[aá]s|misma|mismo))*$",
    re.IGNORECASE,
)
"""A place that only who says it knows: «en mi calle»."""
_STOP = re.compile(
    r"[;!?\n]|\.\s|\s(?:y esto|y est[aá]|hace|desde|que|qui[eé]n|no pasa|no funciona|porque|por favor|porfa|soy|"
    r"mi rut|rut|quiero|necesito|y adem[aá]s|adem[aá]s|est[aá])\b",
    re.IGNORECASE,
)


def find_place(text: str) -> str | None:
    """Find an address: from its first telling word («villa», «psje», «frente a») to the end of the clause.

    A kind of place without its name («mi pasaje», «la calle») is none.
    """
    for match in [*_LINK.finditer(text), *_NEAR.finditer(text)]:
        before = text[: match.start()].split()[-1:]
        rest = text[match.start() :]
        stop = _STOP.search(rest, match.end() - match.start())
        place = clean(rest[: stop.start()] if stop else rest).strip(" ,.-:")[:LONGEST_PLACE]
        named = re.sub(
            rf"^{_KIND}\b\.?\s*(?:de\s+|del\s+)?(?:la\s+|los\s+|las\s+|el\s+)?", "", place, flags=re.IGNORECASE
        )
        own = bool(before) and fold_article(before[0])
        starts_named = bool(re.match(r"\d|n[°º]" if text.isupper() else r"[A-ZÁÉÍÓÚÑ]|\d|n[°º]", named))
        if (
            named
            and len(named) > 1
            and (not own or starts_named)
            and not re.match(r"[,.]|(?:y|de mi|mi|su|q|que|donde|po|pues)\b", named, re.IGNORECASE)
        ):
            return place
    street = _STREET_NUMBER.search(text)
    return street.group(1) if street else None


def fold_article(word: str) -> bool:
    """Tell whether a word before the kind of place shows that no name will follow («mi pasaje»)."""
    return word.lower().strip(",.") in {"mi", "un", "una", "este", "esta", "nuestra", "nuestro"}


def as_place(text: str) -> str | None:
    """Read a whole answer as an address."""
    plain = clean(text).strip(" .,;:")
    plain = re.sub(r"^(?:es |fue )?(?:en|por|aqu[ií] en|ac[aá] en)\s+", "", plain, flags=re.IGNORECASE)
    if _NOWHERE.match(plain):
        return None
    return plain[:LONGEST_PLACE] if sum(c.isalnum() for c in plain) >= 3 else None
