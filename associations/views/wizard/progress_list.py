"""Lists the steps of the wizard with their state."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from associations.models import Claim
from associations.views.wizard.visit import Visit
from associations.wizard.steps import PAGES, STEPS, Step, step_of

# What keeps a claim from being filed and passes by itself, so that no step needs mending.
PASSING = frozenset({"POE_SCANNING"})
NOT_STARTED, IN_PROGRESS, COMPLETED, OPTIONAL = "not_started", "in_progress", "completed", "optional"
CANNOT_START, PROBLEM = "cannot_start", "problem"
STATUS_LABELS: dict[str, Promise] = {
    NOT_STARTED: gettext_lazy("Not started"),
    IN_PROGRESS: gettext_lazy("In progress"),
    COMPLETED: gettext_lazy("Completed"),
    OPTIONAL: pgettext_lazy("step", "Optional"),
    CANNOT_START: gettext_lazy("Can't start yet"),
    PROBLEM: gettext_lazy("There is a problem"),
}


@dataclass(frozen=True)
class StepRow:
    """One page of the wizard in the list of its pages; without a *url* it is no link."""

    label: str
    url: str
    status: str
    current: bool

    @property
    def status_label(self) -> Promise:
        return STATUS_LABELS[self.status]


def place_in_words(number: int, claim: Claim | None = None) -> str:
    """Return the line above a page's heading: the claim's customer, if known, and the step of a draft."""
    whose = [claim.tenant.name, claim.number] if claim else []
    if claim is None or claim.submitted_at is None:
        whose.append(_("Step %(number)s of %(pages)s") % {"number": number, "pages": PAGES})
    return " · ".join(whose)


def first_rows(*, has_errors: bool) -> list[StepRow]:
    """Return the list of steps before there is a claim."""
    first = row_of(STEPS[0], status=PROBLEM if has_errors else IN_PROGRESS, current=STEPS[0])
    later = [row_of(step, status=CANNOT_START, current=STEPS[0]) for step in STEPS[1:]]
    return [first, *later, check_row(url="", status=CANNOT_START)]


def step_rows(visit: Visit, *, current: Step | None, has_errors: bool = False) -> list[StepRow]:
    """Return the list of steps with their state, the check page last."""
    with_problems = {step_of(problem.fact) for problem in visit.problems if problem.code not in PASSING}
    if current is not None and has_errors:
        with_problems.add(current)
    rows = [
        row_of(
            step,
            status=status_of(visit.claim, step, with_problems, is_current=step is current),
            url=open_url(visit, step),
            current=current,
        )
        for step in STEPS
    ]
    if visit.claim.submitted_at is not None:
        return [row for row in rows if row.url]
    is_ready = all(row.status in (COMPLETED, OPTIONAL) for row in rows)
    url = reverse("claim_check", args=[visit.claim.public_id]) if is_ready or current is None else ""
    if current is None:
        return [*rows, check_row(url=url, status=IN_PROGRESS, is_current=True)]
    return [*rows, check_row(url=url, status=NOT_STARTED if is_ready else CANNOT_START)]


def status_of(claim: Claim, step: Step, with_problems: Iterable[Step], *, is_current: bool) -> str:
    """Return the state of one step, from what the claim states; the page that is open is in progress at least."""
    if step in with_problems:
        return PROBLEM
    if not step.can_start(claim):
        return CANNOT_START
    if not step.missing(claim) and (not step.is_optional or step.is_begun(claim)):
        return COMPLETED
    if step.is_optional:
        return OPTIONAL
    return IN_PROGRESS if is_current or step.is_begun(claim) else NOT_STARTED


def row_of(step: Step, *, status: str, url: str = "", current: Step | None = None) -> StepRow:
    return StepRow(str(step.title), url, status, current=step is current)


def check_row(*, url: str, status: str, is_current: bool = False) -> StepRow:
    return StepRow(_("Check your answers"), url, status, current=is_current)


def open_url(visit: Visit, step: Step) -> str:
    """Return the address of a step that can be opened now, or nothing."""
    if not step.is_editable(visit.claim, visit.by) or not step.can_start(visit.claim):
        return ""
    return reverse("claim_step", args=[visit.claim.public_id, step.key])
