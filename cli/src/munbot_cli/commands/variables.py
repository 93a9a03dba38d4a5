"""./munbot env: the variables by which tests find a native instance."""

from __future__ import annotations

import shlex

from munbot_cli.commands.lifecycle import ProjectOption
from munbot_cli.environment import instance_environment
from munbot_cli.errors import MunbotError
from munbot_cli.project import Project

__all__ = ["env"]


def env(project: ProjectOption = "") -> None:
    """Print the MUNBOT_TEST_* variables of a native instance, for `eval "$(./munbot env)"`."""
    instance = Project.load(project or None)
    try:
        variables = instance_environment(instance)
    except FileNotFoundError as error:
        raise MunbotError(f"«{instance.name}» was never started natively: ./munbot up --native first") from error
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}")
