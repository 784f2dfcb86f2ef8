"""The outbox for staff: the emails, their recipients, and the mail server's replies. Nothing here can be edited."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp, csp_update
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from accounts.text.email_addresses import on_the_wire
from notifications import outbox
from notifications.email_preview import MAIL_POLICY, SANDBOX, leading_out
from notifications.models import IncomingEmail, IncomingKind, OutboxEmail
from notifications.sending import rendering

BODIES = ("subject", "text", "html", "context", "secret")


class IncomingEmailInline(admin.TabularInline):
    """Incoming reports and replies about an email.

    Only reviewers may read a person's reply, and they read it on the page of the claim (domain.md D19).
    """

    model = IncomingEmail
    fields = ("received_at", "kind", "sender", "what_it_says")
    readonly_fields = fields
    extra = 0
    can_delete = False

    @admin.display(description=gettext_lazy("text"))
    def what_it_says(self, incoming: IncomingEmail) -> str:
        """Return a mail server's report; for a reply, return only where reviewers read it."""
        if incoming.kind == IncomingKind.REPLY:
            return _("Reviewers read it on the page of the claim.")
        return "\n\n".join(filter(None, (incoming.subject, incoming.text)))

    def has_add_permission(self, request: HttpRequest, obj: OutboxEmail | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: OutboxEmail | None = None) -> bool:
        return False


@admin.register(OutboxEmail)
class OutboxEmailAdmin(admin.ModelAdmin):
    """A read-only list of emails; a failed one can be sent again."""

    list_display = ("created_at", "key", "recipients", "template", "status", "attempts", "sent_at")
    list_display_links = ("key",)
    list_filter = ("status", "template", "locale", "created_at")
    search_fields = ("key", "to")
    search_help_text = gettext_lazy("Key or recipient")
    actions = ("send_again",)
    inlines = (IncomingEmailInline,)
    show_full_result_count = False
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "key",
                    "status",
                    "to",
                    "cc",
                    "reply_to",
                    "hears_replies",
                    "template",
                    "locale",
                    "carries_secret",
                )
            },
        ),
        (
            gettext_lazy("On its way"),
            {
                "fields": (
                    "created_at",
                    "due_at",
                    "attempts",
                    "sent_at",
                    "has_own_envelope",
                    "cancelled_at",
                    "last_error",
                )
            },
        ),
        (gettext_lazy("As it was sent"), {"fields": ("message_id", "subject", "text")}),
        (gettext_lazy("As the reader sees it"), {"fields": ("preview",)}),
    )
    readonly_fields = (
        *(field.name for field in OutboxEmail._meta.fields if field.name not in {"secret", "context", "html"}),
        "preview",
    )

    class Media:
        css = {"all": ("css/desk.css",)}

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[OutboxEmail], search_term: str
    ) -> tuple[QuerySet[OutboxEmail], bool]:
        """Find a recipient however their domain is spelled."""
        spelled = " ".join(on_the_wire(word) for word in search_term.split())
        return super().get_search_results(request, queryset, spelled)

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutboxEmail]:
        """Load no text of an email before it is needed, and never the personal link."""
        return super().get_queryset(request).defer(*BODIES)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: OutboxEmail | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: OutboxEmail | None = None) -> bool:
        return False

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        """Sending changes the outbox, so seeing it is not enough."""
        return request.user.has_perm("notifications.change_outboxemail")

    def get_urls(self) -> list[URLPattern]:
        html = path(
            "<int:email_id>/html/",
            self.admin_site.admin_view(self.html_view),
            name="notifications_outboxemail_html",
        )
        return [html, *super().get_urls()]

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return super().changeform_view(request, object_id, form_url, extra_context)

    @method_decorator(xframe_options_sameorigin)
    @method_decorator(csp(MAIL_POLICY))
    @method_decorator(require_safe)
    def html_view(self, request: HttpRequest, email_id: int) -> HttpResponse:
        """Answer with the HTML of one email for a sandboxed frame: as it was sent, or as it would be sent now."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponse(leading_out(html_of(get_object_or_404(OutboxEmail, pk=email_id))))

    @admin.display(description=gettext_lazy("email"))
    def preview(self, email: OutboxEmail) -> SafeString:
        return format_html(
            '<iframe class="cpor-desk-email" title="{}" src="{}" sandbox="{}"></iframe>',
            _("The email as its recipient sees it"),
            reverse("admin:notifications_outboxemail_html", args=[email.pk]),
            " ".join(SANDBOX),
        )

    @admin.display(description=gettext_lazy("To"))
    def recipients(self, email: OutboxEmail) -> str:
        return email.readers

    @admin.action(description=gettext_lazy("Send again"), permissions=["send_again"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutboxEmail]) -> None:
        """Queue the selected emails that failed and carried no personal link."""
        keys = list(queryset.values_list("key", flat=True))
        queued = outbox.retry(keys=keys, now=timezone.now())
        if queued:
            message = ngettext("%(count)d email goes out again.", "%(count)d emails go out again.", queued)
            messages.info(request, message % {"count": queued})
        if queued < len(keys):
            messages.warning(
                request,
                _(
                    "Only a failed email can be sent again, and none that carried a personal link: "
                    "that link is gone. Send a new notice from the claim instead."
                ),
            )


def html_of(email: OutboxEmail) -> str:
    """Return the HTML as it was sent, else as it would be rendered now; never with the reader's personal link."""
    return email.html or rendering.render(email).with_link(_("[personal link of the reader]")).html
