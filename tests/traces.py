"""Reads everything that the portal's tables still say about a person."""

from collections.abc import Iterable

from django.apps import apps
from django.core import serializers


def traces_of(words: Iterable[str]) -> dict[str, list[str]]:
    """Return, for each of *words* that any row of claims or messages contains, the models that do; accounts aside."""
    stored = {
        model.__name__: serializers.serialize(
            "json", model._default_manager.order_by("pk"), ensure_ascii=False
        ).casefold()
        for app in ("associations", "notifications")
        for model in apps.get_app_config(app).get_models()
    }
    found = {word: [name for name, text in stored.items() if word.casefold() in text] for word in words}
    return {word: models for word, models in found.items() if models}
