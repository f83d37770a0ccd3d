"""The embedded Asterisk: a process of ours with a folder of its own, started, asked, reloaded and stopped.

Nothing of it is left when we end, however we end, unless another process holds it, too (`ari_app.processes.warden`). It
is in a process group of its own, so that Ctrl-C reaches us alone and we stop it when its calls are closed.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Self

import msgspec

from ari_app.pbx.listening import missing
from ari_app.pbx.log import AsteriskLog
from ari_app.processes import warden
from ari_app.processes.ended import gone
from ari_app.witness import starts
from dialplan import private
from dialplan.plan import Pbx
from dialplan.render import is_rendered, render, render_bans

START_SECONDS = 30.0
"""A start takes 0.3 s; on a machine under load, several."""
STOP_SECONDS = 10.0
CLI_SECONDS = 10.0
RELOADED = (
    *("pbx_config.so", "res_pjsip.so", "res_pjsip_authenticator_digest.so"),
    *("res_pjsip_endpoint_identifier_ip.so", "res_pjsip_outbound_registration.so"),
)
"""Who reads people and trunks again."""
_SOUNDS = (Path("/usr/share/asterisk"), Path("/var/lib/asterisk"))


class PbxError(Exception):
    """The embedded Asterisk does not do what it must; the text says what, with the last lines of its log."""


class NotStartedError(PbxError):
    """It ended, or never answered, while starting."""


class NotListeningError(PbxError):
    """It runs, but not all of its ports are its own: somebody else took one in the last moment. Try others."""


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """An Asterisk that can be started."""

    path: Path
    modules: Path | None = None
    data: Path | None = None
    """Both None: where it was built to look, as with a distribution's package."""

    @property
    def sounds(self) -> Path:
        """The folder of its recorded phrases, with a folder for each language."""
        places = (self.data,) if self.data else _SOUNDS
        return next((place / "sounds" for place in places if (place / "sounds").is_dir()), places[0] / "sounds")


def program(environment: Mapping[str, str]) -> Program:
    """The Asterisk that `./switchboard` found or unpacked: ``SWITCHBOARD_ASTERISK``, which is ``…/sbin/asterisk``.

    Modules and sounds are looked for beside it, as Debian lays them out. `PbxError` if the variable is not set.
    """
    if not environment.get("SWITCHBOARD_ASTERISK"):
        raise PbxError("no Asterisk is named: start this by ./switchboard, or set SWITCHBOARD_ASTERISK")
    path = Path(environment["SWITCHBOARD_ASTERISK"]).resolve()
    top = path.parent.parent
    modules = next(top.glob("lib/*/asterisk/modules"), None)
    data = top / "share" / "asterisk"
    return Program(path=path, modules=modules, data=data) if modules and data.is_dir() else Program(path=path)


class Asterisk:
    """``async with Asterisk(program, pbx, folder) as asterisk``: rendered, running and listening inside, gone after it.

    `NotStartedError` or `NotListeningError` on entering. Without entering it is the one that another process runs in
    this folder: it can be asked, and changed.
    """

    def __init__(self, program: Program, pbx: Pbx, folder: Path) -> None:
        self.folder = folder.resolve()
        self._log = AsteriskLog(self.folder / "log")
        self._program = program
        self._pbx = self._with_places(pbx)
        self._process: asyncio.subprocess.Process | None = None
        self._hold: IO[str] | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._hold is not None:
            await self._stop()

    def attach(self) -> None:
        """Hold the one that another process started here, until `leave`. `PbxError` if none runs."""
        self._hold = self._hold or warden.held(self.folder / "held")
        try:
            alive = self._conf.encode() in Path(f"/proc/{self.pid}/cmdline").read_bytes().split(b"\0")
        except FileNotFoundError:
            alive = False
        if not alive:
            self.leave()
            raise PbxError(f"no Asterisk runs in {self.folder}")

    def leave(self) -> None:
        """Leave it to its other holders: it goes on without us, and ends if there is none."""
        if self._hold is not None:
            self._hold.close()
            self._hold = None

    async def start(self, pbx: Pbx | None = None) -> None:
        """Start it, for the first time or after its end. `NotStartedError`, `NotListeningError`: it does not run.

        ``pbx``: other people, trunks or operators than it had; None: the same. Ports and addresses stay as they are.
        Raises OSError where the disk takes nothing.
        """
        self._pbx = self._with_places(pbx) if pbx else self._pbx
        await asyncio.to_thread(render, self._pbx, self.folder)
        self._log.set_aside()
        private.write(self._log.console, b"")
        starts.note(self.folder / "log" / "cdr-custom")
        self._hold = self._hold or warden.held(self.folder / "held")
        with self._log.console.open("ab") as console:
            self._process = await asyncio.create_subprocess_exec(
                *warden.command(self.folder / "held", str(self._program.path), "-f", "-C", self._conf),
                cwd=self.folder,
                env=_environment(),
                umask=0o077,
                start_new_session=True,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=console,
                stderr=console,
            )
        try:
            await self._wait_for_start()
        except BaseException:
            await self._stop()
            raise

    @property
    def pid(self) -> int:
        """Its process id, which is also its process group. FileNotFoundError while none runs in this folder."""
        return self._process.pid if self._process else int((self.folder / "run" / "asterisk.pid").read_text())

    @property
    def log_file(self) -> Path:
        """What it complains about; another file after each start, and when it has become long."""
        return self._log.file

    @property
    def monitor(self) -> Path:
        """Where calls are being recorded: ``CALL-r.wav`` (said by the caller) and ``CALL-t.wav`` (heard)."""
        return self.folder / "spool" / "monitor"

    @property
    def recording(self) -> Path:
        """Where ARI's ``record`` puts messages."""
        return self.folder / "spool" / "recording"

    async def ended(self) -> int | None:
        """Wait for its end, which is a fault unless we stop it; gives its status, if it was started here."""
        if self._process is not None:
            return await self._process.wait()
        await gone(self.pid)
        return None

    def knows(self, pbx: Pbx) -> bool:
        """Whether it was configured last with these people, trunks and operators, by this version of ours."""
        return is_rendered(self._with_places(pbx), self.folder)

    async def change(self, pbx: Pbx) -> None:
        """Take other people, trunks or operators; calls under way go on. Ports and addresses stay as they are."""
        self._pbx = self._with_places(pbx)
        await asyncio.to_thread(render, self._pbx, self.folder)
        await self.cli(f"module reload {' '.join(RELOADED)}")

    async def refuse(self, addresses: Sequence[str]) -> None:
        """Answer nobody at these addresses, and everybody else; calls under way go on."""
        await asyncio.to_thread(render_bans, addresses, self.folder)
        await self.cli("module reload res_pjsip.so")

    async def cut_log(self) -> None:
        """Have it begin another log if the one that it writes is long. `PbxError` if it does not answer."""
        if self._log.is_long():
            self._log.set_aside()
            await self.cli("logger reload")

    async def cli(self, command: str) -> str:
        """What Asterisk's command line prints for ``command``; `PbxError` if it does not answer."""
        process = await asyncio.create_subprocess_exec(
            *(self._program.path, "-C", self._conf, "-rx", command),
            cwd=self.folder,
            env=_environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            output, _ = await asyncio.wait_for(process.communicate(), CLI_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
            raise PbxError(
                f"Asterisk did not answer “{command}” in {CLI_SECONDS:.0f} s{self._log.last_lines()}"
            ) from None
        if process.returncode != 0 or output.startswith(b"No such command"):
            raise PbxError(f"Asterisk refused “{command}”: {output.decode(errors='replace').strip()}")
        return output.decode(errors="replace")

    @property
    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise PbxError("Asterisk was not started")
        return self._process

    @property
    def _conf(self) -> str:
        return str(self.folder / "etc" / "asterisk.conf")

    def _with_places(self, pbx: Pbx) -> Pbx:
        return msgspec.structs.replace(pbx, modules=self._program.modules, data=self._program.data)

    async def _wait_for_start(self) -> None:
        try:
            async with asyncio.timeout(START_SECONDS):
                while not await self._is_booted():
                    if self._running.returncode is not None:
                        raise NotStartedError(f"Asterisk ended while starting{self._log.last_lines()}")
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise NotStartedError(f"Asterisk did not start in {START_SECONDS:.0f} s{self._log.last_lines()}") from None
        if silent := await missing(self._pbx, await self.cli("pjsip show transports")):
            raise NotListeningError(f"Asterisk does not listen for {', '.join(silent)}{self._log.last_lines()}")

    async def _is_booted(self) -> bool:
        if not (self.folder / "run" / "asterisk.ctl").is_socket():
            return False
        try:
            return "fully booted" in await self.cli("core waitfullybooted")
        except PbxError:
            return False

    async def _stop(self) -> None:
        """SIGTERM is Asterisk's "core stop now": it hangs up, completes its recordings and goes."""
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            pid = self.pid
            os.kill(pid, signal.SIGTERM)
            try:
                await asyncio.wait_for(self.ended(), STOP_SECONDS)
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                await self.ended()
            os.killpg(pid, signal.SIGKILL)  # what it started (AGI) is of its group
        self.leave()


def _environment() -> dict[str, str]:
    """Little: ARI can read Asterisk's environment (ENV()), and ours may hold a database's password."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
