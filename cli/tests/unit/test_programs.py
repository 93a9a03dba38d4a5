import configparser
import json
import os
import re
import subprocess
from dataclasses import replace

import pytest
from munbot_cli.compose import load_compose
from munbot_cli.errors import MunbotError
from munbot_cli.native.context import Context
from munbot_cli.native.programs import Program, build_programs, script, source_fingerprint
from munbot_cli.native.supervisor import render_configuration
from munbot_cli.project import Project


@pytest.fixture(scope="module")
def project():
    return Project.load("munbot", environment={})


@pytest.fixture(scope="module")
def services(project):
    return load_compose(project.root / "docker-compose.yml", project.variables, project.native["infrastructure"])


def test_every_service_of_the_compose_file_has_its_process(project, services):
    programs = build_programs(project, services)
    assert set(services) - set(programs) == {"secrets", "postgres-init"}
    for program in programs.values():
        assert program.one_shot or program.health, f"{program.name} has no health check"
        assert set(program.needs) <= set(programs)


def test_no_address_or_folder_of_a_container_is_left(project, services):
    context = Context(project, dict.fromkeys(("postgres", "postgres_data", "secantusdb", "seaweedfs"), "/found"))
    for program in build_programs(project, services).values():
        text = script(program, context.values, project, fingerprint="x")
        assert "/run/secrets" not in text
        left = [name for name in services if re.search(rf"(?<![\w-]){name}:\d", text)]
        assert not left, f"{program.name}: {left}"
        # Every placeholder is filled; what is left of braces is Erlang's.
        assert "{" not in text.replace("{127,0,0,1}", ""), text


def test_an_application_runs_on_loopback_with_its_native_port(project, services):
    scheduler = build_programs(project, services)["scheduler"]
    assert scheduler.environment["PORT"] == "18020"
    assert scheduler.environment["HOST"] == "127.0.0.1"
    assert scheduler.environment["DATABASE_URL"] == "postgresql+psycopg2://scheduler@127.0.0.1:18001/scheduler"
    assert scheduler.environment["DATABASE_PASSWORD_FILE"] == str(project.secrets / "db_scheduler_password")
    assert scheduler.health == {"http": "http://127.0.0.1:18020/readyz"}
    assert scheduler.command[0] == str(project.root / ".venv/bin/python")


def test_rasa_has_its_own_interpreter(project, services):
    rasa = build_programs(project, services)["rasa"]
    assert rasa.command[0] == str(project.root / "rasa-core/.venv/bin/python")
    assert rasa.port == 18050


def test_what_works_off_a_queue_stands_back(project, services, tmp_path):
    programs = build_programs(project, services)
    assert (programs["whatsapp-worker"].nice, programs["whatsapp-bridge"].nice, programs["rabbitmq"].nice) == (5, 0, 0)
    told = replace(programs["whatsapp-worker"], command=("nice",), environment={})
    path = tmp_path / "told.sh"
    path.write_text(script(told, {}, project, fingerprint="x"), encoding="utf-8")
    own = subprocess.run(["nice"], capture_output=True, text=True, check=True).stdout
    started = subprocess.run(["sh", str(path)], capture_output=True, text=True, check=True).stdout
    assert int(started) == min(19, int(own) + 5)


def test_demo_data_can_be_left_out(project, services):
    assert "--seed-demo" in build_programs(project, services)["scheduler-migrate"].command
    assert "--seed-demo" not in build_programs(project, services, seed=False)["scheduler-migrate"].command


def test_a_script_passes_every_value_on_unharmed(project, tmp_path):
    values = {"A": 'it\'s $HOME `x` "y" # z ; 100%\nnext', "EMPTY": "", "SPACES": "  "}
    program = Program("p", ("python3", "-c", "import os,json;print(json.dumps(dict(os.environ)))"), values)
    path = tmp_path / "p.sh"
    path.write_text(script(program, {}, project, fingerprint="x"))
    result = subprocess.run(
        ["sh", str(path)], capture_output=True, text=True, check=True, env={"PATH": os.environ["PATH"]}
    )
    seen = json.loads(result.stdout)
    assert {name: seen[name] for name in values} == values
    assert seen["MUNBOT_INSTANCE"] == str(project.data)


def test_changed_sources_change_the_fingerprint(tmp_path):
    (tmp_path / "a.py").write_text("1")
    first = source_fingerprint([tmp_path])
    assert source_fingerprint([tmp_path]) == first
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("x")
    assert source_fingerprint([tmp_path]) == first
    (tmp_path / "a.py").write_text("22")
    assert source_fingerprint([tmp_path]) != first


def test_what_a_service_writes_is_no_source_of_it(project, services):
    backup = build_programs(project, services)["backup"]
    assert backup.environment["BACKUP_TARGET"] == str(project.root / "var" / "backups")
    assert not any(project.root / "var" in [path, *path.parents] for path in backup.sources)


def test_a_service_without_a_port_in_the_table_is_named(project, services):
    stranger = replace(services["scheduler"], name="stranger")
    with pytest.raises(MunbotError, match="gives no port to stranger"):
        build_programs(project, {"stranger": stranger})


def test_supervisor_starts_nothing_by_itself(project, services):
    parser = configparser.RawConfigParser()
    parser.read_string(render_configuration(project, build_programs(project, services).values()))
    sections = [parser[name] for name in parser.sections() if name.startswith("program:")]
    assert len(sections) == len(build_programs(project, services))
    assert {section["autostart"] for section in sections} == {"false"}
    assert parser["program:scheduler-migrate"]["autorestart"] == "false"
    assert parser["program:scheduler"]["autorestart"] == "true"
    assert parser["unix_http_server"]["chmod"] == "0600"
