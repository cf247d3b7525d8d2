"""The routes of the panel, for the composition root."""

from collections.abc import Sequence

from litestar import Router
from litestar.di import Provide

from waia.chats.panel import (
    actions,
    alerts,
    attaching,
    chat_search,
    closing,
    contact_card,
    holding,
    new_chat,
    note_routes,
    pages,
    passing,
    picked,
    replies,
    template_picker,
    undoing,
)
from waia.chats.panel.desk import provide_desk
from waia.chats.panel.media_routes import show_media, show_old_upload

# One router: two that share an address would both claim its OPTIONS.
routes: Sequence[Router] = (
    Router(
        path="/",
        route_handlers=[
            pages.show_list,
            pages.show_chat,
            pages.show_older_messages,
            chat_search.show_found_in_chat,
            pages.show_why,
            pages.show_why_of_last,
            new_chat.show_new_chat,
            new_chat.open_new_chat,
            replies.show_replies,
            template_picker.show_templates,
            template_picker.refresh_templates,
            template_picker.show_template,
            template_picker.preview_template,
            template_picker.send_template,
            alerts.show_alerts,
            alerts.dismiss,
            alerts.show_keys,
            actions.send_message,
            attaching.attach_file,
            attaching.take_back,
            show_media,
            show_old_upload,
            holding.take,
            holding.give_back,
            holding.to_queue,
            holding.reopen,
            holding.archive,
            holding.unarchive,
            holding.needs_no_answer,
            holding.mark_read,
            holding.mark_unread,
            closing.show_close,
            closing.close,
            passing.show_people,
            passing.pass_on,
            picked.show_targets,
            picked.act_on_picked,
            undoing.take_back,
            contact_card.show_card,
            contact_card.set_alias,
            contact_card.add_role,
            contact_card.remove_role,
            contact_card.correct_answer,
            note_routes.add_note,
            note_routes.show_edit,
            note_routes.change_note,
            note_routes.remove_note,
            actions.fetch_file,
            actions.retry,
            actions.resend,
            actions.discard,
        ],
        dependencies={"desk": Provide(provide_desk)},
    ),
)
