from .files import read_palette as read_palette
from .swatches import FORMATS as FORMATS
from .swatches import OPAQUE_ONLY as OPAQUE_ONLY
from .swatches import Order as Order
from .swatches import PaletteFormat as PaletteFormat
from .swatches import Swatches as Swatches
from .swatches import palette_format_of as palette_format_of
