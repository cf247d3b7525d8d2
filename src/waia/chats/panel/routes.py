"""The routes of the panel, for the composition root."""

from collections.abc import Sequence

from litestar import Router
from litestar.di import Provide

from waia.chats.panel import actions, alerts, attaching, chat_search, new_chat, pages, replies, template_picker
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
            actions.send_message,
            attaching.attach_file,
            attaching.take_back,
            show_media,
            show_old_upload,
            actions.take,
            actions.give_back,
            actions.to_queue,
            actions.close,
            actions.reopen,
            actions.needs_no_answer,
            actions.mark_read,
            actions.fetch_file,
            actions.retry,
            actions.resend,
            actions.discard,
        ],
        dependencies={"desk": Provide(provide_desk)},
    ),
)
