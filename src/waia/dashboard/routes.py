"""The routes of the board, for the composition root."""

from collections.abc import Sequence

from litestar import Router
from litestar.di import Provide

from waia.dashboard import api, lists, original_api, pages
from waia.dashboard.desk import provide_board_desk

routes: Sequence[Router] = (
    Router(
        path="/",
        route_handlers=[
            pages.show_board,
            pages.show_card,
            pages.download_card,
            lists.show_messages,
            lists.show_conversations,
            lists.show_without_person,
            api.list_cards,
            api.show_card,
            *original_api.HANDLERS,
        ],
        dependencies={"desk": Provide(provide_board_desk, sync_to_thread=False)},
    ),
)
