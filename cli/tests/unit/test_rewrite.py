import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_cli.native.proxy import render_template
from munbot_cli.native.rewrite import fill, rewrite_addresses, rewrite_paths

PORTS = {
    "scheduler:8000": 18020,
    "scheduler-worker:8000": 18021,
    "postgres:5432": 18001,
    "minio:9000": 18010,
    "rabbitmq:epmd": 6,
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://scheduler:8000", "http://127.0.0.1:18020"),
        ("http://scheduler-worker:8000/x", "http://127.0.0.1:18021/x"),
        ("scheduler:8000", "127.0.0.1:18020"),
        (
            "postgresql+psycopg2://scheduler@postgres:5432/scheduler",
            "postgresql+psycopg2://scheduler@127.0.0.1:18001/scheduler",
        ),
        ("minio:9000,scheduler:8000", "127.0.0.1:18010,127.0.0.1:18020"),
        # Names that only look alike stay.
        ("http://my-scheduler:8000", "http://my-scheduler:8000"),
        ("http://scheduler.example.cl:8000", "http://scheduler.example.cl:8000"),
        ("http://scheduler:80001", "http://scheduler:80001"),
        ("http://scheduler:8001", "http://scheduler:8001"),
        ("rabbitmq:epmd", "rabbitmq:epmd"),
    ],
)
def test_service_addresses_become_native_ones(text, expected):
    assert rewrite_addresses(text, PORTS) == expected


@given(st.text(alphabet="abc/.-:@8", max_size=30))
def test_text_without_a_service_stays(text):
    assert rewrite_addresses(text, PORTS) == text


def test_without_ports_nothing_changes():
    assert rewrite_addresses("scheduler:8000", {}) == "scheduler:8000"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/run/secrets/tls.crt", "/here/secrets/tls.crt"),
        ("/run/secrets", "/here/secrets"),
        ("/run/secretsx", "/run/secretsx"),
        ("/x/run/secrets/a", "/x/run/secrets/a"),
        ("--file=/run/secrets/a", "--file=/here/secrets/a"),
        ("/app/config/demo/x.yml", "/repo/demo/x.yml"),
        ("/app/config/other", "/repo/config/other"),
    ],
)
def test_mounted_folders_become_folders_of_this_machine(text, expected):
    folders = {"/run/secrets": "/here/secrets", "/app/config": "/repo/config", "/app/config/demo": "/repo/demo"}
    assert rewrite_paths(text, folders) == expected


def test_a_folder_with_backslashes_or_groups_is_taken_literally():
    assert rewrite_paths("/run/secrets/a", {"/run/secrets": r"/odd\1name"}) == r"/odd\1name/a"


def test_placeholders_are_filled():
    values = {"data": "/d", "port": {"redis:6379": "18002"}}
    assert fill("{data}/x:{port[redis:6379]} {{127,0}}", values) == "/d/x:18002 {127,0}"


@pytest.mark.parametrize("text", ["{other}", "{port[none:1]}", "{port}", "{data[x]}"])
def test_a_placeholder_without_a_value_is_an_error(text):
    with pytest.raises(KeyError):
        fill(text, {"data": "/d", "port": {}})


def test_nginx_templates_keep_nginx_own_variables():
    text = "listen ${LISTEN}; set $x $uri; ${UNKNOWN} $LISTEN"
    assert render_template(text, {"LISTEN": "80"}) == "listen 80; set $x $uri; ${UNKNOWN} $LISTEN"
