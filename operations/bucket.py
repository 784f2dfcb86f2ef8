"""The private bucket in Amazon's S3, or in a store that imitates it."""

from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from storages.backends.s3 import S3Storage

MEGABYTE = 1024 * 1024

CLIENT = Config(
    # A `client_config` replaces all that django-storages would set.
    signature_version="s3v4",
    s3={"addressing_style": "path"},
    # Stores that imitate S3 refuse the checksum headers which boto3 adds since 1.36.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    connect_timeout=3,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 2},
)
# One request per file: the body goes from the temporary file to the socket, and a file is whole or not there. Uploads
# in parts would hold several parts in memory and leave some behind when a process dies.
ONE_REQUEST = TransferConfig(multipart_threshold=5 * 1024 * MEGABYTE, use_threads=False)


class PrivateBucket(S3Storage):
    """A bucket without public addresses: a file is read through a signed address that holds for a minute."""

    def get_default_settings(self) -> dict[str, Any]:
        return {
            **super().get_default_settings(),
            "default_acl": None,
            "file_overwrite": False,
            "querystring_auth": True,
            "querystring_expire": 60,
            # The type that the browser named is never sent to anybody.
            "object_parameters": {"ContentType": "application/octet-stream"},
            # A file that is read goes through a temporary file once it is larger than this.
            "max_memory_size": MEGABYTE,
            "client_config": CLIENT,
            "transfer_config": ONE_REQUEST,
        }
