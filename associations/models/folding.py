"""Text as it is searched: without accents and case, because SQLite folds neither and PostgreSQL not the accents."""

import unicodedata
from typing import Any

from django.db import models


def search_key(text: str) -> str:
    """Return *text* without accents and case, so that both engines find the same rows."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()


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
        folded = search_key(getattr(model_instance, self.of))
        setattr(model_instance, self.attname, folded)
        return folded
