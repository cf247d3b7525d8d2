"""Graph API error codes in words: what happened, and what a person can do about it."""

from waia.kit.i18n import N_
from waia.whatsapp.errors import ErrorClass, classify

_UNDER_WAY = N_("Meta pide esperar: reintenta en unos minutos")
_NO_RIGHT = N_("El token de Meta no tiene permiso: avisa a quien administra la cuenta")
_OUR_FAULT = N_("Meta no aceptó el mensaje: algún dato no es válido. Cámbialo y envíalo otra vez")
_CODE_WORDS = {
    **dict.fromkeys(range(200, 300), _NO_RIGHT),
    0: N_("Meta no reconoce el token: avisa a quien administra la cuenta"),
    1: N_("Meta tuvo un problema: mira si el mensaje llegó antes de reintentar"),
    2: N_("Meta no está disponible: mira si el mensaje llegó antes de reintentar"),
    3: _NO_RIGHT,
    4: N_("La aplicación alcanzó el límite de llamadas a Meta: reintenta en unos minutos"),
    10: _NO_RIGHT,
    33: N_("Meta no conoce el número desde el que se envía: revisa PHONE_NUMBER_ID"),
    100: _OUR_FAULT,
    190: N_("El token de Meta venció o no es válido: avisa a quien administra la cuenta"),
    368: N_("Meta bloqueó la cuenta temporalmente por sus políticas: revisa el aviso en WhatsApp Manager"),
    80007: N_("La cuenta alcanzó su límite de llamadas a Meta: reintenta en unos minutos"),
    130403: N_("El número está bloqueado por el negocio: desbloquéalo en WhatsApp Manager"),
    130429: N_("El número alcanzó el límite de mensajes por segundo: reintenta en unos minutos"),
    130472: N_("Meta no entregó el mensaje: la persona está en un experimento suyo. Espera a que te escriba"),
    130497: N_("La cuenta no puede escribir a personas de ese país: búscala por otro medio"),
    131000: N_("Meta tuvo un problema: mira si el mensaje llegó antes de reintentar"),
    131005: N_("El token no tiene permiso para enviar mensajes: avisa a quien administra la cuenta"),
    131008: N_("Al mensaje le falta un dato que Meta exige: cámbialo y envíalo otra vez"),
    131009: N_("Un dato del mensaje no es válido para Meta: cámbialo y envíalo otra vez"),
    131016: N_("El servicio de Meta está caído: mira si el mensaje llegó antes de reintentar"),
    131021: N_("El destinatario es el mismo número que envía: escribe a otro"),
    131026: N_("No se puede entregar: el número no tiene WhatsApp o no acepta este mensaje. Prueba otro medio"),
    131030: N_("El destinatario no está en la lista de prueba de Meta: agrégalo en la aplicación de Meta"),
    131031: N_("Meta bloqueó la cuenta: revisa el aviso en WhatsApp Manager"),
    131035: N_("La cuenta no guarda mensajes en Meta y este se perdió: escríbelo otra vez"),
    131036: N_("La cuenta no guarda mensajes en Meta y este se perdió: escríbelo otra vez"),
    131037: N_("El nombre visible del número no está aprobado: complétalo en WhatsApp Manager"),
    131042: N_("Falta un medio de pago válido en la cuenta de Meta: agrégalo en WhatsApp Manager"),
    131044: N_("La cuenta no tiene forma de pagar los mensajes: revísala en WhatsApp Manager"),
    131045: N_("El número no está bien registrado en la API: avisa a quien administra la cuenta"),
    131047: N_("Pasaron más de 24 horas desde el último mensaje del cliente: usa una plantilla"),
    131048: N_("Meta limitó el número por mensajes marcados como spam: no insistas con este mensaje"),
    131049: N_("Meta no entregó el mensaje para cuidar la experiencia: espera al menos 24 horas"),
    131050: N_("La persona pidió no recibir mensajes de marketing: no le envíes más de ese tipo"),
    131051: N_("WhatsApp no admite este tipo de mensaje: envíalo de otra forma"),
    131052: N_("Meta no pudo descargar el archivo del cliente: pídele que lo envíe otra vez"),
    131053: N_("Meta no aceptó el archivo: revisa su formato y tamaño"),
    131055: N_("El número no admite esta función de la API: envía el mensaje de otra forma"),
    131056: N_("Demasiados mensajes seguidos a la misma persona: espera un momento y reintenta"),
    131057: N_("El número está en mantenimiento en Meta: reintenta en unos minutos"),
    131062: N_("Este mensaje necesita el número de teléfono de la persona: pídeselo"),
    131063: N_("El número no admite esta función de la API: envía el mensaje de otra forma"),
    131064: N_("Meta no entregó el mensaje por sus políticas: no insistas con este texto"),
    132000: N_("La plantilla espera otra cantidad de datos: elígela otra vez y complétalos"),
    132001: N_("La plantilla no existe en ese idioma o no está aprobada: actualiza la lista y elige otra"),
    132005: N_("El texto de la plantilla quedó demasiado largo: acorta los datos"),
    132007: N_("La plantilla va contra las políticas de Meta: elige otra"),
    132008: N_("Un dato no tiene el formato que la plantilla pide: elígela otra vez y corrígelo"),
    132012: N_("Un dato no tiene el formato que la plantilla pide: elígela otra vez y corrígelo"),
    132015: N_("Meta pausó la plantilla por su calidad: elige otra"),
    132016: N_("Meta desactivó la plantilla por su calidad: elige otra"),
    132018: N_("Los datos de la plantilla no son los que Meta espera: elígela otra vez y revísalos"),
    132068: N_("Meta bloqueó el formulario de la plantilla: elige otra"),
    132069: N_("Meta limitó el formulario de la plantilla: reintenta más tarde"),
    133004: N_("El servidor de Meta no está disponible: reintenta en unos minutos"),
    133010: N_("El número no está registrado en la API: avisa a quien administra la cuenta"),
    134011: N_("La cuenta no puede cobrar por WhatsApp: acuerda el pago por otro medio"),
    134100: N_("La plantilla no sirve para el envío de marketing: elige otra"),
    134101: N_("Meta todavía prepara la plantilla: reintenta en diez minutos"),
    134102: N_("Meta no puede usar la plantilla para el envío de marketing: elige otra"),
    135000: _OUR_FAULT,
    137000: N_("La identidad de la persona cambió: confirma que sigue siendo ella"),
    2494100: N_("El número está en mantenimiento en Meta: reintenta en unos minutos"),
}
_CLASS_WORDS = {
    ErrorClass.RETRY: _UNDER_WAY,
    ErrorClass.UNCLEAR: N_("Meta tuvo un problema y no dijo si el mensaje salió"),
    ErrorClass.TOKEN: _NO_RIGHT,
    ErrorClass.ACCOUNT: N_("La cuenta de WhatsApp no puede enviar mensajes ahora"),
    ErrorClass.REQUEST: _OUR_FAULT,
    ErrorClass.RECIPIENT: N_("No se puede entregar a esta persona"),
    ErrorClass.POLICY: N_("Meta no entregó el mensaje por sus políticas"),
    ErrorClass.WINDOW: _CODE_WORDS[131047],
    ErrorClass.MEDIA: N_("Hay un problema con el archivo"),
    ErrorClass.TEMPLATE: N_("Meta no aceptó la plantilla: elige otra"),
    ErrorClass.STORAGE: _CODE_WORDS[131035],
}
_ARRIVAL_WORDS = {
    130501: N_("Viene de un grupo, y WhatsApp no entrega los grupos"),
    131051: N_("Pide al cliente que lo envíe de otra forma"),
    131052: _CODE_WORDS[131052],
    131060: N_("WhatsApp no pudo recuperar su contenido: pide al cliente que lo envíe otra vez"),
}


def arrival_words(code: int) -> str:
    """Why a customer's message came without its content, in the same way; empty where Meta's own text says more."""
    return _ARRIVAL_WORDS.get(code, "")


def reason_words(code: int | None) -> str:
    """A Spanish sentence for people, to be translated by the caller; `None`: no code was given."""
    if code is None:
        return _CLASS_WORDS[ErrorClass.UNCLEAR]
    return _CODE_WORDS.get(code) or _CLASS_WORDS[classify(code)]


def has_words(code: int) -> bool:
    """Whether `reason_words` says something about this very code, so that Meta's own text adds nothing."""
    return code in _CODE_WORDS
