"""The fields of the settings page: what each is called, how it is asked for, and in which part it stands."""

from dataclasses import dataclass

from waia.kit.i18n import N_

SWITCH = (("1", N_("Sí")), ("0", N_("No")))
BY_PROFILE = ("", N_("Lo que diga el perfil"))


@dataclass(frozen=True, slots=True)
class Field:
    """`kind` is text, area, number, choice, role or step. `low` and `high` bound a number."""

    name: str
    label: str
    hint: str = ""
    kind: str = "text"
    choices: tuple[tuple[str, str], ...] = ()
    low: float = 0
    high: float = 0


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    words: str
    fields: tuple[Field, ...]


def _switch(name: str, label: str, hint: str = "") -> Field:
    return Field(name, label, hint, "choice", SWITCH)


def _number(name: str, label: str, hint: str, low: float, high: float) -> Field:
    return Field(name, label, hint, "number", low=low, high=high)


FLOW = Section(
    "flujo",
    N_("Cómo decide el bot"),
    N_("El perfil trae cuatro costumbres; las tres últimas se pueden cambiar una por una."),
    (
        Field(
            "flow_profile",
            N_("Perfil del flujo"),
            N_(
                "«original» compara siempre el mensaje entero, como la aplicación anterior. "
                "Va al borrador de las reglas: cuenta cuando lo publicas."
            ),
            "choice",
            (("waia", "waia"), ("original", "original")),
        ),
        Field(
            "command_match",
            N_("Comandos como «menú»"),
            "",
            "choice",
            (BY_PROFILE, ("whole", N_("Solo como mensaje entero")), ("anywhere", N_("En cualquier parte del mensaje"))),
        ),
        Field(
            "first_message",
            N_("Primer mensaje de un cliente"),
            "",
            "choice",
            (
                BY_PROFILE,
                ("greet_then_answer", N_("Saluda y contesta lo que pidió")),
                ("greet_only", N_("Solo saluda")),
            ),
        ),
        Field(
            "chats_without_role",
            N_("Chats sin rol"),
            "",
            "choice",
            (BY_PROFILE, ("all", N_("Los ven todos")), ("admins", N_("Los ven solo quienes administran"))),
        ),
        Field("initial_step", N_("Paso inicial"), N_("Donde empieza cada conversación."), "step"),
    ),
)
TIMES = Section(
    "tiempos",
    N_("Tiempos"),
    N_("Cuánto espera el bot, y cuándo vuelve."),
    (
        _number(
            "buffer_s", N_("Espera en silencio (segundos)"), N_("Junta mensajes seguidos antes de contestar."), 0, 8
        ),
        _number(
            "session_timeout_s",
            N_("Fin de la sesión (segundos)"),
            N_("Sin mensajes durante este tiempo, el flujo empieza de nuevo. 1800 son 30 minutos; 0, nunca."),
            0,
            31_536_000,
        ),
        _number(
            "bot_resume_hours",
            N_("Vuelta del bot (horas)"),
            N_("Después del último mensaje de una persona. Con 0 el bot nunca calla."),
            0,
            8760,
        ),
        _number(
            "bot_max_age_min",
            N_("Mensajes viejos (minutos)"),
            N_("Los que llegan con más retraso se guardan sin contestar."),
            1,
            10_080,
        ),
        _number("trace_days", N_("Días que se guarda el «¿Por qué?»"), "", 1, 3650),
    ),
)
PEOPLE = Section(
    "personas",
    N_("Paso a personas"),
    N_("A quién llegan los chats que el bot entrega."),
    (
        Field(
            "handover_role",
            N_("Rol que recibe los chats que no nombran uno"),
            N_("Sin rol, la cola es de todos."),
            "role",
        ),
        _switch("auto_assign", N_("Repartir a quien esté presente"), N_("Si no, esperan en la cola del rol.")),
    ),
)
TEXTS = Section(
    "textos",
    N_("Textos del bot"),
    N_("Vacío: no se dice nada."),
    (
        Field("fallback_text", N_("Cuando nada coincide"), "", "area"),
        Field("restart_text", N_("Al volver a empezar"), "", "area"),
        Field("bad_measure_text", N_("Cuando una medida no se entiende"), "", "area"),
        Field("handover_text", N_("Al pasar a una persona"), N_("Cuando el bot no entendió tres veces."), "area"),
        Field("menu_text", N_("Encima de un menú sin texto"), "", "area"),
        Field("session_close_text", N_("Al cerrar una sesión sin actividad"), "", "area"),
    ),
)
HOURS = Section(
    "horario",
    N_("Horario"),
    N_("Elige entre reglas «abierto» y «cerrado», y decide cuándo se envía el aviso de fuera de horario."),
    (
        Field(
            "hours",
            N_("Días y horas"),
            N_("Como «lun-vie 08:00-18:00; sáb 09:00-13:00». Vacío: siempre abierto."),
            "area",
        ),
        Field(
            "holidays",
            N_("Festivos"),
            N_("Uno por renglón: «25/12» cada año, «24/12/2026» una vez, con horas si se abre un rato."),
            "area",
        ),
        Field(
            "away_text",
            N_("Aviso fuera de horario"),
            N_("Se envía una vez por sesión cuando un chat pasa a la cola y no hay nadie. Vacío: no se envía."),
            "area",
        ),
    ),
)
VOICE = Section(
    "voz",
    N_("Notas de voz"),
    N_("Lo que el cliente dice se vuelve texto y el bot lo decide como si lo hubiera escrito."),
    (
        _number(
            "voice_wait_s",
            N_("Espera por el texto de una nota (segundos)"),
            N_("Mientras tanto no se contesta lo que se escribió al lado. 0: no espera."),
            0,
            90,
        ),
        _number(
            "voice_sure",
            N_("Seguridad para no preguntar"),
            N_(
                "De 0 a 1. Si oyó con menos seguridad, el bot pregunta «¿Dijiste…?» antes de elegir. 0: nunca pregunta."
            ),
            0,
            1,
        ),
        Field("voice_too_long_text", N_("Cuando la nota es muy larga"), N_("Vacío: no se dice nada."), "area"),
        Field("voice_not_understood_text", N_("Cuando no se oyen palabras"), N_("Vacío: no se dice nada."), "area"),
    ),
)
ALERTS = Section(
    "avisos",
    N_("Avisos"),
    N_("Cuándo se avisa que un cliente espera demasiado, y de qué se entera quien administra."),
    (
        _number(
            "alert_after_min",
            N_("Avisar después de (minutos)"),
            N_("De horario abierto, sin respuesta de nadie: el chat se ve en rojo y se avisa a su asesor. 0, nunca."),
            0,
            10_080,
        ),
        _number(
            "alert_escalate_min",
            N_("Avisar a supervisión después de (minutos más)"),
            N_("Si sigue sin respuesta. 0, nunca."),
            0,
            10_080,
        ),
        Field("alert_role", N_("Rol que supervisa"), N_("Sin rol, quienes administran."), "role"),
        Field(
            "quiet_hours",
            N_("Horas de silencio"),
            N_("Sin sonido ni notificaciones, como «22:00-07:00; dom 00:00-24:00». Los avisos esperan a que terminen."),
        ),
        _number(
            "alert_failed_sends",
            N_("Envíos fallidos en media hora"),
            N_("Desde cuántos se avisa a quien administra. 0, nunca."),
            0,
            100_000,
        ),
        _number(
            "alert_backlog_min",
            N_("Retraso de waia (minutos)"),
            N_("Si un mensaje espera más a entrar o a salir, se avisa a quien administra. 0, nunca."),
            0,
            1440,
        ),
    ),
)
ARCHIVE = Section(
    "archivo",
    N_("Archivo"),
    N_("Un chat archivado sale de las listas, se sigue encontrando, y vuelve con su asesor cuando el cliente escribe."),
    (
        _number(
            "archive_days",
            N_("Archivar después de (días)"),
            N_("Sin mensajes y sin nadie que espere respuesta. 0, nunca."),
            0,
            36_500,
        ),
    ),
)
SIGNS = Section(
    "senales",
    N_("Señales al cliente"),
    N_("Lo que ve en su WhatsApp."),
    (
        _switch(
            "agent_name_prefix",
            N_("Nombre del asesor delante de lo que escribe"),
            N_("En negrita; cuenta para el límite de WhatsApp."),
        ),
        _switch("read_receipts", N_("Marcas azules cuando alguien abre el chat")),
        _switch("typing_indicator", N_("«Escribiendo…» mientras el bot contesta")),
    ),
)
SECTIONS = {section.key: section for section in (FLOW, TIMES, HOURS, TEXTS, VOICE, PEOPLE, ALERTS, ARCHIVE, SIGNS)}
