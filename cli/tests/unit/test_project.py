import pytest
from munbot_cli.errors import MunbotError
from munbot_cli.project import HIGHEST_PORT, Project, find_root


@pytest.fixture
def checkout(tmp_path):
    """A repository with the real port table and settings, and an .env of its own."""
    real = find_root()
    (tmp_path / "config").mkdir()
    for name in ("native.yml", ".env.example"):
        (tmp_path / "config" / name).write_text((real / "config" / name).read_text())
    return tmp_path


def load(root, name=None, **environment):
    return Project.load(name, root=root, environment=environment)


def test_the_default_instance_has_the_documented_ports(checkout):
    project = load(checkout)
    assert project.name == "munbot"
    assert project.port("nginx", 8080) == 8080
    assert project.port("nginx", 8443) == 8443
    assert project.port("postgres", 5432) == 18001
    assert project.public_url == "http://localhost:8080"
    assert project.data == checkout / "var" / "munbot"


def test_no_two_names_share_a_port_and_all_are_below_the_kernels_range(checkout):
    for name in (None, "test", "other", "zz-9"):
        ports = load(checkout, name).ports
        assert len(set(ports.values())) == len(ports)
        assert max(ports.values()) <= HIGHEST_PORT


def test_two_instances_share_no_port(checkout):
    instances = [load(checkout), load(checkout, "test"), load(checkout, "other")]
    seen = [port for project in instances for port in project.ports.values()]
    assert len(seen) == len(set(seen))
    assert instances[1].port("nginx", 8080) == 19080
    assert instances[1].public_url == "http://localhost:19080"


def test_a_second_checkout_moves_by_one_setting(checkout):
    (checkout / ".env").write_text("MUNBOT_NATIVE_PORT_BASE=21500\n")
    project = load(checkout)
    assert project.port("postgres", 5432) == 21501
    assert project.port("nginx", 8080) == 21580
    assert project.variables["MUNBOT_HTTP_PORT"] == "21580"
    assert load(checkout, "test").port("postgres", 5432) == 22501


def test_a_copied_env_file_is_no_choice_but_a_changed_line_is(checkout):
    copied = (checkout / "config" / ".env.example").read_text()
    (checkout / ".env").write_text(copied.replace("PORT_BASE=18000", "PORT_BASE=21500"))
    assert load(checkout).port("nginx", 8080) == 21580
    (checkout / ".env").write_text(
        copied.replace("PORT_BASE=18000", "PORT_BASE=21500").replace("HTTP_PORT=8080", "HTTP_PORT=9090")
    )
    assert load(checkout).port("nginx", 8080) == 9090


def test_the_environment_wins_over_env_which_wins_over_the_example(checkout):
    (checkout / ".env").write_text("MUNBOT_HTTP_PORT=9000\nMUNBOT_MODE=production\n")
    project = load(checkout, MUNBOT_HTTP_PORT="9100")
    assert project.port("nginx", 8080) == 9100
    assert project.settings["MUNBOT_MODE"] == "production"


def test_a_further_instance_never_takes_the_first_ones_public_ports(checkout):
    project = load(checkout, "test", MUNBOT_HTTP_PORT="9100", MUNBOT_PUBLIC_URL="https://chat.example.cl")
    assert project.port("nginx", 8080) == 19080
    assert project.public_url == "http://localhost:19080"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"MUNBOT_NATIVE_PORT_BASE": "many"}, "MUNBOT_NATIVE_PORT_BASE is 'many'"),
        ({"MUNBOT_NATIVE_PORT_BASE": "32760"}, "below 32000"),
        ({"MUNBOT_HTTP_PORT": "web"}, "MUNBOT_HTTP_PORT is 'web'"),
        ({"MUNBOT_HTTP_PORT": "18001"}, "both listen on port 18001"),
        ({"MUNBOT_PROJECT": "../x"}, "project name"),
    ],
)
def test_an_unusable_setting_is_named(checkout, settings, words):
    with pytest.raises(MunbotError, match=words):
        load(checkout, **settings).check_ports()


def test_data_can_live_elsewhere_and_stays_apart_by_name(checkout, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    assert load(checkout, MUNBOT_DATA_DIR=str(elsewhere)).data == elsewhere / "munbot"
    assert load(checkout, "test", MUNBOT_DATA_DIR=str(elsewhere)).data == elsewhere / "test"


def test_a_deep_checkout_puts_its_socket_where_the_path_is_short_enough(checkout):
    deep = load(checkout, MUNBOT_DATA_DIR="/".join(["a" * 40] * 4))
    assert len(str(deep.socket)) < 108
    assert not deep.socket.is_relative_to(deep.data)


def test_a_port_that_the_table_lacks_is_named(checkout):
    with pytest.raises(MunbotError, match="no port to scheduler:9"):
        load(checkout).port("scheduler", 9)
