"""What a pod may do and see: no root, no state, no secret of somebody else."""

import re
import subprocess
import sys

import pytest
import yaml
from munbot_common.secrets import GIVEN, READERS

SECRETS = "/run/secrets/"


def test_no_pod_is_root_or_gains_rights(manifests):
    for name, workload in manifests.workloads.items():
        security = workload.pod["securityContext"]
        assert security["runAsNonRoot"] is True, name
        assert security["runAsUser"] == (999 if workload.is_server else 10001), name
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(workload.pod), name
        for container in workload.containers:
            own = container["securityContext"]
            assert own["allowPrivilegeEscalation"] is False, name
            assert own["capabilities"] == {"drop": ["ALL"]}, name
            assert not own.get("privileged"), name
            assert own.get("readOnlyRootFilesystem", False) is not workload.is_server, name


def test_no_pod_knows_the_cluster(manifests):
    for name, workload in manifests.workloads.items():
        assert workload.pod["automountServiceAccountToken"] is False, name
        assert workload.pod["enableServiceLinks"] is False, name


def test_every_container_has_requests_and_limits(manifests):
    for name, workload in manifests.workloads.items():
        for container in workload.containers:
            for side in ("requests", "limits"):
                assert set(container["resources"][side]) == {"cpu", "memory"}, (name, container["name"])


def test_our_pods_keep_nothing(manifests, compose):
    for name, workload in manifests.ours.items():
        writable = {entry.partition(":")[0] for entry in compose.body(name)["tmpfs"]}
        writable |= {
            entry.rpartition(":")[2]
            for entry in compose.body(name).get("volumes", [])
            if isinstance(entry, str) and not entry.endswith(":ro")
        }
        kinds = {volume: set(body) - {"name"} for volume, body in workload.volumes.items()}
        if name == "backup":
            writable.discard("/backups")
            if kinds.pop("backups", None):  # elsewhere an object store keeps them
                assert manifests.overlay == "small"
                assert workload.volumes["backups"]["persistentVolumeClaim"]["claimName"] in manifests.of(
                    "PersistentVolumeClaim"
                )
        assert all(kind in ({"secret"}, {"configMap"}, {"emptyDir"}) for kind in kinds.values()), name
        for container in workload.containers:
            mounts = {mount["mountPath"]: mount for mount in container["volumeMounts"] if mount["name"] in kinds}
            temporary = {path for path, mount in mounts.items() if kinds[mount["name"]] == {"emptyDir"}}
            assert temporary == writable if container is workload.main else temporary <= writable, name
            assert all(mount.get("readOnly") for path, mount in mounts.items() if path not in temporary), name
        assert all("sizeLimit" in volume["emptyDir"] for volume in workload.volumes.values() if "emptyDir" in volume)


def test_state_is_only_in_the_servers_of_small(small, scaled):
    assert not {"StatefulSet", "PersistentVolumeClaim", "PersistentVolume"} & {
        item["kind"] for item in scaled.documents
    }
    assert not [name for name, workload in scaled.workloads.items() if workload.is_server]
    assert set(small.of("PersistentVolumeClaim")) == {"backups"}
    servers = {name for name, workload in small.workloads.items() if workload.kind == "StatefulSet"}
    assert servers == {"postgres", "redis", "rabbitmq", "mongo", "minio"}
    for name in servers:
        (claim,) = small.workloads[name].document["spec"]["volumeClaimTemplates"]
        assert claim["metadata"]["name"] in {mount["name"] for mount in small.workloads[name].main["volumeMounts"]}
        assert small.workloads[name].document["spec"]["replicas"] == 1


def test_nothing_of_the_node_is_mounted(manifests):
    for name, workload in manifests.workloads.items():
        assert not [volume for volume in workload.pod["volumes"] if "hostPath" in volume], name


def test_each_workload_sees_exactly_the_secrets_that_it_names(manifests):
    for name, workload in manifests.ours.items():
        values = workload.environment(workload.main).values()
        named = {value.removeprefix(SECRETS) for value in values if value.startswith(SECRETS)}
        assert {item["key"] for item in workload.secret.get("items", [])} == (set() if workload.sees_all else named), (
            name
        )


def test_the_backup_alone_sees_all(manifests):
    assert [name for name, workload in manifests.ours.items() if "items" not in workload.secret] == ["backup"]
    assert manifests.workloads["backup"].secret["secretName"] == "munbot-backup"


def test_the_mailbox_has_no_secret(manifests):
    without = [name for name, workload in manifests.workloads.items() if workload.secret is None]
    assert without == ["mailpit"]


def test_servers_see_exactly_the_secrets_that_they_name(small):
    for name, workload in small.workloads.items():
        if not workload.is_server:
            continue
        text = yaml.safe_dump(workload.main)
        for volume in workload.pod["volumes"]:
            if "configMap" in volume:
                text += "".join(small.config_maps[volume["configMap"]["name"]].values())
        named = set(re.findall(rf"{SECRETS}([\w.]+)", text))
        if name == "postgres-init":  # a script that builds the names
            named = set(READERS["postgres"]) - {"db_n8n_password"}  # it makes no database of what does not run here
        assert {item["key"] for item in workload.secret["items"]} == named, name


def test_secrets_are_those_of_the_same_reader_as_in_compose(manifests, compose):
    for name, workload in manifests.workloads.items():
        if workload.secret is None or workload.sees_all:
            continue
        (reader,) = [
            volume["volume"]["subpath"]
            for volume in compose.body(name)["volumes"]
            if isinstance(volume, dict) and volume.get("source") == "secrets"
        ]
        assert workload.secret["secretName"] == f"munbot-{reader}", name
        assert {item["key"] for item in workload.secret["items"]} <= set(READERS[reader]), name
        for item in workload.secret["items"]:
            assert item["path"] == item["key"]
        for container in workload.containers:
            assert {"name": "secrets", "mountPath": "/run/secrets", "readOnly": True} in container["volumeMounts"], name


def test_no_secret_value_is_rendered(manifests):
    assert not manifests.of("Secret")
    for name, workload in manifests.workloads.items():
        for container in workload.containers:
            for variable, value in workload.environment(container).items():
                if re.search(r"PASSWORD|TOKEN(?!S)|PRIVATE|SECRET(?!S_DIR)|[A-Z]_KEY", variable):
                    assert value.startswith(SECRETS), (name, variable)
                assert not re.search(r"://[^/@]*:[^/@]+@", value), (name, variable)


@pytest.mark.parametrize("overlay", ["small", "scaled"])
def test_make_secrets_brings_what_is_mounted(overlay, request, kubernetes, tmp_path):
    manifests = request.getfixturevalue(overlay)
    (tmp_path / "db_rasa_password").write_text("of a server of our own")
    command = [sys.executable, str(kubernetes / "make_secrets.py"), str(tmp_path)]
    command += ["--servers"] if overlay == "small" else []
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    made = {item["metadata"]["name"]: item for item in yaml.safe_load_all(done.stdout)}
    mounting = {name: workload for name, workload in manifests.workloads.items() if workload.secret}
    assert set(made) == {workload.secret["secretName"] for workload in mounting.values()}
    for name, workload in mounting.items():
        secret = made[workload.secret["secretName"]]
        assert secret["metadata"]["namespace"] == "munbot"
        for item in workload.secret.get("items", []):
            assert secret["stringData"][item["key"]].strip() or item["key"] in GIVEN, (name, item)
    assert made["munbot-rasa"]["stringData"]["db_rasa_password"] == "of a server of our own"
    assert "-----BEGIN PUBLIC KEY-----" in made["munbot-web"]["stringData"]["jwt_public_key.pem"]
    everything = {path.name: path.read_text() for path in tmp_path.iterdir() if path.is_file()}
    assert made["munbot-backup"]["stringData"] == everything
    backup = manifests.workloads["backup"]
    named = [value for value in backup.environment(backup.main).values() if value.startswith(SECRETS)]
    assert {value.removeprefix(SECRETS) for value in named} <= set(everything)


def test_migrations_may_be_repeated_by_a_new_apply(manifests):
    for workload in manifests.workloads.values():
        if workload.kind == "Job":
            assert workload.pod["restartPolicy"] == "OnFailure"
            assert workload.document["spec"]["backoffLimit"] >= 6
            assert 0 < workload.document["spec"]["ttlSecondsAfterFinished"] <= 3600


def test_a_stopping_pod_has_time_to_finish(manifests):
    """Behind a Service: a pause until it is out of it, then uvicorn's own 10 s, within the grace period."""
    for name in manifests.services:
        for workload in manifests.behind(name):
            if workload.is_ours:
                pause = workload.main["lifecycle"]["preStop"]["sleep"]["seconds"]
                assert 0 < pause < workload.pod.get("terminationGracePeriodSeconds", 30) - 20
