// The palette: colours with their shares, to copy, keep, change, put in order and take home.

import { colorsText, find, make, makeSvg } from "./elements.js";
import { grip, listenForOrder } from "./reordering.js";
import { canFix } from "./settings.js";

const LOCK = "M5 7V5a3 3 0 0 1 6 0v2h1v7H4V7zm1.5 0h3V5a1.5 1.5 0 0 0-3 0z";
const isOpaque = (code) => code.length === 7;
const shareText = (share) => (share > 0 && share < 0.001 ? "< 0.1 %" : `${(100 * share).toFixed(1)} %`);

/** Return colours with shares, in the order of a fixed palette, else the most frequent first. */
export function swatchesOf({ palette, shares }, settings) {
  const swatches = palette.map((code, place) => ({ code, share: shares[place] }));
  return settings.palette.length ? swatches : swatches.sort((a, b) => b.share - a.share);
}

/** Draw the colours as a band, each as wide as its share. */
export function showBand(swatches) {
  let left = 0;
  const parts = swatches.map(({ code, share }) => {
    const part = makeSvg("rect", { x: left, y: 0, width: share, height: 1, fill: code });
    left += share;
    return part;
  });
  find("band").replaceChildren(...parts);
}

export class PaletteList {
  #onChange;
  #codes = [];
  #canFix = true;
  #settings;

  /** Call a function with the settings that a click or a drag changes. */
  constructor(onChange) {
    this.#onChange = onChange;
    listenForOrder(find("palette"), {
      canMove: () => this.#canFix,
      onMove: (from, to) => this.#move(from, to),
    });
  }

  show(swatches, settings) {
    this.#codes = swatches.map(({ code }) => code);
    this.#canFix = canFix(this.#codes);
    this.#settings = settings;
    const focused = document.activeElement?.closest("#palette li")?.dataset.code;
    find("palette").replaceChildren(...swatches.map((swatch, place) => this.#item(swatch, place)));
    find("palette").querySelector(`[data-code="${focused}"] [data-copy]`)?.focus();
    find("palette-hint").replaceChildren(...this.#hint());
  }

  #hint() {
    const count = colorsText(this.#codes.length);
    const order = this.#canFix
      ? "drag them, or press Alt with an arrow key, to change their order"
      : "as some are partly transparent, they cannot be changed";
    if (!this.#settings.palette.length)
      return [`${count}. Click one to copy it; the lock keeps it while K-Means finds the others; ${order}.`];
    const release = make("button", {
      type: "button",
      className: "link",
      textContent: "Let K-Means find the colours",
    });
    release.addEventListener("click", () => this.#onChange({ palette: [] }));
    return [`The palette is fixed: ${count}. Each pixel takes one of them; ${order}. `, release];
  }

  #item({ code, share }, place) {
    const item = make("li", { "data-code": code }, face(code, share));
    if (isOpaque(code)) item.append(this.#tools(code, place));
    if (!this.#canFix) return item;
    item.prepend(grip());
    item.addEventListener("keydown", (event) => this.#key(event, place));
    return item;
  }

  #tools(code, place) {
    const tools = make("span", { className: "tools" });
    if (!this.#settings.palette.length) tools.append(this.#lock(code));
    if (this.#canFix) tools.append(this.#change(code, place));
    return tools;
  }

  #change(code, place) {
    const change = make("input", { type: "color", value: code, "aria-label": `Change ${code}`, title: "Change" });
    change.addEventListener("change", () => this.#fix(this.#codes.with(place, change.value)));
    return change;
  }

  #lock(code) {
    const kept = this.#settings.keep_colors;
    const isKept = kept.includes(code);
    const icon = makeSvg(
      "svg",
      { viewBox: "0 0 16 16", "aria-hidden": "true" },
      makeSvg("path", { d: LOCK, "fill-rule": "evenodd" }),
    );
    const lock = make(
      "button",
      {
        type: "button",
        className: "lock",
        title: "Keep",
        "aria-label": `Keep ${code}`,
        "aria-pressed": String(isKept),
      },
      icon,
    );
    lock.addEventListener("click", () =>
      this.#onChange({ keep_colors: isKept ? kept.filter((each) => each !== code) : [...kept, code] }),
    );
    return lock;
  }

  #key(event, place) {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (!event.altKey || !step) return;
    event.preventDefault();
    this.#move(place, Math.min(Math.max(place + step, 0), this.#codes.length - 1));
  }

  #move(from, to) {
    if (from === to) return;
    const codes = this.#codes.toSpliced(from, 1);
    this.#fix(codes.toSpliced(to, 0, this.#codes[from]));
  }

  /** Fix the palette; equal colours become one. */
  #fix(codes) {
    this.#onChange({ palette: [...new Set(codes)], keep_colors: [] });
  }
}

function face(code, share) {
  const rect = makeSvg("rect", { width: 16, height: 16, fill: code });
  const words = [make("span", { textContent: code }), make("small", { textContent: shareText(share) })];
  const label = `Copy ${code}, ${shareText(share)} of the pixels`;
  const picture = makeSvg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, rect);
  return make("button", { type: "button", "data-copy": code, "aria-label": label }, picture, ...words);
}
