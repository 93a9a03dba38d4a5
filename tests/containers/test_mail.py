"""The demo's mailbox: what a service of ours sends inside the network can be read there."""

import json
import secrets

import pytest
from e2e_support import until

pytestmark = pytest.mark.platform

SEND = """
import smtplib, sys
from email.message import EmailMessage
mail = EmailMessage()
mail["From"], mail["To"], mail["Subject"] = "munbot@valle-claro.demo", "marcela@example.cl", sys.argv[1]
mail.set_content("Su hora quedó reservada.")
with smtplib.SMTP("mailpit", 1025, timeout=20) as server:
    server.send_message(mail)
"""
LIST = """
import urllib.request as u
print(u.urlopen("http://mailpit:8025/mailpit/api/v1/messages", timeout=20).read().decode())
"""


def test_a_mail_sent_inside_is_shown(stack):
    subject = f"Hora {secrets.token_hex(4)}"
    stack.run("exec", "-T", "conversations-worker", "python", "-c", SEND, subject)

    def shown():
        listed = json.loads(stack.run("exec", "-T", "conversations-worker", "python", "-c", LIST).stdout)
        return next((mail for mail in listed["messages"] if mail["Subject"] == subject), None)

    mail = until(shown, "the mail in the list")
    assert [to["Address"] for to in mail["To"]] == ["marcela@example.cl"]
