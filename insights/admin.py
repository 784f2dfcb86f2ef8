"""The usage data in the platform admin's hands: read-only, what was imported and when."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin_search import FoldedSearch
from insights.models import MonthlyUsage, UsageImport


class ReadOnlyAdmin(admin.ModelAdmin):
    """A list to look at: figures come with a report, from `manage.py import_usage`."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(UsageImport)
class UsageImportAdmin(ReadOnlyAdmin):
    """The usage reports that were read."""

    list_display = ("imported_at", "report", "source", "rows", "refused")
    list_filter = ("report",)


@admin.register(MonthlyUsage)
class MonthlyUsageAdmin(FoldedSearch, ReadOnlyAdmin):
    """The figures, by customer and month."""

    list_display = ("month", "tenant", "product", "active", "assigned", "available")
    list_select_related = ("tenant", "product")
    search_fields = ("tenant__folded_name", "product__name")
    show_full_result_count = False
