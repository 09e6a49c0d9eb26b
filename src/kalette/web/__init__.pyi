from .config import UPLOAD_LIMITS as UPLOAD_LIMITS
from .config import ServerConfig as ServerConfig
from .export import Export as Export
from .export import export_page as export_page
from .server import serve as serve
