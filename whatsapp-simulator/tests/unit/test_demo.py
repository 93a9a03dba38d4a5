"""The demo's offices and templates are those that the bridge knows."""

from pathlib import Path

import yaml
from munbot_simulator.accounts import read_accounts

ROOT = Path(__file__).parents[3]
BOOK = read_accounts(ROOT / "config/demo")


def test_each_demo_office_has_a_number_of_its_own():
    tenants = yaml.safe_load((ROOT / "config/demo/tenants.yml").read_text(encoding="utf-8"))
    known = tenants["tenants"] if isinstance(tenants, dict) else tenants
    assert {account.tenant for account in BOOK.accounts} == {tenant["id"] for tenant in known}
    assert len({account.phone_number_id for account in BOOK.accounts}) == len(BOOK.accounts)


def test_templates_are_the_words_of_the_bridges_flows():
    source = ROOT / "whatsapp-bridge/src/munbot_whatsapp/resources/flows.yml"
    wanted = {}
    for flow in yaml.safe_load(source.read_text(encoding="utf-8")).values():
        body = flow["text"]
        for place, name in enumerate(flow["data"], start=1):
            body = body.replace(f"${{{name}}}", f"{{{{{place}}}}}")
        titles = [button["title"] for button in flow.get("buttons", [])]
        wanted[flow["template"], flow["language"]] = (body, titles)
    assert {(item.name, item.language): (item.body, item.buttons) for item in BOOK.templates} == wanted
