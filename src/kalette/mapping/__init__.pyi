from .nearest import exact_labels as exact_labels
from .nearest import map_labels as map_labels
from .nearest import nearest_labels as nearest_labels
from .perceptual import PerceptualPixels as PerceptualPixels
from .policy import Policy as Policy
from .policy import map_pixels as map_pixels
from .policy import policy_for as policy_for
from .policy import rate_of as rate_of
