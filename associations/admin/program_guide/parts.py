"""Areas, activities and products of one edition. They are reached from the edition's page."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.text.form_fields import ADMIN_FIELDS
from associations.admin.program_guide.shown import shown_fields
from associations.forms.guide import ActivityForm, AreaForm, PartForm, ProductForm
from guides.models import GuideActivity, GuideArea, GuideProduct, ProgramGuide

# Codes and addresses are texts of their own kind.
FIELD_KINDS = ADMIN_FIELDS | {models.SlugField: {}, models.URLField: {"assume_scheme": "https"}}


class PartAdmin(admin.ModelAdmin):
    """A row of an edition: it can be changed while the edition is a draft."""

    formfield_overrides = FIELD_KINDS
    form: type[PartForm]
    change_form_template = "admin/guides/part_form.html"

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Leave the row out of the front page: it means nothing without its edition."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.guide.is_published)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.guide.is_published)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = self.form._meta.fields or ()
        return names if obj is None or not obj.guide.is_published else shown_fields(self.model, names)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj and obj.guide.is_published else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> type[ModelForm]:
        """Return the form of a row of this edition: of the row's own, or of the one that the address of Add names."""
        if obj and obj.guide.is_published:
            return super().get_form(request, obj, change, form=ModelForm, **options)
        guide = obj.guide if obj else draft_named(request)
        bound = type(self.form.__name__, (self.form,), {"guide": guide})
        return super().get_form(request, obj, change, form=bound, **options)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect to the editions: one list with the rows of all of them isn't useful."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return redirect("admin:guides_programguide_changelist")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        row = options.get("obj")
        return super().render_change_form(
            request, context | {"guide": row.guide if row else draft_named(request)}, *args, **options
        )

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        response = super().response_add(request, obj, post_url_continue)
        return self.back_to_edition(request, obj) or response

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        response = super().response_change(request, obj)
        return self.back_to_edition(request, obj) or response

    def back_to_edition(self, request: HttpRequest, row: Any) -> HttpResponse | None:
        """Redirect to the edition, unless a button other than *Save* was used."""
        if "_addanother" in request.POST:
            return redirect(
                f"{reverse(f'admin:guides_{self.opts.model_name}_add')}?{urlencode({'guide': row.guide_id})}"
            )
        if "_continue" in request.POST:
            return None
        return redirect("admin:guides_programguide_change", row.guide_id)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        super().response_delete(request, obj_display, obj_id)
        return redirect("admin:guides_programguide_changelist")


def draft_named(request: HttpRequest) -> ProgramGuide:
    """Return the draft that the address names, or raise Http404."""
    number = request.GET.get("guide", "")
    guide = ProgramGuide.objects.filter(pk=int(number), published_at=None).first() if number.isdecimal() else None
    if guide is None:
        raise Http404
    return guide


@admin.register(GuideArea)
class AreaAdmin(PartAdmin):
    """Solution areas of an edition."""

    form = AreaForm


@admin.register(GuideActivity)
class ActivityAdmin(PartAdmin):
    """Activities of an edition, with every rule for claims that state them."""

    form = ActivityForm


@admin.register(GuideProduct)
class ProductAdmin(PartAdmin):
    """Workloads and products of an edition."""

    form = ProductForm
