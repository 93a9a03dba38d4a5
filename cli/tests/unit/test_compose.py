import re

import pytest
from munbot_cli.compose import COMPLETED, HEALTHY, load_compose, start_order, with_dependencies
from munbot_cli.errors import MunbotError
from munbot_cli.project import Project

FILE = """
x-common: &common {A: "1", URL: "http://${HOST:-db}:5432"}
services:
  db:
    image: postgres
  migrate:
    restart: "no"
    command: python -m thing migrate ${ARGS---seed-demo}
    depends_on: {db: {condition: service_healthy}}
  api:
    command: ["python", "-m", "thing", "api"]
    environment: {<<: *common, B: "${B:-two}", EMPTY: }
    volumes: ["./config:/app/config:ro", "data:/data"]
    depends_on: {migrate: {condition: service_completed_successfully}}
    healthcheck: {test: ["CMD", "python", "-c", "u.urlopen('http://127.0.0.1:8000/readyz', timeout=3)"]}
  extra:
    command: ["sleep", "1"]
    depends_on: [api]
    profiles: [more]
"""


@pytest.fixture
def compose(tmp_path):
    path = tmp_path / "docker-compose.yml"
    path.write_text(FILE)
    return path


def test_services_are_read_with_their_variables(compose):
    services = load_compose(compose, {"B": "three"}, {"db"})
    assert set(services) == {"db", "migrate", "api"}
    assert services["db"].infrastructure
    api = services["api"]
    assert api.command == ("python", "-m", "thing", "api")
    assert api.environment == {"A": "1", "URL": "http://db:5432", "B": "three", "EMPTY": ""}
    assert api.depends_on == {"migrate": COMPLETED}
    assert api.mounts == {"/app/config": "./config", "/data": "data"}
    assert api.probe == (8000, "/readyz")
    assert not api.one_shot


def test_a_one_shot_and_its_text_command(compose):
    migrate = load_compose(compose, {}, {"db"})["migrate"]
    assert migrate.one_shot
    assert migrate.command[-1] == "--seed-demo"
    assert migrate.depends_on == {"db": HEALTHY}
    assert load_compose(compose, {"ARGS": ""}, {"db"})["migrate"].command[-1] == "migrate"


def test_mounts_may_be_written_at_length(tmp_path):
    path = tmp_path / "docker-compose.yml"
    path.write_text(
        "services: {a: {command: x, volumes: [{type: volume, source: secrets, target: /run/secrets, read_only: true, "
        "volume: {subpath: web}}, {type: bind, source: ./config, target: /config}, {type: tmpfs, target: /scratch}]}}"
    )
    assert load_compose(path, {})["a"].mounts == {"/run/secrets": "secrets", "/config": "./config"}


def test_a_profile_adds_its_services(compose):
    assert "extra" in load_compose(compose, {}, {"db"}, profiles=["more"])


def test_a_dependency_that_is_not_there_is_named(tmp_path):
    path = tmp_path / "docker-compose.yml"
    path.write_text("services: {a: {command: x, depends_on: [b]}}")
    with pytest.raises(MunbotError, match="a depends on b"):
        load_compose(path, {})


def test_broken_yaml_is_one_line(tmp_path):
    path = tmp_path / "docker-compose.yml"
    path.write_text("services: [")
    with pytest.raises(MunbotError, match="cannot be read"):
        load_compose(path, {})


def test_a_selection_brings_what_it_needs(compose):
    services = load_compose(compose, {}, {"db"})
    assert set(with_dependencies(services, ["migrate"])) == {"migrate", "db"}
    with pytest.raises(MunbotError, match="no service 'apii'"):
        with_dependencies(services, ["apii"])


def test_waves_follow_the_needs():
    needs = {"c": ["b"], "b": ["a", "elsewhere"], "a": [], "d": ["a"]}
    assert start_order(needs) == [["a"], ["b", "d"], ["c"]]


def test_a_circle_is_named():
    with pytest.raises(MunbotError, match="wait for each other: a, b"):
        start_order({"a": ["b"], "b": ["a"], "c": []})


def test_the_real_file_has_an_order_in_which_migrations_come_before_their_services():
    project = Project.load("munbot", environment={})
    services = load_compose(project.root / "docker-compose.yml", project.variables, project.native["infrastructure"])
    place = {
        name: n
        for n, wave in enumerate(start_order({s.name: s.depends_on for s in services.values()}))
        for name in wave
    }
    for name in ("scheduler", "complaints", "conversations"):
        api = "complaints-api" if name == "complaints" else name
        assert place[f"{name}-migrate"] < place[api]
        assert place[f"{name}-migrate"] < place[f"{name}-worker"]
        assert services[f"{name}-migrate"].one_shot
    assert place["nginx"] == max(place.values())
    assert services["rasa"].probe == (5005, "/version")


def test_only_nginx_publishes_ports_and_no_container_has_a_fixed_name():
    import yaml

    project = Project.load("munbot", environment={})
    document = yaml.safe_load((project.root / "docker-compose.yml").read_text())
    assert [name for name, body in document["services"].items() if "ports" in body] == ["nginx"]
    assert not [name for name, body in document["services"].items() if "container_name" in body]
    unhealthy = [
        name for name, body in document["services"].items() if "healthcheck" not in body and body.get("restart") != "no"
    ]
    assert unhealthy == ["mailpit"]  # its image brings a check


def test_what_works_off_a_queue_stands_back_and_what_answers_does_not():
    """docs/adr/0015: nobody waits for a worker; a mail or a backup must not slow a webhook down."""
    project = Project.load("munbot", environment={})
    services = load_compose(project.root / "docker-compose.yml", project.variables, project.native["infrastructure"])
    behind = {name for name, service in services.items() if service.cpu_shares < 1024}
    workers = {name for name, service in services.items() if service.command and service.command[-1] == "worker"}
    assert {"notifications-worker", "data-lake-worker"} <= workers
    assert behind == workers | {"backup", "rasa", "rasa-actions"}


def test_every_service_has_a_memory_limit_and_limited_logs_and_settings_name_their_defaults():
    import yaml

    project = Project.load("munbot", environment={})
    text = (project.root / "docker-compose.yml").read_text()
    example = (project.root / "config" / ".env.example").read_text()
    for name, body in yaml.safe_load(text)["services"].items():
        assert body["deploy"]["resources"]["limits"]["memory"], name
        assert body["logging"]["options"].keys() >= {"max-size", "max-file"}, name
    for variable, default in re.findall(r"\$\{(\w+_MEMORY):-(\w+)\}", text):
        assert re.search(rf"^{variable}={default}\b", example, re.MULTILINE), variable
