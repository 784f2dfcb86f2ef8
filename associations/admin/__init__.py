"""The reviewer's desk, and the reference data in the platform admin's hands."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from associations.admin import claims, holds, people, program_guide, reference
from associations.admin.work import with_work

admin.site.index_title = _("Your work")
admin.site.index_template = "admin/work.html"
admin.site.index = with_work(admin.site.index)  # type: ignore[method-assign, assignment]

__all__ = ["claims", "holds", "people", "program_guide", "reference"]
