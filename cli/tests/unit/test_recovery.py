"""Drills clean up whatever happens; keys stay out of the data; what was there is set aside, not lost."""

import contextlib
import socket
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from munbot_cli.commands import recovery as commands
from munbot_cli.containers.engine import Engine
from munbot_cli.errors import MunbotError
from munbot_cli.project import Project, find_root
from munbot_cli.recovery import containers, drill, keys, native
from munbot_cli.recovery.exercise import book, look_up_folio
from munbot_cli.recovery.instance import run_tool

SAVED = {"name": "2026-11-21T060000Z", "started_at": "2026-11-21T06:00:00+00:00", "secrets": True}
SAME = {"store": "PostgreSQL", "name": "a.b", "count": 1, "same": True, "difference": ""}


@pytest.fixture
def project(tmp_path):
    return Project.load("demo", root=find_root(), environment={"MUNBOT_DATA_DIR": str(tmp_path)})


class FakeInstance:
    """An instance that writes down what is asked of it."""

    url = "http://127.0.0.1:9"

    def __init__(self, project, *, fails_at=None, answers=None):
        self.project, self.namespace = project, project.name
        self.done, self.fails_at = [], fails_at
        self.answers = {"verify": SAVED, "restore": {"compared": [SAME]}, **(answers or {})}
        self.recipient = ""

    def _do(self, what):
        self.done.append(what)
        if self.fails_at and self.fails_at[0] == what:
            raise self.fails_at[1]

    def tool(self, *arguments, said="", tell=lambda _: None):
        tell(arguments[0])
        self._do(arguments[0])
        if arguments[0] == "recipient":
            self.recipient = said
        return self.answers.get(arguments[0], {})

    def secret(self, name):
        if name == "recovery_recipient":
            if not self.recipient:
                raise FileNotFoundError(name)
            return self.recipient
        return "token"

    def start(self, only=()):
        self._do(f"start {','.join(only)}")

    def start_stores(self):
        self._do("stores")

    def make_secrets(self):
        self._do("secrets")

    def destroy(self):
        self._do("destroy")


@pytest.fixture
def people(monkeypatch):
    """The platform's door answers."""
    monkeypatch.setattr(drill, "tenants_of", lambda _: ["valle-claro"])
    monkeypatch.setattr(drill, "book", lambda *_: "ABCD-EFGH")
    monkeypatch.setattr(drill, "look_up_folio", lambda *_: "REC-2026-000013-7")


def run(instance, **options):
    return drill.run_drill(instance, "latest", "key", new_secrets=False, tell=lambda _: None, **options)


def test_a_good_drill_opens_the_secrets_before_the_stores_start(project, people):
    instance = FakeInstance(project)
    report = run(instance)
    assert report.passed
    assert instance.done == [
        "destroy", "verify", "secrets", "unseal", "secrets", "stores", "restore", "start nginx", "destroy",
    ]  # fmt: skip
    assert report.as_json()["folio"] == "REC-2026-000013-7"


def test_a_drill_starts_no_worker(project):
    services = native.select_services(project, only=list(drill._SERVICES))
    assert "scheduler" in services
    assert [name for name in services if name.endswith("-worker") or name in {"backup", "rasa"}] == []


@pytest.mark.parametrize("step", ["verify", "unseal", "stores", "restore", "start nginx"])
def test_a_drill_that_fails_says_why_and_leaves_nothing(project, people, step):
    instance = FakeInstance(project, fails_at=(step, MunbotError("the disk is full")))
    report = run(instance)
    assert (report.passed, report.failure) == (False, "the disk is full")
    assert instance.done[-1] == "destroy"


def test_an_interrupted_drill_leaves_nothing(project, people):
    instance = FakeInstance(project, fails_at=("restore", KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        run(instance)
    assert instance.done[-1] == "destroy"


def test_data_that_differ_are_no_good_drill(project, people):
    differs = {**SAME, "same": False, "difference": "2 instead of 3"}
    report = run(FakeInstance(project, answers={"restore": {"compared": [SAME, differs]}}))
    assert not report.passed
    assert report.as_json()["different"] == [differs]


def test_rpo_is_the_age_of_the_backup_and_rto_the_sum_of_the_steps():
    begun = datetime(2026, 11, 21, 18, tzinfo=UTC)
    report = drill.Report(backup_at=begun - timedelta(hours=12), started_at=begun, phases={"a": 30.0, "b": 60.5})
    assert (report.rpo, report.rto) == (43_200.0, 90.5)
    assert (commands._span(report.rpo), commands._span(report.rto)) == ("12 h 0 min", "1 min 30 s")


def test_two_drills_do_not_run_at_once(project):
    with drill.one_at_a_time(project), pytest.raises(MunbotError, match="is running"), drill.one_at_a_time(project):
        pass
    with drill.one_at_a_time(project):
        pass


def test_a_drill_takes_ports_that_are_free(project):
    wanted = Project.load(f"{project.name}-drill", root=project.root)
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):  # then somebody else has taken it
            taken.bind(("127.0.0.1", wanted.port("postgres", 5432)))
            taken.listen()
        found = drill.drill_project(project)
    assert found.name == "demo-drill"
    assert found.port("postgres", 5432) != wanted.port("postgres", 5432)


# ---- keys


def test_the_demo_gets_a_key_beside_its_data(project):
    instance = FakeInstance(project, answers={"new-key": {"private": "AGE-SECRET-KEY-1X", "public": "age1x"}})
    keys.ensure_key(instance)
    file = project.data.parent / "recovery-key-demo.txt"
    assert "AGE-SECRET-KEY-1X" in file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    assert instance.recipient == "age1x"
    instance.done.clear()
    keys.ensure_key(instance)
    assert instance.done == []
    assert "AGE-SECRET-KEY-1X" in keys.read_key(instance, None)


def test_production_waits_for_a_key(project):
    production = Project.load("demo", root=project.root, environment={"MUNBOT_MODE": "production"})
    with pytest.raises(MunbotError, match="recovery-key"):
        keys.ensure_key(FakeInstance(production))


def test_a_key_is_not_written_among_the_data_nor_over_another(project, tmp_path):
    instance = FakeInstance(project, answers={"new-key": {"private": "AGE-SECRET-KEY-1X", "public": "age1x"}})
    with pytest.raises(MunbotError, match="would be lost"):
        keys.make_key(instance, project.data / "key.txt")
    there = tmp_path / "key.txt"
    there.write_text("mine")
    with pytest.raises(MunbotError, match="already"):
        keys.make_key(instance, there)
    assert there.read_text() == "mine"
    assert instance.recipient == ""


def test_a_missing_key_is_named(project, tmp_path):
    with pytest.raises(MunbotError, match="--key FILE"):
        keys.read_key(FakeInstance(project), None)
    with pytest.raises(MunbotError, match="nowhere"):
        keys.read_key(FakeInstance(project), tmp_path / "nowhere")


# ---- native


def test_what_was_there_is_set_aside_with_postgres_elsewhere(project, tmp_path, monkeypatch):
    monkeypatch.setattr(native, "stop_project", lambda _: 0)
    apart = tmp_path / "lib" / "munbot-demo-1"
    monkeypatch.setattr(native, "elsewhere", lambda _: apart)
    apart.mkdir(parents=True)
    (apart / "PG_VERSION").write_text("15")
    project.data.mkdir()
    (project.data / "postgres").symlink_to(apart)
    instance = native.NativeInstance(project)
    assert instance.kept == str(project.data)
    said = instance.set_aside()
    assert not apart.exists()
    assert not project.data.exists()
    assert instance.kept == ""
    kept = next(tmp_path.glob("demo.before-*"))
    assert str(kept) in said
    assert (kept / "postgres" / "PG_VERSION").read_text() == "15"


def test_a_cluster_whose_data_folder_was_deleted_is_still_seen(project, tmp_path, monkeypatch):
    monkeypatch.setattr(native, "stop_project", lambda _: 0)
    apart = tmp_path / "lib" / "munbot-demo-1"
    monkeypatch.setattr(native, "elsewhere", lambda _: apart)
    apart.mkdir(parents=True)
    instance = native.NativeInstance(project)
    assert instance.kept == str(apart)
    assert "before-" in instance.set_aside()
    assert instance.kept == ""


def tool(*lines, code=0, error=""):
    program = f"import sys; sys.stderr.write({error!r}); print({chr(10).join(lines)!r}); sys.exit({code})"
    return run_tool(["python3", "-c", program], {"PATH": "/usr/bin:/bin"}, cwd="/", tell=lambda _: None)


def test_the_last_line_is_the_answer():
    assert tool("a log line", '{"name": "x"}') == {"name": "x"}


def test_the_programs_own_words_reach_the_person():
    with pytest.raises(MunbotError, match="the disk is full"):
        tool('{"error": "the disk is full"}', code=1)
    with pytest.raises(MunbotError, match="ended with 3: no such module"):
        tool(code=3, error="no such module\n")


# ---- requests


def door(answers):
    def answer(request):
        found = answers.get((request.method, request.url.path))
        return httpx.Response(404) if found is None else httpx.Response(200, json=found)

    return httpx.Client(base_url="http://x", transport=httpx.MockTransport(answer))


def test_an_agenda_without_a_free_hour_fails_the_drill():
    answers = {
        ("GET", "/api/scheduler/v1/procedures"): {"items": [{"id": "p"}]},
        ("GET", "/api/scheduler/v1/slots"): {"items": []},
    }
    with pytest.raises(MunbotError, match="no procedure has a free hour"):
        book(door(answers), ["t"])


def test_a_booking_that_cannot_be_read_back_fails_the_drill():
    slot = {"procedure_id": "p", "office_id": "o", "start": "2026-12-01T12:00:00Z"}
    answers = {
        ("GET", "/api/scheduler/v1/procedures"): {"items": [{"id": "p"}]},
        ("GET", "/api/scheduler/v1/slots"): {"items": [slot]},
        ("POST", "/api/scheduler/v1/appointments"): {"id": "1", "code": "ABCD"},
    }
    with pytest.raises(MunbotError, match="by-code/ABCD answers 404"):
        book(door(answers), ["t"])
    answers["GET", "/api/scheduler/v1/appointments/by-code/ABCD"] = {"id": "1", "code": "ABCD"}
    assert book(door(answers), ["t"]) == "ABCD"


def test_a_complaint_without_its_history_fails_the_drill():
    answers = {
        ("GET", "/api/complaints/v1/complaints"): {"items": [{"folio": "F"}]},
        ("GET", "/api/complaints/v1/complaints/F"): {"folio": "F", "history": []},
    }
    with pytest.raises(MunbotError, match="without its history"):
        look_up_folio(door(answers), ["t"])
    assert look_up_folio(door({("GET", "/api/complaints/v1/complaints"): {"items": []}}), ["t"]) == ""


# ---- containers


@pytest.fixture
def contained(project, monkeypatch):
    """(instance, what the program was called with): an engine that has two volumes."""
    called = []

    def run(command, environment, **options):
        called.append((list(command), dict(environment), options["said"]))
        return {"name": "x"}

    monkeypatch.setattr(containers, "run_tool", run)
    monkeypatch.setattr(Engine, "volumes", lambda self: [f"{self.project.name}_{name}" for name in volumes])
    volumes = ["secrets", "llm-data"]
    instance = containers.ContainerInstance(project, "elsewhere")
    return instance, called, volumes


def test_in_containers_the_same_program_runs_in_the_service_restore(contained, project):
    instance, called, _ = contained
    assert instance.tool("unseal", "latest", said="KEY") == {"name": "x"}
    command, environment, said = called[0]
    assert command[:2] == ["docker", "compose"]
    assert command[command.index("-p") + 1] == project.name
    assert command[-3:] == ["restore", "unseal", "latest"]
    assert "BACKUP_NAMESPACE=elsewhere" in command
    assert said == "KEY"
    assert not any("KEY" in part for part in command), "the key is on no command line"
    assert environment["MUNBOT_MIGRATE_ARGS"] == "", "nothing is seeded into what was restored"


def test_in_containers_the_stores_volumes_are_data_and_those_of_secrets_and_caches_are_not(contained):
    instance, _, volumes = contained
    assert instance.kept == ""
    volumes.append("mongo-data")
    assert instance.kept == "demo_mongo-data"
