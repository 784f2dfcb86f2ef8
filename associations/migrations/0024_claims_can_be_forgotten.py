from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """A claim says when its people were forgotten; whoever answered a notice may lose their name with the link."""

    dependencies: ClassVar = [("associations", "0023_seal_the_history")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="claim",
            name="forgotten_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="personal data removed"),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=Q(forgotten_at=None) | Q(closed_at__isnull=False), name="forgotten_claim_was_closed"
            ),
        ),
        migrations.RemoveConstraint(model_name="customernotice", name="answer_has_time_and_name"),
        migrations.AddConstraint(
            model_name="customernotice",
            constraint=models.CheckConstraint(
                condition=Q(answered_at=None, answer="", answered_by_name="")
                | Q(answered_at__isnull=False, answer__in=["approved", "opted_out"])
                & (~Q(answered_by_name="") | Q(revoked_at__isnull=False)),
                name="answer_has_time_and_name",
            ),
        ),
    ]
