"""Where webhooks may not go."""

import pytest
from munbot_notifications.webhooks.guard import AddressRefused, Guard, is_public

PUBLIC = "93.184.216.34"


def guard(*addresses, allowed=()):
    return Guard(allowed, resolver=lambda _host, _port: list(addresses or [PUBLIC]))


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700::6810:84e5", f"::ffff:{PUBLIC}"])
def test_public_addresses(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",  # carrier-grade NAT; 100.100.100.200 is Alibaba's metadata service
        "100.100.100.200",
        "169.254.169.254",  # metadata services
        "168.63.129.16",
        "192.0.0.192",
        "198.18.0.1",
        "192.0.2.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "2002:7f00:1::1",  # 6to4 of 127.0.0.1
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",  # Teredo
        "64:ff9b::7f00:1",  # NAT64 of 127.0.0.1
        "64:ff9b:1::a00:1",
        "nonsense",
    ],
)
def test_addresses_that_are_not_public(address):
    assert not is_public(address)
    with pytest.raises(AddressRefused, match="address_private"):
        guard(address).check("https://ejemplo.cl/avisos")


def test_one_private_address_among_public_ones_is_enough_to_refuse():
    with pytest.raises(AddressRefused, match="address_private"):
        guard(PUBLIC, "10.0.0.1").check("https://ejemplo.cl/")


def test_the_connection_goes_to_the_address_that_was_checked():
    target = guard(PUBLIC).check("https://Ejemplo.CL./avisos?a=1")
    assert target.connect_url == f"https://{PUBLIC}:443/avisos?a=1"
    assert (target.host, target.host_header) == ("ejemplo.cl", "ejemplo.cl")
    target = guard("2606:4700::1").check("https://ejemplo.cl:8443")
    assert target.connect_url == "https://[2606:4700::1]:8443/"
    assert target.host_header == "ejemplo.cl:8443"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://ejemplo.cl/", "https_required"),
        ("https://ejemplo.cl:22/", "port_refused"),
        ("https://ejemplo.cl:25/", "port_refused"),
        ("https://ejemplo.cl:80/", "port_refused"),
        ("ftp://ejemplo.cl/", "url_invalid"),
        ("file:///etc/passwd", "url_invalid"),
        ("gopher://ejemplo.cl/", "url_invalid"),
        ("https://", "url_invalid"),
        ("https:///avisos", "url_invalid"),
        ("https://user@ejemplo.cl/", "url_invalid"),
        ("https://user:pass@ejemplo.cl/", "url_invalid"),
        ("https://@ejemplo.cl/", "url_invalid"),
        ("https://ejemplo.cl/#x", "url_invalid"),
        ("https://ejemplo.cl:0/", "url_invalid"),
        ("https://ejemplo.cl:99999/", "url_invalid"),
        ("https://ejemplo.cl:x/", "url_invalid"),
        ("https://[::1/", "url_invalid"),
        ("https://ejemplo.cl\\@127.0.0.1/", "url_invalid"),
        ("https://ejemplo.cl/\r\nHost: interno", "url_invalid"),
        ("https://ejemplo.cl/a b", "url_invalid"),
        ("https://ejemplo.cl/" + "a" * 2000, "url_invalid"),
        ("", "url_invalid"),
        ("ejemplo.cl", "url_invalid"),
    ],
)
def test_what_is_no_address_of_a_webhook(url, code):
    with pytest.raises(AddressRefused) as refused:
        guard().check(url)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0"]
)
def test_the_many_spellings_of_this_machine(host):
    """With the system's own resolver."""
    with pytest.raises(AddressRefused) as refused:
        Guard().check(f"https://{host}:8443/")
    assert refused.value.code == "address_private"


def test_a_name_that_nobody_knows():
    def nobody(_host, _port):
        raise OSError

    for resolver in (nobody, lambda _host, _port: []):
        with pytest.raises(AddressRefused, match="host_unknown"):
            Guard(resolver=resolver).check("https://ejemplo.cl/")
    with pytest.raises(AddressRefused, match="host_unknown"):
        Guard().check("https://" + "a" * 70 + ".cl/")  # too long for a label of DNS


@pytest.mark.parametrize(
    ("allowed", "url", "passes"),
    [
        ("n8n:5678", "http://n8n:5678/webhook/x", True),
        ("n8n", "http://n8n:5678/webhook/x", True),
        ("N8N:5678", "http://n8n:5678/webhook/x", True),
        ("n8n:5678", "http://n8n:8000/", False),
        ("n8n:5678", "http://postgres:5678/", False),
        ("n8n", "http://n8n.ejemplo.cl/", False),
        ("n8n", "http://user@n8n/", False),
    ],
)
def test_hosts_inside_that_the_operator_allows(allowed, url, passes):
    checked = guard("172.18.0.5", allowed=[allowed, " "])
    if passes:
        assert checked.check(url).address == "172.18.0.5"
    else:
        with pytest.raises(AddressRefused):
            checked.check(url)
