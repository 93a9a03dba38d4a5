"""The run of the tests in containers: which engine, which ports, which container is to blame."""

import os
import socket

import pytest
from munbot_cli.errors import MunbotError
from munbot_cli.testing.containers import free_port
from munbot_cli.testing.engine import provide_engine
from munbot_cli.testing.stack import CommandFailed, Container, Stack

# Answers as docker does once DOCKER_HOST names an engine, as the engine script below tells it.
DOCKER = """#!/bin/sh
[ -n "$DOCKER_HOST" ] || { echo "Cannot connect to the Docker daemon" >&2; exit 1; }
case "$1 $2" in
  "compose version") echo 2.26.1 ;;
  *) echo '{"Server": {"Version": "26.1.5"}}' ;;
esac
"""


@pytest.fixture
def program(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_text(text)
        path.chmod(0o755)
        return path

    return write


@pytest.fixture
def silent_docker(program, monkeypatch):
    """A docker that finds no engine by itself."""
    docker = program("docker", DOCKER)
    monkeypatch.setenv("PATH", f"{docker.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("DOCKER_HOST", "")  # so that it is restored afterwards
    monkeypatch.delenv("DOCKER_HOST")


def test_without_docker_the_reason_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "no container engine" in provide_engine(None, tmp_path / "log")


@pytest.mark.usefixtures("silent_docker")
def test_a_script_starts_the_engine_and_names_its_address(program, tmp_path):
    script = program("up.sh", "#!/bin/sh\necho 'ready: DOCKER_HOST=unix:///run/it.sock, disk 3G'\n")
    assert "Cannot connect" in provide_engine(None, tmp_path / "log")
    assert provide_engine(script, tmp_path / "log") == ""
    assert os.environ["DOCKER_HOST"] == "unix:///run/it.sock"
    assert "ready" in (tmp_path / "log").read_text()


@pytest.mark.usefixtures("silent_docker")
@pytest.mark.parametrize(
    ("text", "told"),
    [("#!/bin/sh\nexit 3\n", "ended with code 3"), ("#!/bin/sh\ntrue\n", "Cannot connect"), (None, "does not exist")],
)
def test_a_script_that_brings_no_engine_is_an_error(program, tmp_path, text, told):
    script = tmp_path / "missing.sh" if text is None else program("up.sh", text)
    with pytest.raises(MunbotError, match=told):
        provide_engine(script, tmp_path / "log")


def test_a_port_in_use_is_passed_over():
    with socket.socket() as holder:
        first = free_port(25_000)
        holder.bind(("127.0.0.1", first))
        holder.listen()
        second = free_port(first)
        assert second > first
        assert free_port(first, but=(second,)) > second


def state(status, *, health=None, code=0, restart="unless-stopped"):
    known = {"Status": status, "Running": status in {"running", "restarting"}, "Restarting": status == "restarting"}
    known |= {"ExitCode": code, "Pid": 7} | ({"Health": {"Status": health}} if health else {})
    return Container("x", {"Name": "/x-1", "State": known, "HostConfig": {"RestartPolicy": {"Name": restart}}})


@pytest.mark.parametrize(
    ("container", "fails"),
    [
        (state("running", health="healthy"), False),
        (state("running"), False),
        (state("running", health="starting"), True),
        (state("running", health="unhealthy"), True),
        (state("restarting", code=1), True),
        (state("exited"), True),
        (state("exited", restart="no"), False),
        (state("exited", code=1, restart="no"), True),
        (state("created", restart="no"), False),
    ],
)
def test_who_keeps_the_platform_from_being_up(container, fails):
    assert container.fails is fails


def test_a_developers_own_settings_reach_no_container(tmp_path, monkeypatch):
    monkeypatch.setenv("MUNBOT_MODE", "production")
    monkeypatch.setenv("COMPOSE_PROFILES", "all")
    stack = Stack(tmp_path, "t", {"MUNBOT_HTTP_PORT": "20080"})
    variables = stack.variables()
    assert {key for key in variables if key.startswith(("MUNBOT_", "COMPOSE_"))} == {"MUNBOT_HTTP_PORT"}
    for name, value in stack.to_environment().items():
        monkeypatch.setenv(name, value)
    assert Stack.from_environment() == stack


@pytest.mark.usefixtures("silent_docker")
def test_a_failed_command_shows_its_output(tmp_path):
    with pytest.raises(CommandFailed, match="Cannot connect"):
        Stack(tmp_path, "t").run("ps")
