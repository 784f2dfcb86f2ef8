"""The search of the admin's lists, which is blind to what people can't type."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from accounts.text.search_keys import domain_key, search_words


class FoldedSearch(admin.ModelAdmin):
    """Finds every word in one of `search_fields`, which hold search keys or nothing that needs folding.

    `folded_here` are columns without a search key, of tables with few rows: they are folded on the spot.
    """

    folded_here: tuple[str, ...] = ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        columns = self.get_search_fields(request)
        for word in search_words(search_term):
            found = Q(pk__in=rows_named(queryset, self.folded_here, word)) if self.folded_here else Q()
            for column in columns:
                found |= Q(**{f"{column}__icontains": word})
            queryset = queryset.filter(found)
        # A row with several domain names would come several times.
        return queryset, any(column.startswith("domains__") for column in columns)


def rows_named(rows: QuerySet[Model], columns: tuple[str, ...], word: str) -> list[Any]:
    """Return the keys of *rows* with *word*, a search key, in one of *columns*."""
    return [pk for pk, *texts in rows.order_by().values_list("pk", *columns) if word in keys_of(texts)]


def keys_of(texts: list[str]) -> str:
    return " ".join(domain_key(text) for text in texts)
