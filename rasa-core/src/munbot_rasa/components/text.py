"""Bring a citizen's message to the form in which examples and messages are compared."""

from __future__ import annotations

import re
import unicodedata

# What Chileans type in a chat, written out. Only whole words, only where one reading is meant nearly always.
ABBREVIATIONS = {
    "q": "que", "k": "que", "ke": "que", "qe": "que", "qué": "que",
    "d": "de", "x": "por", "xq": "porque", "pq": "porque", "porq": "porque", "xk": "porque",
    "pa": "para", "pal": "para el", "pala": "para la", "p": "para",
    "tb": "también", "tmb": "también", "tbn": "también",
    "toy": "estoy", "ta": "está", "tan": "están", "tamos": "estamos",
    "pls": "por favor", "plis": "por favor", "porfa": "por favor", "porfis": "por favor", "xfa": "por favor",
    "xfavor": "por favor", "pf": "por favor", "porfavor": "por favor",
    "grax": "gracias", "grx": "gracias", "thx": "gracias", "grcs": "gracias",
    "bn": "bien", "msj": "mensaje", "info": "información", "hrs": "horas", "hr": "hora", "min": "minutos",
    "dnd": "dónde", "cdo": "cuándo", "cm": "cómo", "tel": "teléfono", "fono": "teléfono", "cel": "celular",
    "muni": "municipalidad", "dir": "dirección",
    "ola": "hola", "wena": "buena", "wenas": "buenas", "kiero": "quiero", "nesesito": "necesito",
    "nececito": "necesito", "ora": "hora", "aki": "aquí", "aka": "acá", "grasias": "gracias",
}  # fmt: skip

# Emoji that are an answer; every other one is dropped.
ANSWERS = {
    "👍": " sí ",
    "👌": " sí ",
    "✅": " sí ",
    "🆗": " sí ",
    "👎": " no ",
    "❌": " no ",
    "🙏": " gracias ",
    "👋": " hola ",
}

_URL = re.compile(r"https?://\S+|www\.\S+")
_TAG = re.compile(r"<[^<>]{0,200}>")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_WORD = re.compile(r"\w+", re.UNICODE)
_SPACE = re.compile(r"\s+")
# Rasa's server and the encoder are asked for a decision, not for a reading of a novel: the wish stands at the start
# or at the end of a long message.
MAX_CHARACTERS = 400


def normalise(text: str) -> str:
    """Lower, shorten and write out a message; keeps accents, which the sentence encoder knows.

    Args:
        text: the message as typed, of any length.

    Returns:
        At most `MAX_CHARACTERS` characters, without emoji, tags, links, repeated letters or chat abbreviations.
    """
    text = unicodedata.normalize("NFKC", shorten(text)).lower()
    text = _TAG.sub(" ", _URL.sub(" ", text))
    text = "".join(ANSWERS.get(char, char if _is_kept(char) else " ") for char in text)
    text = _REPEATED.sub(r"\1", text)
    text = _WORD.sub(lambda found: ABBREVIATIONS.get(found.group(), found.group()), text)
    return _SPACE.sub(" ", text).strip()


def shorten(text: str) -> str:
    """Cut the middle out of a message longer than `MAX_CHARACTERS`."""
    if len(text) <= MAX_CHARACTERS:
        return text
    half = MAX_CHARACTERS // 2
    return f"{text[:half]} {text[-half + 1 :]}"


def without_accents(text: str) -> str:
    """Drop accents but keep the letter ñ, which makes other words (ano, año)."""
    decomposed = unicodedata.normalize("NFD", text.replace("ñ", "\0"))
    return "".join(char for char in decomposed if unicodedata.category(char) != "Mn").replace("\0", "ñ")


def _is_kept(char: str) -> bool:
    """Keep letters, digits, spaces and the punctuation that carries meaning; drop emoji and control characters."""
    return char.isalnum() or char.isspace() or char in "¿?¡!.,:;-/'\"()+#°º%$&@"
