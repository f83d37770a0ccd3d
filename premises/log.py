"""The log: one line per event of a call, with its id; for people on a terminal, JSON otherwise."""

import io
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import structlog

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

SECRETS = ("secret", "code", "authorization", "password")


class Lenient(io.FileIO):
    """A file whose faults end nothing: a terminal that was closed (EIO), a reader that has gone, a full disk.

    What is written then is lost; what is written later, once the disk has room again, is not.
    """

    def write(self, data: "ReadableBuffer", /) -> int:
        """All of it, or as if."""
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes


def set_up(file: Path | None = None) -> None:
    """Write to standard error, or to a file that only its owner may read; libraries' own lines go the same way.

    From then on standard error is `Lenient` for everybody.
    """
    if (ours := sys.__stderr__) is not None and sys.stderr is ours:
        sys.stderr = _lines(Lenient(ours.fileno(), "w", closefd=False))
    stream = _private(file) if file else sys.stderr
    for_people = file is None and sys.stderr.isatty()
    show = structlog.dev.ConsoleRenderer() if for_people else structlog.processors.JSONRenderer(_json)
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _mask,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, show],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    libraries = logging.StreamHandler(stream)
    processors: list[structlog.typing.Processor] = [_plain, structlog.processors.format_exc_info, show]
    formatter = structlog.stdlib.ProcessorFormatter(processors=processors, foreign_pre_chain=shared)
    libraries.setFormatter(formatter)
    logging.basicConfig(handlers=[libraries], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)


def _private(file: Path) -> io.TextIOWrapper:
    return _lines(Lenient(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w"))


def _lines(file: Lenient) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BufferedWriter(file), encoding="utf-8", errors="backslashreplace", line_buffering=True)


def _json(event: structlog.typing.EventDict, default: Callable[[object], object]) -> str:
    return msgspec.json.encode(event, enc_hook=default).decode()


def _mask(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """No secret reaches a log, whoever hands it over."""
    return {key: "***" if key in SECRETS else value for key, value in event.items()}


def _plain(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return structlog.stdlib.ProcessorFormatter.remove_processors_meta(None, "", event)
