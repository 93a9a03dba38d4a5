"""What is built while the last build is served."""

from types import SimpleNamespace

import pytest
from munbot_cli.errors import MunbotError
from munbot_cli.native import builds

# Stands for npm. A build notes what nginx would serve meanwhile, and leaves what the sources say.
NPM = """#!/bin/sh
set -e
[ "$1" = ci ] && { mkdir -p node_modules; exit 0; }
cat dist/index.html >> ../served-meanwhile 2>/dev/null || echo nothing >> ../served-meanwhile
echo >> ../served-meanwhile
mkdir -p "$MUNBOT_DIST/assets"
cp src/page "$MUNBOT_DIST/index.html"
[ "$(cat src/page)" != broken ]
[ "$(cat src/page)" != empty ] || rm -r "$MUNBOT_DIST"
cp src/page "$MUNBOT_DIST/assets/$(cat src/page).js"
"""


@pytest.fixture
def frontend(tmp_path, monkeypatch):
    """A front end whose page says `one`, and an npm that builds it."""
    folder = tmp_path / "web-interface" / "frontend"
    (folder / "src").mkdir(parents=True)
    (folder / "package.json").write_text("{}")
    (folder / "src" / "page").write_text("one")
    npm = tmp_path / "node" / "npm"
    npm.parent.mkdir()
    npm.write_text(NPM)
    npm.chmod(0o755)
    monkeypatch.setattr(builds, "find_node", lambda _context: npm.parent)
    return folder


@pytest.fixture
def build(frontend, tmp_path):
    project = SimpleNamespace(root=tmp_path, cache=tmp_path / "cache", log=lambda name: tmp_path / f"{name}.log")
    return lambda: builds.build_frontend(SimpleNamespace(project=project))


def contents(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_first_build_is_served(frontend, build):
    assert build() == "built"
    assert contents(frontend / "dist") == [".munbot-stamp", "assets/one.js", "index.html"]
    assert not (frontend / "build").exists()


def test_the_last_build_is_served_whole_until_the_next_takes_its_place(frontend, build):
    build()
    (frontend / "src" / "page").write_text("two")
    assert build() == "built"
    assert (frontend.parent / "served-meanwhile").read_text().split() == ["nothing", "one"]
    assert contents(frontend / "dist") == [".munbot-stamp", "assets/two.js", "index.html"]
    assert (frontend / "dist" / "index.html").read_text() == "two"
    assert not (frontend / "build").exists()


@pytest.mark.parametrize("page", ["broken", "empty"])
def test_a_build_that_fails_leaves_the_last_one(frontend, build, page):
    build()
    (frontend / "src" / "page").write_text(page)
    with pytest.raises(MunbotError):
        build()
    assert (frontend / "dist" / "index.html").read_text() == "one"
    (frontend / "src" / "page").write_text("two")
    assert build() == "built"
    assert contents(frontend / "dist") == [".munbot-stamp", "assets/two.js", "index.html"]


def test_nothing_is_built_for_the_same_sources(frontend, build):
    build()
    assert build() == "unchanged"
    assert (frontend.parent / "served-meanwhile").read_text().split() == ["nothing"]
