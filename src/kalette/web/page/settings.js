// The settings: read from the form, kept in the address, and written as a query, a command and Python; and those of
// "Watch it learn", which the address holds too.

export const DEFAULTS = {
  k: 32,
  quality: "", // none
  max_bytes: "",
  dither: "auto",
  space: "auto",
  effort: "balanced",
  format: "png",
  first_frame: false,
  keep_metadata: false,
  keep_colors: [],
  palette: [],
};

/** Settings of "Watch it learn". */
export const LEARN_DEFAULTS = { start: "random", beside: "search", learn_k: 8, learn_seed: 0, pass: 0 };

/** Least and most of whole numbers. */
export const RANGES = {
  k: [1, 256],
  quality: [1, 99],
  max_bytes: [1, 999_999_999],
  learn_k: [2, 32],
  learn_seed: [0, 4_294_967_295],
  pass: [0, 100],
};
const STARTS = ["random", "k-means++", "search"];
const CHOICES = {
  start: STARTS,
  beside: [...STARTS, "none"],
  dither: ["auto", "none", "diffusion", "blue-noise", "ordered"],
  space: ["auto", "oklab", "srgb"],
  effort: ["fast", "balanced", "best"],
  format: ["png", "webp", "gif"],
};
const CODE = /^[0-9a-f]{6}(00)?$/i;

/** Whether a palette can be asked for: its colours are opaque or clear, not in between. */
export const canFix = (codes) => codes.every((code) => CODE.test(code.slice(1)));

/** Numbers of colours on the slider: each up to 16, then eight an octave. */
export const SLIDER_KS = [
  ...Array.from({ length: 15 }, (_, place) => place + 2),
  ...[2, 4, 8, 16].flatMap((step) => Array.from({ length: 8 }, (_, place) => 8 * step + step * (place + 1))),
];

/** Return the place on the slider that is nearest to k. */
export function sliderPlace(k) {
  const distances = SLIDER_KS.map((each) => Math.abs(each - k));
  return distances.indexOf(Math.min(...distances));
}

const isSame = (a, b) => String(a) === String(b);

/** Return the options that differ from those of the page; k is always there, unless a palette replaces it. */
function changed(settings) {
  const names = Object.keys(DEFAULTS).filter((name) => name === "k" || !isSame(settings[name], DEFAULTS[name]));
  return names.filter((name) => name !== "k" || !settings.palette.length);
}

/** Return the options of the API. */
export function queryOf(settings) {
  return Object.fromEntries(changed(settings).map((name) => [name, plain(settings[name])]));
}

const plain = (value) =>
  Array.isArray(value) ? value.map((code) => code.replace("#", "")).join(",") : String(value);

/** Return the part of the address after #, by which a page can be sent with its settings. */
export function addressOf(settings, learnSettings) {
  const learn = Object.entries(learnSettings).filter(([name, value]) => value !== LEARN_DEFAULTS[name]);
  return `#${new URLSearchParams({ ...queryOf(settings), ...Object.fromEntries(learn) })}`;
}

/** Read the settings in an address; what is unknown or has no sense is left out. */
export function fromAddress(address, defaults = DEFAULTS) {
  const given = new URLSearchParams(address.replace(/^#/, ""));
  const read = Object.keys(defaults).filter((name) => given.has(name));
  const settings = Object.fromEntries(read.map((name) => [name, valueOf(name, given.get(name))]));
  return { ...defaults, ...Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null)) };
}

/** Return the value that a text stands for, or null. */
function valueOf(name, text) {
  if (name in RANGES) return isWithin(RANGES[name], text) ? Number(text) : null;
  if (name in CHOICES) return CHOICES[name].includes(text) ? text : null;
  if (Array.isArray(DEFAULTS[name]))
    return text
      .split(",")
      .filter((code) => CODE.test(code))
      .map((code) => `#${code.toLowerCase()}`);
  return text === "true";
}

const isWithin = ([least, most], text) => /^\d{1,10}$/.test(text) && Number(text) >= least && Number(text) <= most;

const SAFE_IN_SHELL = /^[A-Za-z0-9._/=:,+-]+$/;
const quoted = (word) =>
  SAFE_IN_SHELL.test(word) && !word.startsWith("-") ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** Return the command that writes the same file; a palette comes from a file of that name. */
export function commandOf(settings, pictureName) {
  const words = changed(settings).flatMap((name) => optionOf(name, settings[name]));
  return ["kalette", "compress", ...words, quoted(pictureName)].join(" ");
}

function optionOf(name, value) {
  const option = `--${name.replaceAll("_", "-")}`;
  if (name === "k") return ["-k", value];
  if (name === "palette") return [option, "palette.hex"];
  if (name === "keep_colors") return value.flatMap((code) => ["--keep-color", code.slice(1)]);
  return value === true ? [option] : [option, quoted(String(value))];
}

/** Return the Python code that writes the same file, by `compress` or `animate`. */
export function pythonOf(settings, pictureName, call) {
  const options = changed(settings).map((name) => `${name}=${pythonValue(settings[name])}`);
  const output = `${pictureName.replace(/\.[^.]*$/, "")}-small.${settings.format}`;
  const made = `kalette.${call}(${[pythonValue(pictureName), ...options].join(", ")})`;
  return `import kalette\n\nresult = ${made}\nresult.save(${pythonValue(output)})`;
}

function pythonValue(value) {
  if (Array.isArray(value)) return `[${value.map(pythonValue).join(", ")}]`;
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}
