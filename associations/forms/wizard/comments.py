"""**Comments**."""

from django.utils.translation import gettext_lazy as _

from associations.forms.text_fields import LongTextField
from associations.forms.wizard.step_form import Intent, StepForm, required


class CommentsForm(StepForm):
    """**Comments**: one remark more, or none."""

    optional_fields = frozenset({"comment"})

    comment = LongTextField(
        label=_("Comment"),
        required=False,
        max_length=4000,
        rows=5,
        help_text=_("You and the reviewers see this. The customer does not."),
        error_messages=required(_("Enter a comment.")),
    )

    def prepare(self) -> None:
        self.fields["comment"].required = self.intent is Intent.STAY
