"""Configuration of the documentation site: python scripts/docs.py."""

import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS / "_extensions"))

import kalette  # noqa: E402 - the documented package is installed, or on PYTHONPATH

sys.modules["kalette.figures"] = kalette.figures  # a name of the package that is no module, for autodoc

# The source folder is the root of the repository, so that all pages are where links on a code host find them.
project = "Kalette"
author = "The Kalette developers"
project_copyright = "The Kalette developers; Apache-2.0"
version = release = kalette.__version__
root_doc = "docs/index"
include_patterns = [
    "docs/**.md",
    "docs/gallery/*.rst",
    "docs/reference/generated/*.rst",
    "notebooks/*.ipynb",
    "examples/README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
]
exclude_patterns = [
    "build",
    ".*",
    "src",
    "native",
    "tests",
    "benchmarks",
    "docs/gallery/sg_execution_times.rst",
]
extensions = [
    "command_groups",
    "mathml",
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
]
nitpicky = True
highlight_language = "text"  # of blocks that name none
templates_path = [str(DOCS / "_templates")]  # autosummary takes it relative to the source folder

# Markdown and notebooks
myst_enable_extensions = ["colon_fence", "dollarmath", "html_image"]
myst_heading_anchors = 3
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
nb_execution_timeout = 300

# The reference of the library
default_role = "code"
autosummary_generate = True
autodoc_typehints = "none"
autodoc_preserve_defaults = True
numpydoc_show_class_members = False

# The gallery
sphinx_gallery_conf = {
    "examples_dirs": "examples/gallery",
    "gallery_dirs": "docs/gallery",
    "filename_pattern": "/plot_",
    "backreferences_dir": "docs/reference/generated/backreferences",
    "doc_module": ("kalette",),
    "image_scrapers": ("matplotlib", "shown_pictures.scraper"),
    "capture_repr": (),
    "within_subsection_order": "FileNameSortKey",
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
    "min_reported_time": 10_000,
    "remove_config_comments": True,
}

# HTML: everything comes from the site itself
html_theme = "pydata_sphinx_theme"
html_title = "Kalette"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_extra_path = ["_root"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "logo": {"text": "Kalette"},
    "navbar_align": "left",
    "navigation_with_keys": False,
    "show_prev_next": True,
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": ["theme-version"],
    "pygments_light_style": "friendly",
    "pygments_dark_style": "monokai",
}
html_sidebars = {"docs/index": [], "docs/start": []}
