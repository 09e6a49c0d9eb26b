"""What every request must fulfil, and the headers of every answer."""

import ipaddress
import logging
import traceback
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kalette.types import brief
from kalette.web.page_folders import PAGE_POLICY
from kalette.web.problems import ProblemError

_LOG = logging.getLogger(__name__)
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_OWN_SITES = ("same-origin", "none")

_PAGE_POLICY = f"{PAGE_POLICY}; frame-ancestors 'none'"
_API_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """Refuses foreign hosts and origins, sets security headers, and keeps contents out of the log.

    Parameters
    ----------
    app : ASGI application
        The application.
    allowed_hosts : collection of str
        Names in `Host` besides localhost and IP addresses. No page can make a name of another site lead to an
        IP address in `Host`, so these need no list (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, allowed_hosts: Collection[str]) -> None:
        """Store the application and the names."""
        self._app = app
        self._hosts = {"localhost", *(name.lower() for name in allowed_hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sending = _with_headers(send, scope["path"])
        try:
            self._require_own(scope)
        except ProblemError as problem:
            await problem.response()(scope, receive, sending)
            return
        try:
            await self._app(scope, receive, sending)
        except Exception as error:  # Starlette has answered with 500; the text of the error may hold names
            stack = "".join(traceback.format_tb(error.__traceback__))
            _LOG.error("%s in %s\n%s", type(error).__name__, scope["path"], stack)

    def _require_own(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_own_host(host):
            raise ProblemError(
                "bad-request",
                f"the host is {brief(host)}, and this server is not known by it; "
                "use its address, or start it with --allow-host",
                {"Connection": "close"},
            )
        if scope["method"] not in _SAFE_METHODS and not _is_own_origin(headers, host):
            raise ProblemError(
                "foreign-origin",
                "the request comes from a page of another origin; send it from this server's page, "
                "or from a program",
                {"Connection": "close"},
            )

    def _is_own_host(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            return False
        return name is not None and (name in self._hosts or _is_ip_address(name))


def _is_ip_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_own_origin(headers: Headers, host: str) -> bool:
    origin = headers.get("origin")
    own = origin is None or origin.lower().partition("://")[2] == host.lower()
    return own and headers.get("sec-fetch-site", "none") in _OWN_SITES


def _with_headers(send: Send, path: str) -> Send:
    policy = _API_POLICY if path.startswith("/v1/") else _PAGE_POLICY

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in (*_HEADERS.items(), ("Content-Security-Policy", policy)):
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending
