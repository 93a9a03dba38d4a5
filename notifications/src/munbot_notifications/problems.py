"""What the service refuses, in words for people and codes for programs."""

from munbot_common.problems import Conflict, NotFound, PreconditionFailed, Unprocessable


class NotificationUnknown(NotFound):
    """No such notification in the tenant."""

    code = "notification_unknown"
    title = "Ese aviso no existe"


class NotificationState(Conflict):
    """Only what failed can be sent again or discarded; `state` is what it is in."""

    code = "notification_state"
    title = "El aviso no está en un estado que lo permita"


class TemplateUnknown(NotFound):
    """No such template."""

    code = "template_unknown"
    title = "Esa plantilla no existe"


class TemplateInvalid(Unprocessable):
    """The words cannot be used; `part` and `line` say where."""

    code = "template_invalid"
    title = "La plantilla tiene un error"


class TemplateStale(PreconditionFailed):
    """Somebody else wrote a version in between; `current` is its number."""

    code = "template_stale"
    title = "Otra persona cambió la plantilla antes"


class DataInvalid(Unprocessable):
    """The template needs other data; `errors` says which."""

    code = "data_invalid"
    title = "Los datos no son los que pide la plantilla"


class NobodyToTell(Unprocessable):
    """The recipient has no address on any of the channels, or does not want to be written to."""

    code = "nobody_to_tell"
    title = "No hay un medio por el que avisar a esta persona"


class OfficialUnknown(NotFound):
    """No such recipient in the tenant."""

    code = "official_unknown"
    title = "Ese destinatario no existe"


class OfficialExists(Conflict):
    """The same address hears of the same unit already."""

    code = "official_exists"
    title = "Ese destinatario ya existe para la misma unidad"


class AddressInvalid(Unprocessable):
    """The address is none of its channel."""

    code = "address_invalid"
    title = "La dirección no es válida para ese medio"


class LinkInvalid(NotFound):
    """The link was not made by us."""

    code = "link_invalid"
    title = "El enlace no es válido"
