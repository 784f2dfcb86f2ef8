"""Real servers beside the portal: a scanner, a directory, a bucket, and a store that fails on demand."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from tests.associations import clamd, faulty_store, public_directory


@pytest.fixture
def scanner(settings: Settings) -> Iterator[clamd.Clamd]:
    """A scanner that the portal is told to use."""
    with clamd.running() as server:
        settings.CLAMD_URL = server.url
        yield server


@pytest.fixture
def microsoft(settings: Settings) -> Iterator[list[str]]:
    """The paths that the public directory is asked for."""
    with public_directory.running() as (address, asked):
        settings.DIRECTORY_URL, settings.DIRECTORY_TIMEOUT = address, 0.3
        yield asked


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """The address of a server that speaks S3 over real HTTP."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def use_bucket(settings: Settings, endpoint: str, *, public_endpoint: str = "") -> None:
    """Let the portal keep its files in the bucket, as `S3_BUCKET` and its companions do."""
    storage: dict[str, Any] = {
        "BACKEND": "operations.bucket.PrivateBucket",
        "OPTIONS": {"bucket_name": "proofs", "endpoint_url": endpoint, "region_name": "eu-south-1"},
    }
    for_browsers = {**storage, "OPTIONS": storage["OPTIONS"] | {"endpoint_url": public_endpoint or endpoint}}
    settings.S3_BUCKET = "proofs"
    settings.STORAGES = {**settings.STORAGES, "default": storage, "for_browsers": for_browsers}


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "made-up")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")


@pytest.fixture
def bucket(settings: Settings, s3_endpoint: str, credentials: None) -> Any:
    """An empty bucket, in which the portal keeps its files."""
    bucket = boto3.resource("s3", endpoint_url=s3_endpoint, region_name="eu-south-1").Bucket("proofs")
    bucket.create(CreateBucketConfiguration={"LocationConstraint": "eu-south-1"})
    use_bucket(settings, s3_endpoint)
    yield bucket
    bucket.objects.delete()
    bucket.delete()


@pytest.fixture
def store(settings: Settings, credentials: None) -> Iterator[faulty_store.FaultyStore]:
    """A store that takes files until the test lets it fail."""
    with faulty_store.running() as server:
        use_bucket(settings, server.url)
        yield server
