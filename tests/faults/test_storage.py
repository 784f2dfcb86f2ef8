"""The store answers 500, is full, hangs up or is slow: people are told, and no claim names a file it has not got."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from associations.models import LooseFile
from bench.serving import wait_for
from tests import files, stories
from tests.associations import faulty_store
from tests.faults.processes import Portal, wait_until
from tests.faults.visitors import Visitor

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(300),
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="The portal's processes share the test's database"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

# Seconds, and the portal waits for ten.
SLOW = 10.5
# As large as what people send: the connection is lost while most of it is still to come.
LETTER = ("letter.pdf", files.pdf(length=1_700_000))


def test_a_store_that_fails_is_told_and_leaves_no_claim_with_a_missing_file(portal: Portal):
    draft = stories.draft_claim(at=timezone.now())
    step = reverse("claim_step", args=[draft.public_id, "proof"])
    with faulty_store.running() as store:
        portal.environment |= {"S3_BUCKET": "proofs", "S3_ENDPOINT_URL": store.url, "S3_REGION": "eu-south-1"}
        portal.environment |= {"AWS_ACCESS_KEY_ID": "made-up", "AWS_SECRET_ACCESS_KEY": "made-up"}
        portal.web(), portal.worker()
        wait_for(portal.port)
        admin = Visitor(portal.port, draft.created_by)
        store.seconds = SLOW

        for number, fault in enumerate(("500", "full", "reset", "slow"), start=1):
            store.fault = fault
            told = admin.fill_in(step, {"then": "stay"}, files={"proofs": LETTER})
            assert (told.status_code, "The file could not be stored." in told.text) == (200, True), fault
            assert not draft.proofs.exists()
            assert LooseFile.objects.count() == number
            assert admin.open(step).status_code == 200

        store.fault = ""
        assert admin.fill_in(step, {"then": "stay"}, files={"proofs": LETTER}).status_code == 302
        kept = draft.proofs.get()
        assert LooseFile.objects.count() == 4

        LooseFile.objects.update(since_at=F("since_at") - timedelta(hours=2))
        portal.tell("associations.tasks.remove_loose_files")
        wait_until(lambda: not LooseFile.objects.exists(), what="the sweep of what was never attached")
        assert len(store.deleted) == 4
        assert not [path for path in store.deleted if str(kept.file.name) in path]
