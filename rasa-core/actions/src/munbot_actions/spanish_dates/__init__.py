"""Read Spanish dates and hours as Chileans type them in a chat, and say them back.

``parse(text, now)`` never raises on a text and reads no clock: ``now`` carries the day and the tenant's zone.
A text becomes one canonical line (``text``), tables of small rules claim stretches of it in a fixed order
(``masks``, ``times``, ``dates``, ``weekdays``, ``relative``, ``spans_of_days``, ``hints``), refused mentions are
told from meant ones (``negation``), and what is left is put together (``combining``).

Where Spanish is ambiguous, this is what is read. The bot reads every date back before it books.

Days
    * A weekday is its next coming; today's own name means next week («hoy lunes» is today).
      «este», «próximo» and «que viene» name that same day; «el otro viernes» and «subsiguiente» the one after it.
      «viernes de la próxima semana» lies in the Monday-to-Sunday week after the running one.
    * «el 24» is the next 24th, months without that day are skipped. It is also a ``bare_number``: «el 2» may be an
      option.
    * «24 de noviembre», «24/11» (day first, always): if that day passed in the last 90 days it is a ``PastDate``,
      else the next one to come. A day no month has is an ``ImpossibleDate``.
    * «lunes 25» with a 25th that is no Monday: no date, a ``WeekdayMismatch`` with both candidates.
    * «pasado» alone is the day after tomorrow; «mañana» after «la», «en la», «por la» is the morning.
    * «de mañana en ocho» counts weeks (+7 days from there), «en quince» two; «en ocho días» counts days.
    * «del 24», «desde», «hasta», «antes de», «después de» a day give a ``date_range``; an open end is 30 days on.
    * «domingo» is the day, except after «soy», «me llamo», «don», «san», «santo», «calle»… A citizen who types only
      «Domingo Soto» is read as a Sunday: ask for the name in a slot of its own. Months without «de» or «en» («Julio
      Marzo») are names unless they stand alone. «los lunes» is the coming Monday, «todos los lunes» a habit: no date.
    * «ayer», «el lunes pasado» are a ``PastDate``; «hace 2 semanas», «llevo un mes», «la semana pasada» are no date but
      ``past_duration``. Business days («en 5 días hábiles») are not read.

Hours
    * Offices work by day: 1 to 7 without more are 13:00 to 19:00, 8 to 12 are the morning. «de la mañana», «am», a part
      of the day elsewhere in the message, or a leading zero («07:30») decide otherwise.
    * «10.30» is an hour, «24.11» and «10.11» are dates; «a las 10.11» is an hour.
    * «entre 10 y 12» are hours, «entre el 10 y el 12» days. «24 horas» is a duration.
    * A number alone («10», «la 2») is only a ``bare_number``: the caller knows what was asked.
    * «mediodía» is around 12:00. «última hora» chooses the last slot, «primera hora» the first of the morning.

Refusals
    * «el martes no, el miércoles», «no el martes, el miércoles» and «el martes no el miércoles» refuse Tuesday.
      «no, el lunes» and «no mejor el lunes» mean Monday; «no el lunes» without more refuses it: asking is cheaper.
    * «no puedo antes de las 10» means after 10. «del lunes al miércoles» is a span, but with «cambiar», «mover»… the
      first day is left (``negated``) and the second meant.
    * «lunes o martes» gives Monday, and Tuesday as an alternative.
"""

from __future__ import annotations

from datetime import datetime

from munbot_actions.spanish_dates.model import (
    ImpossibleDate,
    ImpossibleTime,
    PastDate,
    PastTime,
    Problem,
    Reading,
    WeekdayMismatch,
)
from munbot_actions.spanish_dates.reading import read
from munbot_actions.spanish_dates.say import say_date, say_range, say_time, say_time_range

__all__ = [
    "ImpossibleDate",
    "ImpossibleTime",
    "PastDate",
    "PastTime",
    "Problem",
    "Reading",
    "WeekdayMismatch",
    "parse",
    "say_date",
    "say_range",
    "say_time",
    "say_time_range",
]


def parse(text: str, now: datetime) -> Reading:
    """Read when a message means.

    Args:
        text: the message as typed, of any length.
        now: the moment it was written, aware and in the tenant's zone.

    Raises:
        ValueError: ``now`` is naive.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware, in the tenant's zone")
    return read(text, now)
