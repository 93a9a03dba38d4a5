"""The words of the grammar, their misspellings, and how a typed word is brought to its usual form."""

from __future__ import annotations

import re
import unicodedata

WEEKDAYS = ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo")
MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
    "noviembre", "diciembre",
)  # fmt: skip
SHORT_MONTHS = {
    "ene": 1, "feb": 2, "mar": 3, "abr": 4, "may": 5, "jun": 6, "jul": 7, "ago": 8, "sep": 9, "sept": 9,
    "set": 9, "oct": 10, "nov": 11, "dic": 12,
}  # fmt: skip
MONTH_NUMBER = {name: number for number, name in enumerate(MONTHS, 1)} | SHORT_MONTHS
SHORT_WEEKDAYS = {"lun": 0, "mar": 1, "mie": 2, "mier": 2, "jue": 3, "vie": 4, "vier": 4, "sab": 5, "dom": 6}
WEEKDAY_NUMBER = {name: number for number, name in enumerate(WEEKDAYS)} | SHORT_WEEKDAYS

# «uno», «una» and «un» stay words: they are articles far more often than numbers.
NUMBERS = {
    "cero": 0, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9,
    "diez": 10, "once": 11, "doce": 12, "trece": 13, "catorce": 14, "quince": 15, "dieciseis": 16,
    "diecisiete": 17, "dieciocho": 18, "diecinueve": 19, "veinte": 20, "veintiuno": 21, "veintiun": 21,
    "veintiuna": 21, "veintidos": 22, "veintitres": 23, "veinticuatro": 24, "veinticinco": 25,
    "veintiseis": 26, "veintisiete": 27, "veintiocho": 28, "veintinueve": 29, "treinta": 30,
    "cuarenta": 40, "cincuenta": 50,
}  # fmt: skip
UNITS_WORDS = {"un": 1, "uno": 1, "una": 1} | {word: n for word, n in NUMBERS.items() if n < 10}

_TYPED = {
    "lunes": "lune luens lnes lunrs",
    "martes": "marte mrtes matres marts",
    "miercoles": "miecoles mercoles miercles mierocles miercole mierkoles miercols miercoes",
    "jueves": "jueve jeuves juves juebs juevs jves",
    "viernes": "vierne vienres virnes vierns vieres vernes",
    "sabado": "sabao sabdo sbado",
    "domingo": "domigo domngo domnigo",
    "septiembre": "setiembre septimbre",
    "noviembre": "novimbre noviemre",
    "diciembre": "dicimbre diciemre disiembre",
    "manana": "mnn mn mnna manna manan maniana manhana mnana mannana mananita",
    "pasado": "pasao",
    "hoy": "oy oi hoi",
    "ayer": "aller ayel",
    "anteayer": "antier antayer",
    "tarde": "tardecita tardesita tardecito trade tarded tardes",
    "noche": "noxe nochecita noches",
    "temprano": "tempranito tempranitos tempra trempano",
    "semana": "cemana semna sem semanita",
    "proximo": "prox prosimo procsimo proxmo",
    "proxima": "prosima procsima proxma",
    "siguiente": "sgte sgt sig siguente",
    "ultima": "utlima ultma hultima ulima",
    "ultimo": "utlimo ultmo hultimo ulimo",
    "primera": "primer primra",
    "despues": "despue dsps dps dsp depues despuez desp",
    "antes": "ante",
    "hasta": "asta",
    "hrs": "hr hs hras hras hra h",
    "horas": "oras",
    "hora": "ora orita horita",
    "por": "x",
    "que": "q k ke qe",
    "de": "d",
    "del": "dl",
    "para": "pa pa' pra",
    "para el": "pal pa'l",
    "favor": "fa favr",
    "porfavor": "porfa xfa pofa porfi xfavor plis",
    "fin de semana": "finde findesemana",
    "15": "qince",
    "20": "viente vente",
    "24": "venticuatro",
    "22": "ventidos",
}
ALIASES = {form: word for word, forms in _TYPED.items() for form in forms.split()}

# What may stand around a lone number: «ya, dame el 2 nomás porfa».
_AROUND_A_NUMBER = (
    "a al ok ya si el la los las de del en es y o por favor porfavor mejor entonces gracias nomas dale ponle pongale"
    " pongame hora hrs no quiero prefiero bueno bien tipo esa ese seria con dia perdon digo para me sirve quedo tomo"
    " elijo dame deme numero que un una"
)
FILLERS = frozenset(_AROUND_A_NUMBER.split())

_SOUND = str.maketrans({"v": "b", "z": "s", "h": None})
_SOFT_C = re.compile(r"c(?=[ei])")
_REPEATED = re.compile(r"(.)\1+")


def sound(word: str) -> str:
    """Give a key under which the usual misspellings of a word meet («juevez», «biernes», «savado»)."""
    key = _SOFT_C.sub("s", word).translate(_SOUND).replace("mb", "nb").replace("ll", "y")
    return _REPEATED.sub(r"\1", key).removesuffix("s")


_BY_SOUND = {sound(word): word for word in (*WEEKDAYS, *MONTHS, "manana", "semana", "tarde", "noche", "temprano")}
_BY_SOUND |= {sound(word): str(number) for word, number in NUMBERS.items() if len(word) > 3}
_BY_SOUND |= {sound(word): str(number) for word, number in NUMBERS.items() if word == "diez"}


def fold(word: str) -> str:
    """Lower a word and take its accents away; «ñ» becomes «n»."""
    decomposed = unicodedata.normalize("NFKD", word.lower())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def usual_form(word: str) -> str:
    """Bring one folded word to the form the rules know; unknown words come back unchanged."""
    if word in ALIASES:
        return ALIASES[word]
    if word in NUMBERS:
        return str(NUMBERS[word])
    if len(word) >= 4 and len(word) <= 16:
        return _BY_SOUND.get(sound(word), word)
    return word
