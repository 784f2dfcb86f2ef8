"""The reviewer's desk, and the reference data in the platform admin's hands."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from associations.admin import claims, reference

admin.site.index_title = _("What you work on")

__all__ = ["claims", "reference"]
