"""The routes of quick replies, for the composition root."""

from collections.abc import Sequence

from litestar import Router
from litestar.di import Provide

from waia.accounts.office import provide_office
from waia.quick_replies import pages, uploading

routes: Sequence[Router] = (
    Router(
        path="/",
        route_handlers=[
            pages.show_replies_page,
            pages.show_new_reply,
            pages.show_reply,
            pages.show_reply_form,
            pages.add_reply,
            pages.change_reply,
            pages.remove_reply,
            pages.restore_reply,
            pages.order_replies,
            pages.preview_reply,
            uploading.upload_reply_file,
        ],
        dependencies={"office": Provide(provide_office, sync_to_thread=False)},
    ),
)
