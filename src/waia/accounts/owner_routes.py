"""Roles, people and the trail, for the composition root: one router, with what each change needs."""

from litestar import Router
from litestar.di import Provide

from waia.accounts import audit_routes, people_routes, role_routes
from waia.accounts.office import provide_office

owner_router = Router(
    path="/",
    route_handlers=[
        role_routes.show_roles,
        role_routes.show_new_role,
        role_routes.show_role,
        role_routes.show_role_form,
        role_routes.add_role,
        role_routes.change_role,
        role_routes.show_role_removal,
        role_routes.remove_role,
        role_routes.add_member,
        role_routes.remove_member,
        people_routes.show_people,
        people_routes.show_new_person,
        people_routes.show_person,
        people_routes.show_person_form,
        people_routes.add_person,
        people_routes.change_person,
        people_routes.reset_password,
        people_routes.end_logins,
        people_routes.disable,
        people_routes.enable,
        people_routes.remove_person,
        people_routes.add_role,
        people_routes.remove_role,
        audit_routes.show_trail,
    ],
    dependencies={"office": Provide(provide_office, sync_to_thread=False)},
)
