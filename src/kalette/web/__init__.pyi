from .config import UPLOAD_LIMITS as UPLOAD_LIMITS
from .config import ServerConfig as ServerConfig
from .server import serve as serve
