import shlex

import pytest
from munbot_cli.commands.variables import env
from munbot_cli.errors import MunbotError
from munbot_cli.project import Project
from munbot_common.secrets import generate_secrets


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.setenv("MUNBOT_DATA_DIR", str(tmp_path))


def test_the_variables_are_lines_for_the_shell(capsys):
    generate_secrets(Project.load("rooms").secrets)
    env("rooms")
    lines = [shlex.split(line) for line in capsys.readouterr().out.splitlines()]
    assert all(word == "export" for word, _ in lines)
    variables = dict(assignment.split("=", 1) for _, assignment in lines)
    assert variables["MUNBOT_TEST_PROJECT"] == "rooms"
    assert variables["MUNBOT_TEST_POSTGRES_URL"].startswith("postgresql+psycopg2://postgres:")


def test_an_instance_that_never_ran_is_named():
    with pytest.raises(MunbotError, match="«rooms» was never started natively"):
        env("rooms")
