"""The hub's audit log as a server on this machine: keeps what it is told, and is away when a test says so."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from munbot_common.auth import TENANT_HEADER, Role, TokenVerifier
from munbot_contracts.audit import AuditNoted


class AuditHub:
    """`POST /v1/audit` and nothing else.

    Attributes:
        entries: what was noted: tenant, and the entry as it was sent; one for each key.
        answer: the status of all answers; 204 as long as all is well.
        look: called before an entry is kept.
        url: where it is.
    """

    def __init__(self, public_key):
        self.verifier = TokenVerifier(public_key)
        self.entries = {}
        self.answer = 204
        self.look = None
        self.url = ""

    def of(self, tenant):
        """Return a tenant's entries, oldest first."""
        return [entry for where, entry in self.entries.values() if where == tenant]

    def note(self, path, headers, body):
        """Return the status of the answer to a request."""
        token, tenant = headers["Authorization"].removeprefix("Bearer "), headers[TENANT_HEADER]
        caller = self.verifier.verify(token, tenant_header=tenant)
        if path != "/v1/audit" or caller.role is not Role.SERVICE or not headers["Idempotency-Key"]:
            return 403
        AuditNoted.model_validate_json(body)
        if self.look:
            self.look()
        if self.answer == 204:
            self.entries.setdefault(headers["Idempotency-Key"], (tenant, json.loads(body)))
        return self.answer


@contextmanager
def running(hub):
    """Serve the hub on a free port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(hub.note(self.path, self.headers, body))
            self.send_header("Content-Length", "0")
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield hub
    server.shutdown()
    server.server_close()
    thread.join()
