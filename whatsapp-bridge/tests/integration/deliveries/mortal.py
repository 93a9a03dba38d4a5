"""Processes that send, or that queue, and that are killed with -9 at a step of theirs.

Every commit and both ends of every call to the provider are a step, just before it happens; with `"statements": true`
every statement too (a transaction that has not committed leaves nothing, so those tell the same story more slowly).
Each process is forked from this one, which has everything imported; orders come as JSON lines: {"do": "start",
"die_at": 7, …} answers the pid, {"do": "wait", "pid": 1} how it ended.
"""

import http.client
import json
import os
import signal
import sys
import threading
import time
from types import SimpleNamespace
from urllib.parse import urlsplit

from munbot_common.database import make_session_factory
from munbot_common.messaging import Heard
from munbot_contracts.envelope import AnyEvent
from munbot_whatsapp.deliveries.handler import OutboundHandler
from munbot_whatsapp.deliveries.sender import SenderPool
from munbot_whatsapp.providers.base import Account
from sqlalchemy import create_engine, event, text
from sqlalchemy.orm import configure_mappers


class Fate:
    def __init__(self, die_at):
        self._left = die_at
        self._lock = threading.Lock()

    def step(self, *_):
        if not self._left:
            return
        with self._lock:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
                time.sleep(60)


class Provider:
    """Hands messages to the wire over HTTP."""

    name = "meta"
    shows_buttons = True
    text_limit = 4096

    def __init__(self, url, fate):
        self._address, self._fate = urlsplit(url).netloc, fate

    def send(self, account, message):
        self._fate.step()
        body = json.dumps({"to": message.to, "reference": message.reference, "text": message.text})
        connection = http.client.HTTPConnection(self._address)
        connection.request("POST", "/", body, {"content-type": "application/json"})
        answer = json.loads(connection.getresponse().read())
        connection.close()
        self._fate.step()
        return answer["id"]


def open_account(row):
    return Account(row.slug, row.tenant_id, row.provider, row.provider_ref, row.base_url, {}, {})


def run(engine, url, orders):
    fate = Fate(orders.get("die_at", 0))
    factory = make_session_factory(engine)
    provider = Provider(url, fate)

    def mortal():
        for moment in ("commit", "before_cursor_execute")[: 1 + orders.get("statements", False)]:
            event.listen(engine, moment, fate.step)

    if "events" in orders:
        mortal()
        handler = OutboundHandler(factory, provider=lambda _: provider, on_queued=lambda: None)
        for told in orders["events"]:
            handler(AnyEvent.model_validate(told))
        return
    settings = SimpleNamespace(
        senders=orders.get("senders", 1), send_grace_seconds=orders.get("grace", 30.0), deliveries_days=30
    )
    pool = SenderPool(
        factory,
        settings,
        provider=lambda _: provider,
        open_account=open_account,
        load_media=None,
        heard=lambda: Heard(since=1e6, lag=0.0),
        on_commit=lambda: None,
    )
    stop = threading.Event()
    watching = create_engine(engine.url)

    def watch():
        """End when nothing waits; the same statements, but none of the process's steps."""
        with watching.connect() as connection:
            while connection.scalar(
                text("SELECT count(*) FROM citizens WHERE due_at <= now() OR lease_token IS NOT NULL")
            ):
                connection.rollback()
                time.sleep(0.02)
        stop.set()

    if not orders.get("endless"):
        threading.Thread(target=watch, daemon=True).start()
    mortal()
    pool.run(stop)


def main():
    database, url = sys.argv[1:]
    engine = create_engine(database, pool_size=20)
    configure_mappers()
    for line in sys.stdin:
        orders = json.loads(line)
        if orders["do"] == "wait":
            _, status = os.waitpid(orders["pid"], 0)
            answer = os.waitstatus_to_exitcode(status)
        else:
            answer = os.fork()
            if answer == 0:
                try:
                    run(engine, url, orders)
                except BaseException:  # noqa: BLE001 - the fork must not go on as its parent
                    sys.excepthook(*sys.exc_info())
                    os._exit(1)
                os._exit(0)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
