"""Problem details (RFC 9457): the answers to requests that fail."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import Response

from kalette.types import (
    CancelledError,
    KaletteError,
    LimitError,
    MemoryLimitError,
    PaletteError,
    ReadError,
    SettingsError,
    TargetError,
    TimeLimitError,
    WorkerError,
)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 1

STATUS_OF: dict[str, int] = {
    "bad-request": 400,
    "foreign-origin": 403,
    "not-found": 404,
    "picture-expired": 404,
    "method-not-allowed": 405,
    "slow-upload": 408,
    "abandoned": 409,
    "too-large": 413,
    "unsupported-format": 415,
    "invalid-option": 422,
    "unreadable-image": 422,
    "unmet-target": 422,
    "too-many-requests": 429,
    "internal-error": 500,
    "busy": 503,
    "stopping": 503,
    "worker-lost": 503,
    "too-slow": 504,
}
"""The HTTP status of each kind of problem."""

_KIND_OF: tuple[tuple[type[KaletteError], str], ...] = (  # subclasses first
    (LimitError, "too-large"),
    (MemoryLimitError, "too-large"),
    (TimeLimitError, "too-slow"),
    (WorkerError, "worker-lost"),
    (CancelledError, "abandoned"),
    (TargetError, "unmet-target"),
    (SettingsError, "invalid-option"),
    (PaletteError, "invalid-option"),
    (ReadError, "unreadable-image"),
)
_TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}  # as RFC 9110 names them
_RETRIED = (429, 503)


class ProblemError(Exception):
    """A request that cannot be answered as it wishes.

    Parameters
    ----------
    kind : str
        A key of `STATUS_OF`.
    detail : str
        One sentence: the value, the rule, the way out.
    headers : mapping
        Further headers of the answer.

    Examples
    --------
    >>> ProblemError("busy", "64 requests wait; try again later").response().status_code
    503
    """

    def __init__(self, kind: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        """Store the parts."""
        super().__init__(detail)
        self.kind, self.detail = kind, detail
        self.headers = dict(headers or {})

    @property
    def status(self) -> int:
        """The HTTP status."""
        return STATUS_OF[self.kind]

    def fields(self) -> dict[str, object]:
        """Return the members of the problem details."""
        return {
            "type": f"urn:kalette:problem:{self.kind}",
            "title": _TITLES.get(self.status, HTTPStatus(self.status).phrase),
            "status": self.status,
            "detail": self.detail,
        }

    def response(self) -> Response:
        """Return the answer."""
        retry = {"Retry-After": str(RETRY_AFTER_S)} if self.status in _RETRIED else {}
        return Response(json.dumps(self.fields()), self.status, {**retry, **self.headers}, MEDIA_TYPE)


def problem_of(error: KaletteError) -> ProblemError:
    """Return the problem that tells of an error, in the words of the error.

    Examples
    --------
    >>> problem_of(SettingsError("k is 300; a palette holds 1 to 256 colours")).status
    422
    """
    kinds = (kind for known, kind in _KIND_OF if isinstance(error, known))
    return ProblemError(next(kinds, "internal-error"), str(error))
