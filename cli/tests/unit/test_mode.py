"""Which engine will do, and how an instance is started."""

import textwrap

import pytest
from munbot_cli.containers.detection import Finding, find_engine, parse_version
from munbot_cli.containers.mode import Mode, choose_mode, refuse_strangers
from munbot_cli.containers.state import Container
from munbot_cli.errors import MunbotError
from munbot_cli.project import Project

GOOD = Finding(answers=True, version="26.1.5")
NONE = Finding(answers=False, reason="there is no container engine")
OLD = Finding(answers=True, version="20.10.24", problem="the container engine is 20.10.24, but 26 or later is needed")


@pytest.mark.parametrize(
    ("text", "version"),
    [("26.1.5+dfsg1", (26, 1)), ("2.26.1-4", (2, 26)), ("v2.39.1-desktop.1", (2, 39)), ("dev", (0, 0)), ("", (0, 0))],
)
def test_versions(text, version):
    assert parse_version(text) == version


@pytest.fixture
def docker(tmp_path):
    """Put a docker program that says what the test wants in front of the real one."""

    def make(script):
        program = tmp_path / "docker"
        program.write_text("#!/bin/sh\n" + textwrap.dedent(script))
        program.chmod(0o755)
        return find_engine({"PATH": f"{tmp_path}:/usr/bin:/bin"})

    return make


def answering(engine, compose):
    return f"""
    case "$1" in
      version) echo '{{"Client": {{}}, "Server": {{"Version": "{engine}"}}}}' ;;
      compose) {compose} ;;
    esac
    """


def test_an_engine_that_will_do(docker):
    assert docker(answering("26.1.5+dfsg1", "echo 2.26.1-4")) == Finding(answers=True, version="26.1.5+dfsg1")


def test_no_program_at_all(tmp_path):
    found = find_engine({"PATH": str(tmp_path)})
    assert (found.answers, found.reason) == (False, "there is no container engine")


def test_an_engine_that_does_not_answer_says_why(docker):
    found = docker(
        'echo \'{"Client": {}, "Server": null}\'; '
        "echo 'Cannot connect to the Docker daemon at unix:///run/x. Is the docker daemon running?' >&2; exit 1"
    )
    assert not found.answers
    assert found.reason == (
        "the container engine does not answer (Cannot connect to the Docker daemon at unix:///run/x. "
        "Is the docker daemon running)"
    )


def test_an_engine_that_hangs_is_not_waited_for(docker, monkeypatch):
    monkeypatch.setattr("munbot_cli.containers.detection._ANSWER_SECONDS", 0.2)
    found = docker("exec sleep 30")
    assert not found.answers
    assert "does not answer within" in found.reason


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (answering("20.10.24", "echo 2.30.0"), "the container engine is 20.10.24, but 26 or later is needed"),
        (answering("27.0.1", "echo 2.17.2"), "Docker Compose is 2.17.2, but 2.26 or later is needed"),
        (answering("27.0.1", "exit 1"), "Docker Compose is missing"),
    ],
)
def test_what_is_too_old_or_missing_is_named_with_a_way_out(docker, script, words):
    found = docker(script)
    assert found.answers
    assert words in found.problem
    assert found.problem.endswith("or run ./munbot up --native")


@pytest.mark.parametrize(
    ("finding", "running", "native", "mode", "line"),
    [
        (GOOD, None, False, Mode.CONTAINERS, "Running in containers (engine 26.1.5)."),
        (GOOD, Mode.CONTAINERS, False, Mode.CONTAINERS, "Running in containers (engine 26.1.5)."),
        (GOOD, None, True, Mode.NATIVE, "Running natively, without containers."),
        (OLD, None, True, Mode.NATIVE, "Running natively, without containers."),
        (NONE, None, False, Mode.NATIVE, "Running natively, without containers: there is no container engine."),
        (NONE, Mode.NATIVE, False, Mode.NATIVE, "Running natively, without containers: there is no container engine."),
    ],
)
def test_the_mode_and_the_line_that_says_it(finding, running, native, mode, line):
    assert choose_mode("munbot", finding, running, native=native) == (mode, line)


@pytest.mark.parametrize(
    ("finding", "running", "native", "words"),
    [
        (GOOD, Mode.NATIVE, False, "«munbot» already runs natively: ./munbot up --native goes on with it"),
        (GOOD, Mode.CONTAINERS, True, "«munbot» already runs in containers: ./munbot down stops it"),
        (OLD, None, False, "26 or later is needed"),
    ],
)
def test_a_start_that_is_refused(finding, running, native, words):
    with pytest.raises(MunbotError, match=words):
        choose_mode("munbot", finding, running, native=native)


def test_the_containers_of_another_checkout_are_left_alone(tmp_path):
    project = Project.load("munbot", environment={})
    ours = Container(id="1", name="a-1", service="a", state="running", folder=str(project.root))
    refuse_strangers(project, [ours])
    theirs = Container(id="2", name="a-2", service="a", state="running", folder=str(tmp_path))
    with pytest.raises(MunbotError, match=r"belongs to the checkout in .*MUNBOT_PROJECT"):
        refuse_strangers(project, [ours, theirs])
