"""Checks docker-compose.yml, the manifests and their variables without a container engine."""

import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from django.apps import apps
from django.conf import settings

ROOT: Path = settings.BASE_DIR
KUBERNETES = "1.30"
PORTAL = ("migrate", "web", "worker", "reader", "beat")
MANIFESTS = sorted(path for path in (ROOT / "deploy/kubernetes").glob("*.yaml") if path.name != "kustomization.yaml")
RESOURCES = [resource for path in MANIFESTS for resource in yaml.safe_load_all(path.read_text())]


def variables_of(path: str) -> set[str]:
    """Return the names that a file of variables sets."""
    return set(re.findall(r"^([A-Z0-9_]+)=", (ROOT / path).read_text(), re.MULTILINE))


def documented() -> set[str]:
    return set(re.findall(r"^#?([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text()))


@pytest.mark.parametrize(
    "resource", RESOURCES, ids=lambda resource: f"{resource['kind']} {resource['metadata']['name']}"
)
def test_a_manifest_is_what_kubernetes_expects(resource: dict[str, Any]):
    kubernetes_validate.validate(resource, KUBERNETES, strict=True)


def test_kustomize_brings_in_every_manifest():
    listed = yaml.safe_load((ROOT / "deploy/kubernetes/kustomization.yaml").read_text())["resources"]

    assert sorted(listed) == [path.name for path in MANIFESTS]


def test_no_pod_runs_as_root_or_writes_outside_its_temporary_folders():
    pods = {
        resource["metadata"]["name"]: resource["spec"]["template"]["spec"]
        for resource in RESOURCES
        if resource["kind"] in ("Deployment", "Job")
    }

    assert set(pods) == set(PORTAL)
    for pod in pods.values():
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert [container["securityContext"]["readOnlyRootFilesystem"] for container in pod["containers"]] == [True]
        assert all("emptyDir" in volume for volume in pod["volumes"])


def test_exactly_one_beat_runs(compose: dict[str, Any]):
    beat = next(each for each in RESOURCES if (each["kind"], each["metadata"]["name"]) == ("Deployment", "beat"))

    assert (beat["spec"]["replicas"], beat["spec"]["strategy"]) == (1, {"type": "Recreate"})
    assert compose["services"]["beat"]["deploy"] == {"replicas": 1}


def test_every_service_of_compose_is_watched_and_what_keeps_data_has_a_volume(compose: dict[str, Any]):
    services = compose["services"]

    unwatched = {name for name, service in services.items() if "healthcheck" not in service}
    assert unwatched == {"migrate", "proxy", "mail"}
    mounted = {volume.partition(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert {name for name in mounted if not name.startswith("./")} == set(compose["volumes"])


def test_the_portals_containers_keep_nothing_and_can_be_multiplied(compose: dict[str, Any]):
    for name in PORTAL:
        service = compose["services"][name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"]), name
        assert not {"volumes", "ports", "container_name"} & set(service), name


def test_start_order_is_by_health(compose: dict[str, Any]):
    services = compose["services"]

    conditions = {
        (name, other): wait["condition"]
        for name, service in services.items()
        for other, wait in service.get("depends_on", {}).items()
    }
    assert conditions[("web", "migrate")] == "service_completed_successfully"
    assert conditions[("proxy", "web")] == conditions[("migrate", "postgres")] == "service_healthy"
    assert {other for _name, other in conditions} <= set(services)


def test_every_variable_that_a_deployment_sets_is_explained(compose: dict[str, Any]):
    named = variables_of("deploy/stack.env") | variables_of("deploy/kubernetes/settings.env")
    for name in PORTAL:
        named |= set(compose["services"][name]["environment"])

    assert named - documented() == {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}


def test_the_stack_without_containers_says_where_the_same_parts_listen(compose: dict[str, Any]):
    set_by_compose = set(compose["services"]["web"]["environment"]) - {"METRICS_TOKEN"}

    assert {name for name in set_by_compose if f"{name}=" not in (ROOT / "bin/stack").read_text()} == set()


def test_the_image_holds_every_app_of_the_portal():
    kept = {
        line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }
    ours = {app.name for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR}

    assert ours <= kept
