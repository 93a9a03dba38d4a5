"""A real supervisord over small stand-in programs: order, health, restarts, failures, stopping."""

import os
import signal
import socket
import sys
import textwrap
import time
from dataclasses import replace

import psutil
import pytest
from munbot_cli.commands.lifecycle import stop_project
from munbot_cli.compose import load_compose
from munbot_cli.errors import MunbotError
from munbot_cli.native.runner import Runner
from munbot_cli.native.strays import stray_processes
from munbot_cli.native.supervisor import Supervisor
from munbot_cli.project import Project

SERVER = """
import http.server, os, signal, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *a): pass
signal.signal(signal.SIGTERM, lambda *a: sys.exit(0))
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Platform:
    """A small platform in a folder of its own."""

    def __init__(self, folder, compose):
        (folder / "config").mkdir()
        (folder / ".venv/bin").mkdir(parents=True)
        (folder / ".venv/bin/python").symlink_to(sys.executable)
        (folder / "server.py").write_text(SERVER)
        (folder / "docker-compose.yml").write_text(textwrap.dedent(compose))
        offsets = "".join(f"  {name}: {{'8000': {number}}}\n" for number, name in enumerate(("one", "two"), start=1))
        (folder / "config/native.yml").write_text(
            f"ports:\n{offsets}\n"
            "packages: {}\ninterpreters: {}\nenvironment: {'*': {HOST: 127.0.0.1}}\ninfrastructure: {}\n"
        )
        (folder / "config/.env.example").write_text(
            "SECANTUSDB_VERSION=0\nSEAWEEDFS_VERSION=0\nMUNBOT_START_TIMEOUT=20\n"
        )
        self.project = replace(Project.load(root=folder, environment={}), port_base=21800 + free_port() % 200 * 5)
        self.project.data.mkdir(parents=True)

    def up(self):
        services = load_compose(self.project.root / "docker-compose.yml", self.project.variables)
        Runner(self.project, services, services).up()

    @property
    def supervisor(self):
        return Supervisor(self.project)


@pytest.fixture
def make_platform(tmp_path):
    made = []

    def make(compose):
        platform = Platform(tmp_path, compose)
        made.append(platform)
        return platform

    yield make
    for platform in made:
        stop_project(platform.project)


HEALTHY = """
services:
  first:
    restart: "no"
    command: ["python", "-c", "open('order', 'a').write('first ')"]
  one:
    command: ["python", "server.py"]
    environment: {PORT: "8000"}
    depends_on: {first: {condition: service_completed_successfully}}
    healthcheck: {test: "http://127.0.0.1:8000/readyz"}
  two:
    command: ["python", "-c", "open('order', 'a').write('two '); exec(open('server.py').read())"]
    environment: {PORT: "8000"}
    depends_on: {one: {condition: service_healthy}}
    healthcheck: {test: "http://127.0.0.1:8000/readyz"}
"""


def until(condition, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)


def test_everything_starts_in_order_and_a_second_start_touches_nothing(make_platform):
    platform = make_platform(HEALTHY)
    platform.up()
    assert (platform.project.root / "order").read_text() == "first two "
    before = {name: state.pid for name, state in platform.supervisor.states().items()}
    platform.up()
    assert {name: state.pid for name, state in platform.supervisor.states().items()} == before
    assert (platform.project.root / "order").read_text() == "first two "


def test_a_changed_setting_restarts_what_it_concerns(make_platform):
    platform = make_platform(HEALTHY)
    platform.up()
    before = {name: state.pid for name, state in platform.supervisor.states().items()}
    compose = platform.project.root / "docker-compose.yml"
    compose.write_text(
        compose.read_text().replace('environment: {PORT: "8000"}', 'environment: {PORT: "8000", NEW: x}', 1)
    )
    platform.up()
    after = {name: state.pid for name, state in platform.supervisor.states().items()}
    assert after["one"] != before["one"]
    assert after["two"] == before["two"]


def test_a_killed_process_comes_back(make_platform):
    platform = make_platform(HEALTHY)
    platform.up()
    pid = platform.supervisor.state("one").pid
    os.kill(pid, signal.SIGKILL)
    until(lambda: platform.supervisor.state("one").state == "RUNNING" and platform.supervisor.state("one").pid != pid)


def test_down_ends_everything_even_after_supervisor_was_killed(make_platform):
    platform = make_platform(HEALTHY)
    platform.up()
    pids = [state.pid for state in platform.supervisor.states().values() if state.pid]
    os.kill(platform.supervisor.pid(), signal.SIGKILL)
    until(lambda: not platform.supervisor.answers)
    with pytest.raises(MunbotError, match=r"run \./munbot down"):
        platform.up()
    assert stop_project(platform.project) == len(pids)
    assert not [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE]
    assert stray_processes(platform.project.data) == []


def test_a_one_shot_that_fails_stops_the_start_with_its_last_words(make_platform):
    platform = make_platform(
        HEALTHY.replace("open('order', 'a').write('first ')", "raise SystemExit('no such database')")
    )
    with pytest.raises(MunbotError, match=r"first ended with code 1: no such database \(log: .*first\.log\)"):
        platform.up()
    assert not platform.supervisor.state("one").alive


def test_a_service_that_keeps_ending_is_named_with_its_last_words(make_platform):
    platform = make_platform(
        HEALTHY.replace('["python", "server.py"]', "[python, -c, \"raise SystemExit('bad setting X')\"]")
    )
    with pytest.raises(MunbotError, match=r"one (keeps ending|does not start): bad setting X"):
        platform.up()


def test_a_port_in_use_is_named_with_who_has_it_and_what_to_set(make_platform):
    platform = make_platform(HEALTHY)
    port = platform.project.port("one", 8000)
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(
            MunbotError, match=rf"port {port} \(one:8000\) is in use by .*pid {os.getpid()}.*MUNBOT_NATIVE_PORT_BASE"
        ):
            platform.up()
    platform.up()
