"""The ./munbot command line."""

from __future__ import annotations

import signal
import sys
from types import FrameType

import typer
from rich.markup import escape

from munbot_cli.commands import (
    bench,
    evaluate,
    evaluate_answers,
    inspect,
    knowledge,
    lake,
    lifecycle,
    models,
    privacy,
    recovery,
    test,
    variables,
)
from munbot_cli.errors import MunbotError
from munbot_cli.progress import console

__all__ = ["app", "main"]

app = typer.Typer(
    name="munbot",
    help="Run, look after and test the Munbot platform.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(lifecycle.up)
app.command()(lifecycle.down)
app.command()(inspect.status)
app.command()(inspect.logs)
app.command()(bench.bench)
app.command()(variables.env)
app.command()(lake.lake)
app.command()(recovery.backup)
app.command()(recovery.backups)
app.command()(recovery.restore)
app.command("recovery-drill")(recovery.recovery_drill)
app.command("recovery-key")(recovery.recovery_key)
evaluate.app.command("answers")(evaluate_answers.eval_answers)
evaluate.app.command("model")(models.eval_model)
app.add_typer(evaluate.app, name="eval")
app.add_typer(knowledge.app, name="knowledge")
app.add_typer(lake.app, name="import")
app.add_typer(models.app, name="models")
app.add_typer(privacy.app, name="privacy")
app.add_typer(test.app, name="test")


def main() -> None:
    """Run the command line, with one readable line for what a person can put right."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        app(prog_name="./munbot")
    except MunbotError as error:
        console.print(f"[bold red]munbot:[/bold red] {escape(str(error))}", soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        console.print("munbot: interrupted")
        sys.exit(130)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """Treat SIGTERM as Ctrl-C, so that builds under way end with us."""
    raise KeyboardInterrupt
