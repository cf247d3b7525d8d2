"""Graph API error codes: what each means for the message, for the queue and for a person."""

from enum import StrEnum

from waia.kit.i18n import N_


class ErrorClass(StrEnum):
    RETRY = "retry"
    UNCLEAR = "unclear"
    TOKEN = "token"  # noqa: S105  a name, no secret
    ACCOUNT = "account"
    REQUEST = "request"
    RECIPIENT = "recipient"
    POLICY = "policy"
    WINDOW = "window"
    MEDIA = "media"
    TEMPLATE = "template"
    STORAGE = "storage"


class Scope(StrEnum):
    """What has to slow down after a refusal that may be tried again."""

    CHAT = "chat"
    NUMBER = "number"
    APP = "app"


_CODES: dict[ErrorClass, frozenset[int]] = {
    ErrorClass.RETRY: frozenset({4, 80007, 130429, 131056, 131057, 133004, 2494100, 134101}),
    ErrorClass.UNCLEAR: frozenset({1, 2, 131000, 131016}),
    ErrorClass.TOKEN: frozenset({0, 3, 10, 190, 131005}) | frozenset(range(200, 300)),
    ErrorClass.ACCOUNT: frozenset({368, 131031, 131037, 131042, 131044, 131045, 133010, 130497}),
    ErrorClass.REQUEST: frozenset(
        {33, 100, 131008, 131009, 131021, 131051, 131055, 131063, 134011, 134100, 134102, 135000}
    ),
    ErrorClass.RECIPIENT: frozenset({131026, 131030, 130403, 131050, 131062, 137000}),
    ErrorClass.POLICY: frozenset({130472, 131048, 131049, 131064}),
    ErrorClass.WINDOW: frozenset({131047}),
    ErrorClass.MEDIA: frozenset({131052, 131053}),
    ErrorClass.TEMPLATE: frozenset(range(132000, 133000)),
    ErrorClass.STORAGE: frozenset({131035, 131036}),
}
_CLASS_OF = {code: group for group, codes in _CODES.items() for code in codes}

_SCOPES = {4: Scope.APP, 131056: Scope.CHAT}
_WAIT_S = {134101: 600.0}

_CODE_WORDS = {
    4: N_("La aplicación alcanzó el límite de llamadas a Meta"),
    190: N_("El token de Meta venció o no es válido"),
    368: N_("Meta bloqueó la cuenta temporalmente por sus políticas"),
    130403: N_("El número está bloqueado por el negocio"),
    130429: N_("El número alcanzó el límite de mensajes por segundo"),
    130472: N_("Meta no entregó el mensaje: la persona está en un experimento suyo"),
    130497: N_("La cuenta no puede escribir a personas de ese país"),
    131005: N_("El token no tiene permiso para enviar mensajes"),
    131021: N_("El destinatario es el mismo número que envía"),
    131026: N_("No se puede entregar: el número no tiene WhatsApp o no acepta este mensaje"),
    131030: N_("El destinatario no está en la lista de prueba de Meta"),
    131031: N_("Meta bloqueó la cuenta"),
    131037: N_("El nombre visible del número no está aprobado"),
    131042: N_("Falta un medio de pago válido en la cuenta de Meta"),
    131045: N_("El número no está bien registrado en la API"),
    131047: N_("Pasaron más de 24 horas desde el último mensaje del cliente: usa una plantilla"),
    131048: N_("Meta limitó el número por mensajes marcados como spam"),
    131049: N_("Meta no entregó el mensaje para cuidar la experiencia: espera al menos 24 horas"),
    131050: N_("La persona pidió no recibir mensajes de marketing"),
    131051: N_("WhatsApp no admite este tipo de mensaje"),
    131052: N_("Meta no pudo descargar el archivo del cliente"),
    131053: N_("Meta no aceptó el archivo: revisa su formato y tamaño"),
    131056: N_("Demasiados mensajes seguidos a la misma persona"),
    131057: N_("El número está en mantenimiento en Meta"),
    131062: N_("Este mensaje necesita el número de teléfono de la persona"),
    132000: N_("La plantilla espera otra cantidad de datos"),
    132001: N_("La plantilla no existe en ese idioma o no está aprobada"),
    132005: N_("El texto de la plantilla quedó demasiado largo"),
    132007: N_("La plantilla va contra las políticas de Meta"),
    132015: N_("Meta pausó la plantilla por su calidad"),
    132016: N_("Meta desactivó la plantilla por su calidad"),
    133010: N_("El número no está registrado en la API"),
    137000: N_("La identidad de la persona cambió: confirma que sigue siendo ella"),
}
_CLASS_WORDS = {
    ErrorClass.RETRY: N_("Meta pide esperar un momento"),
    ErrorClass.UNCLEAR: N_("Meta tuvo un problema y no dijo si el mensaje salió"),
    ErrorClass.TOKEN: N_("El token de Meta no es válido o no tiene permiso"),
    ErrorClass.ACCOUNT: N_("La cuenta de WhatsApp no puede enviar mensajes ahora"),
    ErrorClass.REQUEST: N_("Meta no aceptó el mensaje: algún dato no es válido"),
    ErrorClass.RECIPIENT: N_("No se puede entregar a esta persona"),
    ErrorClass.POLICY: N_("Meta no entregó el mensaje por sus políticas"),
    ErrorClass.WINDOW: _CODE_WORDS[131047],
    ErrorClass.MEDIA: N_("Hay un problema con el archivo"),
    ErrorClass.TEMPLATE: N_("Meta no aceptó la plantilla"),
    ErrorClass.STORAGE: N_("La cuenta no guarda mensajes en Meta y este se perdió"),
}


def classify(code: int) -> ErrorClass:
    """Codes that are not in Meta's table, or belong to features we do not use, are a request gone wrong."""
    return _CLASS_OF.get(code, ErrorClass.REQUEST)


def is_known(code: int) -> bool:
    return code in _CLASS_OF


def scope_of(code: int) -> Scope:
    return _SCOPES.get(code, Scope.NUMBER)


def wait_s(code: int) -> float | None:
    """Seconds that Meta's documentation asks to wait, where it names them."""
    return _WAIT_S.get(code)


def has_words(code: int) -> bool:
    """Whether `reason_words` says something about this very code, so that Meta's own text adds nothing."""
    return code in _CODE_WORDS


def reason_words(code: int | None) -> str:
    """A Spanish sentence for people, to be translated by the caller; `None`: no code was given."""
    if code is None:
        return _CLASS_WORDS[ErrorClass.UNCLEAR]
    return _CODE_WORDS.get(code) or _CLASS_WORDS[classify(code)]
