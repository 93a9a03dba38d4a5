"""A hub of models on this machine: answers as Hugging Face does, and misbehaves on demand."""

import hashlib
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """What it has, how it misbehaves, what it was asked.

    Attributes:
        files: content by "owner/repository/path".
        cuts: at the n-th download, how many bytes are sent before the connection is closed.
        etags: the ETag of the n-th download; the last one stays.
        ranges: whether ranges are honoured.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    lies: dict[str, str] = field(default_factory=dict)  # SHA-256 that the tree API and the header promise
    header_lie: str = ""
    cuts: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    etags: list[str] = field(default_factory=list)
    ranges: bool = True
    refuse_ranges: bool = False
    renamed: dict[str, str] = field(default_factory=dict)
    gated: bool = False
    without_sums: bool = False
    extra: int = 0
    downloads: list[dict] = field(default_factory=list)
    gate: threading.Event | None = None
    url: str = ""

    def sum_of(self, key):
        return self.lies.get(key) or hashlib.sha256(self.files[key]).hexdigest()


@contextmanager
def running(hub):  # noqa: C901 - a handler of several small answers
    """Serve the hub on a free port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_HEAD(self):
            self.answer(body=False)

        def do_GET(self):
            self.answer(body=True)

        def reply(self, status, headers=(), content=b"", length=None):
            self.send_response(status)
            for name, value in dict(headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content) if length is None else length))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        def answer(self, *, body):
            path = self.path.partition("?")[0]
            if hub.gated and self.headers.get("Authorization") != "Bearer permitted":
                self.reply(403)
            elif path.startswith("/api/models/"):
                self.tree(path.removeprefix("/api/models/"))
            elif path.startswith("/cdn/"):
                self.bytes_of(path.removeprefix("/cdn/"))
            else:
                self.resolve(path.lstrip("/"))

        def tree(self, path):
            repository = path.partition("/tree/")[0]
            entries = [
                {
                    "type": "file",
                    "path": key.removeprefix(f"{repository}/"),
                    "size": len(content),
                    **({} if hub.without_sums else {"lfs": {"oid": hub.sum_of(key), "size": len(content)}}),
                }
                for key, content in hub.files.items()
                if key.startswith(f"{repository}/")
            ]
            if entries:
                self.reply(200, {"Content-Type": "application/json"}, json.dumps(entries).encode())
            else:
                self.reply(404)

        def resolve(self, path):
            owner, name, _, _, file = path.split("/", 4)
            key = f"{owner}/{name}/{file}"
            if f"{owner}/{name}" in hub.renamed:
                self.reply(307, {"Location": f"/{hub.renamed[f'{owner}/{name}']}/resolve/main/{file}"})
            elif key in hub.files:
                headers = {"Location": f"{hub.url}/cdn/{key}", "x-repo-commit": COMMIT}
                if not hub.without_sums:
                    headers["x-linked-etag"] = f'"{hub.header_lie or hub.sum_of(key)}"'
                    headers["x-linked-size"] = str(len(hub.files[key]))
                self.reply(302, headers)
            else:
                self.reply(404)

        def bytes_of(self, key):
            content = hub.files[key] + b"x" * hub.extra
            turn = len(hub.downloads)
            etag = hub.etags[min(turn, len(hub.etags) - 1)] if hub.etags else '"one"'
            hub.downloads.append({"range": self.headers.get("Range"), "if_range": self.headers.get("If-Range")})
            if hub.gate:
                hub.gate.wait(20)
            if turn < len(hub.statuses) and hub.statuses[turn]:
                self.reply(hub.statuses[turn])
                return
            begin, status, headers = 0, 200, {"ETag": etag, "Accept-Ranges": "bytes"}
            wanted = self.headers.get("Range")
            if wanted and hub.refuse_ranges:
                self.reply(416, {"Content-Range": f"bytes */{len(content)}"})
                return
            if wanted and hub.ranges and self.headers.get("If-Range", etag) == etag:
                begin = int(wanted.removeprefix("bytes=").rstrip("-"))
                status = 206
                headers["Content-Range"] = f"bytes {begin}-{len(content) - 1}/{len(content)}"
            part = content[begin:]
            cut = hub.cuts[turn] if turn < len(hub.cuts) else None
            self.reply(status, headers, part if cut is None else part[:cut], length=len(part))
            if cut is not None:
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
