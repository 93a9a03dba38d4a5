import pytest
from munbot_notifications.templates.builtin import templates
from munbot_notifications.templates.engine import DEFAULT_COLOR, Municipality, TemplateBroken, fill

OFFICE = Municipality("Municipalidad de Valle Claro", "Avenida Los Aromos 450", "+56 2 2345 6700", DEFAULT_COLOR)
BOOKED = templates()["appointment_booked"]
LINK = "https://municipio.example/no?token=x"


def with_part(**parts):
    return BOOKED.words.model_copy(update=parts)


@pytest.mark.parametrize("name", sorted(templates()))
def test_every_built_in_template_says_something_in_every_form(name):
    template = templates()[name]
    filled = fill(template.words, template.example, OFFICE, unsubscribe_url=LINK)
    assert OFFICE.name in filled.text
    assert OFFICE.name in filled.html
    assert LINK in filled.text
    assert f'href="{LINK}"' in filled.html
    assert filled.short
    assert "\n" not in filled.subject + filled.short
    for words in (filled.subject, filled.text, filled.html, filled.short):
        assert "{{" not in words
        assert "None" not in words


def test_officials_get_no_link_that_stops_mails():
    filled = fill(BOOKED.words, BOOKED.example, OFFICE)
    assert "No quiero recibir" not in filled.text + filled.html


def test_what_people_wrote_is_text_in_html_too():
    filled = fill(BOOKED.words, {**BOOKED.example, "name": "<script>x</script>"}, OFFICE)
    assert "<script>" not in filled.html
    assert "&lt;script&gt;" in filled.html


def test_a_subject_is_one_line_whatever_the_data_hold():
    filled = fill(BOOKED.words, {**BOOKED.example, "procedure": "Licencia\r\nBcc: otro@x.cl"}, OFFICE)
    assert "\n" not in filled.subject
    assert "\r" not in filled.subject


@pytest.mark.parametrize(
    ("part", "source", "line"),
    [
        ("text", "Hola\n{{ name", 2),
        ("text", "a\nb\n{{ no_such }}", 3),
        ("html", "<p>\n{% if name %}\n</p>", 2),
        ("subject", "{{ name.nothing }}", 1),
        ("short", "{% for a in b %}{% endfor %}", 1),
        ("text", "x\n{% if name > 1 %}y{% endif %}", 2),
        ("text", "", None),
        ("text", "{# nothing #}", None),
    ],
)
def test_an_error_is_told_with_its_part_and_line(part, source, line):
    with pytest.raises(TemplateBroken) as caught:
        fill(with_part(**{part: source}), BOOKED.example, OFFICE)
    assert (caught.value.part, caught.value.line) == (part, line)
    assert caught.value.detail


@pytest.mark.parametrize(
    "source",
    [
        "{{ name.__class__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ name.format(1) }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ range(9) }}",
        "{{ name|attr('__class__') }}",
        "{% include 'layout.txt.j2' %}",
        "{% import 'x' as y %}",
        "{% extends 'layout.html.j2' %}",
        "{% macro m() %}{{ m() }}{% endmacro %}x",
        "{{ cycler }}",
        "{{ lipsum }}",
        "{% for a in name %}{% for b in name %}{% for c in name %}x{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in items recursive %}x{% endfor %}",
    ],
)
def test_a_template_can_do_no_more_than_fill_in_words(source):
    with pytest.raises(TemplateBroken):
        fill(with_part(text=source), BOOKED.example, OFFICE)


def test_a_template_cannot_say_without_end():
    data = {**BOOKED.example, "name": "x" * 2000}
    with pytest.raises(TemplateBroken, match="text"):
        fill(with_part(text="{% for a in name %}{{ name }}{% endfor %}"), data, OFFICE)
