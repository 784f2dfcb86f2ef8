"""Creates the bucket for evidence in a store of your own."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError

from operations.bucket import PrivateBucket


class Command(BaseCommand):
    help = (
        "Make the private bucket that S3_BUCKET names, unless the store has it. At Amazon, make it by your own means."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not isinstance(default_storage, PrivateBucket):
            raise CommandError("S3_BUCKET is not set: files are kept in a folder.")
        name = settings.S3_BUCKET
        client = default_storage.connection.meta.client
        try:
            if name in [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]:
                self.stdout.write(f"The bucket {name} is there.")
                return
            region = client.meta.region_name
            client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
        except (BotoCoreError, ClientError) as trouble:
            raise CommandError(f"The bucket {name} was not made: {trouble}") from trouble
        self.stdout.write(f"The bucket {name} was made.")
