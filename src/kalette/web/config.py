"""Everything that can be set about a server."""

from dataclasses import dataclass, field

from kalette.types import (
    Limits,
    is_number,
    require_all,
    require_fields,
    require_kind,
    require_whole,
    thread_count,
    wrong,
)

MAX_WORKERS = 256
UPLOAD_LIMITS = Limits(max_input_bytes=64 << 20, max_pixels=64_000_000)
"""Lower than those of the command: the server shares its memory among strangers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerConfig:
    """Where a server listens, and what it may take.

    Parameters
    ----------
    host : str
        Address to listen on.
    port : int
        Port; 0 takes a free one.
    allowed_hosts : tuple of str
        Names in the `Host` header under which the server may be reached, besides localhost and IP addresses.
    trusted_proxies : tuple of str
        Addresses of reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    workers : int
        Worker processes; by default as many as cores.
    limits : Limits
        Limits on an image.
    queue : int
        Requests that may wait; one more is answered with 503.
    queue_per_client : int
        Requests of one client that may wait or run; one more is answered with 429.
    timeout_s : float
        Seconds for the work of a request, without waiting.
    upload_timeout_s : float
        Seconds for an upload, and for the headers before it.
    memory_bytes : int
        Memory of a worker beyond what it holds at its start.
    cache_bytes : int
        Memory for uploads, and in each worker for opened pictures.
    cache_seconds : int
        How long a picture is kept after its last use.

    Raises
    ------
    SettingsError
        For an invalid value.

    Examples
    --------
    >>> ServerConfig(workers=2).host
    '127.0.0.1'
    """

    host: str = "127.0.0.1"
    port: int = 0
    allowed_hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    workers: int = field(default_factory=lambda: thread_count(None))
    limits: Limits = UPLOAD_LIMITS
    queue: int = 64
    queue_per_client: int = 32
    timeout_s: float = 60.0
    upload_timeout_s: float = 30.0
    memory_bytes: int = 2 << 30
    cache_bytes: int = 256 << 20
    cache_seconds: int = 900

    def __post_init__(self) -> None:
        """Check the values."""
        require_fields(self, {"host": str, "limits": Limits})
        require_whole("workers", self.workers, most=MAX_WORKERS)
        require_whole("port", self.port, least=0, most=65_535)
        for name in ("allowed_hosts", "trusted_proxies"):
            require_kind(name, getattr(self, name), tuple, "give a tuple of names")
            require_all(name, getattr(self, name), str, "give names, each a text")
        for name in ("queue", "queue_per_client", "memory_bytes", "cache_bytes", "cache_seconds"):
            require_whole(name, getattr(self, name))
        for name in ("timeout_s", "upload_timeout_s"):
            seconds = getattr(self, name)
            if not (is_number(seconds) and seconds > 0):
                raise wrong(name, seconds, "give seconds above 0")

    @property
    def upload_bytes(self) -> int:
        """Bytes of all uploads that may be in flight at once."""
        return max(2 * self.limits.max_input_bytes, self.cache_bytes)
