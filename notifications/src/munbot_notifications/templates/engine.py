"""Filling templates. Municipalities write their own, so they may use what filling in words needs, and no more."""

import re
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NoReturn

from jinja2 import Environment, StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError, nodes
from jinja2 import Template as Compiled
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from munbot_notifications.templates.builtin import Words
from munbot_notifications.texts import say, words

MAX_OUTPUT = 100_000
MAX_LOOPS = 2
DEFAULT_COLOR = "#0b5c8a"
_FILTERS = (
    "capitalize",
    "default",
    "escape",
    "e",
    "first",
    "join",
    "last",
    "length",
    "lower",
    "title",
    "trim",
    "upper",
)
_FORBIDDEN = (
    nodes.Call,
    nodes.CallBlock,
    nodes.Macro,
    nodes.Include,
    nodes.Import,
    nodes.FromImport,
    nodes.Extends,
    nodes.Block,
    nodes.Mul,
    nodes.Pow,
    nodes.Mod,
    nodes.Concat,
)
_FILE = "<template>"
_BLANK_LINES = re.compile(r"\n\s*\n\s*\n")


class TemplateBroken(Exception):
    """A template cannot be used.

    Args:
        part: `subject`, `text`, `html` or `short`.
        line: where, from 1; None where no line is to blame.
        detail: a sentence in Spanish.
    """

    def __init__(self, part: str, line: int | None, detail: str) -> None:
        super().__init__(f"{part}:{line}")
        self.part, self.line, self.detail = part, line, detail


@dataclass(frozen=True, slots=True)
class Filled:
    """What is said to one recipient."""

    subject: str
    text: str
    html: str
    short: str


@dataclass(frozen=True, slots=True)
class Municipality:
    """Who speaks, as mails show it."""

    name: str
    address: str = ""
    phone: str = ""
    color: str = DEFAULT_COLOR


def _environment(*, escape: bool) -> Environment:
    environment = ImmutableSandboxedEnvironment(
        autoescape=escape, undefined=StrictUndefined, lstrip_blocks=True, cache_size=0
    )
    environment.filters = {name: environment.filters[name] for name in _FILTERS}
    environment.globals = {}
    return environment


_PLAIN, _HTML = _environment(escape=False), _environment(escape=True)


def check(words: Words, example: Mapping[str, Any], municipality: Municipality) -> Filled:
    """Compile every part, fill it with the example, and return the result.

    Raises:
        TemplateBroken: a part cannot be compiled or filled, or says nothing.
    """
    return fill(words, example, municipality)


def fill(words: Words, data: Mapping[str, Any], municipality: Municipality, *, unsubscribe_url: str = "") -> Filled:
    """Fill in what a template says, and put mails into their frame.

    Args:
        words: the template's sources.
        data: what they are filled with.
        municipality: who speaks.
        unsubscribe_url: for the foot of mails; empty: without.

    Raises:
        TemplateBroken: a part cannot be compiled or filled, or says nothing.
    """
    values = {**data, "municipality": municipality}
    subject = " ".join(_part("subject", words.subject, values).split())
    text = _BLANK_LINES.sub("\n\n", _part("text", words.text, values))
    html = _part("html", words.html, values)
    return Filled(
        subject=subject,
        text=_framed("txt", text, municipality, subject, unsubscribe_url),
        html=_framed("html", html, municipality, subject, unsubscribe_url),
        short=" ".join(_part("short", words.short, values).split()),
    )


def _part(part: str, source: str, values: Mapping[str, Any]) -> str:
    compiled = _compiled(part, source)
    try:
        filled = "".join(_limited(part, compiled.generate(values))).strip()
    except UndefinedError as error:
        _broken(part, error, say("templates.undefined", name=_name_of(error)))
    except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError) as error:
        _broken(part, error, say("templates.failed"))
    if not filled:
        raise TemplateBroken(part, None, say("templates.empty"))
    return filled


def _limited(part: str, pieces: Iterator[str]) -> Iterator[str]:
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > MAX_OUTPUT:
            raise TemplateBroken(part, None, say("templates.too_long"))
        yield piece


@lru_cache(maxsize=512)
def _compiled(part: str, source: str) -> Compiled:
    environment = _HTML if part == "html" else _PLAIN
    try:
        tree = environment.parse(source)
        for node in tree.find_all(_FORBIDDEN):
            name = type(node).__name__.lower()
            raise TemplateBroken(part, node.lineno, say("templates.forbidden", name=name))
        _check_loops(part, tree, 0)
        return environment.from_string(source)
    except TemplateSyntaxError as error:
        raise TemplateBroken(part, error.lineno, say("templates.syntax", detail=error.message)) from error
    except TemplateError as error:  # a filter or test that is not there
        raise TemplateBroken(part, None, say("templates.syntax", detail=str(error))) from error


def _check_loops(part: str, node: nodes.Node, depth: int) -> None:
    if isinstance(node, nodes.For):
        depth += 1
        if depth > MAX_LOOPS or node.recursive:
            raise TemplateBroken(part, node.lineno, say("templates.nested"))
    for child in node.iter_child_nodes():
        _check_loops(part, child, depth)


def _broken(part: str, error: Exception, detail: str) -> NoReturn:
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == _FILE]
    raise TemplateBroken(part, lines[-1] if lines else None, detail) from error


def _name_of(error: UndefinedError) -> str:
    quoted = str(error).split("'")
    return quoted[-2] if len(quoted) >= 3 else "?"


@cache
def _frame(kind: str) -> Compiled:
    source = (files("munbot_notifications.resources") / f"layout.{kind}.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=kind == "html", undefined=StrictUndefined)  # noqa: S701 - the text is no page
    return environment.from_string(source)


def _framed(kind: str, body: str, municipality: Municipality, subject: str, unsubscribe_url: str) -> str:
    return _frame(kind).render(
        body=Markup(body) if kind == "html" else body,  # noqa: S704 - filled with escaping
        municipality=municipality,
        subject=subject,
        unsubscribe_url=unsubscribe_url,
        words=words()["mail"],
    )
