"""Keeping, renaming, sharing and forgetting the lists that people come back to."""

from django.db import IntegrityError, transaction

from associations.models import Partner, SavedView


class NameTaken(Exception):
    """The person has another view of that name in that company."""


def save_view(*, owner_id: int, partner: Partner, name: str, query: str, is_shared: bool) -> SavedView:
    """Return a new view of the list that *query* describes; raise NameTaken."""
    view = SavedView(owner_id=owner_id, partner=partner, name=name, query=query, is_shared=is_shared)
    try:
        with transaction.atomic():
            view.save(force_insert=True)
    except IntegrityError as error:
        raise NameTaken from error
    return view


def change_view(view: SavedView, *, name: str, is_shared: bool) -> None:
    """Rename the view, and share it or keep it; raise NameTaken and change nothing."""
    view.name, view.is_shared = name, is_shared
    try:
        with transaction.atomic():
            view.save(update_fields=["name", "is_shared"])
    except IntegrityError as error:
        raise NameTaken from error


def forget_view(view: SavedView) -> None:
    """Remove the view, for everybody it was shared with."""
    view.delete()
