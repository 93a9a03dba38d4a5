"""How words are compared: without case, accents and endings; chat Spanish brought back to written Spanish."""

import re
import threading
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import snowballstemmer
import yaml

_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_CHAT_ENDING = re.compile(r"(?<=[a-z]{2})ao(s?)$")
_K_BEFORE_EI = re.compile(r"k(?=[ei])")
_ACCENTS = re.compile(r"[\u0300-\u036f]")
_stemmers = threading.local()


def fold(text: str) -> str:
    """Return the text without case and accents; «ñ» stays apart from «n»."""
    kept = unicodedata.normalize("NFC", text).casefold().replace("ñ", "\0")
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", kept)).replace("\0", "ñ")


def words(text: str) -> list[str]:
    """Return the folded words and numbers of a text, in order."""
    return _WORD.findall(fold(text))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return a folded word without its ending («botillerías» → «botilleri»)."""
    stemmer = getattr(_stemmers, "spanish", None)
    if stemmer is None:
        stemmer = _stemmers.spanish = snowballstemmer.stemmer("spanish")
    return fold(str(stemmer.stemWord(word)))


def stems(text: str) -> list[str]:
    """Return the stems of a text's words, small words left out."""
    small = function_words()
    return [stem(word) for word in words(text) if word not in small]


def normalise(question: str) -> str:
    """Write a chat message as Spanish is written («xq kiero botar las ojas?» → «porque quiero botar las ojas?»)."""
    text = _REPEATED.sub(r"\1", " ".join(question.split()))
    return re.sub(r"[^\W\d_]+", lambda found: _written(found.group()), text)


def _written(word: str) -> str:
    plain = fold(word)
    known = chat_words().get(plain)
    if known is not None:
        return known
    if "k" in plain and plain not in _k_words():
        plain = _K_BEFORE_EI.sub("qu", plain).replace("k", "c")
        return chat_words().get(plain, plain)
    ending = _CHAT_ENDING.search(plain)
    if ending and plain not in _ao_words():
        return f"{plain[: ending.start()]}ado{ending.group(1)}"
    return word


@cache
def resource(name: str) -> Any:
    """Read one of the package's YAML files."""
    return yaml.safe_load(files(__package__).joinpath("resources", name).read_text(encoding="utf-8"))


@cache
def function_words() -> frozenset[str]:
    """Return small words that carry no matter of their own, folded."""
    lists: dict[str, str] = resource("words.yml")["small"]
    return frozenset(word for line in lists.values() for word in words(line))


@cache
def chat_words() -> dict[str, str]:
    """Return chat spellings, folded, with what they stand for."""
    return {fold(str(short)): str(full) for short, full in resource("words.yml")["chat"].items()}


@cache
def _k_words() -> frozenset[str]:
    return frozenset(words(resource("words.yml")["with_k"]))


@cache
def _ao_words() -> frozenset[str]:
    return frozenset(words(resource("words.yml")["with_ao"]))


@cache
def topics() -> tuple[str, ...]:
    """Return what citizens ask of any office, or of no office."""
    return tuple(topic.strip() for line in resource("topics.yml").values() for topic in str(line).split(";"))
