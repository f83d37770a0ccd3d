"""Letters by mail."""

import smtplib
import ssl
from email.message import EmailMessage

from premises.addresses import MailServer

SECONDS = 20.0
"""For each answer of the server."""


def send(server: MailServer, mail: EmailMessage) -> None:
    """Hand the mail over to the server; waits for it. Raises smtplib's errors and OSError.

    Without a certificate that names the server and that the system trusts, nothing is said: no password, no mail.
    """
    with _connected(server, mail["From"].addresses[0].domain) as smtp:
        if server.user is not None and server.password is not None:
            smtp.login(server.user, server.password)
        smtp.send_message(mail)


def _connected(server: MailServer, name: str) -> smtplib.SMTP:
    """``name``: what we call ourselves; smtplib would ask the network for one."""
    trusted = ssl.create_default_context()
    if server.tls == "from the start":
        return smtplib.SMTP_SSL(server.server, server.port, local_hostname=name, timeout=SECONDS, context=trusted)
    smtp = smtplib.SMTP(server.server, server.port, local_hostname=name, timeout=SECONDS)
    if server.tls == "starttls":
        try:
            smtp.starttls(context=trusted)
        except BaseException:
            smtp.close()
            raise
    return smtp
