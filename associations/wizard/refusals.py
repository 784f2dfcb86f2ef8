"""Says why a claim can't be submitted yet, with the step on which to change that."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from associations.questions import PROOF
from associations.services.claim.eligibility import EligibilityProblem
from associations.wizard.steps import Step, step_of
from associations.wording.messages import MESSAGES


def missing_in_words(missing: Iterable[str]) -> list[tuple[Step, str]]:
    """Return the steps that ask for the *missing* facts, each once, with what to do there."""
    steps = dict.fromkeys(step_of(fact) for fact in missing)
    text = _("%(step)s: some answers are missing.")
    return [
        (step, str(MESSAGES["POE_MISSING"]) if step.questions == PROOF else text % {"step": step.title})
        for step in steps
    ]


def problems_in_words(problems: Iterable[EligibilityProblem]) -> list[tuple[Step, str]]:
    """Return each of *problems* in words, with the step on which it can be solved."""
    return [(step_of(problem.fact), f"{problem.subject}: {MESSAGES[problem.code]}") for problem in problems]
