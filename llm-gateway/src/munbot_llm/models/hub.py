"""What a hub of models (Hugging Face, or one that answers as it does) says of a file: its checksum, size and address.

The tree API lists a repository's files with the SHA-256 of each large one (`lfs.oid`). The file's own address answers a
HEAD with the same in `x-linked-etag`, its size in `x-linked-size` and the commit in `x-repo-commit`. Where both speak
they must agree.
"""

import fnmatch
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import httpx

from munbot_llm.models.catalogue import CatalogueModel

_SHA256 = re.compile(r"[0-9a-f]{64}")
_REDIRECTS = 5


class HubError(Exception):
    """The hub has no such file, hides it, contradicts itself or does not answer; the message says which."""


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file on the hub.

    Attributes:
        name: its name, without folders.
        url: where it is fetched, at a commit that does not change.
        size: bytes.
        sha256: hexadecimal.
    """

    name: str
    url: str
    size: int
    sha256: str


def find_file(client: httpx.Client, hub: str, model: CatalogueModel, revision: str = "main") -> HubFile:
    """Ask the hub about a model's file.

    Args:
        client: for the requests.
        hub: its address, for example https://huggingface.co.
        model: repository and pattern.
        revision: branch, tag or commit.

    Raises:
        HubError: see there.
    """
    base = hub.rstrip("/")
    tree = _get(client, f"{base}/api/models/{model.repository}/tree/{quote(revision)}?recursive=true")
    entry = _choose(tree.json(), model)
    path = str(entry["path"])
    head = _head(client, f"{base}/{model.repository}/resolve/{quote(revision)}/{quote(path)}")
    listed = str((entry.get("lfs") or {}).get("oid", "")).removeprefix("sha256:")
    linked = head.headers.get("x-linked-etag", "").removeprefix("W/").strip('"')
    sums = {checksum for checksum in (listed, linked) if _SHA256.fullmatch(checksum)}
    if len(sums) != 1:
        problem = "gives no SHA-256" if not sums else "contradicts itself about the SHA-256"
        raise HubError(f"{base} {problem} of {model.repository}/{path}")
    sizes = {int(size) for size in (entry.get("size"), head.headers.get("x-linked-size")) if size}
    if len(sizes) != 1:
        raise HubError(f"{base} gives no size, or two, of {model.repository}/{path}")
    commit = head.headers.get("x-repo-commit") or revision
    url = f"{base}/{model.repository}/resolve/{quote(commit)}/{quote(path)}"
    return HubFile(path.rpartition("/")[2], url, sizes.pop(), sums.pop())


def _choose(tree: Any, model: CatalogueModel) -> dict[str, Any]:
    """Return the tree's entry that the pattern means: of several, the one with the shortest name."""
    entries = [entry for entry in tree if isinstance(entry, dict)] if isinstance(tree, list) else []
    pattern = model.file.lower()
    fitting = [
        entry
        for entry in entries
        if entry.get("type", "file") == "file"
        and (fnmatch.fnmatchcase(str(entry.get("path", "")).lower(), pattern))
        and not re.search(r"mmproj|-\d{5}-of-\d{5}", str(entry["path"]))
    ]
    if not fitting:
        has = ", ".join(sorted(str(e.get("path")) for e in entries if str(e.get("path")).endswith(".gguf"))[:12])
        raise HubError(f"{model.repository} has no file {model.file}" + (f"; it has {has}" if has else ""))
    return min(fitting, key=lambda entry: len(str(entry["path"])))


def _get(client: httpx.Client, url: str) -> httpx.Response:
    try:
        answer = client.get(url, follow_redirects=True)
        _check(answer, url)
        answer.json()
    except httpx.HTTPError as error:
        raise HubError(f"{urlsplit(url).netloc} does not answer: {_reason(error)}") from error
    except ValueError as error:
        raise HubError(f"{url} is not answered in JSON: is it a hub of models?") from error
    return answer


def _head(client: httpx.Client, url: str) -> httpx.Response:
    """Ask about a file without following the redirection to where its bytes are: the checksum is in the first answer.

    A redirection to another path of the hub itself means that the repository was renamed, and is followed.
    """
    for _ in range(_REDIRECTS):
        try:
            answer = client.head(url, follow_redirects=False, headers={"Accept-Encoding": "identity"})
        except httpx.HTTPError as error:
            raise HubError(f"{urlsplit(url).netloc} does not answer: {_reason(error)}") from error
        target = urljoin(url, answer.headers.get("location", ""))
        renamed = answer.is_redirect and "x-linked-etag" not in answer.headers
        if not renamed or urlsplit(target).netloc != urlsplit(url).netloc:
            _check(answer, url)
            return answer
        url = target
    raise HubError(f"{url} redirects without end")


def _check(answer: httpx.Response, url: str) -> None:
    if answer.status_code in {401, 403}:
        raise HubError(
            f"{url} is not for everybody ({answer.status_code}): accept the model's licence on its page, make an "
            "access token there and set LLM_HUB_TOKEN"
        )
    if answer.status_code == 404:
        raise HubError(f"{url} is not there (404): the repository was renamed or never was")
    if answer.status_code >= 400:
        raise HubError(f"{url} answers {answer.status_code}")


def _reason(error: httpx.HTTPError) -> str:
    return str(error) or type(error).__name__
