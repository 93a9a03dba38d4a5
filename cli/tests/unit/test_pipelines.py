"""The pipelines for users' own servers call commands that exist."""

import re
import shlex
from pathlib import Path

import pytest
import typer
import yaml
from munbot_cli.main import app

ROOT = Path(__file__).parents[3]
PIPELINES = (".github/workflows/ci.yml", ".gitlab-ci.yml")


def calls(value):
    """Every ./munbot command line in a document."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [call for item in value for call in calls(item)]
    return re.findall(r"\./munbot .*", value) if isinstance(value, str) else []


@pytest.mark.parametrize("path", PIPELINES)
def test_every_command_exists(path):
    found = calls(yaml.safe_load((ROOT / path).read_text(encoding="utf-8")))
    commands = typer.main.get_command(app).commands
    for call in found:
        _, name, *arguments = shlex.split(call)
        command = commands[name]
        if arguments and not arguments[0].startswith("-"):
            command = command.commands[arguments.pop(0)]
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(arguments) <= known, call
    wanted = {
        "./munbot test --fast",
        "./munbot test",
        "./munbot test compose",
        "./munbot backup",
        "./munbot recovery-drill",
    }
    assert wanted <= set(found)
