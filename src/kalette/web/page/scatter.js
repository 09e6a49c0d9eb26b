// The colours of a picture as points in the RGB cube, with centroids that move: turned by dragging or by arrow keys.

const REACH = 0.53; // half the cube's width on the canvas; more would push the name of an axis out of it
const CENTROID = 8; // radius
const SHORTEST = 1; // step of a trail, in CSS pixels
const [TURN, NUDGE] = [0.12, 4]; // of an arrow key: radians, steps of a byte
const EDGES = [[0, 1], [0, 2], [0, 4], [1, 3], [1, 5], [2, 3], [2, 6], [3, 7], [4, 5], [4, 6], [5, 7], [6, 7]];
const CORNERS = Array.from({ length: 8 }, (_, i) => [i & 1, (i >> 1) & 1, (i >> 2) & 1].map((bit) => 255 * bit));
const INKS = ["ink", "muted", "faint", "accent", "ground"];
const AXES = [["R", [278, 0, 0]], ["G", [0, 278, 0]], ["B", [0, 0, 278]]];

/**
 * A canvas with the cloud. `on.light(j)` is called for a centroid that is clicked (-1: none), `on.move(j, point, isDone)`
 * for one that is dragged, `on.settle()` when keys have moved one.
 */
export class Scatter {
  #canvas = document.createElement("canvas");
  #view;
  #on;
  #points;
  #shown = { centroids: new Float64Array(), clusters: new Float64Array(), trails: [], lit: -1 };
  #size = { width: 0, height: 0, unit: 0 }; // in CSS pixels; asking the canvas for each point makes frames late
  #inks = null; // read from the style when they are first needed
  #waiting = 0;

  /**
   * @param {View} view  shared with other scatters
   * @param {PointLayer} points  of that view
   */
  constructor(view, points, on) {
    this.#view = view;
    this.#points = points;
    this.#on = on;
    Object.assign(this.#canvas, { className: "learn-scatter", tabIndex: 0 });
    this.#canvas.setAttribute("role", "application");
    view.addEventListener("turn", () => this.#draw());
    new ResizeObserver(() => this.#measure()).observe(this.#canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#recolor());
    this.#listen();
  }

  get element() {
    return this.#canvas;
  }

  /**
   * Draw centroids (k x 3), with the places from which they came, and the cluster that is lit: of those around `clusters`.
   * @param {{centroids: Float64Array, clusters: Float64Array, trails: Float64Array[], lit: number}} shown
   */
  show(shown) {
    this.#shown = shown;
    const k = shown.centroids.length / 3;
    const lit = shown.lit < 0 ? "" : ` Cluster ${shown.lit + 1} is lit; with Shift, arrow keys move its centroid.`;
    const label = `The colours of the picture in the RGB cube, with ${k} centroids. Arrow keys turn it.${lit}`;
    if (this.#canvas.ariaLabel !== label) this.#canvas.ariaLabel = label;
    this.#draw();
  }

  #measure() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    this.#size = { width, height, unit: (Math.min(width, height) / 2) * REACH };
    this.#draw();
  }

  #recolor() {
    this.#inks = null;
    this.#draw();
  }

  #draw() {
    if (!this.#waiting) this.#waiting = requestAnimationFrame(() => this.#drawNow());
  }

  #drawNow() {
    this.#waiting = 0;
    const { width, height, unit } = this.#size;
    if (width === 0 || height === 0) return;
    const ratio = Math.min(2, devicePixelRatio);
    const sheet = { width: Math.floor(width * ratio), height: Math.floor(height * ratio), unit: unit * ratio, ratio };
    const pen = cleared(this.#canvas, sheet);
    this.#inks ??= inksOf(this.#canvas);
    this.#drawCube(pen);
    pen.drawImage(this.#points.drawn(sheet, { centroids: this.#shown.clusters, lit: this.#shown.lit }), 0, 0, width, height);
    this.#drawTrails(pen);
    this.#drawCentroids(pen);
  }

  /** Return where a point lies on the canvas, in CSS pixels. */
  #place(point) {
    return this.#places(point)[0];
  }

  /** Return where points (n x 3) lie, with their distance and how large they look. */
  #places(points) {
    const seen = this.#view.seen(points);
    const { width, height, unit } = this.#size;
    return Array.from({ length: seen.length / 4 }, (_, i) => {
      const [x, y, away, scale] = seen.subarray(4 * i, 4 * i + 4);
      return [width / 2 + x * unit, height / 2 + y * unit, away, scale];
    });
  }

  #drawCube(pen) {
    pen.strokeStyle = this.#inks.faint;
    pen.lineWidth = 1;
    for (const ends of EDGES) strokePath(pen, ends.map((corner) => this.#place(CORNERS[corner])));
    pen.fillStyle = this.#inks.muted;
    pen.font = "13px system-ui, sans-serif";
    Object.assign(pen, { textAlign: "center", textBaseline: "middle" });
    for (const [name, at] of AXES) pen.fillText(name, ...this.#place(at).slice(0, 2));
  }

  /** Draw the ways of all centroids as one path; steps too short to be seen are left out. */
  #drawTrails(pen) {
    const stations = [...this.#shown.trails, this.#shown.centroids].map((centroids) => this.#view.seen(centroids));
    const { width, height, unit } = this.#size;
    pen.beginPath();
    for (let at = 0; at < stations[0].length; at += 4) {
      let [x, y] = [NaN, NaN];
      for (const seen of stations) {
        const [nextX, nextY] = [width / 2 + seen[at] * unit, height / 2 + seen[at + 1] * unit];
        if (Math.abs(nextX - x) + Math.abs(nextY - y) < SHORTEST) continue;
        if (Number.isNaN(x)) pen.moveTo(nextX, nextY);
        else pen.lineTo(nextX, nextY);
        [x, y] = [nextX, nextY];
      }
    }
    Object.assign(pen, { strokeStyle: this.#inks.ink, lineWidth: 1.5, globalAlpha: 0.55 });
    pen.stroke();
    pen.globalAlpha = 1;
  }

  #drawCentroids(pen) {
    const inks = this.#inks;
    const { centroids, lit } = this.#shown;
    const places = this.#centroidPlaces();
    const order = Array.from(places.keys()).sort((a, b) => places[b][2] - places[a][2]);
    for (const j of order) {
      const [x, y, , scale] = places[j];
      const color = centroids.subarray(3 * j, 3 * j + 3);
      const radius = CENTROID * scale * (j === lit ? 1.4 : 1);
      disc(pen, x, y, radius + 3.5, j === lit ? inks.accent : inks.ink);
      disc(pen, x, y, radius + 2, inks.ground);
      disc(pen, x, y, radius, `rgb(${color[0]} ${color[1]} ${color[2]})`);
    }
  }

  #centroidPlaces() {
    return this.#places(this.#shown.centroids);
  }

  /** Return the centroid at a place, the frontmost of several, or -1. */
  #centroidAt(x, y, reach) {
    const places = this.#centroidPlaces();
    const hit = places.map(([left, top, away], j) => [Math.hypot(left - x, top - y), away, j]);
    return hit.filter(([distance]) => distance <= reach).sort((a, b) => a[1] - b[1])[0]?.[2] ?? -1;
  }

  #listen() {
    let held = null;
    const reachOf = (event) => (event.pointerType === "touch" ? 24 : 13);
    this.#canvas.addEventListener("pointerdown", (event) => {
      held = { x: event.offsetX, y: event.offsetY, j: this.#centroidAt(event.offsetX, event.offsetY, reachOf(event)), moved: 0 };
      this.#canvas.setPointerCapture(event.pointerId);
    });
    this.#canvas.addEventListener("pointermove", (event) => {
      if (!held) return this.#hover(event, reachOf(event));
      const step = [event.offsetX - held.x, event.offsetY - held.y];
      Object.assign(held, { x: event.offsetX, y: event.offsetY, moved: held.moved + Math.abs(step[0]) + Math.abs(step[1]) });
      if (held.moved < 4) return;
      if (held.j < 0) this.#view.turn(step[0] / 120, step[1] / 120);
      else this.#move(held.j, step.map((value) => value / this.#size.unit), false);
    });
    const release = () => {
      if (held?.moved < 4) this.#on.light(held.j === this.#shown.lit ? -1 : held.j);
      else if (held && held.j >= 0) this.#move(held.j, [0, 0], true);
      held = null;
    };
    this.#canvas.addEventListener("pointerup", release);
    this.#canvas.addEventListener("pointercancel", release);
    this.#canvas.addEventListener("keydown", (event) => this.#press(event));
    this.#canvas.addEventListener("keyup", ({ key }) => {
      if (key === "Shift" && this.#shown.lit >= 0) this.#on.settle();
    });
  }

  #hover(event, reach) {
    this.#canvas.style.cursor = this.#centroidAt(event.offsetX, event.offsetY, reach) < 0 ? "grab" : "move";
  }

  #move(j, step, isDone) {
    const change = this.#view.unseen(step);
    const point = Array.from(this.#shown.centroids.subarray(3 * j, 3 * j + 3), (value, c) =>
      Math.max(0, Math.min(255, value + change[c])),
    );
    this.#on.move(j, point, isDone);
  }

  #press(event) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const { lit } = this.#shown;
    if (event.shiftKey && lit >= 0) this.#move(lit, step.map((value) => (value * NUDGE) / 127.5), false);
    else if (!event.shiftKey) this.#view.turn(step[0] * TURN, step[1] * TURN);
  }
}

/** Return the page's colours for drawings. */
function inksOf(canvas) {
  const style = getComputedStyle(canvas);
  return Object.fromEntries(INKS.map((name) => [name, style.getPropertyValue(`--${name}`)]));
}

/** Return the pen of a canvas that is empty, and has the size of a sheet. */
function cleared(canvas, { width, height, ratio }) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return pen;
}

function strokePath(pen, places) {
  pen.beginPath();
  for (const [x, y] of places) pen.lineTo(x, y);
  pen.stroke();
}

function disc(pen, x, y, radius, color) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fillStyle = color;
  pen.fill();
}
