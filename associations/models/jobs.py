"""Background jobs (exports and imports) and actions on many claims, with the outcome of each row."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from associations.job_choices import BulkAction, BulkOutcome, JobKind, JobPhase, JobState, RowOutcome
from associations.models.claims import Claim

RUNNABLE = (JobState.QUEUED.value, JobState.RUNNING.value)


def job_path(stored: "Job | JobFile", filename: str) -> str:
    """Return a random storage name; the original name is only for display."""
    return f"jobs/{uuid.uuid4().hex}"


class JobQuerySet(models.QuerySet["Job"]):
    """Phrases about work in the background."""

    def of(self, user: User) -> "JobQuerySet":
        """Return the jobs that *user* began; nobody sees those of others."""
        return self.filter(owner=user)

    def due(self, now: datetime) -> "JobQuerySet":
        """Return jobs that wait for a worker, or whose worker's lease has expired."""
        return self.filter(Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, leased_until__lte=now))

    def expired(self, now: datetime) -> "JobQuerySet":
        """Return jobs whose file has expired and that no worker is processing."""
        return self.exclude(state__in=RUNNABLE).filter(expires_at__lte=now)


class Job(models.Model):
    """One piece of work, its owner, and how far it is. `associations.services.background.jobs` writes it.

    A worker holds it by a *lease*, which it renews with every batch; a worker that lost its lease writes nothing more.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=JobKind.choices)
    phase = models.CharField(_("step"), max_length=10, choices=JobPhase.choices)
    state = models.CharField(_("state"), max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="jobs")
    parameters = models.JSONField(default=dict, blank=True)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("total"), default=0)
    lease = models.UUIDField(null=True, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    file = models.FileField(upload_to=job_path, max_length=200, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(_("created"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    expires_at = models.DateTimeField(_("kept until"))

    objects: ClassVar[JobQuerySet] = JobQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("background job")
        verbose_name_plural = _("background jobs")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "-id"], name="jobs_of_a_person"),
            models.Index(fields=["id"], condition=Q(state__in=RUNNABLE), name="jobs_to_run"),
            models.Index(fields=["expires_at"], name="jobs_to_discard"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=JobKind.values), name="job_kind_is_known"),
            models.CheckConstraint(condition=Q(phase__in=JobPhase.values), name="job_phase_is_known"),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=JobState.RUNNING, lease__isnull=False, leased_until__isnull=False)
                | (~Q(state=JobState.RUNNING) & Q(lease=None, leased_until=None)),
                name="running_job_has_a_lease",
            ),
            models.CheckConstraint(
                condition=Q(state__in=RUNNABLE, finished_at=None)
                | (~Q(state__in=RUNNABLE) & Q(finished_at__isnull=False)),
                name="finished_job_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.public_id}"

    @property
    def is_open(self) -> bool:
        """True if a worker runs the job, or will."""
        return self.state in RUNNABLE


class JobRow(models.Model):
    """One row of an imported sheet: its cells by column, what became of it, and why."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("row"))
    cells = models.JSONField(default=dict)
    outcome = models.CharField(_("outcome"), max_length=10, choices=RowOutcome.choices, default=RowOutcome.WAITING)
    key = models.CharField(max_length=300, blank=True)
    notes = models.JSONField(_("notes"), default=list, blank=True)
    claim = models.ForeignKey(Claim, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering: ClassVar = ["number"]
        indexes: ClassVar = [models.Index(fields=["job", "outcome", "number"], name="rows_of_a_job_to_do")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "number"], name="row_of_a_job_is_there_once"),
            models.CheckConstraint(condition=Q(outcome__in=RowOutcome.values), name="row_outcome_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.number}"


class JobFile(models.Model):
    """A proof of execution that came with a sheet, for the rows that name it, or for all."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to=job_path, max_length=200)
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=10)
    is_shared = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("file of an import")
        verbose_name_plural = _("files of imports")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "name", "is_shared"], name="file_of_a_job_is_there_once"),
        ]

    def __str__(self) -> str:
        return self.name


class BulkRun(models.Model):
    """One action of a person on many claims. The form holds `public_id`, so that sending it twice is one run."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="bulk_runs")
    action = models.CharField(_("action"), max_length=20, choices=BulkAction.choices)
    started_at = models.DateTimeField(_("started"))

    class Meta:
        verbose_name = _("action on many claims")
        verbose_name_plural = _("actions on many claims")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(action__in=BulkAction.values), name="bulk_action_is_known"),
        ]

    def __str__(self) -> str:
        return str(self.get_action_display())


class BulkRow(models.Model):
    """The outcome for one claim, written in the same transaction as the action."""

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="rows")
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(_("result"), max_length=20, choices=BulkOutcome.choices)
    draft = models.ForeignKey(Claim, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("result for one claim")
        verbose_name_plural = _("results for one claim")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "claim"], name="claim_is_taken_once_per_run"),
            models.CheckConstraint(condition=Q(outcome__in=BulkOutcome.values), name="bulk_outcome_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.claim}: {self.get_outcome_display()}"
