"""What days and kinds of messages are called on screen."""

from waia.kit.i18n import N_

WEEKDAYS = (
    N_("Lunes"), N_("Martes"), N_("Miércoles"), N_("Jueves"), N_("Viernes"), N_("Sábado"), N_("Domingo"),
)  # fmt: skip
KIND_WORDS = {
    "text": N_("Texto"),
    "image": N_("Foto"),
    "video": N_("Video"),
    "audio": N_("Audio"),
    "voice": N_("Mensaje de voz"),
    "document": N_("Documento"),
    "sticker": N_("Sticker"),
    "location": N_("Ubicación"),
    "contacts": N_("Contacto"),
    "order": N_("Pedido"),
    "list": N_("Lista de opciones"),
    "buttons": N_("Botones"),
    "button_reply": N_("Toque de un botón"),
    "button": N_("Toque de un botón de plantilla"),
    "list_reply": N_("Opción de una lista"),
    "template": N_("Plantilla"),
    "flow": N_("Formulario"),
    "flow_reply": N_("Respuesta a un formulario"),
    "cta_url": N_("Botón con enlace"),
    "welcome": N_("Abrió el chat por primera vez"),
    "call_permission_reply": N_("Respuesta a un permiso de llamada"),
    "payment_method": N_("Medio de pago"),
    "unsupported": N_("Mensaje de un tipo que WhatsApp no entrega"),
    "unknown": N_("Mensaje de un tipo que WhatsApp no entrega"),
}
