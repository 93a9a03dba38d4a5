"""Parts of a model, in packages, become one model: whole, or not there at all."""

import base64
import hashlib
import sys

import pytest
from munbot_llm.voice import model_files
from munbot_llm.voice.model_files import ModelDamaged, is_whole, joined, missing

NAMES = ("munbot_test_model_1", "munbot_test_model_2")
PARTS = (b"first part " * 1000, b"and the rest")


def record(content):
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Two installed packages with a part each; returns the folder that they are installed in."""
    site = tmp_path / "site"
    for number, (name, part) in enumerate(zip(NAMES, PARTS, strict=True), start=1):
        data = site / name / "data"
        data.mkdir(parents=True)
        (site / name / "__init__.py").touch()
        file = data / f"model.bin.part{number}"
        file.write_bytes(part)
        (data / f"config{number}.json").write_text("{}")
        about = site / f"{name}-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: 1.0\n")
        (about / "RECORD").write_text(f"{name}/data/{file.name},{record(part)},{len(part)}\n")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setattr(model_files, "PACKAGES", NAMES)
    yield site
    for name in NAMES:
        sys.modules.pop(name, None)


def test_parts_are_joined_once(packages, tmp_path):
    folder = joined(tmp_path / "data")
    assert (folder / "model.bin").read_bytes() == b"".join(PARTS)
    assert {path.name for path in folder.iterdir()} == {
        "config1.json",
        "config2.json",
        "model.bin",
        "model.bin.sha256",
    }
    made = (folder / "model.bin").stat().st_mtime_ns
    assert joined(tmp_path / "data") == folder
    assert (folder / "model.bin").stat().st_mtime_ns == made
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


@pytest.mark.parametrize("damage", [b"", b"shorter", b"first part" * 2000])
def test_a_damaged_model_is_joined_anew(packages, tmp_path, damage):
    folder = joined(tmp_path / "data")
    (folder / "model.bin").write_bytes(damage)
    assert not is_whole(folder)
    assert is_whole(joined(tmp_path / "data"))


def test_a_model_of_another_size_is_noticed_without_reading_it(packages, tmp_path):
    folder = joined(tmp_path / "data")
    (folder / "model.bin").write_bytes(b"shorter")
    assert is_whole(joined(tmp_path / "data", verify=False))


def test_a_part_that_is_not_what_its_package_says_makes_no_model(packages, tmp_path):
    (packages / NAMES[1] / "data" / "model.bin.part2").write_bytes(b"and the Rest")
    with pytest.raises(ModelDamaged):
        joined(tmp_path / "data")
    assert not list((tmp_path / "data" / "voice").iterdir())


def test_a_folder_that_cannot_be_written_says_so(packages, tmp_path):
    (tmp_path / "data").write_text("a file")
    with pytest.raises(OSError):
        joined(tmp_path / "data")


def test_what_is_missing(packages, tmp_path, monkeypatch):
    monkeypatch.setattr(model_files, "ENGINE", "json")  # any installed module
    assert missing(None) is None
    assert missing(tmp_path) == "model_missing"
    (tmp_path / "model.bin").touch()
    assert missing(tmp_path) is None
    monkeypatch.setattr(model_files, "PACKAGES", (NAMES[0], "munbot_test_model_9"))
    assert missing(None) == "model_missing"
    monkeypatch.setattr(model_files, "ENGINE", "munbot_no_such_engine")
    assert missing(tmp_path) == "engine_missing"
