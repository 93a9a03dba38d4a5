"""The overlay `scaled`: two of everything, spread, one at a time taken away."""

DEMO_ONLY = {"whatsapp-simulator", "mailpit"}
ALONE = "backup"
"""Two would save everything twice."""
HOSTNAME = "kubernetes.io/hostname"


def test_at_least_two_pods_of_everything(scaled):
    scalers = {
        item["spec"]["scaleTargetRef"]["name"]: item["spec"] for item in scaled.of("HorizontalPodAutoscaler").values()
    }
    for name, workload in scaled.deployments.items():
        replicas = workload.document["spec"].get("replicas")
        if name in DEMO_ONLY:
            assert replicas == 0
            continue
        if name == ALONE:
            assert replicas == 1
            continue
        if name in scalers:
            assert replicas is None, f"{name}: an apply would undo what the autoscaler did"
            assert scalers[name]["minReplicas"] >= 2
            assert scalers[name]["maxReplicas"] > scalers[name]["minReplicas"]
            assert scalers[name]["metrics"]
        else:
            assert replicas is not None, name
            assert replicas >= 2, name
    assert set(scalers) <= set(scaled.deployments)


def test_autoscalers_have_targets(scaled):
    for item in scaled.of("HorizontalPodAutoscaler").values():
        target = item["spec"]["scaleTargetRef"]
        assert (target["apiVersion"], target["kind"]) == ("apps/v1", "Deployment")
        assert item["metadata"]["name"] == target["name"]


def test_a_drained_node_takes_one_pod_at_a_time(scaled, selects):
    budgets = scaled.of("PodDisruptionBudget")
    assert set(budgets) == set(scaled.deployments) - DEMO_ONLY - {ALONE}
    for name, budget in budgets.items():
        chosen = [other for other in scaled.workloads.values() if selects(budget["spec"]["selector"], other.labels)]
        assert [workload.name for workload in chosen] == [name]
        assert budget["spec"]["maxUnavailable"] == 1


def test_pods_of_one_kind_spread_over_nodes(manifests, selects):
    for name, workload in manifests.deployments.items():
        (constraint,) = workload.pod["topologySpreadConstraints"]
        assert constraint["topologyKey"] == HOSTNAME
        assert constraint["maxSkew"] == 1
        chosen = [other for other in manifests.workloads.values() if selects(constraint["labelSelector"], other.labels)]
        assert [workload.name for workload in chosen] == [name]


def test_deployments_select_their_own_pods(manifests, selects):
    for workload in manifests.workloads.values():
        if workload.kind != "Job":
            selector = workload.document["spec"]["selector"]
            chosen = [other for other in manifests.workloads.values() if selects(selector, other.labels)]
            assert chosen == [workload]


def test_an_update_takes_no_pod_before_its_successor_is_ready(manifests):
    for name, workload in manifests.deployments.items():
        rolling = workload.document["spec"]["strategy"]["rollingUpdate"]
        assert rolling == {"maxSurge": 1, "maxUnavailable": 0}, name
