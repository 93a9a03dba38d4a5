"""The manifests run what docker-compose.yml runs: the same processes, settings, ports, probes and memory."""

import re

from fastapi import FastAPI
from munbot_cli.compose import COMPLETED
from munbot_common.app import create_service_app
from munbot_common.settings import ServiceSettings


def test_every_service_of_ours_is_there_and_no_other(manifests, compose):
    assert set(manifests.ours) == set(compose.ours)


def test_small_brings_all_that_compose_starts(small, compose):
    assert set(small.workloads) == set(compose.services) - {"secrets"}


def test_kinds(manifests, compose):
    for name, service in compose.ours.items():
        assert manifests.ours[name].kind == ("Job" if service.one_shot else "Deployment"), name


def test_small_has_the_same_environment(small, compose):
    for name, service in compose.ours.items():
        workload = small.ours[name]
        environment = workload.environment(workload.main)
        if name == "nginx":  # it asks for the demo's addresses at each request, and a cluster has names of its own
            assert environment.pop("RESOLVER") == "kube-dns.kube-system.svc.cluster.local"
            environment["RESOLVER"] = "127.0.0.11"
            for asked in ("SIMULATOR_ADDRESS", "MAILPIT_ADDRESS"):
                environment[asked] = environment[asked].replace(".munbot.svc.cluster.local", "")
        assert environment == dict(service.environment), name


def test_scaled_has_the_same_variables(scaled, compose):
    for name, service in compose.ours.items():
        workload = scaled.ours[name]
        environment = workload.environment(workload.main)
        assert set(environment) == set(service.environment), name
        assert environment.get("MUNBOT_MODE", "production") == "production", name


def test_settings_without_a_reader(manifests):
    read = set()
    for workload in manifests.workloads.values():
        for container in workload.containers:
            read |= {source["configMapRef"]["name"] for source in container.get("envFrom", [])}
            references = [
                entry["valueFrom"]["configMapKeyRef"] for entry in container.get("env", []) if "valueFrom" in entry
            ]
            read |= {(reference["name"], reference["key"]) for reference in references}
    for prefix in ("settings", "addresses"):
        (name,) = [full for full in manifests.config_maps if re.fullmatch(rf"{prefix}-[a-z0-9]{{10}}", full)]
        assert {key for key in manifests.config_maps[name] if (name, key) not in read} == set()


def test_commands(manifests, compose):
    demo = manifests.overlay == "small"  # the demo's seed comes with the component `demo`
    for name, service in compose.ours.items():
        expected = [part for part in service.command if demo or part != "--seed-demo"]
        assert manifests.ours[name].main.get("command", []) == expected, name


def test_images_are_the_same_rooms(manifests, compose):
    for name in compose.ours:
        room = compose.body(name)["image"].partition(":")[0]
        for container in manifests.ours[name].containers:
            image, _, tag = container["image"].rpartition(":")
            assert image == room or image.endswith(f"/{room}"), name
            assert tag, name
            assert tag != "latest", name


def test_servers_are_the_same_images(small, compose):
    for name, workload in small.workloads.items():
        if not workload.is_ours:
            assert workload.main["image"] == compose.body(name)["image"]


def test_memory_limits(small, compose):
    for name in set(small.workloads) - {"postgres-init"}:
        limit = compose.body(name)["deploy"]["resources"]["limits"]["memory"]
        expected = limit.replace("m", "Mi").replace("g", "Gi")
        assert small.workloads[name].main["resources"]["limits"]["memory"] == expected, name


def test_probes_ask_what_compose_asks(manifests, compose):
    for name, service in compose.ours.items():
        if service.one_shot:
            continue
        workload = manifests.ours[name]
        asked = {}
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            question = workload.main[probe]["httpGet"]
            asked[probe] = (workload.ports()[question["port"]], question["path"])
        assert asked["readinessProbe"] == service.probe, name
        port, path = service.probe
        alive = (port, "/livez" if path == "/readyz" else path)
        assert asked["livenessProbe"] == asked["startupProbe"] == alive, name


def test_the_services_answer_the_probes():
    application = create_service_app(ServiceSettings(), title="any", lifespan=None)
    assert isinstance(application, FastAPI)
    assert {"/livez", "/readyz"} <= {getattr(route, "path", "") for route in application.routes}


def test_a_start_may_take_as_long_as_in_compose(manifests, compose):
    for name, service in compose.ours.items():
        if not service.one_shot:
            probe = manifests.ours[name].main["startupProbe"]
            allowed = compose.body(name)["healthcheck"]["start_period"].removesuffix("s")
            assert probe["periodSeconds"] * probe["failureThreshold"] >= int(allowed), name


def test_who_waits_for_a_migration_in_compose_waits_here(manifests, compose):
    for name, service in compose.ours.items():
        awaited = [other for other, condition in service.depends_on.items() if condition == COMPLETED]
        migrations = [other for other in awaited if other.endswith("-migrate")]
        waiting = [container["command"] for container in manifests.ours[name].pod.get("initContainers", [])]
        modules = [compose.ours[migration].command[2] for migration in migrations]
        assert waiting == [["python", "/opt/munbot/await_schema.py", module] for module in modules], name


def test_an_init_container_sees_what_its_process_sees(manifests):
    for workload in manifests.ours.values():
        for container in workload.pod.get("initContainers", []):
            assert workload.environment(container).items() <= workload.environment(workload.main).items()
            assert container["image"] == workload.main["image"]


def test_published_ports_are_services(manifests, compose):
    for name in compose.ours:
        for published in compose.body(name).get("ports", []):
            port = int(str(published).rpartition(":")[2])
            assert port in {entry["port"] for entry in manifests.services[name]["spec"]["ports"]}


def test_copied_files_are_the_originals(root, kubernetes):
    files = kubernetes / "components" / "infrastructure" / "files"
    originals = {
        "postgres-init.sh": root / "data-lake" / "postgres" / "init.sh",
        "rabbitmq.conf": root / "config" / "rabbitmq" / "rabbitmq.conf",
        "enabled_plugins": root / "config" / "rabbitmq" / "enabled_plugins",
    }
    assert {path.name for path in files.iterdir()} == set(originals)
    for name, original in originals.items():
        assert (files / name).read_bytes() == original.read_bytes(), f"copy {original.name} to {files / name} again"
