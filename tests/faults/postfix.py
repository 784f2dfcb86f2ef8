"""A Postfix of a test's own: a relay for what the portal sends, and the mailbox that reports and replies come to."""

import mailbox
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from bench.ports import free_port
from tests.faults.processes import wait_until

PROGRAM = shutil.which("postfix", path=f"/usr/sbin:{os.defpath}")
CAN_RUN = PROGRAM is not None and os.getuid() == 0
# Whose files the mailboxes are; the mail system itself has another account.
NOBODY = 65534

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.portal.example
mydestination =
local_recipient_maps =
alias_maps =
mynetworks = 127.0.0.0/8
recipient_delimiter = +
virtual_mailbox_domains = portal.example, customer.example
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{ bounces@portal.example=bounces/, reply@portal.example=bounces/,
    ada@customer.example=ada/ }}
virtual_uid_maps = static:{owner}
virtual_gid_maps = static:{owner}
# It takes an email for whoever it is, and returns it when there is no such person.
smtpd_reject_unlisted_recipient = no
transport_maps = inline:{{ refusing.example=smtp:[127.0.0.1]:{refusing} }}
"""
SERVICES = """\
{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
smtp unix - - n - - smtp
relay unix - - n - - smtp
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """Takes every email; those to refusing.example go on to the server at *refusing*."""

    def __init__(self, *, refusing: int) -> None:
        # Its own account has to get there, so not below the tests' folder, which is of this user alone.
        self.folder = Path(tempfile.mkdtemp(prefix="cpor-postfix-"))
        self.folder.chmod(0o755)
        self.port = free_port()
        for name in ("configuration", "queue", "data", "mail"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "data", "postfix")
        shutil.chown(self.folder / "mail", NOBODY, NOBODY)
        configuration = MAIN.format(folder=self.folder, owner=NOBODY, refusing=refusing)
        (self.folder / "configuration/main.cf").write_text(configuration)
        (self.folder / "configuration/master.cf").write_text(SERVICES.format(port=self.port))
        self.bounces = self.maildir("bounces")
        self.control("start")

    def maildir(self, name: str) -> mailbox.Maildir:
        """Return a Maildir that it delivers to."""
        box = mailbox.Maildir(self.folder / "mail" / name, create=True)
        for path in (self.folder / "mail" / name, *(self.folder / "mail" / name).iterdir()):
            shutil.chown(path, NOBODY, NOBODY)
        return box

    def control(self, action: str) -> None:
        subprocess.run(
            [str(PROGRAM), "-c", str(self.folder / "configuration"), action],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait_for(self, count: int, *, box: mailbox.Maildir) -> None:
        wait_until(lambda: len(box) >= count, what=f"{count} emails in a mailbox. {self.log()}", seconds=20)

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def remove(self) -> None:
        self.control("abort")
        shutil.rmtree(self.folder, ignore_errors=True)
