"""One IMAP connection: log in, find what is new, fetch it, put it where it belongs. Blocking, for one thread."""

import socket
from contextlib import suppress
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from adapters.email.config import ImapServer
from adapters.email.limits import Unreadable
from adapters.email.pool import tls_context

SECONDS = 30.0
DONE = b"$PBDone"
IDENTITY = {"name": "Parcelbridge", "version": "1", "vendor": "Parcelbridge"}
"""NetEase's servers open no mailbox to a program that does not say what it is."""


class Session:
    """A connection to one mailbox."""

    def __init__(self, server: ImapServer, token: str | None = None) -> None:
        self._server = server
        self._token = token
        self._client: Any = None
        self._last = 0
        """Highest UID that is done; mails after it are new."""
        self.can_idle = False
        self.told_of_more = False
        """The server spoke of new mail while it answered the last search, and will not say so again."""
        self.uid_validity = 0

    def open(self) -> None:
        """Connect, log in, say who we are, open the folder."""
        server, secure = self._server, self._server.security
        context = tls_context(server.ca_file) if secure != "none" else None
        self._client = client = IMAPClient(
            server.host, server.real_port, ssl=secure == "tls", ssl_context=context, timeout=SECONDS
        )
        if secure == "starttls":
            client.starttls(context)
        if server.username is not None and server.password is not None:
            client.login(server.username, server.password.get_secret_value())
        elif server.username is not None and self._token is not None:
            client.oauth2_login(server.username, self._token)
        if client.has_capability("ID"):
            client.id_(IDENTITY)
        for folder in filter(None, (server.processed, server.quarantine)):
            if not client.folder_exists(folder):
                client.create_folder(folder)
        answer = client.select_folder(server.folder)
        self.uid_validity = int(answer.get(b"UIDVALIDITY", 0))
        self._last = 0  # all that is still there is looked at again: UIDs mean nothing when that number has changed
        self.can_idle = client.has_capability("IDLE")

    def new_uids(self) -> list[int]:
        """UIDs of mails nobody has taken yet, in order."""
        wanted = ["UNDELETED", "UID", f"{self._last + 1}:*"]
        if self._server.processed is None:
            wanted += ["UNKEYWORD", DONE.decode()]
        self._told()
        found = self._client.search(wanted)
        self.told_of_more = self._told()
        return sorted(uid for uid in found if uid > self._last)  # "n:*" names the last one even below n

    def _told(self) -> bool:
        """Whether a number of mails was told beside other answers since we asked last."""
        return self._client._imap.response("EXISTS")[1] not in ([None], None)

    def fetch(self, uid: int, most_bytes: int) -> bytes | None:
        """The mail as it is; None when it has gone. Raises `Unreadable` when it is too large to be fetched."""
        size = self._client.fetch([uid], ["RFC822.SIZE"]).get(uid, {}).get(b"RFC822.SIZE")
        if size is not None and size > most_bytes:
            raise Unreadable(f"{size} bytes are more than {most_bytes}")
        found = self._client.fetch([uid], ["BODY.PEEK[]"]).get(uid, {})
        body = found.get(b"BODY[]")
        return bytes(body) if body is not None else None

    def done(self, uid: int) -> None:
        """The mail is stored: move it away, or mark it."""
        if self._server.processed is not None:
            self._move(uid, self._server.processed)
        else:
            self._client.add_flags([uid], [DONE], silent=True)
        self._last = max(self._last, uid)

    def quarantine(self, uid: int) -> None:
        """The mail cannot be read: put it aside for a person, whole."""
        self._move(uid, self._server.quarantine)
        self._last = max(self._last, uid)

    def leave(self, uid: int) -> None:
        """The mail stays where it is; over the next connection it is looked at again."""
        self._last = max(self._last, uid)

    def find(self, folder: str, message_id: str) -> bytes | None:
        """The mail of that Message-ID in a folder."""
        self._client.select_folder(folder, readonly=True)
        found = self._client.search(["HEADER", "Message-ID", message_id])
        body = self._client.fetch(found[-1:], ["BODY.PEEK[]"]).get(found[-1], {}).get(b"BODY[]") if found else None
        return bytes(body) if body is not None else None

    def remove(self, folder: str, message_id: str) -> bool:
        """Delete the mail of that Message-ID; True when it was there."""
        self._client.select_folder(folder)
        found = self._client.search(["HEADER", "Message-ID", message_id])
        if found:
            self._client.delete_messages(found, silent=True)
            self._expunge(found)
        return bool(found)

    def socket(self) -> socket.socket:
        """For whoever wants to wake us."""
        plain: socket.socket = self._client.socket()
        return plain

    def idle(self, seconds: float) -> list[Any]:
        """Wait to be told of something; what was told, nothing when the time is over."""
        self._client.idle()
        if self._told_already():
            return [(b"OK", b"told together with the consent")]
        told: list[Any] = self._client.idle_check(timeout=seconds)
        return told

    def _told_already(self) -> bool:
        """Whether something was read beside the server's consent to wait: the socket itself would never show it."""
        plain, imap = self._client.socket(), self._client._imap
        buffered = getattr(imap, "_file", None) or imap.file  # its name depends on Python's version
        plain.setblocking(False)
        try:
            return bool(buffered.peek(1))
        except OSError:  # nothing there
            return False
        finally:
            plain.settimeout(SECONDS)

    def idle_over(self) -> None:
        """Wait no more."""
        self._client.idle_done()

    def touch(self) -> None:
        """Keep the connection, and let the server tell what is new."""
        self._client.noop()

    def close(self) -> None:
        """Leave; a connection that is lost already is dropped."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(IMAPClientError, OSError):
                client.shutdown()

    def _move(self, uid: int, folder: str) -> None:
        if self._client.has_capability("MOVE"):
            self._client.move([uid], folder)
            return
        self._client.copy([uid], folder)
        self._client.delete_messages([uid], silent=True)
        self._expunge([uid])

    def _expunge(self, uids: list[int]) -> None:
        if self._client.has_capability("UIDPLUS"):
            self._client.uid_expunge(uids)
        else:
            self._client.expunge()
