"""What a page of the how-to takes for given: a database with people in it who may order."""

from importlib import import_module
from pathlib import Path

from cast import Cast
from postgres import address

from hosts.django_site import connections, settings_of
from kundorder.adapters.sql import SqlStore


def postgres_here() -> str:
    """The address of a schema of PostgreSQL's that stands for the folder we are in."""
    return address(Path.cwd())


def people_at(url: str) -> None:
    """Berta may order for 999200-0001, and so on; nothing is owed."""
    store = SqlStore(url)
    Cast.new(store=store, agent=False)
    store.close()


def django_at(plain: str, app: str) -> None:
    """``DATABASES["default"]``; the app's models may be defined again."""
    handler = connections()
    handler["default"].close()
    del handler["default"]
    handler.settings["default"] = handler.configure_settings({"default": settings_of(plain)})["default"]
    import_module("django.apps").apps.all_models[app].clear()
