"""The accounts in memory: fresh enough, and there when the database is not."""

import contextlib

import pytest
from munbot_whatsapp.accounts.book import MAX_AGE_SECONDS, AccountBook
from munbot_whatsapp.accounts.vault import Vault
from sqlalchemy import event
from sqlalchemy.exc import OperationalError


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def book(sessions, vault, clock):
    return AccountBook(sessions, vault, monotonic=clock)


@contextlib.contextmanager
def counted(sessions):
    """The statements that are executed meanwhile."""
    engine, statements = sessions.kw["bind"], []

    def note(_connection, _cursor, statement, *_):
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


@contextlib.contextmanager
def no_database(sessions):
    def refuse(*_):
        raise OperationalError("SELECT", {}, Exception("away"))

    engine = sessions.kw["bind"]
    event.listen(engine, "before_cursor_execute", refuse)
    yield
    event.remove(engine, "before_cursor_execute", refuse)


def test_many_questions_are_one_query(book, sessions, add_account):
    account = add_account()
    with counted(sessions) as statements:
        for _ in range(50):
            assert book.by_slug(account.slug).account.credentials["app_secret"] == "app-secret"
            assert book.by_ref("meta", account.provider_ref).id == account.id
    assert len(statements) == 1


def test_names_that_nobody_has_are_not_looked_for_again_and_again(book, sessions, add_account):
    add_account()
    with counted(sessions) as statements:
        for number in range(50):
            assert book.by_slug(f"nadie-{number}") is None
            assert book.by_ref("meta", f"nadie-{number}") is None
    assert len(statements) == 1


def test_a_new_account_is_found_soon_and_a_changed_one_later(book, clock, add_account, sessions):
    first = add_account()
    assert book.by_slug(first.slug)
    second = add_account()
    assert not book.answers_at_once(second.slug) or book.by_slug(second.slug) is None
    clock.now += 1
    assert book.by_slug(second.slug).id == second.id
    with sessions.begin() as session:
        session.merge(first).active = False
    assert book.by_slug(first.slug).active
    clock.now += MAX_AGE_SECONDS
    assert not book.by_slug(first.slug).active


def test_what_is_forgotten_is_read_anew(book, add_account, sessions):
    account = add_account()
    assert book.by_slug(account.slug).active
    with sessions.begin() as session:
        session.merge(account).active = False
    book.forget()
    assert not book.by_slug(account.slug).active


def test_without_the_database_the_known_stays_known(book, clock, add_account, sessions):
    account = add_account()
    assert book.by_slug(account.slug)
    clock.now += 1000
    with no_database(sessions):
        assert book.by_slug(account.slug).id == account.id
        assert book.by_slug("nadie") is None


def test_without_the_database_nothing_is_known_at_first(book, sessions):
    with no_database(sessions), pytest.raises(OperationalError):
        book.by_slug("x")


def test_an_account_of_another_key_does_not_hide_the_others(book, add_account, vault, sessions):
    from cryptography.fernet import Fernet

    broken, sound = add_account(), add_account()
    with sessions.begin() as session:
        session.merge(broken).credentials = Vault(Fernet.generate_key().decode()).seal({"a": "b"})
    assert book.by_slug(broken.slug) is None
    assert book.by_slug(sound.slug)


def test_credentials_do_not_show_in_a_log_line(book, add_account):
    assert "EAAtoken" not in repr(book.by_slug(add_account().slug))
