"""What an answer says when it is not what was asked for: problem details (RFC 9457), which say what to do."""

import http
from collections.abc import Mapping

import msgspec
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"


class Mistake(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong in a text that was sent."""

    line: int
    """From 1."""
    column: int
    """In characters, from 1; 1 where the whole line is meant."""
    length: int = 1
    message: str
    help: str = ""
    """What to write instead, where that can be told."""


class ProblemDetails(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 9457."""

    type: str = "about:blank"
    """Nothing beyond the status: what is to be known is in ``detail``."""
    title: str
    """The status in words."""
    status: int
    detail: str
    """What is wrong, and what to do."""
    mistakes: tuple[Mistake, ...] = ()
    """In a rule file, all of them."""


class Problem(Exception):  # noqa: N818 - named as RFC 9457 names it
    """Ends an operation with this answer."""

    def __init__(
        self,
        status: http.HTTPStatus,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        mistakes: tuple[Mistake, ...] = (),
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.mistakes = status, detail, mistakes
        self.headers = dict(headers or {})


def answer(problem: Problem) -> Response:
    """The response that tells it."""
    details = ProblemDetails(
        title=problem.status.phrase, status=problem.status, detail=problem.detail, mistakes=problem.mistakes
    )
    return Response(
        msgspec.json.encode(details), status_code=problem.status, headers=problem.headers, media_type=MEDIA_TYPE
    )


def not_there(what: str) -> Problem:
    """There is none, or the one who asks may not know of it: the two are answered alike."""
    return Problem(http.HTTPStatus.NOT_FOUND, f"there is no {what}, or it is not for you to see")


def later(why: str, seconds: int) -> Problem:
    """It cannot be done now."""
    retry = {"Retry-After": str(seconds)}
    return Problem(http.HTTPStatus.SERVICE_UNAVAILABLE, f"{why}; try again in {seconds} s", headers=retry)


def too_often(what: str, seconds: float) -> Problem:
    """Too much was asked; ``seconds`` until the next one is answered."""
    wait = max(1, round(seconds + 0.5))
    detail = f"{what}: try again in {wait} s"
    return Problem(http.HTTPStatus.TOO_MANY_REQUESTS, detail, headers={"Retry-After": str(wait)})
