"""baresip as a second opinion: a softphone that others wrote, driven over its ``ctrl_tcp`` (JSON in netstrings)."""

import asyncio
import json
import os
import shutil
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from demo import ear, tones
from demo.arrival import Place
from dialplan.plan import LOOPBACK, Ports
from premises import ports

LISTENS = 10.0
"""Seconds for it to start."""
HAPPENS = 20.0
"""Seconds for anything else."""
HUMS = 60
"""Seconds of the tone that it speaks with; its calls end with the file."""

CONFIG = """\
poll_method epoll
sip_listen {host}:{ports.sip}
net_interface {host}
audio_source aufile,{folder}/hum.wav
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
module_path {folder}/modules
module g711.so
module aufile.so
module sndfile.so
module account.so
module menu.so
module ctrl_tcp.so
snd_path {folder}
ctrl_tcp_listen {host}:{ports.ami}
rtp_ports {ports.rtp_first}-{ports.rtp_last}
"""
ENCRYPTED = """\
module_path {folder}/modules
module srtp.so
sip_cafile {certificate}
sip_verify_server yes
"""
"""It trusts this certificate alone, and no server that has another. SRTP is loaded before the accounts that name it."""
ACCOUNT = "<sip:{user}@{server};transport={transport}>;audio_codecs=PCMU/8000/1,PCMA/8000/1;{role}\n"
CALLS = "regint=0"
"""The role of somebody outside."""
ANSWERS = "regint=60;auth_user={user};auth_pass={secret};answermode=auto"
"""The role of a person's phone: it registers, and takes every call."""


def program() -> Path | None:
    """Where baresip is: ``SWITCHBOARD_BARESIP``, or on the machine; None: nowhere."""
    found = shutil.which(os.environ.get("SWITCHBOARD_BARESIP", "baresip")) or shutil.which("baresip")
    return Path(found).resolve() if found else None


class Baresip:
    """A running baresip; use `baresip`."""

    def __init__(self, folder: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._folder, self._reader, self._writer = folder, reader, writer

    async def dial(self, number: str) -> None:
        """Call a number; done when it is answered."""
        self._command("dial", number)
        await self.happens("CALL_ESTABLISHED")

    async def press(self, keys: str) -> None:
        """Press keys (RFC 4733), as slowly as a person: baresip sends each for as long as it is held."""
        for key in keys:
            self._command("sndcode", key)
            await asyncio.sleep(0.3)

    async def hand_over(self, to: str) -> None:
        """Transfer the other side to this address (REFER); done when the call is over."""
        self._command("transfer", to)
        await self.happens("CALL_CLOSED")

    async def hang_up(self) -> None:
        """End the call."""
        self._command("hangup")
        await self.happens("CALL_CLOSED")

    async def happens(self, event: str) -> dict[str, Any]:
        """The next event of this type; those before it are passed over."""
        async with asyncio.timeout(HAPPENS):
            while (message := await self._message()).get("type") != event:
                pass
        return message

    @property
    def heard(self) -> bytes:
        """What it heard in its calls: 8 kHz PCM, without the times when nothing was sent. Complete after the call."""
        return b"".join(ear.load(file).tobytes() for file in sorted(self._folder.glob("dump-*-dec.wav")))

    async def hears(self, person: str) -> None:
        """Wait until its recording has this person's tone in it; raises TimeoutError."""
        async with asyncio.timeout(HAPPENS):
            while not tones.spans(self._sound_so_far(), tones.tone_of(person)):  # noqa: ASYNC110 - a growing file
                await asyncio.sleep(0.1)

    def _sound_so_far(self) -> bytes:
        """Without the header, whose sizes are written only at the end."""
        files = sorted(self._folder.glob("dump-*-dec.wav"))
        return files[-1].read_bytes()[44:] if files else b""

    def _command(self, command: str, parameters: str = "") -> None:
        text = json.dumps({"command": command, "params": parameters, "token": command})
        self._writer.write(f"{len(text)}:{text},".encode())

    async def _message(self) -> dict[str, Any]:
        length = int((await self._reader.readuntil(b":"))[:-1])
        message: dict[str, Any] = json.loads((await self._reader.readexactly(length + 1))[:-1])
        return message


@asynccontextmanager
async def baresip(
    folder: Path,
    server: Place,
    user: str,
    secret: str | None = None,
    *,
    certificate: Path | None = None,
    sound: str = "mediaenc=srtp",
) -> AsyncIterator[Baresip]:
    """A baresip that calls from this number, or with a secret a person's phone, which registers and takes every call.

    It hums the tone of ``user``, and is ended with the block. With a certificate it speaks TLS to a server that has it,
    and SRTP in every call that offers it; ``sound``: its account's setting for that.
    """
    real, listens = program(), ports.pick()
    assert real, "baresip is not installed"
    role = CALLS if secret is None else ANSWERS.format(user=user, secret=secret)
    role, transport = (f"{role};{sound}", "tls") if certificate else (role, "udp")
    account = ACCOUNT.format(user=user, server=f"{server[0]}:{server[1]}", transport=transport, role=role)
    _configure(folder, real, listens, user, account, certificate)
    process = await asyncio.create_subprocess_exec(
        real, "-f", folder, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True
    )
    try:
        reader, writer = await _connected(process, listens.ami)
        yield Baresip(folder, reader, writer)
        writer.close()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _configure(folder: Path, real: Path, listens: Ports, user: str, account: str, certificate: Path | None) -> None:
    folder.mkdir(exist_ok=True)
    # baresip reads a path up to the first space, and it may have been unpacked below a folder that has one.
    (folder / "modules").symlink_to(next(real.parents[1].glob("lib*/**/baresip/modules")))
    ear.save(tones.tone(tones.tone_of(user), HUMS * 8000).tobytes(), folder / "hum.wav")
    encrypted = ENCRYPTED.format(folder=folder, certificate=certificate) if certificate else ""
    (folder / "config").write_text(encrypted + CONFIG.format(host=LOOPBACK, ports=listens, folder=folder))
    (folder / "accounts").write_text(account)
    (folder / "contacts").write_text("")


async def _connected(process: Process, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    async with asyncio.timeout(LISTENS):
        while process.returncode is None:
            try:
                return await asyncio.open_connection(LOOPBACK, port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.1)
    raise AssertionError(f"baresip ended with {process.returncode}")
