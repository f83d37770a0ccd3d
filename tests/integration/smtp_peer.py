"""A mail server on loopback: takes mails, one answer at a time, with STARTTLS where it has a certificate."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class MailBox:
    """A server and the mails that it took."""

    def __init__(self, certificate: ssl.SSLContext | None = None) -> None:
        self.mails: list[EmailMessage] = []
        self.said: list[str] = []
        """Every command that came, without its arguments."""
        self.port = 0
        self._certificate = certificate

    async def serve(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        """One client, until it is gone."""
        answers = {"EHLO": b"250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN" if self._certificate else b"250 here"}
        answers |= {"STARTTLS": b"220 begin", "AUTH": b"235 welcome", "DATA": b"354 go on", "QUIT": b"221 bye"}
        sink.write(b"220 here\r\n")
        try:
            while line := await source.readline():
                command = line.split()[0].decode().upper()
                self.said.append(command)
                sink.write(answers.get(command, b"250 good") + b"\r\n")
                if command == "STARTTLS" and self._certificate:
                    await sink.start_tls(self._certificate)
                elif command == "DATA":
                    self._take(await source.readuntil(b"\r\n.\r\n"))
                    sink.write(b"250 taken\r\n")
        except (ConnectionError, ssl.SSLError):
            return
        finally:
            sink.close()

    def _take(self, data: bytes) -> None:
        mail = message_from_bytes(data.removesuffix(b".\r\n"), policy=policy.SMTP)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)


@asynccontextmanager
async def mail_server(certificate: ssl.SSLContext | None = None) -> AsyncIterator[MailBox]:
    """Serve until the block ends."""
    box = MailBox(certificate)
    async with await asyncio.start_server(box.serve, "127.0.0.1", 0) as server:
        box.port = server.sockets[0].getsockname()[1]
        yield box
