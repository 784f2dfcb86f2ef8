"""Columns that hold another one as it is searched, because no engine folds all that people can't type."""

from typing import Any

from django.db import models

from accounts.text.search_keys import domain_key, search_key


class FoldedField(models.TextField):  # type: ignore[type-arg]
    """The search key of another field, which is written whenever that one is saved; `QuerySet.update` passes it by."""

    def __init__(self, *, of: str, **options: Any) -> None:
        self.of = of
        usual: dict[str, Any] = {"editable": False, "blank": True, "db_default": ""}
        super().__init__(**usual | options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, options | {"of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        folded = self.key_of(getattr(model_instance, self.of))
        setattr(model_instance, self.attname, folded)
        return folded

    def key_of(self, text: str) -> str:
        """Return *text* as it is searched."""
        return search_key(text)


class FoldedDomainField(FoldedField):
    """The search key of a domain name, which is found by its own letters too."""

    def key_of(self, text: str) -> str:
        return domain_key(text)
