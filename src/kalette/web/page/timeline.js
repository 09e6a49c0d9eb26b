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

  /** @param {(place: number) => void} onPlace */
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

  get isPlaying() {
    return this.#playing;
  }

  /** Begin at the start of runs, of which the longest has so many passes. */
  reset(last) {
    this.pause();
    this.#last = last;
    this.#slider.max = last;
    this.#set(0);
  }

  pause() {
    this.#playing = false;
    cancelAnimationFrame(this.#frame);
    if (this.#place % 1 !== 0) this.#set(Math.ceil(this.#place));
    this.#tell();
  }

  play() {
    if (this.#place >= this.#last) this.#set(0);
    this.#playing = true;
    this.#tell();
    const passMs = Math.max(QUICKEST_MS, Math.min(SLOWEST_MS, WHOLE_MS / Math.max(1, this.#last)));
    let before = null;
    const advance = (now) => {
      this.#set(Math.min(this.#last, this.#place + (now - (before ?? now)) / passMs));
      before = now;
      if (this.#place >= this.#last) this.pause();
      else this.#frame = requestAnimationFrame(advance);
    };
    this.#frame = requestAnimationFrame(advance);
  }

  #go(place) {
    this.pause();
    this.#set(Math.max(0, Math.min(this.#last, place)));
  }

  #set(place) {
    this.#place = place;
    this.#slider.value = Math.floor(place);
    this.#slider.setAttribute("aria-valuetext", `pass ${Math.floor(place)} of ${this.#last}`);
    this.#onPlace(place);
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
