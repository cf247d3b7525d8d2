"""The closed vocabularies of the bot; the values are those kept in the database and in spreadsheets."""

from enum import StrEnum


class MatchMode(StrEnum):
    EXACTA = "exacta"
    CONTIENE = "contiene"


class RuleKind(StrEnum):
    TEXT = "texto"
    LIST = "lista"
    BUTTONS = "boton"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"


MEDIA_KINDS = frozenset({RuleKind.IMAGE, RuleKind.VIDEO, RuleKind.AUDIO, RuleKind.DOCUMENT})
MENU_KINDS = frozenset({RuleKind.LIST, RuleKind.BUTTONS})


class Condition(StrEnum):
    """When a rule is in force: always, or only inside or outside business hours."""

    ALWAYS = "siempre"
    OPEN = "abierto"
    CLOSED = "cerrado"


class AtEnd(StrEnum):
    CONTINUE = "seguir"
    PERSON = "persona"


class CaptureKind(StrEnum):
    TEXT = "texto"
    NUMBER = "numero"
    MEASURE = "medida"
    DATE = "fecha"
    EMAIL = "correo"
    PHONE = "telefono"
    OPTION = "opcion"


class Holder(StrEnum):
    """Who answers the chat now; the bot speaks only as `BOT`."""

    BOT = "bot"
    QUEUE = "queue"
    PERSON = "person"


class Estado(StrEnum):
    """The colour of a chat in the list, with the values of the original's `chat_state.estado`."""

    SIN_RESPUESTA = "sin_respuesta"
    ESPERA_USUARIO = "espera_usuario"
    SIN_REGLA = "sin_regla"
    ASESOR = "asesor"
    CERRADO = "cerrado"


class FlowProfile(StrEnum):
    ORIGINAL = "original"
    WAIA = "waia"


class CommandMatch(StrEnum):
    ANYWHERE = "anywhere"
    WHOLE = "whole"


class FirstMessage(StrEnum):
    GREET_ONLY = "greet_only"
    GREET_THEN_ANSWER = "greet_then_answer"


class UtteranceKind(StrEnum):
    TEXT = "text"
    TAP = "tap"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
    LOCATION = "location"
    CONTACT = "contact"
    STICKER = "sticker"
    ORDER = "order"


class ReplyCause(StrEnum):
    """Why a reply is sent; only `RULE` replies carry a rule id."""

    RULE = "rule"
    RESTART = "restart"
    FALLBACK = "fallback"
    RETRY = "retry"
    HANDOVER = "handover"
    COMMAND = "command"
    CONFIRM = "confirm"


class HandoverReason(StrEnum):
    RULE = "rule"
    STEP_WITHOUT_RULES = "step_without_rules"
    MISSES = "misses"
    REFUSALS = "refusals"
    PLUGIN_ASKED = "plugin_asked"
    PLUGIN_FAILED = "plugin_failed"
    PLUGIN_MISSING = "plugin_missing"
    FORMULA_BROKEN = "formula_broken"
