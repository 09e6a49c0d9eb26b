// How the RGB cube is seen: from far enough that it looks nearly parallel.

const NEAR = 9; // distance of the eye in half cubes

/** The direction from which scatters are seen; those that share it turn together. */
export class View extends EventTarget {
  #yaw = 0;
  #pitch = 0;
  #turned;
  #seen = new WeakMap(); // points as seen, until the view turns

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
    this.#seen = new WeakMap();
    this.dispatchEvent(new Event("turn"));
  }

  /**
   * Return points of the cube (n x 3) as seen (n x 4): to the right, down, away from the eye, how large they look. An
   * array of points is not changed after it is shown.
   */
  seen(points) {
    if (!this.#seen.has(points)) this.#seen.set(points, this.#project(points));
    return this.#seen.get(points);
  }

  #project(points) {
    const { sinYaw, cosYaw, sinPitch, cosPitch } = this.#turned;
    const seen = new Float32Array((points.length / 3) * 4);
    for (let from = 0, to = 0; from < points.length; from += 3, to += 4) {
      const x = points[from] / 127.5 - 1;
      const y = points[from + 1] / 127.5 - 1;
      const z = points[from + 2] / 127.5 - 1;
      const depth = z * cosYaw - x * sinYaw;
      const across = x * cosYaw + z * sinYaw;
      const away = depth * cosPitch + y * sinPitch;
      const up = y * cosPitch - depth * sinPitch;
      const scale = NEAR / (NEAR + away);
      seen[to] = across * scale;
      seen[to + 1] = -up * scale;
      seen[to + 2] = away;
      seen[to + 3] = scale;
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
