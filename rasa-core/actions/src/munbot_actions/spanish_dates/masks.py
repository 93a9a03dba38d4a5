"""What looks like a date or an hour and is none; these stretches are closed to every later rule.

The patterns read the canonical line, where a final «K» of a RUT or folio has become «que».
"""

from __future__ import annotations

import re

from munbot_actions.spanish_dates.vocabulary import MONTHS

_MONTH = "|".join(MONTHS)
_COUNT = (
    r"(?:[0-9]{1,4}|una?|unos|unas|varios|varias|hartos|hartas|muchos|muchas|par de|un par de|media|algunos|algunas)"
)
_UNIT = r"(?:segundos?|minutos?|horas?|hrs|dias?|noches?|semanas?|mes|meses|anos?|tiempo|rato|ratito)"
_ROUGHLY = r"(?:ya |como |casi |mas de |menos de |aprox |aproximadamente |unos |unas |alrededor de |por lo menos )"

PAST_DURATIONS = (
    (
        rf"\b(?:desde )?hacen? {_ROUGHLY}{{0,3}}(?:{_COUNT} )?(?:mucho |harto |poco )?{_UNIT}\b"
        r"(?: y medi[oa])?(?: atras)?"
    ),
    r"\b(?:desde )?hacen? (?:ya )?(?:mucho|harto|poco|rato|siglos)\b",
    rf"\bllev(?:o|a|amos|an) {_ROUGHLY}{{0,3}}{_COUNT} {_UNIT}\b(?: y medi[oa])?",
    rf"\b(?:ya )?(?:van|seran) {_ROUGHLY}{{0,3}}{_COUNT} {_UNIT}\b",
    (
        rf"\b{_COUNT} {_UNIT} (?:y medi[oa] )?(?:atras|sin|que (?:no|esta|llevo|llevamos|pasa|se|los"
        r"|las|el|la|nos)|esperando)\b"
    ),
    rf"\b(?:por|durante|hasta) (?:mas de )?{_COUNT} {_UNIT}\b",
    r"\b(?:desde )?la (?:semana|noche) pasada\b",
    r"\b(?:desde )?el (?:mes|ano|fin de semana) pasado\b",
    r"\b(?:el )?otro dia\b(?= (?:paso|pasaron|fui|vine|vi|llame|hable|cayo|se|me|nos|no))",
    r"\b(?:desde )?anoche\b",
)

NOT_DATES = (
    # Habits are no appointments.
    (
        r"\btod[oa]s? (?:el|la|los|las) (?:dias?|manana|manana?s|tarde|noche|semana|semanas|mes|ano"
        r"|fin de semana)\b"
    ),
    r"\btodos los (?:dias )?(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo)\b",
    # When a paper runs out is not when its holder comes.
    (
        r"\b(?:venc(?:io|ieron|e|en|ia|era|eran|id[oa]s?)|caduc(?:o|a|ad[oa]s?)) "
        r"(?:ya )?(?:(?:en|el|desde|a|para) ){0,2}"
        rf"(?:[0-9]{{1,2}} de )?(?:{_MONTH}|lunes|martes|miercoles|jueves|viernes|sabado|domingo|hoy|manana|ayer)\b"
        r"(?: pasado)?"
    ),
    # E-mail and web addresses.
    r"\b[a-z._+-]{1,64} [0-9][a-z0-9._+-]{0,60} ?[a-z._+-]{0,40}@[a-z0-9.-]{1,200}",
    r"[a-z0-9._+-]{1,64}@[a-z0-9.-]{1,200}",
    r"\b(?:https?:|www\.)[^ ]{1,300}",
    # Folios and appointment codes: REC-2026-000123-K.
    r"\b[a-z]{2,5} ?- ?[0-9]{4} ?- ?[0-9]{3,8}(?: ?- ?(?:[0-9]|[a-z]{1,3})?)?",
    (
        r"\b(?:folio|codigo|cod|patente|ticket)(?: (?:numero|nro|n"
        r"|es))? ?:? ?[a-z0-9-]{0,20}[0-9][a-z0-9-]{0,20}"
    ),
    # RUT, with or without dots.
    r"\b[0-9]{1,2}\.[0-9]{3}\.[0-9]{3}(?: ?- ?(?:[0-9]|k|que)\b)?",
    r"\b[0-9]{6,8} ?- ?(?:[0-9]|k|que)\b",
    # Phones: +56 9 8765 4321, 9 8765 4321, 98765 4321, 2 2345 6789.
    r"\+? ?\b56 ?[0-9] ?[0-9]{4} ?[0-9]{4}\b",
    r"\+[0-9]{1,3}(?:[ -]?[0-9]{2,5}){1,5}",
    r"\b[0-9]{1,2} [0-9]{3,4} ?[0-9]{4}\b",
    r"\b[0-9]{4,5} [0-9]{4}\b",
    r"\b9(?: [0-9]{2}){4}\b",
    # Any other long number.
    r"[0-9]{5,}",
    # Money, amounts and shares.
    r"\$ ?[0-9][0-9.]{0,15}",
    r"\b[0-9]{1,3}(?:\.[0-9]{3}){1,5}\b",
    (
        r"\b[0-9]{1,4}(?:[.,][0-9]{1,2})? ?(?:%|(?:lucas?|mil|pesos|uf|utm|cuadras?|metros?|mts?|km"
        r"|kilometros?|kilos?|kg|litros?"
        r"|minutos?|min|personas?|veces|anos?|cuotas?|cajas?|sacos?|perros?|hijos?|ninos?|vecinos?"
        r"|casas|postes?)\b)"
    ),
    # Laws, articles, licence classes.
    (
        r"\b(?:ley|decreto|articulo|art|inciso|resolucion|ordenanza)\.? ?(?:n|nro|numero"
        r"|#)? ?[°º.]{0,2} ?[0-9]{1,3}(?:\.[0-9]{3})?"
    ),
    r"\bclase [a-z]{1,2} ?[0-9]?\b",
    # Streets named after dates, and street numbers.
    (
        r"\b(?:calle|avenida|avda?|av|pasaje|psje|pje|plaza|poblacion|pobl|pob|villa|escuela|liceo"
        rf"|sector)\.? [0-9]{{1,2}} de (?:{_MONTH})"
        rf"(?:,? ?(?:#|n|nro|numero)?[°º.]{{0,2}} ?[0-9]{{1,5}})?\b"
    ),
    rf"\b[0-9]{{1,2}} de (?:{_MONTH}) ?,? ?(?:#|numero|nro|n[°º.]) ?[0-9]{{1,5}}\b",
    rf"\b[0-9]{{1,2}} de (?:{_MONTH}) (?:con|esquina|esq|altura)\b",
    rf"\b[0-9]{{1,2}} de (?:{_MONTH}) (?!(?:19|20)[0-9]{{2}}\b)[0-9]{{3,4}}\b(?! ?hrs)",
    (
        r"\b(?:pasaje|psje|pje|psj|pasj|casa|departamento|depto|dpto|dto|block|bloque|torre|parcela"
        r"|sitio|lote|manzana|mz|ruta|piso"
        r"|oficina|ofi|local|poste|paradero|linea|modulo|ventanilla|sala|puerta|calle|kilometro|sector"
        r"|medidor|rol)"
        r"\.? ?(?:#|numero|nro|n)?[°º.]{0,2} ?[0-9]{1,5}\b"
    ),
    (
        r"\b(?:calle|avenida|avda?|pasaje|psje|plaza|villa|san|santo|don|dona|senor|sr|soy|llamo"
        r"|nombre(?: es)?)\.? "
        r"(?:domingo|julio|abril|mayo|marzo|agosto)\b"
    ),
    # Greetings.
    (
        r"\b(?:buen[oa]?s?|linda|lindo|feliz|bonit[oa]|excelente|hermos[oa]) (?:dias?|tarde|noche"
        r"|semana|fin de semana|manana)\b"
    ),
    # «una de las dos» chooses, it names no hour; «la primera vez» neither.
    r"\b(?:una|alguna|cualquiera|ninguna|cada una) de las [0-9]\b",
    r"\b(?:l[ao]s) [0-9]{1,2} (?=(?:opciones|cosas|alternativas|oficinas|ultim|primer|vecin|luminaria))",
    r"\bcada [0-9]{1,3} (?:dias|semanas|semana|meses|horas|hrs)\b",
    r"(?<![:.0-9])\b(?:24|48|72) (?:horas|hrs)\b",
    r"\b[0-9]{1,2} dias? habiles\b",
    (
        r"\b(?:primer|primera|segund[oa]|tercer|tercera|ultim[oa]|proxim[oa]) (?:vez|piso|cuota|nombre"
        r"|apellido|hij[oa]|paso|comuna|reclamo|licencia)\b"
    ),
    r"\b(?:hora|plazo) de [0-9]{1,3} minutos\b",
)

PAST_DURATION_RULES = tuple(re.compile(pattern) for pattern in PAST_DURATIONS)
NOT_DATE_RULES = tuple(re.compile(pattern) for pattern in NOT_DATES)
