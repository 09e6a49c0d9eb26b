// Play, pause, step and back over the passes of K-Means.

import { make, makeSvg } from "./elements.js";

const WHOLE_MS = 12_000; // of a long run
const [QUICKEST_MS, SLOWEST_MS] = [120, 700]; // a pass

const [TO_START, BACK, FORWARD, TO_END] = ["M4 3v10 M14 3v10l-8-5z", "M12 3v10l-8-5z", "M4 3v10l8-5z", "M2 3v10l8-5z M12 3v10"];

/** Controls with a place from 0 to `last`; between whole places, one pass becomes the next. */
export class Timeline {
  #last = 0;
  #place = 0;
  #playing = false;
  #frame = 0;
  #onPlace;
  #slider = make("input", { type: "range", min: 0, step: 1, value: 0, className: "learn-place", "aria-label": "Pass" });
  #play = make("button", { type: "button", className: "main learn-play" });

  /** @param {(place: number, isPlaying: boolean) => void} onPlace  called for each frame while it plays, and at its rest */
  constructor(onPlace) {
    this.#onPlace = onPlace;
    this.element = make(
      "div",
      { className: "learn-timeline", role: "group", "aria-label": "Passes of K-Means" },
      button("To the start", TO_START, () => this.#go(0)),
      button("Back one pass", BACK, () => this.#go(Math.ceil(this.#place) - 1)),
      this.#play,
      button("Forward one pass", FORWARD, () => this.#go(Math.floor(this.#place) + 1)),
      button("To the end", TO_END, () => this.#go(this.#last)),
      this.#slider,
    );
    this.#play.addEventListener("click", () => (this.#playing ? this.pause() : this.play()));
    this.#slider.addEventListener("input", () => this.#go(Number(this.#slider.value)));
    this.#tell();
  }

  /** Take runs, of which the longest has so many passes, and rest at one of these. */
  reset(last, pass = 0) {
    this.#last = last;
    this.#slider.max = last;
    this.#go(pass);
  }

  pause() {
    this.#go(Math.ceil(this.#place));
  }

  play() {
    if (this.#place >= this.#last) this.#set(0);
    this.#playing = true;
    this.#tell();
    const passMs = Math.max(QUICKEST_MS, Math.min(SLOWEST_MS, WHOLE_MS / Math.max(1, this.#last)));
    let before = null;
    const advance = (now) => {
      const place = this.#place + (now - (before ?? now)) / passMs;
      before = now;
      if (place >= this.#last) return this.#go(this.#last);
      this.#set(place);
      this.#frame = requestAnimationFrame(advance);
    };
    this.#frame = requestAnimationFrame(advance);
  }

  /** Rest at a place. */
  #go(place) {
    this.#playing = false;
    cancelAnimationFrame(this.#frame);
    this.#tell();
    this.#set(Math.max(0, Math.min(this.#last, place)));
  }

  #set(place) {
    this.#place = place;
    const pass = Math.floor(place);
    if (this.#slider.value !== String(pass)) this.#slider.value = pass;
    const words = `pass ${pass} of ${this.#last}`;
    if (this.#slider.ariaValueText !== words) this.#slider.ariaValueText = words;
    this.#onPlace(place, this.#playing);
  }

  #tell() {
    this.#play.textContent = this.#playing ? "Pause" : "Play";
    this.element.classList.toggle("playing", this.#playing);
  }
}

function button(label, icon, act) {
  const drawing = makeSvg("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": true }, makeSvg("path", { d: icon }));
  const made = make("button", { type: "button", className: "quiet", "aria-label": label, title: label }, drawing);
  made.addEventListener("click", act);
  return made;
}
