"""The real container engine over small stand-in services: a start, its failures, what survives, an interrupt."""

import http.server
import json
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time

import pytest
from munbot_cli.containers.detection import find_engine
from munbot_cli.containers.engine import Engine
from munbot_cli.containers.runner import ContainerRunner, choose_services
from munbot_cli.errors import MunbotError
from munbot_cli.project import Project

FOUND = find_engine(os.environ)
pytestmark = pytest.mark.skipif(not FOUND.answers or bool(FOUND.problem), reason=FOUND.problem or FOUND.reason)

HEALTHY = """
x-small: &small {image: "${SMALL_IMAGE:-python:3.11-slim-bookworm}", stop_grace_period: 0s}
x-check: &check {interval: 1s, timeout: 5s, retries: 2, start_period: 60s, start_interval: 1s}
services:
  secrets:
    <<: *small
    restart: "no"
    command: ["python", "-c", "import os; f = '/run/secrets/demo_password'; open(f, 'a').write('x'); os.chmod(f, 0o600); os.makedirs('/run/secrets/web', exist_ok=True); open('/run/secrets/web/copy', 'w')"]
    volumes: ["secrets:/run/secrets"]
  base:
    <<: *small
    restart: unless-stopped
    command: ["sleep", "1000"]
    depends_on: {secrets: {condition: service_completed_successfully}}
    healthcheck: {<<: *check, test: ["CMD", "true"]}
    deploy: {resources: {limits: {memory: "${BASE_MEMORY:-64m}"}}}
  nginx:
    <<: *small
    restart: unless-stopped
    command: ["python", "-c", "print('nginx is here', flush=True); import time; time.sleep(1000)"]
    depends_on: {base: {condition: service_healthy}}
    healthcheck: {<<: *check, test: ["CMD", "true"]}
    ports: ["${MUNBOT_HTTP_PORT:-8080}:8080"]
volumes: {secrets: {}}
"""  # noqa: E501 - a command is one line
BASE = '["sleep", "1000"]'
CHECK = '{<<: *check, test: ["CMD", "true"]}\n    deploy'


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return 20000 + probe.getsockname()[1] % 12000


class Platform:
    """A small platform in a folder of its own, under a project name of its own."""

    def __init__(self, folder, compose, **settings):
        (folder / "config").mkdir()
        (folder / "docker-compose.yml").write_text(textwrap.dedent(compose))
        (folder / "config/native.yml").write_text(
            "ports: {}\npublic_ports: {nginx: {'8080': {variable: MUNBOT_HTTP_PORT, offset: 80}, "
            "'8443': {variable: MUNBOT_HTTPS_PORT, offset: 81}}}\n"
        )
        (folder / "config/.env.example").write_text("MUNBOT_START_TIMEOUT=120\n")
        self.port = free_port()
        self.environment = {
            **os.environ,
            "MUNBOT_ROOT": str(folder),
            "MUNBOT_PROJECT": f"munbot-it-{os.getpid()}",
            "MUNBOT_HTTP_PORT": str(self.port),
            "MUNBOT_HTTPS_PORT": str(self.port + 1),
            **settings,
        }
        self.project = Project.load(root=folder, environment=self.environment)
        self.engine = Engine(self.project)

    def up(self, **selection):
        configuration = self.engine.configuration()
        ContainerRunner(self.engine, configuration, choose_services(configuration, **selection)).up()

    def containers(self):
        return {container.service: container for container in self.engine.ps()}

    def munbot(self, *arguments):
        return subprocess.run(
            [sys.executable, "-m", "munbot_cli", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def make_platform(tmp_path):
    made = []

    def make(compose=HEALTHY, **settings):
        platform = Platform(tmp_path, compose, **settings)
        made.append(platform)
        return platform

    yield make
    for platform in made:
        platform.engine.down(volumes=True)


def until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.1)


# ---- what works


def test_a_start_a_second_one_that_touches_nothing_and_data_that_survives(make_platform, tmp_path):
    platform = make_platform()
    platform.up()
    first = platform.containers()
    assert [name for name, container in first.items() if container.ready] == ["base", "nginx", "secrets"]
    assert first["nginx"].ports == (platform.port,)
    assert platform.engine.read_secret("demo_password") == "x"
    other_version = Engine(platform.project, {"SMALL_IMAGE": "munbot-it/not-built:dev"})
    assert other_version.read_secret("demo_password") == "x"
    platform.up()
    again = platform.containers()
    assert (again["nginx"].id, again["nginx"].started) == (first["nginx"].id, first["nginx"].started)
    assert platform.engine.down(volumes=False) == 3
    assert platform.engine.ps() == []
    platform.up()
    assert platform.engine.read_secret("demo_password") == "xxx"
    platform.engine.export_secrets(tmp_path / "exported")
    exported = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "exported").iterdir()}
    assert exported == {"demo_password": 0o600}
    with pytest.raises(MunbotError, match="no secret 'nothing'"):
        platform.engine.read_secret("nothing")
    platform.engine.down(volumes=True)
    assert platform.engine.volumes() == []
    with pytest.raises(MunbotError, match="no secrets yet"):
        platform.engine.read_secret("demo_password")


def test_a_selection_brings_what_it_needs(make_platform):
    platform = make_platform()
    platform.up(only=["base"])
    assert set(platform.containers()) == {"secrets", "base"}


def test_the_commands_follow_the_mode_of_the_instance(make_platform):
    platform = make_platform()
    up = platform.munbot("up")
    assert up.stdout.splitlines()[0] == f"Running in containers (engine {FOUND.version})."
    assert f"http://localhost:{platform.port}/" in up.stdout
    status = json.loads(platform.munbot("status", "--json").stdout)
    assert status["mode"] == "containers"
    assert {entry["name"]: entry["state"] for entry in status["processes"]} == {
        "base": "healthy",
        "nginx": "healthy",
        "secrets": "done",
    }
    assert {entry["name"] for entry in status["processes"] if entry["memory"]} == {"base", "nginx"}
    assert platform.munbot("logs", "nginx", "-n", "1").stdout == "nginx is here\n"
    refused = platform.munbot("up", "--native")
    assert (refused.returncode, refused.stdout.count("\n")) == (1, 1)
    assert "already runs in containers" in refused.stdout
    down = platform.munbot("down", "-v")
    assert "3 containers removed, the data in its volumes deleted" in down.stdout
    assert platform.munbot("status").returncode == 1
    assert platform.engine.volumes() == []


# ---- what goes wrong: one line that names the cause


def fails(platform, words):
    with pytest.raises(MunbotError, match=words) as raised:
        platform.up()
    assert "\n" not in str(raised.value)


def test_a_port_that_a_program_has(make_platform):
    platform = make_platform()
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("0.0.0.0", platform.port))
        taken.listen()
        fails(platform, rf"port {platform.port} \(nginx:8080\) is in use by .*pid {os.getpid()}.*MUNBOT_HTTP_PORT")
        assert platform.engine.ps() == []  # said before anything starts
        with pytest.raises(MunbotError, match=rf"port {platform.port} is already in use .*\(MUNBOT_HTTP_PORT\)"):
            platform.engine.compose("up", "-d")  # taken after our look: the engine's own words
    platform.up()


def test_a_port_that_another_container_has(make_platform):
    platform = make_platform()
    name = f"munbot-it-other-{os.getpid()}"
    platform.engine.docker(
        "run", "-d", "--rm", "--name", name, "-p", f"{platform.port}:1", "python:3.11-slim-bookworm", "sleep", "1000"
    )
    try:
        fails(platform, f"is in use by the container {name}")
    finally:
        platform.engine.docker("rm", "-f", name)


def test_a_secret_that_is_missing(make_platform):
    platform = make_platform(HEALTHY.replace(BASE, '["python", "-c", "open(\'/run/secrets/db_password\')"]'))
    fails(
        platform,
        r"base keeps ending .*\(started again \d+ times?\): FileNotFoundError: .*'/run/secrets/db_password'",
    )


def test_a_one_shot_that_fails_and_a_later_start_that_mends_it(make_platform):
    platform = make_platform(HEALTHY.replace("import os; f =", "raise SystemExit('REDIS_PASSWORD_FILE is empty'); f ="))
    fails(platform, r"secrets ended with code 1: REDIS_PASSWORD_FILE is empty \(more: ./munbot logs secrets\)")
    assert "base" not in {name for name, container in platform.containers().items() if container.alive}
    # A part of the containers may be gone, and the file unusable: down works all the same.
    platform.engine.docker("rm", "-f", platform.containers()["secrets"].id)
    assert platform.engine.down(volumes=False) == 2
    assert platform.engine.docker("network", "ls", "-q", "--filter", f"name={platform.project.name}_") == ""
    (platform.project.root / "docker-compose.yml").write_text(HEALTHY)
    platform.up()


def test_a_wrong_setting_of_a_service_is_named(make_platform):
    program = "import os; {'INFO': 1}[os.environ['LEVEL']]"
    compose = HEALTHY.replace(BASE, f'["python", "-c", "{program}"]\n    environment: {{LEVEL: "${{LEVEL:-INFO}}"}}')
    fails(make_platform(compose, LEVEL="LOUD"), r"base keeps ending .*KeyError: 'LOUD' \(LEVEL is 'LOUD'\)")


def test_a_wrong_value_in_the_compose_file_is_named(make_platform):
    fails(
        make_platform(BASE_MEMORY="lots"),
        r"base: deploy.resources.limits.memory has an invalid size: 'lots' \(BASE_MEMORY is 'lots'\)",
    )


def test_an_unhealthy_dependency_tells_its_check_and_its_log(make_platform):
    check = '{test: ["CMD", "sh", "-c", "echo the broker is away; exit 1"], interval: 1s, retries: 2}\n    deploy'
    compose = HEALTHY.replace(CHECK, check).replace(BASE, '["sh", "-c", "echo no route to broker; sleep 1000"]')
    fails(
        make_platform(compose),
        r"base is unhealthy: its health check says «the broker is away», its log «no route to broker»",
    )


def test_a_start_that_takes_too_long_names_who_is_late(make_platform):
    check = '{<<: *check, test: ["CMD", "false"]}\n    deploy'
    platform = make_platform(HEALTHY.replace(CHECK, check), MUNBOT_START_TIMEOUT="5")
    fails(platform, r"base is not healthy after 5 s \(MUNBOT_START_TIMEOUT\): base is starting")


def test_a_full_disk_under_a_container(make_platform):
    compose = HEALTHY.replace(BASE, '["dd", "if=/dev/zero", "of=/data/x", "bs=1M", "count=2"]')
    compose = compose.replace("    healthcheck", '    volumes: ["small:/data"]\n    healthcheck', 1)
    compose = compose.replace(
        "secrets: {}}", 'secrets: {}, small: {driver_opts: {type: tmpfs, device: tmpfs, o: "size=64k"}}}'
    )
    fails(make_platform(compose), "base: no space is left on the disk")


class NoImages(http.server.BaseHTTPRequestHandler):
    """A registry that holds nothing."""

    def do_GET(self):
        self.send_response(200 if self.path == "/v2/" else 404)
        self.end_headers()
        if self.path != "/v2/":
            self.wfile.write(b'{"errors": [{"code": "MANIFEST_UNKNOWN", "message": "manifest unknown"}]}')

    do_HEAD = do_GET  # noqa: N815 - the name that the server calls

    def log_message(self, *_):
        pass


def test_an_image_that_does_not_exist_is_named_with_service_and_setting(make_platform):
    with http.server.HTTPServer(("127.0.0.1", 0), NoImages) as registry:
        threading.Thread(target=registry.serve_forever, daemon=True).start()
        image = f"localhost:{registry.server_port}/small:9"
        fails(
            make_platform(SMALL_IMAGE=image),
            rf"^base, nginx, secrets: the image {image} \(SMALL_IMAGE\) does not exist: check its name and its tag",
        )
        registry.shutdown()


# ---- builds

BUILT = HEALTHY.replace(
    "  base:\n    <<: *small",
    "  base:\n    <<: *small\n    image: munbot-it/base:test\n"
    '    build: {context: ., args: {SMALL_IMAGE: "${SMALL:-python:3.11-slim-bookworm}"}}',
)


def with_dockerfile(platform, line):
    (platform.project.root / "Dockerfile").write_text(f"ARG SMALL_IMAGE\nFROM ${{SMALL_IMAGE}}\n{line}\n")
    return platform


def test_a_build_that_fails_names_the_service_and_the_complaint(make_platform):
    platform = with_dockerfile(make_platform(BUILT), "RUN echo hello && echo no such package >&2 && exit 3")
    fails(platform, r"the image of base cannot be built: no such package \(in `RUN echo hello .*image-base\.log\)")


def test_a_disk_that_is_full_while_building(make_platform):
    full = "RUN --mount=type=tmpfs,target=/mnt,size=65536 dd if=/dev/zero of=/mnt/x bs=1M count=2"
    fails(
        with_dockerfile(make_platform(BUILT), full), "the image of base cannot be built: no space is left on the disk"
    )


def test_a_base_image_that_cannot_be_had_is_named_with_its_setting(make_platform):
    platform = with_dockerfile(make_platform(BUILT, SMALL="localhost:9/small:9"), "RUN true")
    fails(platform, r"the image of base cannot be built: the image localhost:9/small:9 \(SMALL\)")


# ---- an interrupt


def test_an_interrupt_leaves_a_start_that_down_can_stop(make_platform):
    platform = make_platform(HEALTHY.replace(CHECK, '{<<: *check, test: ["CMD", "false"]}\n    deploy'))
    # Where the tests run in the background of a script, SIGINT is ignored, and children would inherit that.
    process = subprocess.Popen(
        ["env", "--default-signal=INT", sys.executable, "-m", "munbot_cli", "up"],
        env=platform.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    until(lambda: "base" in platform.containers() and platform.containers()["base"].alive)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=180)
    assert process.returncode == 130
    assert "Traceback" not in output
    assert "./munbot down stops it" in output
    assert re.search(r"\d containers removed", platform.munbot("down").stdout)
    assert platform.engine.ps() == []
