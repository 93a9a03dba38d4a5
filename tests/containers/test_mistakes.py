"""What a person gets wrong, with nothing but `docker compose up -d --wait`: it ends, badly, and names the cause."""

import socket

import pytest
from munbot_cli.testing.stack import Stack
from test_restarts import wait_up

pytestmark = pytest.mark.platform


def test_a_used_port_is_named(stack, history):
    with socket.socket() as holder:
        holder.bind(("0.0.0.0", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        # The address that people type stays the same, so that nginx alone is made anew.
        same = {"MUNBOT_PUBLIC_URL": f"http://localhost:{stack.settings['MUNBOT_HTTP_PORT']}"}
        done = stack.run("up", "-d", "--wait", settings={**same, "MUNBOT_HTTP_PORT": port}, check=False)
        assert done.returncode != 0
        assert port in done.stdout
        assert "address already in use" in done.stdout or "port is already allocated" in done.stdout, done.stdout
    stack.run("up", "-d", "--wait")
    wait_up(stack)
    history.check()


@pytest.fixture
def other(stack):
    """A compose project of its own, removed afterwards."""
    found = Stack(stack.root, f"{stack.name}-wrong", stack.settings)
    yield found
    found.down()


def test_a_wrong_mode_is_named(other):
    done = other.run("up", "-d", "--wait", settings={"MUNBOT_MODE": "producción"}, check=False)
    assert done.returncode != 0
    # Compose names the service that ended, and that service names the setting.
    service = next(name for name in other.containers() if f'service "{name}"' in done.stdout)
    words = other.docker("logs", other.container(service).name)
    assert "munbot_mode" in words.lower(), words
    assert "producción" in words
