"""A proof of the largest size, through the portal into a bucket."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import EndpointConnectionError
from django.conf import settings
from django.urls import reverse

from accounts.models import User
from associations.models import Claim
from bench.data import BIG_PARTNER
from bench.files import pdf
from bench.measuring import Figure, in_turns, peak_memory
from bench.ports import free_port
from bench.serving import PORTAL, Browser, server, signed_in
from bench.sizes import Size
from bench.wizard import HIDDEN

BUCKET, REGION = "bench", "eu-south-1"
MOST_MEGABYTES = 20
LEFT = 1024
SECRETS = {"AWS_ACCESS_KEY_ID": "made-up", "AWS_SECRET_ACCESS_KEY": "made-up"}


def upload_proofs(size: Size) -> Iterator[Figure]:
    """Post a file of the largest size to a claim: read, checked, hashed, stored in the bucket, and attached.

    Floor: boto3 alone stores the same bytes in the same bucket. In turns.
    """
    content = pdf(length=settings.POE_MAX_BYTES - LEFT)
    author = User.objects.get(memberships__partner=BIG_PARTNER)
    claims = Claim.objects.filter(partner=BIG_PARTNER, status="approved").order_by("pk")[: 3 * size.rounds + 3]
    addresses = iter([reverse("claim_add_proof", args=[claim.public_id]) for claim in claims])
    with bucket() as (store, environment), server(PORTAL, port=free_port(), more=environment) as port:
        person = signed_in(author, port=port)
        token = dict(HIDDEN.findall(person.get(reverse("overview"))))["csrfmiddlewaretoken"]
        for _ in range(4):  # so that both workers have loaded what an upload needs, and held no large file yet
            _post(person, addresses, pdf(), token)
        post = partial(_post, person, addresses, content, token)
        with peak_memory(*_serving(port)) as peak:
            post()
        ours, bare = in_turns(post, lambda: store.upload_fileobj(BytesIO(content), BUCKET, "bare"), times=size.rounds)
    yield Figure(
        work=f"upload of {len(content) // 1024**2} MB to S3",
        floor="boto3 `upload_fileobj` of the same bytes",
        ratio=bare / ours,
        budget=0.7,
        wants_more=True,
        note="the store is moto, in Python, on the same cores",
    )
    yield Figure(
        work="memory of the web processes in that upload", floor="megabytes", ratio=peak.growth, budget=MOST_MEGABYTES
    )


def _post(person: Browser, addresses: Iterator[str], content: bytes, token: str) -> None:
    person.post(next(addresses), {"csrfmiddlewaretoken": token}, files={"proofs": content})


@contextmanager
def bucket() -> Iterator[tuple[Any, dict[str, str]]]:
    """Run a store that speaks S3 over HTTP; yield a client of it, and the settings that let the portal use it."""
    port = free_port()
    running = subprocess.Popen(
        [sys.executable, "-c", "from moto.server import main; main()", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    session = boto3.session.Session(*SECRETS.values(), region_name=REGION)
    store = session.client("s3", endpoint_url=address)
    try:
        _make_bucket(store)
        yield store, SECRETS | {"S3_BUCKET": BUCKET, "S3_ENDPOINT_URL": address, "S3_REGION": REGION}
    finally:
        running.terminate()
        running.wait(timeout=30)


def _make_bucket(store: Any) -> None:
    for _ in range(600):
        try:
            store.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        except EndpointConnectionError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("The store did not start.")


def _serving(port: int) -> list[int]:
    """Return the processes of the web server at *port*."""
    found = [path for path in Path("/proc").glob("[0-9]*/cmdline") if _serves(path, port)]
    return [int(path.parent.name) for path in found]


def _serves(path: Path, port: int) -> bool:
    try:
        return f"127.0.0.1:{port}".encode() in path.read_bytes()
    except OSError:
        return False
