"""Regenerate the pictures of the web page: its sample, and the screenshots of docs/serve.md.

`python scripts/page_pictures.py` needs playwright and Chromium. The screenshots are compressed by Kalette.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

import kalette

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
SAMPLE = ROOT / "src" / "kalette" / "web" / "page" / "sample.avif"
SCREENS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1180, "height": 840}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1180, "height": 840}, "color_scheme": "dark"},
    "narrow": {"viewport": {"width": 390, "height": 780}, "has_touch": True, "color_scheme": "light"},
}
SETTLING_MS = 1000  # until cubes, pictures and chart of a pass are drawn
BROWSER = os.environ.get("KALETTE_BROWSER") or shutil.which("chromium") or "chromium"


def draw_sample() -> None:
    """Write the sample of the page."""
    pixels = Image.fromarray(kalette.sample_pixels(480, 320))
    pixels.save(SAMPLE, quality=44, speed=0, subsampling="4:4:4")


def take_screenshots(browser: Any, address: str, name: str) -> None:
    """Show the sample in 16 colours, and write what the screen shows; in light colours, K-Means too."""
    page = browser.new_page(**SCREENS[name])
    page.goto(f"{address}#k=16&pass=6")
    page.locator("#sample").click()
    page.locator("#workbench:not(.working)").wait_for()
    page.locator("#download[href]").wait_for()
    write_screenshot(page, name)
    if name == "light":
        page.locator("#learn").scroll_into_view_if_needed()
        page.locator("#learn[aria-busy=false] .learn-body").wait_for()
        page.evaluate("document.getElementById('learn').scrollIntoView()")
        page.wait_for_timeout(SETTLING_MS)
        write_screenshot(page, "learn")
    page.close()


def write_screenshot(page: Any, name: str) -> None:
    """Write what the screen shows."""
    output = IMAGES / f"page-{name}.png"
    kalette.compress(page.screenshot(), 256, quality=(75, 80)).save(output, overwrite=True)
    print(f"{output.name}: {output.stat().st_size / 1000:.1f} KB")


def main() -> None:
    """Make all pictures."""
    draw_sample()
    command = [sys.executable, "-m", "kalette", "serve"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process,
        sync_playwright() as playwright,
    ):
        try:
            assert process.stdout is not None
            address = process.stdout.readline().split()[2]
            browser = playwright.chromium.launch(executable_path=BROWSER)
            for name in SCREENS:
                take_screenshots(browser, address, name)
            browser.close()
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
