"""Settings are changed in .env, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_cli.env_file import set_in_env_file, with_settings
from munbot_cli.errors import MunbotError
from munbot_cli.interpolation import read_env_file

BEFORE = """# mine
MUNBOT_HTTP_PORT=9000   # the office's

LLM_MODEL=old.gguf      # a comment
export LLM_MODEL_SHA256=aa
OTHER='x y'
"""


def test_lines_are_changed_where_they_stand(tmp_path):
    after = with_settings(BEFORE, {"LLM_MODEL": "new.gguf", "LLM_MODEL_SHA256": "bb", "MUNBOT_MODELS_DIR": "/m"})
    assert after.splitlines() == [
        "# mine",
        "MUNBOT_HTTP_PORT=9000   # the office's",
        "",
        "LLM_MODEL=new.gguf      # a comment",
        "LLM_MODEL_SHA256=bb",
        "OTHER='x y'",
        "MUNBOT_MODELS_DIR=/m",
    ]


def test_of_several_lines_the_one_that_counts_stays():
    assert with_settings("A=1\nB=2\nA=3\n", {"A": "4"}) == "B=2\nA=4\n"


def test_a_name_that_only_begins_alike_is_left(tmp_path):
    assert with_settings("LLM_MODEL_SHA256=x\n", {"LLM_MODEL": "m"}) == "LLM_MODEL_SHA256=x\nLLM_MODEL=m\n"


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=30).map(str.strip))
def test_what_is_written_is_what_is_read(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("env") / ".env"
    path.write_text(BEFORE)
    if "'" in value and '"' in value:
        with pytest.raises(MunbotError):
            set_in_env_file(path, {"LLM_MODEL": value})
        assert path.read_text() == BEFORE
    else:
        set_in_env_file(path, {"LLM_MODEL": value})
        assert read_env_file(path)["LLM_MODEL"] == value
        assert read_env_file(path)["OTHER"] == "x y"


def test_rights_are_kept_and_a_new_file_is_private(tmp_path):
    path = tmp_path / ".env"
    set_in_env_file(path, {"A": "1"})
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    set_in_env_file(path, {"A": "2"})
    assert path.stat().st_mode & 0o777 == 0o640
