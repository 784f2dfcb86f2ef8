"""An IMAP server with one folder: enough of RFC 3501 for what reading the reports asks of it."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class ImapServer(socketserver.ThreadingTCPServer):
    """Hands out `messages` by UID, and remembers what was asked and which were seen."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, messages: dict[int, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.messages = messages
        self.seen: set[int] = set()
        self.asked: list[str] = []
        self.folders = {"INBOX", "Delivery reports"}
        self.password = "p@ss word"

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
            if not command or not self.answer(tag, command):
                return

    def answer(self, tag: str, command: str) -> bool:
        """Answer one command, and return whether the conversation goes on."""
        verdict = "OK done"
        if command.startswith("CAPABILITY"):
            self.say("* CAPABILITY IMAP4rev1")
        elif command.startswith("LOGIN"):
            verdict = "OK welcome" if command.endswith(f'"{self.server.password}"') else "NO wrong password"
        elif command.startswith("SELECT"):
            is_there = command.removeprefix("SELECT ").strip('"') in self.server.folders
            verdict = "OK [READ-WRITE] selected" if is_there else "NO no such folder"
        elif command == "UID SEARCH UNSEEN":
            waiting = sorted(set(self.server.messages) - self.server.seen)
            self.say(" ".join(["* SEARCH", *map(str, waiting)]))
        elif command.startswith("UID FETCH"):
            self.fetch(int(command.split()[2]))
        elif command.startswith("UID STORE"):
            self.server.seen.add(int(command.split()[2]))
        elif command.startswith("LOGOUT"):
            self.say("* BYE")
        self.say(f"{tag} {verdict}")
        return not command.startswith("LOGOUT")

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
