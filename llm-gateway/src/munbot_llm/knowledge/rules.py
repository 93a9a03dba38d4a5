"""Names and ids: pure functions."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Sequence
from uuid import UUID, uuid5

from munbot_llm.knowledge.problems import DocumentIdInvalid, FilenameInvalid, TenantInvalid

PAIR_PREFIX = "pair-"
FILENAME_MAX = 200

_NAMESPACE = UUID("5b0ce1a7-53f7-4f0a-9a9e-3a6d2f1c8e40")
_TENANT = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_DOCUMENT_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def check_tenant(tenant: str) -> str:
    """Return a tenant's name if it can be a folder of the bucket.

    Raises:
        TenantInvalid: it cannot.
    """
    if not _TENANT.fullmatch(tenant):
        raise TenantInvalid
    return tenant


def clean_filename(filename: str) -> str:
    """Return a file's name without folders and control characters, in NFC.

    Raises:
        FilenameInvalid: nothing is left, it has no ending, or it is longer than 200 characters.
    """
    name = _CONTROL.sub("", unicodedata.normalize("NFC", filename)).replace("\\", "/").rsplit("/", 1)[-1].strip()
    stem, dot, suffix = name.rpartition(".")
    if not stem.strip(". ") or not dot or not suffix.isalnum() or len(name) > FILENAME_MAX:
        raise FilenameInvalid
    return name


def document_id(tenant: str, filename: str) -> str:
    """Return the id of the document that a tenant uploads under a name; letter case does not matter."""
    return str(uuid5(_NAMESPACE, f"{tenant}/{filename.casefold()}"))


def check_document_id(given: str) -> str:
    """Return an id that a caller chose for a file.

    Raises:
        DocumentIdInvalid: it does not fit in an address, or is kept for pairs.
    """
    if not _DOCUMENT_ID.fullmatch(given) or given.startswith(PAIR_PREFIX):
        raise DocumentIdInvalid
    return given


def is_document_id(given: str) -> bool:
    """Tell whether a document can have this id."""
    return _DOCUMENT_ID.fullmatch(given) is not None


def pair_document_id(pair_id: str) -> str:
    """Return the id under which a pair is kept among the documents."""
    return f"{PAIR_PREFIX}{pair_id}"


def pair_id_of(question: str) -> str:
    """Return an id for a pair that was given none: the same question, the same id."""
    words = unicodedata.normalize("NFKD", question).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", words))[:60].strip("-")
    return f"{slug or 'p'}-{hashlib.sha256(question.strip().encode()).hexdigest()[:8]}"


def pair_sha256(question: str, also: Sequence[str], answer: str) -> str:
    """Return a checksum of a pair's texts."""
    return hashlib.sha256(json.dumps([question, list(also), answer], ensure_ascii=False).encode()).hexdigest()
