"""Short answers and moods: yes, no, stop, a person, a question, swearing."""

import re

from munbot_actions.understanding.normalise import fold, words
from munbot_actions.understanding.vocabulary import vocabulary

_COMPLAINT_REQUEST = vocabulary("complaint_request")
_ENGLISH = vocabulary("english")
_YES = vocabulary("yes_words")
_NO = vocabulary("no_words")
_FILLER = vocabulary("filler")
_THUMB = re.compile("[\U0001f44d\U0001f44c✅✔☑\U0001f197\U0001f64f]")
_THUMB_DOWN = re.compile("[\U0001f44e❌✖\U0001f6ab]")
_STOP = re.compile(
    r"\b(?:olvida(?:lo|telo)?|olvidelo|olvidemoslo|(?:deja|deje)lo (?:asi|ahi)|ya no quiero(?! esa| ese| el | la )|"
    r"no quiero (?:nada|seguir|continuar)|no sigamos|no seguir|mejor no(?: gracias)?$|me arrepenti|dejemoslo|"
    r"no importa(?: ya)?$|emp(?:ezar|ecemos) de nuevo)\b"
    r"|^(?:no )?nada(?: mas)?(?: gracias)?$"
    r"|^(?:quiero )?(?:salir|filo|parar|detente|terminar|reiniciar)(?: ya| po)?$"
)
_CANCEL = re.compile(
    r"^(?:quiero )?(?:cancelar|cancela|cancelo|cancelalo|cancele|cancelemos|anular|anula)"
    r"(?: todo| esto| nomas| no mas| por favor| porfa)?$"
)
_WITHDRAW = re.compile(
    r"\b(?:anul|cancel|retir|elimin|borr|desist)\w* (?:de |del )?(?:(?:el|mi|ese|este|los|mis|la|esa|esta) )?"
    r"(?:reclamos?|denuncias?|quejas?)\b"
)
_CANCEL_HOUR = re.compile(
    r"^(?:(?:no|ya|ok|bueno|mejor|entonces|oiga|quiero)[ ,]+)*"
    r"(?:cancel|anul)\w+ (?:el|la|mi|esa|esta) (?:hora|reserva|cita)\b"
)
_HOW_GOES = re.compile(
    r"\b(?:(?:como|en que) (?:va|esta|quedo|sigue|anda)|que paso con|saber de|hay novedades"
    r"|cuanto (?:se )?(?:demoran?|tardan?)|cuando (?:me )?(?:van a )?(?:respond\w+|contest\w+))\b"
)
_SOMEBODY = r"(?:persona|alguien|humano|humana|ejecutiv[oa]|funcionari[oa]|operador[a]?|asesor[a]?|gente|ser humano)"
_PERSON = re.compile(
    r"\b(?:hablar|hable|conversar|comuni\w+|contact\w+|deriv\w+|conect\w+|pas(?:a|e|ame|eme|ar|arme)) "
    rf"(?:directamente )?(?:con|a) (?:\w+ ){{0,2}}{_SOMEBODY}\b"
    rf"|\bque (?:me|nos) (?:atienda|llame|responda|conteste|ayude) (?:\w+ )?{_SOMEBODY}\b"
    r"|\bque alguien (?:me|nos) (?:atienda|llame|responda|conteste|ayude)\b"
    rf"|^(?:(?:necesito|quiero|prefiero|exijo) )?(?:a |con )?(?:una? |alguna |otra )?{_SOMEBODY}"
    r"(?: real| de verdad| humana?| por favor| porfa| ya| ahora)*$"
)
_ANGRY = re.compile(
    r"\b(?:no (?:me )?sirve[sn]?|inutil(?:es)?|porqueria|estupid[oa]s?|tont[oa]s?|idiota|mierda|weon|ctm|csm|pesim[oa]|"
    r"no entiende[sn]?(?: nada)?|chat(?:bot)? malo|verguenza|chanta|hasta cuando)\b"
)
_QUESTION = re.compile(
    r"[¿?]|^(?:y |oye |pero |disculpe |una (?:consulta|pregunta) )?"
    r"(?:(?:a|hasta|desde|en|con|para|por|de) )?(?:que|cual|cuales|cuanto|cuanta|cuantos|donde|adonde|"
    r"como|cuando|quien|hay que|tengo que|se puede|puedo|puede|atienden|abren|necesito llevar|debo)\b"
    r"|\b(?:queria|quiero|quisiera|necesito|gustaria) (?:\w+ )?(?:saber|preguntar|consultar)\b"
)
_BACK = re.compile(
    r"\b(?:sigo aqui|aqui estoy|ya volvi|volvi|sigamos|continuemos|continuar|seguir|sigue|aca estoy|estoy de vuelta)\b"
)
_MIDDLE = re.compile(r"\b(?:la|el) (?:del|de el|de la|de) (?:medio|centro|mitad)\b|\bla intermedia\b")
_DOES_NOT_KNOW = re.compile(
    r"^(?:no (?:lo )?(?:se|sabria|aplica|corresponde|hay|recuerdo|me acuerdo)|ni idea|otr[oa]s?|"
    r"ningun[oa]?(?: de (?:es[ao]s|est[ao]s))?|en ningun lado|ninguna parte|cualquiera|"
    r"todas partes|da lo mismo|nada de eso|es otra cosa|otra cosa)\b"
)
_DOES_NOT_HAVE = re.compile(
    r"\b(?:no (?:lo |la |me (?:lo |la )?)?(?:tengo|se|recuerdo|encuentro)"
    r"|no me acuerdo|se me (?:perdio|olvido)|perdi)\b"
)
_WHY_RUT = re.compile(
    r"\b(?:para|por) ?que (?:\w+ ){0,4}rut\b|\brut\b.*\b(?:para|por) que\b"
    r"|\b(?:segur[oa]|obligatori[oa]|necesari[oa])\b.*\brut\b"
    r"|\bno (?:quiero|voy a|pienso|puedo|le voy a) (?:dar|darle|entregar|entregarle)\w*\b"
)
_OTHER_HOUR = re.compile(
    r"\b(?:otro dia|otra fecha|otro horario|otra hora|no puedo (?:a |en )?es[ae]s?|es[ae](?: hora| dia)? no"
    r"|cambi\w+ (?:de |el |la |mi |es[ae] )?(?:dia|fecha|horario|hora)"
    r"|no me (?:sirve|acomoda|conviene|queda bien) (?:es[ae]|la|el) ?(?:hora|dia|horario)?)\b"
)
_FOR_ANOTHER = re.compile(
    r"\bpa(?:ra)? (?:otra persona|(?:mi|un|una) (?:mama|papa|madre|padre|hij[oa]|espos[oa]|marido|señora|pareja|"
    r"herman[oa]|abuel[oa]|suegr[oa]|ti[oa]|amig[oa]|vecin[oa]|sobrin[oa]|niet[oa]|polol[oa]))\b"
)
_OTHER = re.compile(r"\b(?:otras? opcion(?:es)?|ninguna|ninguno)\b")
_THAT_ONE = re.compile(
    r"^(?:(?:si|ya|ok|dale|bueno|perfecto|quiero|prefiero|me quedo con|con|tomo|dejeme|deme|reserveme)[ ,]+)*"
    r"(?:es[ae]|est[ae]|la misma|el mismo|(?:la|el) que (?:me )?(?:dijo|aparto|guardo|tiene apartada|dio))"
    r"(?: (?:mism[ao]|hora|horita|esta|bien|perfecta?|me|sirve|gusta|quiero|no ?mas|por favor|porfa|gracias|po|pues))*$"
)


def yes_or_no(text: str) -> bool | None:
    """Read a short answer as yes or no; None when it is neither or says more."""
    said = words(text)
    if not said:
        if _THUMB.search(text):
            return True
        return False if _THUMB_DOWN.search(text) else None
    if len(said) > 6:
        return None
    if said[0] in _NO and all(word in _NO | _FILLER for word in said):
        return False
    if said[0] in _YES and all(word in _YES | _FILLER for word in said):
        return True
    return None


def starts_with_no(text: str) -> bool:
    """Tell whether a message begins by refusing («no, mejor el lunes»)."""
    said = words(text)
    return bool(said) and said[0] in _NO


def wants_to_stop(text: str) -> bool:
    """Tell whether the citizen gives up what is being done."""
    return bool(_STOP.search(fold(text).replace(",", "").strip(" .!")))


def says_cancel(text: str) -> bool:
    """Tell whether the whole message is «cancelar»: the form, or the appointment in hand."""
    return bool(_CANCEL.match(fold(text).strip(" .!,")))


def withdraws_complaint(text: str) -> bool:
    """Tell whether a complaint is to be taken back."""
    return bool(_WITHDRAW.search(fold(text)))


def cancels_hour(text: str) -> bool:
    """Tell whether the message is «cancelar la hora»: the one that is being booked, or one that is there."""
    return bool(_CANCEL_HOUR.match(fold(text)))


def asks_how_it_goes(text: str) -> bool:
    """Tell whether news is wanted of what is under way («¿cómo va?»)."""
    return bool(_HOW_GOES.search(fold(text)))


def wants_person(text: str) -> bool:
    """Tell whether the citizen asks for a person in plain words."""
    return bool(_PERSON.search(fold(text)))


def is_angry(text: str) -> bool:
    """Tell whether the citizen is cross, by their words or by shouting."""
    letters = [c for c in text if c.isalpha()]
    shouting = len(letters) >= 12 and sum(c.isupper() for c in letters) > 0.7 * len(letters)
    return shouting or bool(_ANGRY.search(fold(text)))


def does_not_have(text: str) -> bool:
    """Tell whether what was asked for is not at hand («no tengo el código», «no me acuerdo»)."""
    return bool(_DOES_NOT_HAVE.search(fold(text)))


def asks_why_rut(text: str) -> bool:
    """Tell whether the citizen wants to know what the RUT is for, or would rather not give it."""
    return bool(_WHY_RUT.search(fold(text)))


def is_question(text: str) -> bool:
    """Tell whether a message asks something."""
    return bool(_QUESTION.search(fold(text)))


def is_back(text: str) -> bool:
    """Tell whether the citizen says that they are here again."""
    return bool(_BACK.search(fold(text)))


def in_the_middle(text: str) -> bool:
    """Tell whether the middle one of a list is meant."""
    return bool(_MIDDLE.search(fold(text)))


def does_not_know(text: str) -> bool:
    """Tell whether a question cannot be answered («no sé», «no aplica», «otro»)."""
    return bool(_DOES_NOT_KNOW.search(fold(text)))


def is_for_another(text: str) -> bool:
    """Tell whether what is asked for is somebody else's («para mi mamá»)."""
    return bool(_FOR_ANOTHER.search(fold(text)))


def is_english(text: str) -> bool:
    """Tell whether a message is plainly English: most of its words, and two at least."""
    said = words(text)
    known = sum(word in _ENGLISH for word in said)
    return known >= 2 and known * 2 >= len(said)


def wants_new(text: str) -> bool:
    """Tell whether something new is asked for («pida una nueva»)."""
    return bool(re.search(r"\b(?:una?|otra) (?:hora )?nueva\b|\bnueva hora\b", fold(text)))


def without_new(text: str) -> str:
    """Give a request for something new without that word, which names procedures too («licencia nueva»)."""
    return re.sub(r"\bnueva\b", "", text, flags=re.IGNORECASE)


def wants_other(text: str) -> bool:
    """Tell whether none of what was offered will do."""
    return wants_other_hour(text) or bool(_OTHER.search(fold(text)))


def wants_other_hour(text: str) -> bool:
    """Tell whether the hour that was named will not do («otra hora», «esa no»)."""
    return bool(_OTHER_HOUR.search(fold(text)))


def is_bare_morning(text: str) -> bool:
    """Tell whether «mañana» is all that was said: a part of the day once the day is known."""
    return words(text) in (["manana"], ["mañana"])


def means_that_one(text: str) -> bool:
    """Tell whether the whole message points at what was named last («esa», «esa misma», «la que me apartó»)."""
    return bool(_THAT_ONE.match(fold(text).strip(" .,!¡")))


def complaint_words(text: str) -> list[str]:
    """Give the words that tell something of a complaint: not «quiero hacer un reclamo», which only asks for one."""
    return [word for word in words(text) if word not in _COMPLAINT_REQUEST]
