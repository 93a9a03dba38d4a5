import json

import pytest
from munbot_cli.containers.state import Container, parse_size, read_containers, read_memory


def inspected(**state):
    return {
        "Id": "64eda3405ae0",
        "Name": "/clix-web-1",
        "RestartCount": 2,
        "State": {"Status": "running", "Pid": 23792, "ExitCode": 0, "Error": "", "OOMKilled": False,
                  "StartedAt": "2026-11-21T06:29:22.048640065Z", **state},
        "HostConfig": {"RestartPolicy": {"Name": "unless-stopped", "MaximumRetryCount": 0},
                       "PortBindings": {"8000/tcp": [{"HostIp": "", "HostPort": "18377"}], "9/tcp": None}},
        "Config": {"Labels": {"com.docker.compose.service": "web",
                              "com.docker.compose.depends_on": "api:service_healthy:false,db:service_started:true",
                              "com.docker.compose.project.working_dir": "/srv/munbot"}},
    }  # fmt: skip


def test_a_container_is_read_with_its_last_health_check():
    health = {"Status": "unhealthy", "FailingStreak": 2, "Log": [{"Output": "one"}, {"Output": "503\n"}]}
    (web,) = read_containers([inspected(Health=health)])
    assert (web.name, web.service, web.state, web.health, web.last_check) == (
        "clix-web-1",
        "web",
        "running",
        "unhealthy",
        "503",
    )
    assert (web.restarts, web.one_shot, web.ports, web.folder, web.pid) == (2, False, (18377,), "/srv/munbot", 23792)
    assert web.needs == ("api", "db")
    assert web.failed
    assert not web.ready


def test_a_container_without_a_check_is_ready_as_soon_as_it_runs():
    (web,) = read_containers([inspected()])
    assert web.health == ""
    assert web.ready


@pytest.mark.parametrize(
    ("fields", "ready", "failed"),
    [
        ({"state": "exited", "one_shot": True}, True, False),
        ({"state": "exited", "one_shot": True, "exit_code": 1}, False, True),
        ({"state": "exited"}, False, True),
        ({"state": "running", "one_shot": True}, False, False),
        ({"state": "running", "health": "starting"}, False, False),
        ({"state": "running", "health": "healthy"}, True, False),
        ({"state": "running", "health": "unhealthy"}, False, True),
        ({"state": "running", "health": "unhealthy", "one_shot": True}, False, False),
        ({"state": "restarting", "exit_code": 1, "health": "unhealthy"}, False, False),
        ({"state": "created"}, False, False),
        ({"state": "created", "error": "no such program"}, False, True),
        ({"state": "dead"}, False, True),
    ],
)
def test_ready_and_failed(fields, ready, failed):
    container = Container(id="1", name="a-1", service="a", **fields)
    assert (container.ready, container.failed) == (ready, failed)


def test_containers_come_in_the_order_of_their_services():
    other = inspected() | {"Config": {"Labels": {"com.docker.compose.service": "api"}}}
    assert [container.service for container in read_containers([inspected(), other])] == ["api", "web"]


@pytest.mark.parametrize(
    ("text", "size"),
    [("10.5MiB ", 11010048), ("1.2kB", 1200), ("0B", 0), ("2GiB", 2 * 2**30), ("1.5GB", 1_500_000_000), ("--", 0)],
)
def test_sizes(text, size):
    assert parse_size(text) == size


def test_memory_by_name():
    lines = "\n".join(
        json.dumps({"Name": name, "MemUsage": usage}) for name, usage in (("a", "1KiB / 2GiB"), ("b", "0B / 0B"))
    )
    assert read_memory(lines + "\n") == {"a": 1024, "b": 0}
