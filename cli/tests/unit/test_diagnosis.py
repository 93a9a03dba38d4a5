"""What docker, compose, builds and services really wrote, and the one line that people get."""

import json
from pathlib import Path

import pytest
import yaml
from munbot_cli.containers.diagnosis import explain, explain_container, explain_image, meaningful_line
from munbot_cli.containers.state import Container

MANIFEST = 'failed to do request: Head "https://registry-1.docker.io/v2/library/python/manifests/9.99": '
NO_HOST = MANIFEST + "dial tcp: lookup registry-1.docker.io on 10.0.0.1:53: no such host"

SAID = yaml.safe_load((Path(__file__).parent / "said.yml").read_text())


@pytest.mark.parametrize("case", SAID["compose"])
def test_what_compose_says_becomes_one_line(case):
    assert explain(case["says"], case["chosen"]) == case["line"]


BUILD = """#0 building with "default" instance using docker driver

#1 [web internal] load build definition from Dockerfile
#1 DONE 0.0s

#4 [web stage-1 1/4] FROM docker.io/library/python:3.11-slim-bookworm
#4 CACHED

#5 [web stage-0 2/2] RUN uv sync --frozen --package munbot-scheduler
#5 0.772 Resolved 31 packages
#5 0.773 error: Failed to fetch: `https://pypi.org/simple/uv/`
#5 0.774   Caused by: dns error
#5 ERROR: process "/bin/sh -c uv sync --frozen" did not complete successfully: exit code: 3

#6 [web stage-2 1/1] RUN true
------
 > [web stage-0 2/2] RUN uv sync --frozen --package munbot-scheduler:
0.773 error: Failed to fetch: `https://pypi.org/simple/uv/`
------
failed to solve: process "/bin/sh -c uv sync --frozen" did not complete successfully: exit code: 3
"""


def test_a_failed_build_names_the_instruction_and_its_programs_complaint():
    assert explain(BUILD, {}) == (
        "error: Failed to fetch: `https://pypi.org/simple/uv/` (in `RUN uv sync --frozen --package munbot-scheduler`)"
    )


def test_a_full_disk_inside_a_build_is_called_that():
    full = BUILD.replace("Caused by: dns error", "dd: error writing '/mnt/x': No space left on device")
    assert explain(full, {}).startswith("no space is left on the disk")


def test_a_base_image_that_cannot_be_had_is_named_with_its_setting():
    output = (
        "#2 [web internal] load metadata for docker.io/library/python:9.99\n"
        f"#2 ERROR: {NO_HOST}\n"
        "failed to solve: python:9.99: failed to resolve source metadata for docker.io/library/python:9.99: "
        f"{NO_HOST}\n"
    )
    assert explain(output, {"PYTHON_IMAGE": "python:9.99"}) == (
        "the image python:9.99 (PYTHON_IMAGE) is not on this machine, and its registry cannot be reached: "
        "check the name and the network"
    )
    absent = (
        "failed to solve: python:9.99: failed to resolve source metadata for docker.io/library/python:9.99: "
        "docker.io/library/python:9.99: not found\n"
    )
    assert explain(absent, {}) == "the image python:9.99 does not exist: check its name and its tag"


@pytest.mark.parametrize("output", SAID["absent_images"])
def test_an_image_that_does_not_exist(output):
    assert explain_image("mongo:77", output, {"MONGO_IMAGE": "mongo:77"}) == (
        "the image mongo:77 (MONGO_IMAGE) does not exist: check its name and its tag"
    )


def test_another_reason_for_a_missing_image_is_kept():
    output = "Error response from daemon: toomanyrequests: You have reached your pull rate limit."
    assert explain_image("mongo:7.0", output, {}) == (
        "the image mongo:7.0 cannot be had: toomanyrequests: You have reached your pull rate limit."
    )


# ---- logs

TRACEBACK = """{"service": "scheduler", "event": "started", "level": "info"}
Traceback (most recent call last):
  File "/app/lib/pydantic_settings/main.py", line 572, in _settings_build_values
    source_state = source()
                   ^^^^^^^^
  File "/app/munbot_common/settings.py", line 25, in get_field_value
    raise ValueError(msg) from error
"""


@pytest.mark.parametrize("case", SAID["tracebacks"])
def test_a_traceback_becomes_its_exception(case):
    assert meaningful_line((TRACEBACK + case["ends"]).splitlines()) == case["line"]


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (["bad setting X"], "bad setting X"),
        ([], "no output"),
        (["", "   "], "no output"),
        (
            ['nginx: [emerg] host not found in upstream "scheduler:8000"', "nginx: configuration file test is over"],
            'nginx: [emerg] host not found in upstream "scheduler:8000"',
        ),
        ([json.dumps({"event": "loop_failed", "level": "error", "exception": TRACEBACK + "OSError: gone"})],
         "loop_failed: OSError: gone"),
        ([json.dumps({"event": "not_ready", "error": "redis: timeout"})], "not_ready: redis: timeout"),
        ([json.dumps({"msg": "Listening", "s": "I"})], "Listening"),
        (["{not json"], "{not json"),
    ],
)  # fmt: skip
def test_the_line_that_tells_most(lines, line):
    assert meaningful_line(lines) == line


def container(**fields):
    return Container(**({"id": "1", "name": "x-scheduler-1", "service": "scheduler", "state": "running"} | fields))


def test_a_one_shot_that_failed():
    ended = container(state="exited", exit_code=1, one_shot=True)
    assert explain_container(ended, ["bad setting X"], {}) == "scheduler ended with code 1: bad setting X"


def test_one_that_keeps_ending_for_a_setting_names_the_setting():
    lines = (TRACEBACK + "KeyError: 'LOUD'").splitlines()
    ended = container(state="restarting", health="unhealthy", exit_code=1)
    assert explain_container(ended, lines, {"MUNBOT_LOG_LEVEL": "LOUD"}, restarts=3) == (
        "scheduler keeps ending with code 1 (started again 3 times): KeyError: 'LOUD' (MUNBOT_LOG_LEVEL is 'LOUD')"
    )


def test_one_that_runs_again_for_the_moment_is_still_one_that_keeps_ending():
    again = container(health="starting")  # the engine forgets the exit code of the run before
    assert explain_container(again, ["bad setting"], {}, restarts=1) == (
        "scheduler keeps ending (started again 1 time): bad setting"
    )


def test_an_unhealthy_one_tells_its_check_and_its_log():
    sick = container(health="unhealthy", last_check=TRACEBACK + "urllib.error.HTTPError: HTTP Error 503: down")
    assert explain_container(sick, ["connection refused by rabbitmq"], {}) == (
        "scheduler is unhealthy: its health check says «HTTPError: HTTP Error 503: down», "
        "its log «connection refused by rabbitmq»"
    )


def test_a_full_disk_in_a_log_goes_before_everything_else():
    lines = ["could not write to file: No space left on device", "database system is shut down"]
    assert explain_container(container(state="exited", exit_code=1), lines, {}).startswith(
        "scheduler: no space is left on the disk"
    )


def test_memory_and_the_engines_own_errors():
    assert "memory limit" in explain_container(container(out_of_memory=True, exit_code=137), ["Killed"], {})
    missing = container(state="created", error='exec: "pyton": executable file not found in $PATH')
    assert explain_container(missing, [], {}) == (
        'scheduler cannot start: exec: "pyton": executable file not found in $PATH'
    )
