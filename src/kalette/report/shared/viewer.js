// <picture-viewer>: a picture before and after, with a divider, zoom, pan, and their difference.

const ZOOMS = [0.125, 0.25, 0.5, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32]; // screen pixels for a pixel of the picture
const PAN_STEP = 48; // CSS pixels for a press of an arrow key
const SMOOTH_BELOW = 2; // from this zoom on, pixels are squares
const VIEWS = { divider: "Divider", before: "Before", after: "After", difference: "Difference" };

const MARKUP = `
<div class="viewer-bar">
<div class="choice" role="radiogroup" aria-label="View"></div>
<div class="zoom" role="group" aria-label="Zoom">
<button type="button" data-zoom="out" aria-label="Smaller">−</button>
<output aria-live="off"></output>
<button type="button" data-zoom="in" aria-label="Larger">+</button>
<button type="button" data-zoom="fit">Fit</button>
<button type="button" data-zoom="actual" aria-label="Actual size">1:1</button>
</div>
</div>
<div class="stage" tabindex="0" role="group"
 aria-label="Pictures. Plus and minus zoom, arrow keys move, 0 fits, 1 is actual size, X changes between before and after.">
<div class="panes"><div class="pane before"></div><div class="pane after"></div></div>
<span class="tag start" aria-hidden="true">before</span>
<span class="tag end" aria-hidden="true">after</span>
<div class="divider" role="slider" tabindex="0" aria-label="Divider between before and after"
 aria-valuemin="0" aria-valuemax="100"></div>
</div>`;

let viewers = 0; // on this page; each has its own group of radio buttons

const between = (low, value, high) => Math.min(Math.max(value, low), high);

class PictureViewer extends HTMLElement {
  #size = { width: 1, height: 1 };
  #zoom = 1;
  #left = 0;
  #top = 0;
  #isFitted = true;
  #split = 50;
  #pointers = new Map();

  connectedCallback() {
    if (this.querySelector(".stage")) return;
    this.innerHTML = MARKUP;
    this.stage = this.querySelector(".stage");
    this.divider = this.querySelector(".divider");
    const group = `view-${(viewers += 1)}`;
    this.querySelector(".choice").append(...Object.entries(VIEWS).map((view) => viewChoice(group, view)));
    this.view = "divider";
    this.#moveDivider(50);
    this.#listen();
    new ResizeObserver(() => (this.#isFitted ? this.fit() : this.#place())).observe(this.stage);
  }

  /** Show a picture, an image or a canvas, as the one before; its size is that of both. */
  set before(picture) {
    const width = picture.naturalWidth ?? picture.width;
    const height = picture.naturalHeight ?? picture.height;
    const isNewSize = width !== this.#size.width || height !== this.#size.height;
    this.#size = { width, height };
    this.#fill("before", picture);
    this.style.setProperty("--aspect", width / height);
    this.style.setProperty("--width", `${width}px`);
    this.style.setProperty("--height", `${height}px`);
    if (isNewSize) this.fit();
  }

  /** Show a picture as the one after; it may have fewer pixels. */
  set after(picture) {
    this.#fill("after", picture);
  }

  /** What the picture after is called. */
  set afterName(name) {
    this.querySelector(".tag.end").textContent = name;
  }

  get view() {
    return this.dataset.view;
  }

  /** One of "divider", "before", "after" and "difference". */
  set view(name) {
    this.dataset.view = name;
    this.querySelector(`input[value=${name}]`).checked = true;
  }

  /** Screen pixels for a pixel of the picture. */
  get zoom() {
    return this.#zoom;
  }

  /** Show all of the picture; small ones are enlarged, by whole factors if there is room for two. */
  fit() {
    const { clientWidth, clientHeight } = this.stage;
    if (!clientWidth) return;
    const room = Math.min(clientWidth / this.#size.width, clientHeight / this.#size.height) * devicePixelRatio;
    this.#zoom = room >= SMOOTH_BELOW ? between(1, Math.floor(room), ZOOMS.at(-1)) : room;
    this.#isFitted = true;
    this.#place();
  }

  /** Zoom, around a point of the stage in CSS pixels or around its centre. */
  zoomTo(zoom, point = { x: this.stage.clientWidth / 2, y: this.stage.clientHeight / 2 }) {
    const wanted = between(Math.min(ZOOMS[0], this.#zoom), zoom, ZOOMS.at(-1));
    const factor = wanted / this.#zoom;
    this.#left = point.x - (point.x - this.#left) * factor;
    this.#top = point.y - (point.y - this.#top) * factor;
    this.#zoom = wanted;
    this.#isFitted = false;
    this.#place();
  }

  #fill(side, picture) {
    this.querySelector(`.pane.${side}`).replaceChildren(picture);
  }

  #step(direction, point) {
    const further = ZOOMS.filter((zoom) => (zoom - this.#zoom) * direction > 1e-6);
    if (further.length) this.zoomTo(direction > 0 ? further[0] : further.at(-1), point);
  }

  /** Keep the picture in the stage, and move it there. */
  #place() {
    const scale = this.#zoom / devicePixelRatio;
    const inside = (offset, room, length) =>
      length <= room ? (room - length) / 2 : between(room - length, offset, 0);
    this.#left = inside(this.#isFitted ? 0 : this.#left, this.stage.clientWidth, this.#size.width * scale);
    this.#top = inside(this.#isFitted ? 0 : this.#top, this.stage.clientHeight, this.#size.height * scale);
    this.style.setProperty("--left", `${this.#left}px`);
    this.style.setProperty("--top", `${this.#top}px`);
    this.style.setProperty("--scale", scale);
    this.stage.classList.toggle("pixelated", this.#zoom >= SMOOTH_BELOW);
    this.stage.classList.toggle("movable", !this.#isFitted);
    this.querySelector("output").textContent = `${Math.round(this.#zoom * 100)} %`;
  }

  #pan(across, down) {
    this.#left += across;
    this.#top += down;
    this.#isFitted = false;
    this.#place();
  }

  #moveDivider(percent) {
    this.#split = between(0, percent, 100);
    this.style.setProperty("--split", `${this.#split}%`);
    this.divider.setAttribute("aria-valuenow", Math.round(this.#split));
    this.divider.setAttribute("aria-valuetext", `${Math.round(this.#split)} % before`);
  }

  #listen() {
    this.addEventListener("change", (event) => (this.view = event.target.value));
    this.addEventListener("click", (event) => this.#press(event.target.dataset.zoom));
    this.stage.addEventListener("keydown", (event) => this.#key(event));
    this.stage.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.stage.addEventListener("pointerdown", (event) => this.#take(event));
    this.stage.addEventListener("pointermove", (event) => this.#drag(event));
    for (const kind of ["pointerup", "pointercancel"])
      this.stage.addEventListener(kind, (event) => this.#pointers.delete(event.pointerId));
  }

  #press(name) {
    if (name === "in") this.#step(1);
    if (name === "out") this.#step(-1);
    if (name === "fit") this.fit();
    if (name === "actual") this.zoomTo(1);
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const keys = event.target === this.divider ? this.#dividerKeys(event) : this.#stageKeys();
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  #dividerKeys(event) {
    const by = (step) => () => this.#moveDivider(this.#split + (event.shiftKey ? 10 * step : step));
    const to = (percent) => () => this.#moveDivider(percent);
    return {
      ArrowLeft: by(-1),
      ArrowDown: by(-1),
      ArrowRight: by(1),
      ArrowUp: by(1),
      PageDown: by(-10),
      PageUp: by(10),
      Home: to(0),
      End: to(100),
    };
  }

  #stageKeys() {
    return {
      "+": () => this.#step(1),
      "=": () => this.#step(1),
      "-": () => this.#step(-1),
      0: () => this.fit(),
      1: () => this.zoomTo(1),
      x: () => (this.view = this.view === "before" ? "after" : "before"),
      ArrowLeft: () => this.#pan(PAN_STEP, 0),
      ArrowRight: () => this.#pan(-PAN_STEP, 0),
      ArrowUp: () => this.#pan(0, PAN_STEP),
      ArrowDown: () => this.#pan(0, -PAN_STEP),
    };
  }

  /** Zoom with the wheel: with Ctrl (as a pinch on a touchpad comes), or once the stage has the focus. */
  #wheel(event) {
    if (!event.ctrlKey && !this.stage.contains(document.activeElement)) return;
    event.preventDefault();
    if (event.ctrlKey) this.zoomTo(this.#zoom * Math.exp(-event.deltaY / 100), this.#pointOf(event));
    else this.#step(event.deltaY < 0 ? 1 : -1, this.#pointOf(event));
  }

  #pointOf(event) {
    const { left, top } = this.stage.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  /** Begin to drag: the divider by its handle or where all of the picture is shown, else the picture. */
  #take(event) {
    if (event.button !== 0) return;
    this.stage.setPointerCapture(event.pointerId);
    const isDivider = event.target === this.divider || (this.#isFitted && this.view === "divider");
    this.#pointers.set(event.pointerId, { ...this.#pointOf(event), isDivider });
    (event.target === this.divider ? this.divider : this.stage).focus({ preventScroll: true });
    event.preventDefault();
    if (isDivider) this.#dividerTo(event);
  }

  #drag(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const point = this.#pointOf(event);
    if (this.#pointers.size === 2) this.#pinch(event.pointerId, point);
    else if (before.isDivider) this.#dividerTo(event);
    else this.#pan(point.x - before.x, point.y - before.y);
    this.#pointers.set(event.pointerId, { ...before, ...point });
  }

  #dividerTo(event) {
    this.#moveDivider((100 * this.#pointOf(event).x) / this.stage.clientWidth);
  }

  #pinch(id, point) {
    const [other] = [...this.#pointers].filter(([each]) => each !== id).map(([, place]) => place);
    const before = this.#pointers.get(id);
    const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y) || 1;
    const middle = { x: (point.x + other.x) / 2, y: (point.y + other.y) / 2 };
    this.zoomTo((this.#zoom * distance(point, other)) / distance(before, other), middle);
    this.#pan((point.x - before.x) / 2, (point.y - before.y) / 2);
  }
}

function viewChoice(group, [name, words]) {
  const label = document.createElement("label");
  const input = Object.assign(document.createElement("input"), { type: "radio", name: group, value: name });
  const span = Object.assign(document.createElement("span"), { textContent: words });
  label.append(input, span);
  return label;
}

customElements.define("picture-viewer", PictureViewer);
