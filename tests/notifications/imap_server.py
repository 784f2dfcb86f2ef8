"""An IMAP server with one folder: enough of RFC 3501, 4616 and XOAUTH2 for what reading the mailbox asks of it."""

import base64
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from imapclient import imap_utf7


class ImapServer(socketserver.ThreadingTCPServer):
    """Hands out `messages` by UID, and remembers what was asked, and which were seen or flagged.

    It takes a password by LOGIN or PLAIN, and `token` by XOAUTH2; what it can is in `capabilities`.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, messages: dict[int, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.messages = messages
        self.seen: set[int] = set()
        self.flagged: set[int] = set()
        self.asked: list[str] = []
        self.folders = {"INBOX", "Delivery reports", "R\u00fcckl\u00e4ufer"}
        self.user, self.password, self.token = "bounces@portal.example", "p@ss word", ""
        self.capabilities = "IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2"
        self.hangs_up_at = ""

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Conversation(socketserver.StreamRequestHandler):
    """One client."""

    server: ImapServer

    def handle(self) -> None:
        self.say("* OK ready")
        for line in self.rfile:
            tag, _space, command = line.decode("latin-1").strip().partition(" ")
            self.server.asked.append(command)
            is_over = self.server.hangs_up_at and command.startswith(self.server.hangs_up_at)
            if is_over or not command or not self.answer(tag, command):
                return

    def answer(self, tag: str, command: str) -> bool:
        """Answer one command, and return whether the conversation goes on."""
        verdict = "OK done"
        if command.startswith("CAPABILITY"):
            self.say(f"* CAPABILITY {self.server.capabilities}")
        elif command.startswith("LOGIN"):
            verdict = "OK welcome" if command.endswith(f'"{self.server.password}"') else "NO wrong password"
        elif command.startswith("AUTHENTICATE"):
            verdict = self.authenticate(command.split()[1])
        elif command.startswith("SELECT"):
            named = command.removeprefix("SELECT ").strip('"').encode("ascii")
            is_there = imap_utf7.decode(named) in self.server.folders
            verdict = "OK [READ-WRITE] selected" if is_there else "NO no such folder"
        elif command == "UID SEARCH UNSEEN":
            waiting = sorted(set(self.server.messages) - self.server.seen)
            self.say(" ".join(["* SEARCH", *map(str, waiting)]))
        elif command.startswith("UID FETCH"):
            self.fetch(int(command.split()[2]))
        elif command.startswith("UID STORE"):
            uid = int(command.split()[2])
            self.server.seen |= {uid} if "Seen" in command else set()
            self.server.flagged |= {uid} if "Flagged" in command else set()
        elif command.startswith("LOGOUT"):
            self.say("* BYE")
        self.say(f"{tag} {verdict}")
        return not command.startswith("LOGOUT")

    def authenticate(self, mechanism: str) -> str:
        """Ask for what the mechanism needs, and return the verdict."""
        self.say("+ ")
        given = base64.b64decode(self.rfile.readline()).decode()
        expected = {
            "PLAIN": f"\0{self.server.user}\0{self.server.password}",
            "XOAUTH2": f"user={self.server.user}\1auth=Bearer {self.server.token}\1\1",
        }
        if given == expected[mechanism]:
            return "OK welcome"
        if mechanism == "XOAUTH2":
            # The reason is a challenge, which the client answers with nothing (Google, Microsoft).
            self.say("+ " + base64.b64encode(b'{"status":"401"}').decode())
            self.rfile.readline()
        return "NO AUTHENTICATE failed."

    def fetch(self, uid: int) -> None:
        content = self.server.messages[uid]
        if content:
            self.wfile.write(
                f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(content)}}}\r\n".encode() + content + b")\r\n"
            )

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def imap_server(messages: dict[int, bytes]) -> Iterator[ImapServer]:
    """Run the server on a free port."""
    with ImapServer(messages) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
