"""Reports errors to a Sentry service: where in the code they happened, and nothing about people."""

from typing import Any

import sentry_sdk
from sentry_sdk.integrations.argv import ArgvIntegration
from sentry_sdk.integrations.logging import ignore_logger

from operations.logs import FAULTS_OF_VISITORS, discreet

OF_A_REQUEST = ("method", "url")


def start(dsn: str) -> None:
    """Send errors of this process to the service at *dsn* from now on, without local variables, bodies and cookies."""
    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        before_send=without_people,
        # A command's arguments name people.
        disabled_integrations=[ArgvIntegration()],
    )
    # A request for a wrong host is no error of ours.
    ignore_logger(f"{FAULTS_OF_VISITORS}*")


def without_people(event: Any, hint: dict[str, Any]) -> Any:
    """Return the report with a placeholder for each token and address, and of the request its method and URL only."""
    asked = event.get("request", {})
    reduced = {**event, "request": {key: asked[key] for key in OF_A_REQUEST if key in asked}}
    return everywhere_discreet(reduced)


def everywhere_discreet(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: everywhere_discreet(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [everywhere_discreet(inner) for inner in value]
    return discreet(value)
