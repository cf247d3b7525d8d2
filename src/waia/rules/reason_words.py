"""The bot's codes in words. Codes are stored, words are shown, so that old decisions follow a better wording."""

from types import MappingProxyType

from waia.kit.i18n import N_

NO_TRACE = N_("El motivo ya no se conserva: solo se guarda durante los días configurados.")
NOT_DECIDED = N_("El bot todavía no ha decidido sobre este mensaje, o calló porque una persona tenía el chat.")
NOT_FOR_BOT = N_("No se guardó ningún motivo: el bot no decide sobre este tipo de mensaje, o llegó demasiado tarde.")

SILENCES = MappingProxyType(
    {
        "held_by_person": N_("El bot calló: una persona atiende el chat."),
        "held_by_queue": N_("El bot calló: el chat espera a una persona en la cola."),
        "step_without_rules": N_("El bot calló: el paso no tiene reglas activas, así que espera a una persona."),
        "non_text_without_rule": N_("El bot calló: ninguna regla responde a este tipo de archivo."),
        "caption_unanswered": N_("El bot calló: el texto de una foto no contesta la pregunta que hizo."),
        "empty_fallback": N_("El bot calló: ninguna regla coincide y el texto de reserva está vacío."),
        "answer_refused": N_("El bot calló: no aceptó la respuesta y no hay texto para pedirla de nuevo."),
        "nothing_said": N_("El bot calló: el mensaje no decía nada."),
        "plugin_failed": N_("El bot calló: una extensión falló, así que pasa a una persona."),
        "plugin_missing": N_("El bot calló: falta una extensión que la regla usa, así que pasa a una persona."),
        "formula_broken": N_("El bot calló: la fórmula de la regla no se puede calcular."),
        "bot_failed": N_("El bot calló: falló al decidir y el chat espera a una persona."),
        "restored": N_("El bot calló: se restauró una copia de seguridad y quizá esto ya estaba contestado."),
    }
)
OTHER_SILENCE = N_("El bot calló: la regla no tiene texto ni archivo, solo cambia de paso.")

STAGES = MappingProxyType(
    {
        ("holder", "bot"): N_("El bot tenía el chat"),
        ("holder", "held_by_person"): N_("Una persona atiende el chat"),
        ("holder", "held_by_queue"): N_("El chat espera en la cola"),
        ("holder", "restored"): N_("Se restauró una copia de seguridad tomada antes de responder"),
        ("holder", "bot_resumes"): N_("Se cumplió el plazo y el bot volvió; antes lo tenía:"),
        ("holder", "command_brings_bot_back"): N_("Un comando trajo al bot de vuelta desde la cola:"),
        ("tap", "followed"): N_("El cliente tocó una opción que lleva al paso:"),
        ("tap", "title_typed"): N_("El cliente tocó una opción sin destino; cuenta como si escribiera:"),
        ("tap", "rule_gone"): N_("La regla que envió ese menú ya no existe:"),
        ("tap", "menu_unknown"): N_("No se encontró el menú de la opción tocada:"),
        ("voice", "asked"): N_("Oyó con poca seguridad y preguntó si dijo:"),
        ("voice", "confirmed"): N_("El cliente confirmó que dijo:"),
        ("voice", "denied"): N_("El cliente no dijo esto, así que el bot le pidió repetirlo:"),
        ("first_message", "new_session"): N_("Primer mensaje: empieza una sesión nueva"),
        ("first_message", "expired"): N_("La sesión anterior caducó: empieza una nueva"),
        ("first_message", "step_gone"): N_("El paso en que estaba el chat ya no existe: empieza una sesión nueva"),
        ("greeting", "sent"): N_("Envió el saludo, regla:"),
        ("greeting", "none"): N_("No hay saludo en el paso inicial:"),
        ("first_words", "nothing_more"): N_("Las primeras palabras no piden nada más que el saludo"),
        ("first_words", "no_match"): N_("Después del saludo, ninguna regla coincide con las primeras palabras"),
        ("command", "none"): N_("No es un comando"),
        ("command", "matched"): N_("Es el comando:"),
        ("rules", "exact"): N_("El mensaje completo es igual a un disparador:"),
        ("rules", "option"): N_("El texto es una opción del último menú:"),
        ("rules", "measure"): N_("El texto se lee como una medida:"),
        ("rules", "contains"): N_("Un disparador está dentro del mensaje:"),
        ("rules", "command"): N_("Uno de los mensajes seguidos es un comando:"),
        ("rules", "event"): N_("El archivo corresponde al disparador:"),
        ("rules", "wildcard"): N_("Ninguna otra regla coincide; responde el comodín *, regla:"),
        ("rules", "step_without_rules"): N_("El paso no tiene reglas activas:"),
        ("capture", "kept"): N_("Guardó la respuesta como:"),
        ("answer", "refused"): N_("La respuesta no sirve para la pregunta; intento número:"),
        ("fallback", "no_match"): N_("Ninguna regla coincide; veces seguidas:"),
        ("fallback", "non_text_without_rule"): N_("Ninguna regla responde a este tipo de archivo"),
        ("steps", "moved"): N_("Pasó al paso:"),
        ("steps", "passed"): N_("Recorrió el paso:"),
        ("steps", "sent_already"): N_("No repitió una regla ya enviada en este turno:"),
        ("steps", "no_wildcard"): N_("El paso intermedio no tiene comodín *:"),
        ("steps", "wildcard_needs_an_answer"): N_("El comodín del paso intermedio espera una respuesta:"),
        ("steps", "step_cap"): N_("Se detuvo en el máximo de pasos automáticos:"),
        ("entry", "entered"): N_("Envió la regla de entrada del paso:"),
        ("entry", "no_entry_rule"): N_("El paso no tiene regla de entrada:"),
        ("channel", "menu_as_text"): N_("WhatsApp no admite ese menú; salió como texto numerado:"),
        ("handover", "rule"): N_("La regla pasa el chat a una persona"),
        ("handover", "misses"): N_("Tres mensajes seguidos sin entender: pasa a una persona"),
        ("handover", "refusals"): N_("Tres respuestas seguidas que no sirven: pasa a una persona"),
        ("handover", "step_without_rules"): N_("Pasa a una persona porque el paso no tiene reglas"),
        ("handover", "already_held"): N_("El chat ya estaba con una persona o en la cola"),
        ("handover", "*"): N_("Pasa a una persona"),
    }
)

REASONS = MappingProxyType(
    {
        "matched": N_("coincide"),
        "no_trigger_equal": N_("ningún disparador es igual al mensaje"),
        "no_trigger_contained": N_("ningún disparador está dentro del mensaje"),
        "mode_exacta": N_("solo acepta el mensaje completo (exacta)"),
        "trigger_too_short": N_("sus disparadores tienen menos de 4 letras"),
        "wildcard_waits": N_("es el comodín *, que va después de todas"),
        "event_only": N_("solo responde a archivos o a la entrada en el paso"),
        "no_triggers": N_("no tiene disparadores"),
        "disabled": N_("está desactivada"),
        "closed_now": N_("solo vale en horario de atención"),
        "open_now": N_("solo vale fuera del horario de atención"),
    }
)

STATE_NAMES = MappingProxyType(
    {
        "step": N_("Paso"),
        "holder": N_("Quién responde"),
        "estado": N_("Estado"),
        "misses": N_("Sin entender, seguidas"),
        "refusals": N_("Respuestas no aceptadas, seguidas"),
        "captured": N_("Respuestas guardadas"),
        "last_menu_rule_id": N_("Regla del último menú"),
        "asked": N_("Preguntó si dijo"),
    }
)


def silence_words(code: str) -> str:
    return SILENCES.get(code, OTHER_SILENCE)
