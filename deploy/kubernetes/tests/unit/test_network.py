"""Addresses lead somewhere, and the network lets through what they name and nothing else."""

from urllib.parse import urlsplit

ANYWHERE = {"cidr": "0.0.0.0/0", "except": ["169.254.0.0/16"]}


def rules(manifests, workload, selects, direction):
    """Return the ingress or egress rules that hold for a workload's pods."""
    found = []
    for policy in manifests.policies.values():
        spec = policy["spec"]
        if direction.capitalize() in spec["policyTypes"] and selects(spec["podSelector"], workload.labels):
            found += spec.get(direction, [])
    return found


def lets_through(rule, key, labels, port, selects):
    """Return whether a rule names pods with these labels, at this port."""
    peers = [peer["podSelector"] for peer in rule.get(key, []) if set(peer) == {"podSelector"}]
    return any(selects(peer, labels) for peer in peers) and port in {entry["port"] for entry in rule["ports"]}


def allowed(manifests, source, target, port, selects):
    """Return whether the policies let pods of one workload talk to another's."""
    out = rules(manifests, source, selects, "egress")
    into = rules(manifests, target, selects, "ingress")
    return any(lets_through(rule, "to", target.labels, port, selects) for rule in out) and any(
        lets_through(rule, "from", source.labels, port, selects) for rule in into
    )


def test_every_address_of_small_is_a_service(small, address):
    for name, value in small.config_map("addresses").items():
        host, port = address(value)
        assert host in small.services, name
        assert port in {entry["port"] for entry in small.services[host]["spec"]["ports"]}, name


def test_every_address_of_scaled_is_a_service_or_outside(scaled, address):
    outside = set()
    for name, value in scaled.config_map("addresses").items():
        host, port = address(value)
        if host in scaled.services:
            assert port in {entry["port"] for entry in scaled.services[host]["spec"]["ports"]}, name
        else:
            assert "." in host, f"{name} names {host}, which is neither a Service nor a host elsewhere"
            outside.add(name)
    assert outside == {
        "SCHEDULER_DATABASE_URL",
        "CONVERSATIONS_DATABASE_URL",
        "RASA_DATABASE_URL",
        "WHATSAPP_DATABASE_URL",
        "RABBITMQ_URL",
        "RABBITMQ_API_URL",
        "REDIS_URL",
        "MONGO_URL",
        "S3_ENDPOINT",
        "S3_UPSTREAM",
    }


def test_services_lead_to_one_workload_and_an_open_port(manifests):
    for name, service in manifests.services.items():
        (workload,) = manifests.behind(name)
        assert workload.name == name
        for entry in service["spec"]["ports"]:
            assert workload.ports()[entry["targetPort"]] == entry["port"]
        assert service["spec"].get("type", "ClusterIP") == "ClusterIP"


def test_nobody_may_talk_by_default(manifests):
    assert manifests.policies["default-deny"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_everybody_may_ask_for_names(manifests, selects):
    for workload in manifests.workloads.values():
        asked = [rule for rule in rules(manifests, workload, selects, "egress") if "namespaceSelector" in rule["to"][0]]
        (rule,) = asked
        assert {(entry["protocol"], entry["port"]) for entry in rule["ports"]} == {("UDP", 53), ("TCP", 53)}


def test_pods_reach_what_their_settings_name_and_nothing_else(manifests, selects):
    for source in manifests.workloads.values():
        needed = {(host, port) for host, port in source.needs() if host in manifests.services}
        for target in manifests.workloads.values():
            for port in target.ports().values():
                is_needed = (target.name, port) in needed
                assert allowed(manifests, source, target, port, selects) is is_needed, (
                    f"{source.name} → {target.name}:{port} is {'needed' if is_needed else 'open without need'}"
                )


def test_the_way_out_leads_to_the_servers_that_settings_name(manifests, selects):
    for source in manifests.workloads.values():
        needed = {port for host, port in source.needs() if host not in manifests.services}
        opened = set()
        for rule in rules(manifests, source, selects, "egress"):
            blocks = [peer["ipBlock"] for peer in rule["to"] if "ipBlock" in peer]
            assert all(block == ANYWHERE for block in blocks)
            opened |= {entry["port"] for entry in rule["ports"]} if blocks else set()
        assert opened == needed, source.name


def test_rasas_locks_and_trackers_are_outside_of_its_pods(manifests, root):
    """More than one pod is right only as long as this is so."""
    workload = manifests.workloads["rasa"]
    environment = workload.environment(workload.main)
    assert environment["REDIS_URL"].startswith("redis")
    assert environment["DATABASE_URL"].startswith("postgresql")
    endpoints = (root / "rasa-core" / "endpoints.yml").read_text(encoding="utf-8")
    assert "LeasedRedisLockStore" in endpoints
    assert "postgresql" in endpoints


def test_nginx_is_the_only_door(manifests, selects):
    for workload in manifests.workloads.values():
        into = rules(manifests, workload, selects, "ingress")
        is_open = any("from" not in rule for rule in into)
        assert is_open is (workload.name == "nginx"), workload.name
        if is_open:
            ports = {entry["port"] for rule in into for entry in rule["ports"]}
            assert ports == {entry["port"] for entry in manifests.services["nginx"]["spec"]["ports"]}


def test_the_ingress_leads_to_nginx_under_the_public_address(scaled, small):
    assert not small.of("Ingress")
    (ingress,) = scaled.of("Ingress").values()
    host = urlsplit(scaled.config_map("common")["PUBLIC_URL"]).hostname
    (rule,) = ingress["spec"]["rules"]
    assert rule["host"] == host
    assert ingress["spec"]["tls"][0]["hosts"] == [host]
    (path,) = rule["http"]["paths"]
    backend = path["backend"]["service"]
    assert backend["name"] == "nginx"
    assert backend["port"]["name"] in {entry["name"] for entry in scaled.services["nginx"]["spec"]["ports"]}


def test_behind_an_ingress_nginx_believes_only_its_neighbour(scaled, small):
    """The file is read (`*.conf` in conf.d) and takes the header's last address, not one that a client put there."""
    mounts = {mount["mountPath"] for mount in scaled.workloads["nginx"].main["volumeMounts"]}
    assert "/etc/nginx/conf.d/real-ip.conf" in mounts
    text = scaled.config_map("nginx-real-ip")["real-ip.conf"]
    assert "real_ip_header X-Forwarded-For;" in text
    assert "real_ip_recursive" not in text
    assert "0.0.0.0/0" not in text
    assert not [name for name in small.config_maps if name.startswith("nginx-real-ip")]
