"""The page in a browser: from the slider to preview and file, and the frames of "Watch it learn".

Chromium opens the page of `kalette serve` with a picture of a megapixel, and after a first move k goes
through its range. A preview counts once its frame is drawn; the file, with the pause in which the page waits
for further moves.
Then K-Means plays, and its scatters are turned.
Writes benchmarks/results/page.json; benchmarks/tables.py makes the table of docs/benchmarks.md from it.
"""

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from arguments import argument_parser, checked
from measure import Entry, machine, write_json
from page_frames import frames
from peers import distribution_version
from PIL import Image
from serve import EFFORTS, KS, quantiles

import kalette

SIZE, SMOKE_SIZE = (1200, 834), (96, 64)
SMOKE_KS = (2, 16, 64)
LEARN_KS, SMOKE_LEARN_KS = (8, 32), (8,)
LEARN_MS, SMOKE_LEARN_MS = 4000, 300
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

MOVE = """async (k) => {
  const [tag, workbench] = [document.querySelector(".tag.end"), document.getElementById("workbench")];
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const drawn = (done) => requestAnimationFrame(() => setTimeout(() => done(seconds())));
  const anything = { subtree: true, childList: true, characterData: true, attributes: true };
  const until = (isThere) => new Promise((done) => {
    if (isThere()) return drawn(done);
    const observer = new MutationObserver(() => {
      if (!isThere()) return;
      observer.disconnect();
      drawn(done);
    });
    observer.observe(document.body, anything);
  });
  const input = document.getElementById("k");
  input.value = k;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  const [preview, file] = await Promise.all([
    until(() => tag.textContent.startsWith(`${k} colours`)),
    until(() => !workbench.classList.contains("working")),
  ]);
  return { preview, file, problem: document.getElementById("failure").textContent };
}"""


def browser_path() -> str:
    """Return the path of Chromium."""
    names = (os.environ.get("KALETTE_BROWSER"), *BROWSERS)
    found = next(filter(None, (shutil.which(name) for name in names if name)), None)
    if found is None:
        raise SystemExit("there is no Chromium; install it, or give its path in KALETTE_BROWSER")
    return found


@contextmanager
def address() -> Iterator[str]:
    """Yield the address of a running server."""
    command = [sys.executable, "-m", "kalette", "serve"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split()[2]
    finally:
        process.terminate()
        process.wait(60)


def moved(page: Any, url: str, data: bytes, ks: tuple[int, ...]) -> list[Entry]:
    """Open a picture, move the slider through all k, and return the times."""
    page.goto("about:blank")
    page.goto(url)
    file = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": data}
    page.locator("#files").set_input_files([file])
    page.locator("#workbench:not(.working)").wait_for(timeout=120_000)
    page.evaluate(MOVE, ks[0] + 1)  # the page opens the picture for its preview, and compiles its code
    times: list[Entry] = [page.evaluate(MOVE, k) for k in ks]
    problems = [each["problem"] for each in times if each["problem"]]
    if problems:
        raise SystemExit(f"the page says: {problems[0]}")
    return times


def run(*, smoke: bool) -> dict[str, list[Entry]]:
    """Measure the slider with each effort, and the frames after the last."""
    from playwright.sync_api import sync_playwright

    (width, height), ks = (SMOKE_SIZE, SMOKE_KS) if smoke else (SIZE, KS[1:])
    learn_ks, last_ms = (SMOKE_LEARN_KS, SMOKE_LEARN_MS) if smoke else (LEARN_KS, LEARN_MS)
    encoded = io.BytesIO()
    Image.fromarray(kalette.sample_pixels(width, height)).save(encoded, "JPEG", quality=92)
    entries = []
    with address() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path())
        page = browser.new_page()
        for effort in EFFORTS:
            times = moved(page, f"{url}#k=2&effort={effort}", encoded.getvalue(), ks)
            seconds = {name: quantiles([each[name] for each in times]) for name in ("preview", "file")}
            entries.append({"effort": effort, "pixels": width * height, "ks": len(ks), **seconds})
        watched = frames(page, learn_ks, last_ms=last_ms)
        browser.close()
    return {"slider": entries, "frames": watched}


def main() -> None:
    """Read the arguments, run, write the JSON."""
    parser = argument_parser("page", __doc__, needs_data=False)
    arguments = checked(parser.parse_args())
    record = {
        "benchmark": "page",
        "smoke": arguments.smoke,
        "machine": machine({"playwright": distribution_version("playwright")}),
        **run(smoke=arguments.smoke),
    }
    write_json(arguments.out, record)
    print(f"page: wrote {arguments.out}")


if __name__ == "__main__":
    main()
