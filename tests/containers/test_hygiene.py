"""What a container may do, see and carry, asked of the engine and inside the containers."""

import json
import re

import pytest

pytestmark = pytest.mark.platform

OURS = [
    "scheduler",
    "scheduler-worker",
    "complaints-api",
    "complaints-worker",
    "conversations",
    "conversations-worker",
    "llm-gateway",
    "llm-worker",
    "rasa",
    "rasa-actions",
    "web-interface",
    "whatsapp-bridge",
    "whatsapp-worker",
    "whatsapp-simulator",
    "notifications",
    "notifications-worker",
    "data-lake",
    "data-lake-worker",
    "nginx",
]
MIGRATIONS = [
    "scheduler-migrate",
    "complaints-migrate",
    "conversations-migrate",
    "llm-migrate",
    "whatsapp-migrate",
    "notifications-migrate",
    "data-lake-migrate",
    "postgres-init",
]
STORES = ["postgres", "redis", "rabbitmq", "mongo", "minio"]
BASE = {"jwt_public_key.pem"}
SEEN = {  # what each service needs, and nothing else
    "postgres": {
        "postgres_password",
        "db_scheduler_password",
        "db_conversations_password",
        "db_rasa_password",
        "db_whatsapp_password",
        "db_notifications_password",
        "db_datalake_password",
        "db_n8n_password",
    },
    "redis": {"redis_password"},
    "rabbitmq": {"rabbitmq_definitions.json"},
    "mongo": {"mongo_password"},
    "minio": {"s3_access_key", "s3_secret_key", "minio_kms_key"},
    "nginx": {"tls.crt", "tls.key"},
    "scheduler": BASE | {"rabbitmq_password", "db_scheduler_password", "service_token_scheduler"},
    "complaints-api": BASE
    | {"rabbitmq_password", "mongo_password", "service_token_complaints", "s3_access_key", "s3_secret_key"},
    "conversations": BASE
    | {
        "jwt_private_key.pem",
        "rabbitmq_password",
        "db_conversations_password",
        "service_token_conversations",
        "demo_password",
        "s3_access_key",
        "s3_secret_key",
    },
    "rasa-actions": BASE | {"service_token_actions"},
    "llm-gateway": BASE
    | {"rabbitmq_password", "service_token_llm", "llm_remote_key", "s3_access_key", "s3_secret_key"},
    "rasa": {"db_rasa_password", "redis_password"},
    "whatsapp-bridge": BASE
    | {
        "rabbitmq_password",
        "redis_password",
        "db_whatsapp_password",
        "service_token_whatsapp",
        "whatsapp_key",
        "simulator_secret",
        "s3_access_key",
        "s3_secret_key",
    },
    "notifications": BASE
    | {
        "rabbitmq_password",
        "db_notifications_password",
        "service_token_notifications",
        "notifications_key",
        "smtp_password",
        "sms_token",
    },
    "data-lake": BASE
    | {
        "rabbitmq_password",
        "db_datalake_password",
        "service_token_datalake",
        "pseudonym_key",
        "s3_access_key",
        "s3_secret_key",
    },
    "whatsapp-simulator": BASE | {"simulator_secret"},
    "web-interface": BASE | {"rabbitmq_password", "redis_password", "service_token_web"},
}
SEEN["scheduler-worker"] = SEEN["scheduler"]
SEEN["complaints-worker"] = SEEN["complaints-api"]
SEEN["conversations-worker"] = SEEN["conversations"]
SEEN["whatsapp-worker"] = SEEN["whatsapp-bridge"]
SEEN["notifications-worker"] = SEEN["notifications"]
SEEN["data-lake-worker"] = SEEN["data-lake"]
SEEN["llm-worker"] = SEEN["llm-gateway"]


@pytest.fixture(scope="module")
def containers(stack):
    return stack.containers()


@pytest.fixture(scope="module")
def inside(stack, containers):
    """Callable: what a shell in a service's container prints."""

    def ask(service, script):
        return stack.docker("exec", containers[service].name, "sh", "-c", script).strip()

    return ask


def secret_values(platform):
    values = {path.name: path.read_text().strip() for path in platform.secrets_dir.iterdir() if path.is_file()}
    return {name: value for name, value in values.items() if value}


def test_every_service_of_the_file_has_a_container(stack, containers):
    profiled = {name for name, service in stack.services.items() if service.get("profiles")}
    assert set(containers) | profiled == set(stack.services)


def test_only_nginx_publishes_ports(containers):
    published = {name for name, found in containers.items() if found.details["HostConfig"]["PortBindings"]}
    assert published == {"nginx"}


@pytest.mark.parametrize("name", [*OURS, *MIGRATIONS])
def test_ours_have_no_rights(containers, name):
    found = containers[name].details
    user = found["Config"]["User"]
    assert user not in {"", "0", "root"}, user
    assert not user.startswith("0:")
    host = found["HostConfig"]
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert not host["CapAdd"]
    assert not host["Privileged"]
    assert "no-new-privileges:true" in host["SecurityOpt"]


def test_the_backup_has_one_right(containers):
    """It reads every secret, and writes to a folder of the host whoever owns that."""
    host = containers["backup"].details["HostConfig"]
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert [name.removeprefix("CAP_") for name in host["CapAdd"]] == ["DAC_OVERRIDE"]
    assert not host["Privileged"]
    assert "no-new-privileges:true" in host["SecurityOpt"]
    assert set(containers["backup"].details["NetworkSettings"]["Networks"]) == {
        f"{containers['backup'].details['Config']['Labels']['com.docker.compose.project']}_{name}"
        for name in ("data", "backup")
    }


@pytest.mark.parametrize("name", OURS)
def test_the_process_itself_has_no_rights(inside, name):
    status = inside(name, "cat /proc/1/status")
    assert re.search(r"^Uid:\s+[1-9]", status, re.MULTILINE), status
    assert re.search(r"^CapEff:\s+0+$", status, re.MULTILINE), status
    assert re.search(r"^NoNewPrivs:\s+1$", status, re.MULTILINE), status
    for folder in ("/", "/etc", "/usr/bin"):
        assert "Read-only file system" in inside(name, f"touch {folder}/written 2>&1 || true")


@pytest.mark.parametrize("name", [*OURS, *MIGRATIONS, *STORES, "backup", "mailpit", "secrets"])
def test_memory_and_logs_are_limited(containers, name):
    host = containers[name].details["HostConfig"]
    assert 0 < host["Memory"] <= 2 * 1024**3
    log = host["LogConfig"]
    assert log["Type"] == "json-file"
    assert log["Config"].keys() >= {"max-size", "max-file"}


@pytest.mark.parametrize("name", OURS)
def test_the_image_knows_how_to_ask_for_health(stack, containers, name):
    image = json.loads(stack.docker("image", "inspect", containers[name].details["Image"]))[0]["Config"]
    assert image["Healthcheck"]["Test"][0] in {"CMD", "CMD-SHELL"}
    assert image["User"] not in {"", "0", "root"}, "whoever runs the image by hand is no root either"


@pytest.mark.parametrize("name", OURS)
def test_images_carry_no_tools_of_the_build(inside, name):
    script = (
        "for one in gcc g++ cc c++ make ld node npm uv cargo; do command -v $one; done;"
        " find / -xdev \\( -path /proc -o -path /sys \\) -prune -o"
        " \\( -path '*/.cache/uv' -o -path '*/.cache/pip' -o -path '*/node_modules' -o -name '*.whl'"
        " -o -path '/var/lib/apt/lists/*_Packages*' \\) -print 2>/dev/null; true"
    )
    carried = [line for line in inside(name, script).splitlines() if "ensurepip" not in line]
    assert carried == []


@pytest.mark.parametrize("name", sorted(SEEN))
def test_each_service_sees_its_own_secrets_only(inside, name):
    assert set(inside(name, "ls -A /run/secrets").split()) == SEEN[name]


def test_the_backup_sees_all_and_the_mailbox_nothing(inside, containers):
    """A backup is of the whole folder; what mails pass through has no folder at all."""
    seen = set(inside("backup", "ls -A /run/secrets").split())
    assert seen >= {"recovery_recipient", "backup_s3_access_key", *(set.union(*SEEN.values()))}
    assert not [mount for mount in containers["mailpit"].details["Mounts"] if mount["Destination"] == "/run/secrets"]


def test_no_secret_is_in_an_environment(platform, containers):
    values = secret_values(platform)
    for container in containers.values():
        described = json.dumps(container.details["Config"])
        assert [name for name, value in values.items() if value in described] == [], container.service


def test_no_secret_is_in_an_image(stack, platform, containers):
    values = secret_values(platform)
    for image in {containers[name].details["Image"] for name in OURS}:
        history = stack.docker("history", "--no-trunc", "--format", "{{.CreatedBy}}", image)
        assert [name for name, value in values.items() if value in history] == []


def test_the_inner_networks_have_no_way_out(stack, containers, inside):
    for name in (*OURS, *STORES, "backup"):
        if name == "nginx":
            continue
        networks = containers[name].details["NetworkSettings"]["Networks"]
        for network in networks:
            assert json.loads(stack.docker("network", "inspect", network))[0]["Internal"], (name, network)
        routes = inside(name, "cat /proc/net/route").splitlines()[1:]
        assert routes, name
        assert [route for route in routes if route.split()[1] == "00000000"] == [], name


def test_nginx_reaches_no_store(stack, containers):
    assert f"{stack.name}_data" not in containers["nginx"].details["NetworkSettings"]["Networks"]
