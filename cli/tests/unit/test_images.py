"""Which images a start needs, and a disk that is too full for them."""

from collections import namedtuple

import pytest
from munbot_cli.containers import images
from munbot_cli.containers.images import Image, check_space, wanted_images
from munbot_cli.containers.runner import choose_services
from munbot_cli.errors import MunbotError

CONFIGURATION = {
    "services": {
        "secrets": {"image": "munbot/scheduler:dev", "build": {}, "restart": "no"},
        "postgres": {
            "image": "postgres:15",
            "depends_on": {"secrets": {"condition": "service_completed_successfully"}},
        },
        "postgres-init": {"image": "postgres:15", "depends_on": {"postgres": {"condition": "service_healthy"}}},
        "scheduler": {"image": "munbot/scheduler:dev", "build": {}, "depends_on": {"postgres-init": {}}},
        "nginx": {"build": {}, "depends_on": {"scheduler": {"condition": "service_healthy"}}},
        "mailpit": {"image": "localhost:5000/axllent/mailpit:v1", "profiles": ["mail"]},
    }
}


class Engine:
    """An engine with one image and a disk in a folder."""

    def __init__(self, folder="/"):
        self.folder = folder
        self.project = type("Project", (), {"name": "x"})

    def image_id(self, name):
        return "sha256:1" if name == "postgres:15" else ""

    def docker(self, *_):
        return f"{self.folder}\n"


def test_each_image_comes_once_with_its_services():
    found = {image.name: image for image in wanted_images(Engine(), CONFIGURATION, CONFIGURATION["services"])}
    assert found["munbot/scheduler:dev"].services == ("secrets", "scheduler")
    assert found["munbot/scheduler:dev"].built
    assert found["postgres:15"].identity
    assert not found["postgres:15"].built
    assert found["x-nginx"].built
    assert [image.short for image in found.values()] == ["scheduler", "postgres", "x-nginx", "mailpit"]


def test_the_infrastructure_is_what_is_not_built_here_with_what_it_needs():
    assert set(choose_services(CONFIGURATION, infra_only=True)) == {"secrets", "postgres", "postgres-init", "mailpit"}
    assert set(choose_services(CONFIGURATION, only=["postgres"])) == {"secrets", "postgres"}
    assert set(choose_services(CONFIGURATION)) == set(CONFIGURATION["services"])
    with pytest.raises(MunbotError, match="no service 'postgress'"):
        choose_services(CONFIGURATION, only=["postgress"])


@pytest.mark.parametrize(
    ("free", "present", "refused"),
    [(2.9e9, False, True), (3.1e9, False, False), (2.9e9, True, False), (0.2e9, True, True)],
)
def test_a_disk_with_too_little_left_is_named(monkeypatch, free, present, refused):
    usage = namedtuple("usage", "total used free")(int(10e9), 0, int(free))  # noqa: PYI024 - what shutil gives
    monkeypatch.setattr(images.shutil, "disk_usage", lambda _: usage)
    wanted = [Image("postgres:15", ("postgres",), built=False, identity="sha256:1" if present else "")]
    if refused:
        with pytest.raises(MunbotError, match=rf"disk is full: {free / 1e9:.1f} GB are free in /var/x, .* are needed"):
            check_space(Engine("/var/x"), wanted)
    else:
        check_space(Engine("/var/x"), wanted)


def test_a_disk_that_cannot_be_seen_from_here_is_no_reason_to_stop(tmp_path):
    check_space(Engine(tmp_path / "of another machine"), [])
