// Random numbers of Python's random.Random: a seed gives the same start in the page as on the command line.
// M. Matsumoto and T. Nishimura, "Mersenne Twister", ACM TOMACS 8(1), 1998. doi:10.1145/272991.272995

const [SIZE, SHIFT] = [624, 397];

export class Random {
  #state = new Uint32Array(SIZE);
  #at = SIZE;

  /** @param {number} seed  a whole number below 2 ** 32 */
  constructor(seed) {
    this.#fill(19650218);
    const state = this.#state;
    let i = 1;
    for (let step = 0; step < SIZE; step++) {
      state[i] = (state[i] ^ Math.imul(state[i - 1] ^ (state[i - 1] >>> 30), 1664525)) + seed;
      i = this.#next(i);
    }
    for (let step = 1; step < SIZE; step++) {
      state[i] = (state[i] ^ Math.imul(state[i - 1] ^ (state[i - 1] >>> 30), 1566083941)) - i;
      i = this.#next(i);
    }
    state[0] = 0x80000000;
  }

  /** Return a number of at least 0 and below 1, with 53 random bits. */
  random() {
    const [high, low] = [this.#word() >>> 5, this.#word() >>> 6];
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  #fill(seed) {
    this.#state[0] = seed;
    for (let i = 1; i < SIZE; i++) {
      const before = this.#state[i - 1];
      this.#state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
    }
  }

  #next(i) {
    if (i + 1 < SIZE) return i + 1;
    this.#state[0] = this.#state[SIZE - 1];
    return 1;
  }

  #word() {
    if (this.#at === SIZE) this.#twist();
    let word = this.#state[this.#at++];
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  #twist() {
    const state = this.#state;
    for (let i = 0; i < SIZE; i++) {
      const bits = (state[i] & 0x80000000) | (state[(i + 1) % SIZE] & 0x7fffffff);
      state[i] = state[(i + SHIFT) % SIZE] ^ (bits >>> 1) ^ (bits & 1 ? 0x9908b0df : 0);
    }
    this.#at = 0;
  }
}
