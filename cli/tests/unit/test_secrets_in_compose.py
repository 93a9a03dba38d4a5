"""docker-compose.yml and munbot_common.secrets.READERS agree on who sees which secret."""

import re

import pytest
import yaml
from munbot_cli.project import find_root
from munbot_common.secrets import READERS

SERVICES = yaml.safe_load((find_root() / "docker-compose.yml").read_text())["services"]
WRITER = "secrets"
SAVERS = {"backup", "restore"}  # they seal all secrets into a backup, and bring them back


def folder_of(service):
    """The reader's folder that a service mounts, or None."""
    mounts = [entry for entry in service.get("volumes") or () if isinstance(entry, dict)]
    return next((entry["volume"]["subpath"] for entry in mounts if entry["target"] == "/run/secrets"), None)


def files_named_by(service):
    """The files under /run/secrets that a service's settings, command and health check name."""
    text = yaml.safe_dump([service.get(key) for key in ("environment", "command", "healthcheck")], width=10_000)
    return set(re.findall(r"/run/secrets/([\w.]+)", text))


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {WRITER} - SAVERS))
def test_a_service_mounts_the_folder_with_what_it_names(name):
    folder, named = folder_of(SERVICES[name]), files_named_by(SERVICES[name])
    assert named <= set(READERS.get(folder, ())), f"{name} is not given all it names"


@pytest.mark.parametrize("reader", sorted(set(READERS) - {"postgres", "rabbitmq"}))
def test_nothing_is_given_that_nobody_names(reader):
    services = [service for service in SERVICES.values() if folder_of(service) == reader]
    assert services
    assert set(READERS[reader]) == set().union(*map(files_named_by, services))


def test_only_the_writer_and_the_savers_mount_the_whole_volume():
    whole = [
        name
        for name, service in SERVICES.items()
        if any(str(entry).startswith("secrets:") for entry in service.get("volumes") or ())
    ]
    assert set(whole) == {WRITER} | SAVERS
    assert "secrets:/run/secrets:ro" in SERVICES["backup"]["volumes"]
