"""The init container's script: it waits, says what for, and gives up in the end."""

import importlib.util
import sys

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool


@pytest.fixture
def script(kubernetes):
    spec = importlib.util.spec_from_file_location("await_schema", kubernetes / "base" / "await_schema.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self):
        self.seconds = 0.0

    def sleep(self, seconds):
        self.seconds += seconds

    def now(self):
        return self.seconds


def wait(script, answers):
    """Wait with these answers, the last of which stays; return (result, what was said, seconds)."""
    clock, said, left = Clock(), [], list(answers)

    def missing():
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    result = script.wait(missing, say=said.append, sleep=clock.sleep, now=clock.now)
    return result, said, clock.seconds


def test_nothing_missing_is_no_wait(script):
    assert wait(script, [""]) == (True, [], 0)


def test_it_waits_until_nothing_is_missing(script):
    result, said, seconds = wait(script, [OSError("postgresql://user:secret@host"), "0002", "0002", ""])
    assert result
    assert said == ["waiting for the migration: no answer (OSError)\n", "waiting for the migration: 0002\n"]
    assert seconds == 3 * script.POLL_SECONDS


def test_it_gives_up(script):
    result, said, seconds = wait(script, ["0002"])
    assert not result
    assert len(said) == 1
    assert seconds == pytest.approx(script.PATIENCE_SECONDS, abs=script.POLL_SECONDS)


def test_the_exit_code_tells(script, monkeypatch):
    monkeypatch.setattr(script, "missing_indexes", lambda: "")
    assert script.main(["munbot_complaints"]) == 0


class TestRevisions:
    """On a database of its own, in a file: Alembic's version table is the same everywhere."""

    @pytest.fixture
    def package(self, tmp_path, monkeypatch):
        folder = tmp_path / "munbot_example"
        versions = folder / "migrations" / "versions"
        versions.mkdir(parents=True)
        (folder / "__init__.py").touch()
        for number, before in (("0001", None), ("0002", "0001")):
            (versions / f"{number}.py").write_text(f"revision = {number!r}\ndown_revision = {before!r}\n")
        monkeypatch.syspath_prepend(tmp_path)
        yield "munbot_example"
        sys.modules.pop("munbot_example", None)

    @pytest.fixture
    def at(self, tmp_path):
        """Callable that gives a database at a revision."""

        def make(revision):
            engine = create_engine(f"sqlite:///{tmp_path / 'example.db'}", poolclass=NullPool)
            with engine.begin() as connection:
                connection.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num TEXT)"))
                connection.execute(text("DELETE FROM alembic_version"))
                connection.execute(text("INSERT INTO alembic_version VALUES (:number)"), {"number": revision})
            return engine

        return make

    def test_an_empty_database_lacks_the_last_revision(self, script, package):
        assert script.missing_revisions(package, create_engine("sqlite://")) == "0002"

    def test_an_older_database_lacks_the_last_revision(self, script, package, at):
        assert script.missing_revisions(package, at("0001")) == "0002"

    def test_a_migrated_database_lacks_nothing(self, script, package, at):
        assert script.missing_revisions(package, at("0002")) == ""

    def test_a_newer_database_is_not_waited_for(self, script, package, at):
        assert script.missing_revisions(package, at("0003")) == ""
