"""Frame times of "Watch it learn": for benchmarks/page.py.

Of each frame, the interval since the one before, and the time from its begin until the page has drawn it.
"""

from typing import Any

from measure import Entry
from serve import quantiles

ACTIONS = ("playing", "turning")

WATCH = """async ({ action, lastMs }) => {
  const [canvas, play] = [document.querySelector(".learn-scatter"), document.querySelector(".learn-play")];
  const [intervals, work] = [[], []];
  let [before, began] = [0, 0];
  const drawn = new MessageChannel();
  drawn.port1.onmessage = () => work.push((performance.now() - began) / 1000);
  let [x, y] = [4, 4];
  const fire = (kind) => {
    const { left, top } = canvas.getBoundingClientRect();
    const place = { clientX: left + x, clientY: top + y };
    canvas.dispatchEvent(new PointerEvent(kind, { bubbles: true, pointerId: 1, buttons: 1, ...place }));
  };
  canvas.setPointerCapture = () => {}; // there is no such pointer
  if (action === "playing") play.click();
  else fire("pointerdown");
  const isPlaying = () => document.querySelector(".learn-timeline").classList.contains("playing");
  const end = performance.now() + lastMs;
  await new Promise((done) => {
    const step = (now) => {
      if (before) intervals.push((now - before) / 1000);
      before = began = now;
      drawn.port2.postMessage(0); // answered after this frame is drawn
      if (action === "turning") fire("pointermove", ((x += 2), (y += 1)));
      if (now > end || (action === "playing" && !isPlaying())) done();
      else requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
  if (action === "turning") fire("pointerup");
  else if (isPlaying()) play.click();
  return { intervals, work };
}"""


def frames(page: Any, ks: tuple[int, ...], *, last_ms: int) -> list[Entry]:
    """Play K-Means in the open page, then turn its scatters, with each number of centroids.

    First the curve above is measured, for which the server needs all cores.
    """
    page.locator("#curve-section").scroll_into_view_if_needed()
    page.locator('#curve [aria-label^="k = 256:"]').wait_for(timeout=120_000)  # the server is at rest again
    page.locator("#learn").scroll_into_view_if_needed()
    page.locator(".learn-body").wait_for()
    return [_watched(page, k, action, last_ms) for k in ks for action in ACTIONS]


def _watched(page: Any, k: int, action: str, last_ms: int) -> Entry:
    page.locator("#learn-k").fill(str(k))
    swatches = ".learn-run:nth-child({}) .learn-swatches li:nth-child({}):last-child"
    for run in (1, 2):
        page.locator(swatches.format(run, k)).wait_for()
    page.locator("#learn[aria-busy=false]").wait_for()  # else the end of a run stops the play
    page.locator(".learn-scatter").first.scroll_into_view_if_needed()
    found = page.evaluate(WATCH, {"action": action, "lastMs": last_ms})
    return {
        "action": action,
        "k": k,
        "frames": len(found["work"]),
        "interval_seconds": quantiles(found["intervals"]),
        "work_seconds": quantiles(found["work"]),
    }
