import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_cli.errors import MunbotError
from munbot_cli.interpolation import interpolate, interpolate_tree, read_env_file


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("${A}", "one"),
        ("$A/$A", "one/one"),
        ("${MISSING}", ""),
        ("${MISSING:-x}", "x"),
        ("${EMPTY:-x}", "x"),
        ("${EMPTY-x}", ""),
        ("${MISSING-x}", "x"),
        ("${A:+there}", "there"),
        ("${EMPTY:+there}", ""),
        ("${EMPTY+there}", "there"),
        ("${MISSING:-http://localhost:${PORT:-8080}}", "http://localhost:9000"),
        ("${MISSING:-${OTHER:-{}}}", "{}"),
        ("${MISSING---seed-demo}", "--seed-demo"),
        ("cost $$5 and $${A}", "cost $5 and ${A}"),
        ("a${A}b${EMPTY:-c}d", "aonebcd"),
    ],
)
def test_every_form_of_the_compose_specification(text, expected):
    assert interpolate(text, {"A": "one", "EMPTY": "", "PORT": "9000"}) == expected


@pytest.mark.parametrize("text", ["${A", "${}", "${A!x}", "100$ more", "$"])
def test_broken_syntax_is_named(text):
    with pytest.raises(MunbotError, match="interpolation"):
        interpolate(text, {"A": "one"})


@pytest.mark.parametrize("text", ["${NEEDED:?set it in .env}", "${NEEDED?set it in .env}"])
def test_a_required_variable_stops_with_its_message(text):
    with pytest.raises(MunbotError, match=r"NEEDED is not set: set it in \.env"):
        interpolate(text, {})
    assert interpolate(text, {"NEEDED": "here"}) == "here"


@given(st.text(alphabet=st.characters(exclude_characters="$", codec="utf-8")))
def test_text_without_dollars_stays_as_it_is(text):
    assert interpolate(text, {"A": "x"}) == text


@given(st.text(max_size=30))
def test_a_value_is_never_interpolated_again(value):
    assert interpolate("<${A}>", {"A": value}) == f"<{value}>"


def test_a_tree_keeps_its_keys_and_its_other_types():
    tree = {"$A": ["${A}", 1, None, True], "b": {"c": "x$A"}}
    assert interpolate_tree(tree, {"A": "1"}) == {"$A": ["1", 1, None, True], "b": {"c": "x1"}}


def test_an_env_file_with_comments_quotes_and_blank_lines(tmp_path):
    path = tmp_path / ".env"
    path.write_text(
        "# heading\n\nA=1   # why\nexport B=two words\nC='# not a comment'\nD=\"x\" # y\nE=\nF=a#b\nG=   # empty\n"
    )
    assert read_env_file(path) == {
        "A": "1",
        "B": "two words",
        "C": "# not a comment",
        "D": "x",
        "E": "",
        "F": "a#b",
        "G": "",
    }


def test_an_env_file_that_is_not_there_holds_nothing(tmp_path):
    assert read_env_file(tmp_path / "absent") == {}


def test_a_line_that_is_no_assignment_is_named(tmp_path):
    path = tmp_path / ".env"
    path.write_text("A=1\nnonsense\n")
    with pytest.raises(MunbotError, match=r"\.env:2 is not NAME=value"):
        read_env_file(path)
