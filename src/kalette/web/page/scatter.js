// The colours of a picture as points in the RGB cube, with centroids that move: turned by dragging or by arrow keys.

import { squaredDistance } from "./lloyd.js";

const [NEAR, REACH] = [9, 0.6]; // distance of the eye in half cubes, and half the cube's width on the canvas
const [LEAST_DOT, DOT_RANGE] = [1.6, 7]; // in CSS pixels
const CENTROID = 8; // radius
const [TURN, NUDGE] = [0.12, 4]; // of an arrow key: radians, steps of a byte
const DIM = 20; // alpha of points in clusters that are not lit, of 255
const EDGES = [[0, 1], [0, 2], [0, 4], [1, 3], [1, 5], [2, 3], [2, 6], [3, 7], [4, 5], [4, 6], [5, 7], [6, 7]];
const CORNERS = Array.from({ length: 8 }, (_, i) => [i & 1, (i >> 1) & 1, (i >> 2) & 1].map((bit) => 255 * bit));
const AXES = [["R", [278, 0, 0]], ["G", [0, 278, 0]], ["B", [0, 0, 278]]];

/** The direction from which scatters are seen; those that share it turn together. */
export class View extends EventTarget {
  #yaw = 0;
  #pitch = 0;
  #turned;

  constructor() {
    super();
    this.turn(-0.65, 0.38);
  }

  /** Turn by angles in radians: around the axis of green, and up or down. */
  turn(yaw, pitch) {
    this.#yaw += yaw;
    this.#pitch = Math.max(-1.5, Math.min(1.5, this.#pitch + pitch));
    const [y, p] = [this.#yaw, this.#pitch];
    this.#turned = { sinYaw: Math.sin(y), cosYaw: Math.cos(y), sinPitch: Math.sin(p), cosPitch: Math.cos(p) };
    this.dispatchEvent(new Event("turn"));
  }

  /** Return points of the cube (n x 3) as seen (n x 4): to the right, down, away from the eye, how large they look. */
  seen(points) {
    const { sinYaw, cosYaw, sinPitch, cosPitch } = this.#turned;
    const seen = new Float32Array((points.length / 3) * 4);
    for (let from = 0, to = 0; from < points.length; from += 3, to += 4) {
      const [x, y, z] = [points[from] / 127.5 - 1, points[from + 1] / 127.5 - 1, points[from + 2] / 127.5 - 1];
      const [across, depth] = [x * cosYaw + z * sinYaw, z * cosYaw - x * sinYaw];
      const [up, away] = [y * cosPitch - depth * sinPitch, depth * cosPitch + y * sinPitch];
      const scale = NEAR / (NEAR + away);
      [seen[to], seen[to + 1], seen[to + 2], seen[to + 3]] = [across * scale, -up * scale, away, scale];
    }
    return seen;
  }

  /** Return the movement in the cube that looks like a movement on the screen. */
  unseen([across, down]) {
    const { sinYaw, cosYaw, sinPitch, cosPitch } = this.#turned;
    const [up, depth] = [-down * cosPitch, down * sinPitch];
    const [x, z] = [across * cosYaw - depth * sinYaw, depth * cosYaw + across * sinYaw];
    return [x, up, z].map((value) => 127.5 * value);
  }
}

/**
 * A canvas with the cloud. `on.light(j)` is called for a centroid that is clicked (-1: none), `on.move(j, point, isDone)`
 * for one that is dragged, `on.settle()` when keys have moved one.
 */
export class Scatter {
  #canvas = document.createElement("canvas");
  #view;
  #on;
  #dots = { points: new Float32Array(), sides: new Float64Array(), words: new Uint32Array() };
  #layer = null;
  #shown = { centroids: new Float64Array(), trails: [], lit: -1 };
  #waiting = 0;

  constructor(view, on) {
    this.#view = view;
    this.#on = on;
    Object.assign(this.#canvas, { className: "learn-scatter", tabIndex: 0 });
    this.#canvas.setAttribute("role", "application");
    view.addEventListener("turn", () => this.#draw());
    new ResizeObserver(() => this.#draw()).observe(this.#canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
    this.#listen();
  }

  get element() {
    return this.#canvas;
  }

  /** Take the points that stand for the colours of a picture, and their weights. */
  setCloud({ points, weights }) {
    const heaviest = weights.reduce((most, weight) => Math.max(most, weight), 0);
    const sides = weights.map((weight) => LEAST_DOT + DOT_RANGE * Math.cbrt(weight / heaviest));
    const words = Uint32Array.from(weights, (_, i) => points[3 * i] | (points[3 * i + 1] << 8) | (points[3 * i + 2] << 16));
    this.#dots = { points, sides, words };
    this.#draw();
  }

  /**
   * Draw centroids (k x 3), with the places from which they came, and the cluster that is lit.
   * @param {{centroids: Float64Array, trails: Float64Array[], lit: number}} shown
   */
  show(shown) {
    this.#shown = shown;
    const k = shown.centroids.length / 3;
    const lit = shown.lit < 0 ? "" : ` Cluster ${shown.lit + 1} is lit; with Shift, arrow keys move its centroid.`;
    this.#canvas.setAttribute("aria-label", `The colours of the picture in the RGB cube, with ${k} centroids. Arrow keys turn it.${lit}`);
    this.#draw();
  }

  #draw() {
    if (!this.#waiting) this.#waiting = requestAnimationFrame(() => this.#drawNow());
  }

  #drawNow() {
    this.#waiting = 0;
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (width === 0 || height === 0) return;
    const ratio = Math.min(2, devicePixelRatio);
    Object.assign(this.#canvas, { width: width * ratio, height: height * ratio });
    const pen = this.#canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const style = getComputedStyle(this.#canvas);
    const ink = (name) => style.getPropertyValue(name);
    this.#drawCube(pen, ink("--faint"), ink("--muted"));
    this.#drawPoints(pen, ratio);
    this.#drawTrails(pen, ink("--ink"));
    this.#drawCentroids(pen, ink);
  }

  /** Return where a point lies on the canvas, in CSS pixels. */
  #place(point) {
    const [x, y, away, scale] = this.#view.seen(point);
    return [this.#canvas.clientWidth / 2 + x * this.#unit, this.#canvas.clientHeight / 2 + y * this.#unit, away, scale];
  }

  get #unit() {
    return (Math.min(this.#canvas.clientWidth, this.#canvas.clientHeight) / 2) * REACH;
  }

  #drawCube(pen, line, words) {
    pen.strokeStyle = line;
    pen.lineWidth = 1;
    for (const ends of EDGES) strokePath(pen, ends.map((corner) => this.#place(CORNERS[corner])));
    pen.fillStyle = words;
    pen.font = "13px system-ui, sans-serif";
    Object.assign(pen, { textAlign: "center", textBaseline: "middle" });
    for (const [name, at] of AXES) pen.fillText(name, ...this.#place(at).slice(0, 2));
  }

  /** Draw points as squares into a buffer: ten times as fast as one by one on the canvas. */
  #drawPoints(pen, ratio) {
    const { width, height } = this.#canvas;
    const { centroids, lit } = this.#shown;
    const image = new ImageData(width, height);
    const words = new Uint32Array(image.data.buffer);
    const { points, sides, words: colors } = this.#dots;
    const [middleX, middleY, unit] = [width / 2, height / 2, this.#unit * ratio];
    const seen = this.#view.seen(points);
    for (const i of fromFarToNear(seen)) {
      const side = sides[i] * seen[4 * i + 3] * ratio;
      const place = { left: middleX + seen[4 * i] * unit - side / 2, top: middleY + seen[4 * i + 1] * unit - side / 2, side };
      const isLit = lit < 0 || nearest(centroids, points, 3 * i) === lit;
      fillSquare(words, width, place, colors[i] | ((isLit ? 255 : DIM) << 24));
    }
    this.#layer ??= new OffscreenCanvas(width, height);
    Object.assign(this.#layer, { width, height });
    this.#layer.getContext("2d").putImageData(image, 0, 0);
    pen.drawImage(this.#layer, 0, 0, width / ratio, height / ratio);
  }

  #drawTrails(pen, color) {
    Object.assign(pen, { strokeStyle: color, lineWidth: 1.5, globalAlpha: 0.55 });
    const stations = [...this.#shown.trails, this.#shown.centroids];
    for (let j = 0; j < this.#shown.centroids.length; j += 3)
      strokePath(pen, stations.map((centroids) => this.#place(centroids.subarray(j, j + 3))));
    pen.globalAlpha = 1;
  }

  #drawCentroids(pen, ink) {
    const { centroids, lit } = this.#shown;
    const places = this.#centroidPlaces();
    const order = Array.from(places.keys()).sort((a, b) => places[b][2] - places[a][2]);
    for (const j of order) {
      const [x, y, , scale] = places[j];
      const color = centroids.subarray(3 * j, 3 * j + 3);
      const radius = CENTROID * scale * (j === lit ? 1.4 : 1);
      disc(pen, x, y, radius + 3.5, ink(j === lit ? "--accent" : "--ink"));
      disc(pen, x, y, radius + 2, ink("--ground"));
      disc(pen, x, y, radius, `rgb(${color[0]} ${color[1]} ${color[2]})`);
    }
  }

  #centroidPlaces() {
    const { centroids } = this.#shown;
    return Array.from({ length: centroids.length / 3 }, (_, j) => this.#place(centroids.subarray(3 * j, 3 * j + 3)));
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
      else this.#move(held.j, step.map((value) => value / this.#unit), false);
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

/** Return the order of points that are seen, the farthest first; those at nearly the same depth as they come. */
function fromFarToNear(seen) {
  const slices = Uint8Array.from({ length: seen.length / 4 }, (_, i) => Math.round((2 - seen[4 * i + 2]) * 63.75));
  const ends = new Uint32Array(257);
  for (const slice of slices) ends[slice + 1]++;
  for (let slice = 0; slice < 256; slice++) ends[slice + 1] += ends[slice];
  const order = new Uint32Array(slices.length);
  slices.forEach((slice, i) => (order[ends[slice]++] = i));
  return order;
}

function nearest(centroids, points, at) {
  let [found, least] = [-1, Infinity];
  for (let j = 0; j < centroids.length; j += 3) {
    const distance = squaredDistance(points, at, centroids, j);
    if (distance < least) [found, least] = [j / 3, distance];
  }
  return found;
}

function fillSquare(words, width, { left, top, side }, word) {
  const [first, last] = [Math.max(0, Math.round(left)), Math.min(width, Math.round(left + side))];
  const end = Math.min(words.length / width, Math.round(top + side));
  for (let y = Math.max(0, Math.round(top)); y < end; y++) words.fill(word, y * width + first, y * width + Math.max(first, last));
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
