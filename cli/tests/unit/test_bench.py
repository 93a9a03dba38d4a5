"""The benchmark of the containers: what it reads, which parts it runs, what it copies and keeps."""

import json

import pytest
from munbot_cli.bench.builds import CHANGES, read_build_log, without_layers
from munbot_cli.bench.chat import compare_runs
from munbot_cli.bench.compose import PARTS, choose_parts
from munbot_cli.bench.machine import wait_until_calm
from munbot_cli.bench.site import copy_checkout
from munbot_cli.bench.sizes import final_base
from munbot_cli.bench.starts import read_stats
from munbot_cli.bench.tables import Figure, keep_results
from munbot_cli.errors import MunbotError
from munbot_cli.project import find_root


def test_parts_run_in_their_order_whatever_the_selections_order():
    assert choose_parts(" memory, build,") == ["build", "memory"]
    assert choose_parts("") == list(PARTS)


def test_an_unknown_part_is_named():
    with pytest.raises(MunbotError, match=r"'speed'.*build, sizes"):
        choose_parts("up,speed")


DOCKERFILE = """# FROM nothing
ARG NODE_IMAGE=node:20
ARG NGINX_IMAGE=nginx:stable
FROM ${NODE_IMAGE} AS build
RUN echo FROM here
FROM --platform=linux/amd64 $NGINX_IMAGE
"""


def test_the_base_is_the_one_of_the_last_stage():
    assert final_base(DOCKERFILE, {}) == "nginx:stable"
    assert final_base(DOCKERFILE, {"NGINX_IMAGE": "mirror.example/nginx:1.29"}) == "mirror.example/nginx:1.29"


def test_a_stage_that_continues_another_has_its_base():
    assert final_base("FROM debian:bookworm AS first\nFROM first AS second\nFROM second\n", {}) == "debian:bookworm"


def test_a_dockerfile_without_a_stage_is_refused():
    with pytest.raises(MunbotError):
        final_base("RUN true\n", {})


def test_every_stage_is_changed_before_its_first_command_and_nothing_else():
    changed = without_layers(DOCKERFILE, "20260101").splitlines()
    stages = [number for number, line in enumerate(changed) if line.startswith("FROM ")]
    assert [changed[number + 1] for number in stages] == ["ENV MUNBOT_BENCH=20260101"] * 2
    assert [line for line in changed if not line.startswith("ENV ")] == DOCKERFILE.splitlines()


def test_a_build_log_tells_what_was_done_over_again():
    text = """#31 12.1 inputs 5f
#31 48.0 model trained in 35.2 s: /var/cache/munbot-rasa/munbot.tar.gz
#12 1.0 Downloading numpy (16.5MiB)
#14 1.2 Downloading numpy (16.5MiB)
#14 1.3  Downloaded scipy
"""
    assert read_build_log(text) == (35.2, 2)
    assert read_build_log("#31 1.0 model is current: /var/cache/munbot-rasa/munbot.tar.gz\n") == (0.0, 0)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.what)
def test_what_the_rebuilds_change_is_there(change):
    path = find_root() / change.path
    assert path.is_file()
    assert change.line.format(stamp="1") != change.line.format(stamp="2")


def test_stats_are_percent_of_a_core_and_megabytes():
    lines = "\n".join(
        json.dumps(entry)
        for entry in (
            {"Name": "munbot-rasa-1", "CPUPerc": "101.50%", "MemUsage": "512MiB / 1GiB"},
            {"Name": "munbot-redis-1", "CPUPerc": "--", "MemUsage": "0B / 0B"},
        )
    )
    assert read_stats(lines) == {"munbot-rasa-1": (101.5, 512.0), "munbot-redis-1": (0.0, 0.0)}


def test_calm_is_three_quiet_measurements_in_a_row():
    loads = iter([90.0, 5.0, 5.0, 40.0, 5.0, 5.0, 5.0, 99.0])
    assert wait_until_calm(lambda: next(loads), 10, 60, clock=lambda: 0.0)
    assert list(loads) == [99.0]


def test_a_machine_that_never_rests_is_given_up():
    now = iter(range(100))
    assert not wait_until_calm(lambda: 50.0, 10, 5, clock=lambda: float(next(now)))


def test_the_copy_has_what_is_built_from_and_nothing_that_was_built(tmp_path):
    kept = ["docker-compose.yml", ".dockerignore", ".env", "room/src/var/code.py", "rasa-core/src/models/code.py"]
    left = [".git/HEAD", ".venv/pyvenv.cfg", "var/munbot/secrets/key", "room/node_modules/a.js", "room/dist/a.js"]
    left += ["rasa-core/models/munbot.tar.gz", "bench-results/chat.json", "room/__pycache__/a.pyc", ".mypy_cache/a"]
    source = tmp_path / "checkout"
    for name in kept + left:
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    copy_checkout(source, tmp_path / "copy")
    copied = {str(path.relative_to(tmp_path / "copy")) for path in (tmp_path / "copy").rglob("*") if path.is_file()}
    assert copied == set(kept)


def _run(citizens, p50):
    times = {"n": 10, "p50_ms": p50, "p95_ms": 200.0, "p99_ms": 0.0, "max_ms": 300.0}
    return {"citizens": citizens, "unanswered": 0, "munbot": {"all": times, "talk": times, "action": times}}


def test_the_same_loads_are_compared():
    rows = compare_runs({"runs": [_run(1, 50.0), _run(4, 100.0)]}, {"runs": [_run(1, 55.0), _run(4, 90.0)]})
    assert [(row["citizens"], row["ratio"]["p50_ms"]) for row in rows if row["turns"] == "all"] == [(1, 1.1), (4, 0.9)]
    assert rows[0]["ratio"] == {"p50_ms": 1.1, "p95_ms": 1.0, "p99_ms": None}


def test_a_part_measured_later_leaves_the_others_in_the_file(tmp_path):
    target = tmp_path / "compose.json"
    keep_results(target, {"cpus": 2}, "up", {"figures": [Figure("start", 30.0, "s", 90.0).to_json()]})
    keep_results(target, {"cpus": 4}, "sizes", {"images": []})
    parts = json.loads(target.read_text())["parts"]
    assert {name: part["machine"]["cpus"] for name, part in parts.items()} == {"up": 2, "sizes": 4}
    assert parts["up"]["figures"][0]["goal"] == 90.0
