"""Editions of the program guide: a new one from another, what is wrong with it, what it would change, publication."""

from datetime import date
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, Subquery
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import User
from associations.admin.program_guide.parts import FIELD_KINDS
from associations.admin.program_guide.shown import shown_fields
from associations.forms.guide import EditionConfirmForm, NewEditionForm, PublishForm
from associations.services.guide.effects import effects_of
from associations.services.guide.publication import publish_edition, withdraw_edition
from guides.editions import NoEdition, edition_in_force, portal_day, read_edition
from guides.models import ProgramGuide
from guides.problems import Problem, problems_of
from guides.publishing import CodeTaken, DayHasCome, DayTaken, HasProblems, NotADraft, edition_before, new_edition_from

FIELDS = ("code", "title", "source", "note")


@admin.register(ProgramGuide)
class EditionAdmin(admin.ModelAdmin):
    """Editions: a draft can be changed, a published one is looked at, one to come can be withdrawn."""

    formfield_overrides = FIELD_KINDS
    list_display = ("code", "title", "standing", "valid_from")
    change_form_template = "admin/guides/programguide/change_form.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Make no edition from nothing: a new one is a copy, or comes from a file."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: ProgramGuide | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.is_published)

    def has_delete_permission(self, request: HttpRequest, obj: ProgramGuide | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_published)

    def get_fields(self, request: HttpRequest, obj: ProgramGuide | None = None) -> Any:
        if obj is None or not obj.is_published:
            return FIELDS
        return [*shown_fields(ProgramGuide, FIELDS), "valid_from", "published_at", "published_by"]

    def get_readonly_fields(self, request: HttpRequest, obj: ProgramGuide | None = None) -> Any:
        return self.get_fields(request, obj) if obj and obj.is_published else ("code",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProgramGuide]:
        """Return the editions, each with the ID of the one in force: a query for each row would be too many."""
        current = ProgramGuide.objects.in_force_on(portal_day(timezone.now())).values("pk")
        editions: QuerySet[ProgramGuide] = super().get_queryset(request)
        return editions.annotate(current_id=Subquery(current))

    @admin.display(description=gettext_lazy("status"))
    def standing(self, guide: ProgramGuide) -> str:
        return standing_of(guide, today=portal_day(timezone.now()))

    def get_urls(self) -> list[URLPattern]:
        pages = (
            ("new", self.new_view),
            ("check", self.check_view),
            ("effects", self.effects_view),
            ("publish", self.publish_view),
            ("withdraw", self.withdraw_view),
        )
        own = [
            path(f"<int:guide_id>/{name}/", self.admin_site.admin_view(view), name=f"guides_programguide_{name}")
            for name, view in pages
        ]
        return [*own, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        guide = options.get("obj")
        if guide is not None:
            today = portal_day(timezone.now())
            context |= {
                "standing": standing_of(guide, today=today),
                "parts": parts_of(guide),
                "can_withdraw": is_to_come(guide, today=today),
                "may_act": self.may_act(request),
            }
        return super().render_change_form(request, context, *args, **options)

    def may_act(self, request: HttpRequest) -> bool:
        return request.user.has_perm("guides.change_programguide")

    def found(self, request: HttpRequest, guide_id: int, *, acts: bool) -> ProgramGuide:
        """Return the edition; raise PermissionDenied or Http404."""
        may = self.may_act(request) if acts else self.has_view_permission(request)
        if not may:
            raise PermissionDenied
        guide = ProgramGuide.objects.filter(pk=guide_id).first()
        if guide is None:
            raise Http404
        return guide

    def page(
        self, request: HttpRequest, guide: ProgramGuide, template: str, *, title: str, **context: Any
    ) -> HttpResponse:
        frame = self.admin_site.each_context(request) | {"opts": self.opts, "guide": guide, "title": title}
        status = 422 if context.get("form") is not None and context["form"].errors else 200
        return render(request, f"admin/guides/programguide/{template}.html", frame | context, status=status)

    def new_view(self, request: HttpRequest, guide_id: int) -> HttpResponse:
        """**New edition from this one**: a draft with everything that this one says."""
        guide = self.found(request, guide_id, acts=True)
        form = NewEditionForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                draft = new_edition_from(guide, **form.cleaned_data)
            except CodeTaken:
                form.add_error("code", _("There is an edition with this code."))
            else:
                self.log_addition(request, draft, [{"added": {}}])
                messages.success(request, _("%(edition)s is a draft. Change what differs.") % {"edition": draft})
                return redirect("admin:guides_programguide_change", draft.pk)
        explanation = _("A draft with everything that %(edition)s says. Nothing applies before it is published.")
        return self.act_page(
            request, guide, form, title=_("New edition from this one"), text=explanation % {"edition": guide}
        )

    def act_page(
        self, request: HttpRequest, guide: ProgramGuide, form: Form, *, title: str, text: str, **context: Any
    ) -> HttpResponse:
        return self.page(request, guide, "act", title=title, form=form, explanation=text, **context)

    def check_view(self, request: HttpRequest, guide_id: int) -> HttpResponse:
        """**Check**: the problems of the edition, each with a link to its row."""
        guide = self.found(request, guide_id, acts=False)
        problems = problems_of(guide, before=edition_before(guide, day=guide.valid_from or date.max))
        return self.page(request, guide, "check", title=pgettext("edition", "Check"), **split(problems))

    def effects_view(self, request: HttpRequest, guide_id: int) -> HttpResponse:
        """**What would change**: a dry run over drafts, saved views, and the words of sheets and help pages."""
        guide = self.found(request, guide_id, acts=False)
        now = timezone.now()
        try:
            before = edition_in_force(now=now)
        except NoEdition as error:
            raise Http404 from error
        effects = effects_of(read_edition(guide), before=before)
        return self.page(request, guide, "effects", title=_("What would change"), before=before, effects=effects)

    def publish_view(self, request: HttpRequest, guide_id: int) -> HttpResponse:
        """**Publish from** a day to come; a problem that blocks is shown with its row."""
        guide = self.found(request, guide_id, acts=True)
        form = PublishForm(request.POST or None)
        blocking: list[Problem] = []
        if request.method == "POST" and form.is_valid():
            day, now = form.cleaned_data["valid_from"], timezone.now()
            try:
                publish_edition(guide_id=guide.pk, valid_from=day, by=person(request), now=now)
            except NotADraft:
                form.add_error(None, _("The edition is published already."))
            except DayHasCome:
                form.add_error("valid_from", _("Select a day after today."))
            except DayTaken:
                form.add_error("valid_from", _("Another edition begins on this day."))
            except HasProblems as refusal:
                blocking = list(refusal.problems)
                form.add_error(None, _("The edition has problems. Fix them first."))
            else:
                self.log_change(request, guide, f"Published from {day.isoformat()}")
                messages.success(request, published_message(guide, day))
                return redirect("admin:guides_programguide_change", guide.pk)
        text = _("Partners are notified at once. From that day on nobody can change the edition.")
        return self.act_page(request, guide, form, title=pgettext("edition", "Publish"), text=text, **split(blocking))

    def withdraw_view(self, request: HttpRequest, guide_id: int) -> HttpResponse:
        """**Withdraw** an edition whose day hasn't come."""
        guide = self.found(request, guide_id, acts=True)
        if not guide.is_published:
            raise Http404
        form = EditionConfirmForm(request.POST or None)
        if request.method == "POST":
            try:
                withdraw_edition(guide_id=guide.pk, now=timezone.now())
            except DayHasCome:
                messages.error(request, _("The edition is in force: it can't be withdrawn any more."))
            else:
                self.log_change(request, guide, "Withdrawn")
                messages.success(request, _("%(edition)s is a draft again.") % {"edition": guide})
            return redirect("admin:guides_programguide_change", guide.pk)
        text = _("The edition becomes a draft again, and its notifications are deleted.")
        return self.act_page(request, guide, form, title=pgettext("edition", "Withdraw"), text=text)


def person(request: HttpRequest) -> User:
    return cast(User, request.user)


def split(problems: list[Problem]) -> dict[str, list[tuple[str, str, str]]]:
    """Return the problems that block and the others: each a row's kind and name, its address, and the words."""
    said: dict[str, list[tuple[str, str, str]]] = {"blocking": [], "hints": []}
    for problem in problems:
        row = problem.row
        address = reverse(f"admin:guides_{row._meta.model_name}_change", args=[row.pk])
        name = f"{row._meta.verbose_name}: {row}"
        said["blocking" if problem.blocks else "hints"].append((name, address, problem.text))
    return said


def published_message(guide: ProgramGuide, day: date) -> str:
    return _("%(edition)s is published. It is in force from %(day)s.") % {
        "edition": guide,
        "day": date_format(day, "DATE_FORMAT"),
    }


def is_to_come(guide: ProgramGuide, *, today: date) -> bool:
    return guide.is_published and guide.valid_from is not None and guide.valid_from > today


def standing_of(guide: ProgramGuide, *, today: date) -> str:
    """Return whether the edition, as the admin's query reads it, is a draft, to come, in force or past."""
    if not guide.is_published:
        return pgettext("edition", "Draft")
    if is_to_come(guide, today=today):
        return _("Published, to come")
    return _("In force") if guide.pk == getattr(guide, "current_id", None) else _("Past")


def parts_of(guide: ProgramGuide) -> list[dict[str, Any]]:
    """Return the parts of an edition: for each kind its name, the rows, and the address of Add in a draft."""
    kinds = (guide.areas.all(), guide.activities.select_related("area"), guide.products.select_related("area"))
    parts = []
    for rows in kinds:
        options = rows.model._meta
        add = f"{reverse(f'admin:guides_{options.model_name}_add')}?guide={guide.pk}"
        parts.append(
            {
                "name": options.verbose_name_plural,
                "one": options.verbose_name,
                "key": options.model_name,
                "add_url": "" if guide.is_published else add,
                "rows": [
                    (str(row), reverse(f"admin:guides_{options.model_name}_change", args=[row.pk]), remark(row))
                    for row in rows
                ],
            }
        )
    return parts


def remark(row: Any) -> str:
    """Return what stands beside a row: the code of an area, the area of an activity, a product's activities."""
    if not hasattr(row, "area"):
        return str(row.code)
    if not hasattr(row, "activities"):
        return str(row.area)
    return ", ".join(row.activities) or _("can't be claimed")
