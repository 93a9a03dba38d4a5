import json

import pytest
from munbot_cli.commands.evaluate import Outcome as Understood
from munbot_cli.commands.evaluate import Phrase, read_phrases, summarise
from munbot_cli.errors import MunbotError
from munbot_cli.testing.results import Outcome, read_junit, summary_line

REPORT = """<?xml version="1.0"?><testsuites><testsuite name="pytest">
<testcase classname="t.a" name="ok"/>
<testcase classname="t.a" name="bad"><failure message="x">trace</failure></testcase>
<testcase classname="t.a" name="broken"><error message="x">trace</error></testcase>
<testcase classname="t.a" name="left out"><skipped message="why"/></testcase>
</testsuite></testsuites>"""


def test_a_report_is_counted(tmp_path):
    path = tmp_path / "r.xml"
    path.write_text(REPORT)
    outcome = read_junit(path, "rooms", exit_code=1)
    assert (outcome.passed, outcome.failed, outcome.skipped) == (1, 2, 1)
    assert outcome.problems == ["t.a::bad", "t.a::broken"]


@pytest.mark.parametrize("code", [2, 3, 5, 137])
def test_a_run_that_ended_badly_without_a_failed_test_is_a_failure(tmp_path, code):
    outcome = read_junit(tmp_path / "absent.xml", "rooms", exit_code=code)
    assert (outcome.passed, outcome.failed) == (0, 1)
    assert f"code {code}" in outcome.problems[0]


def test_a_crash_after_passing_tests_is_a_failure_too(tmp_path):
    path = tmp_path / "r.xml"
    path.write_text('<testsuites><testsuite><testcase classname="a" name="b"/></testsuite></testsuites>')
    outcome = read_junit(path, "rooms", exit_code=139)
    assert (outcome.passed, outcome.failed) == (1, 1)


def test_the_summary_is_one_plain_line():
    outcomes = [Outcome("a", passed=3, skipped=1), Outcome("b", failed=1), Outcome("c", passed=1)]
    assert summary_line(outcomes) == "4 passed, 1 failed, 1 skipped"


def test_phrases_are_read_and_counted(tmp_path):
    path = tmp_path / "dev.jsonl"
    path.write_text('{"text": "hola", "accept": ["greet"]}\n\n{"text": "chao", "accept": ["goodbye", "thank"]}\n')
    phrases = read_phrases(path)
    assert phrases[1] == Phrase("chao", ("goodbye", "thank"))
    summary = summarise([Understood(phrases[0], "greet", 0.9), Understood(phrases[1], "deny", 0.41234)])
    assert summary == {
        "accuracy": 0.5,
        "total": 2,
        "errors": [{"text": "chao", "accept": ["goodbye", "thank"], "got": "deny", "confidence": 0.4123}],
    }
    assert json.loads(json.dumps(summary)) == summary


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "no phrases"),
        ("{}\n", ":1 is not"),
        ('{"text": "a", "accept": ["x"]}\nnot json\n', ":2 is not"),
        ("3\n", ":1 is not"),
    ],
)
def test_a_file_that_is_not_as_described_is_named(tmp_path, content, words):
    path = tmp_path / "dev.jsonl"
    path.write_text(content)
    with pytest.raises(MunbotError, match=words):
        read_phrases(path)


def test_a_file_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(MunbotError, match="cannot be read"):
        read_phrases(tmp_path / "absent.jsonl")
