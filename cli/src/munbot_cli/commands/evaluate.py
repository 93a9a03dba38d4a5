"""./munbot eval nlu: how well the running platform understands."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from munbot_cli.commands.lifecycle import ProjectOption
from munbot_cli.errors import MunbotError
from munbot_cli.progress import console
from munbot_cli.project import Project

__all__ = ["Outcome", "Phrase", "app", "read_phrases", "summarise"]

app = typer.Typer(help="Measure the platform's understanding.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Measure the platform's understanding."""


@dataclass(frozen=True)
class Phrase:
    """A sentence and the intents that are right for it."""

    text: str
    accept: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What was understood of a phrase."""

    phrase: Phrase
    intent: str
    confidence: float

    @property
    def right(self) -> bool:
        """Tell whether the intent is one of the accepted ones."""
        return self.intent in self.phrase.accept


@app.command()
def nlu(
    file: Annotated[Path, typer.Argument(help='JSON lines {"text": …, "accept": [intents]}.')],
    project: ProjectOption = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print {accuracy, total, errors} only.")] = False,
) -> None:
    """Ask the running Rasa about each text and compare with the accepted intents."""
    instance = Project.load(project or None)
    phrases = read_phrases(file)
    address = f"http://127.0.0.1:{instance.port('rasa', 5005)}"
    outcomes = _ask(address, phrases, quiet=as_json)
    summary = summarise(outcomes)
    if as_json:
        print(json.dumps(summary, ensure_ascii=False))
        return
    _print(outcomes, summary)


def read_phrases(file: Path) -> list[Phrase]:
    """Read the phrases of a JSON lines file.

    Raises:
        MunbotError: it is not there, empty, or a line is not as described.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise MunbotError(f"{file} cannot be read: {error}") from error
    phrases = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            accept = entry["accept"]
            phrases.append(Phrase(str(entry["text"]), (accept,) if isinstance(accept, str) else tuple(accept)))
        except (ValueError, KeyError, TypeError) as error:
            raise MunbotError(f'{file}:{number} is not {{"text": …, "accept": [intents]}}') from error
    if not phrases:
        raise MunbotError(f"{file} holds no phrases")
    return phrases


def summarise(outcomes: list[Outcome]) -> dict[str, Any]:
    """Count what was right.

    Returns:
        accuracy (0 to 1, four digits), total, and errors: text, accept, got, confidence of each wrong one.
    """
    wrong = [outcome for outcome in outcomes if not outcome.right]
    return {
        "accuracy": round((len(outcomes) - len(wrong)) / len(outcomes), 4),
        "total": len(outcomes),
        "errors": [
            {
                "text": outcome.phrase.text,
                "accept": list(outcome.phrase.accept),
                "got": outcome.intent,
                "confidence": round(outcome.confidence, 4),
            }
            for outcome in wrong
        ],
    }


def _ask(address: str, phrases: list[Phrase], *, quiet: bool) -> list[Outcome]:
    with httpx.Client(base_url=address, timeout=30) as client:

        def one(phrase: Phrase) -> Outcome:
            answer = client.post("/model/parse", json={"text": phrase.text})
            answer.raise_for_status()
            intent = answer.json().get("intent") or {}
            return Outcome(phrase, str(intent.get("name") or ""), float(intent.get("confidence") or 0.0))

        try:
            with ThreadPoolExecutor(max_workers=4) as pool:
                answers = pool.map(one, phrases)
                shown = answers if quiet else track(answers, "Asking Rasa", total=len(phrases), console=console)
                return list(shown)
        except httpx.ConnectError as error:
            raise MunbotError(f"Rasa does not answer at {address}: is the platform up? (./munbot up)") from error
        except httpx.HTTPError as error:
            raise MunbotError(f"Rasa could not parse: {error}") from error


def _print(outcomes: list[Outcome], summary: dict[str, Any]) -> None:
    totals: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    confused: dict[str, Counter[str]] = defaultdict(Counter)
    for outcome in outcomes:
        expected = outcome.phrase.accept[0] if outcome.phrase.accept else ""
        totals[expected] += 1
        if not outcome.right:
            missed[expected] += 1
            confused[expected][outcome.intent] += 1
    table = Table(title="Errors per intent", title_justify="left")
    for heading in ("intent", "right", "total", "taken for"):
        table.add_column(heading, justify="right" if heading in {"right", "total"} else "left")
    for intent in sorted(totals, key=lambda name: (-missed[name], name)):
        taken = ", ".join(f"{name} {count}" for name, count in confused[intent].most_common(4))
        table.add_row(intent, str(totals[intent] - missed[intent]), str(totals[intent]), taken)
    console.print(table)
    for error in summary["errors"]:
        console.print(
            f"  [red]✗[/red] {escape(error['text'][:100])}  [dim]{error['got']} ({error['confidence']:.2f}), "
            f"not {' | '.join(error['accept'])}[/dim]"
        )
    right = summary["total"] - len(summary["errors"])
    console.print(f"\nAccuracy [bold]{summary['accuracy']:.4f}[/bold] ({right} of {summary['total']})")
