// The form of the settings: two ways to give k, and a target that makes it an upper limit.

import { find } from "./elements.js";
import { DEFAULTS, SLIDER_KS, sliderPlace } from "./settings.js";

const IN_FORM = Object.keys(DEFAULTS).filter((name) => !Array.isArray(DEFAULTS[name]));
const field = (name) => find("settings").elements[name];

/** Write settings into the form. */
export function writeForm(settings) {
  for (const name of IN_FORM) {
    if (typeof DEFAULTS[name] === "boolean") field(name).checked = settings[name];
    else field(name).value = name === "max_bytes" && settings.max_bytes ? settings.max_bytes / 1000 : settings[name];
  }
  showK();
}

/** Read the form; settings that are not in it, such as the palette, are those given. */
export function readForm(settings) {
  const read = Object.fromEntries(IN_FORM.map((name) => [name, valueIn(field(name))]));
  return { ...settings, ...read, max_bytes: read.max_bytes && Math.round(1000 * read.max_bytes) };
}

/** Call a function with the name of a setting that changes, and whether a slider still moves. */
export function listenToForm(onChange) {
  const slider = find("k-slider");
  slider.max = SLIDER_KS.length - 1;
  find("settings").addEventListener("submit", (event) => event.preventDefault());
  find("panel").addEventListener("input", (event) => {
    if (event.target === slider) field("k").value = SLIDER_KS[slider.value];
    if (!find("settings").checkValidity()) return; // half typed
    showK();
    onChange(event.target === slider ? "k" : event.target.name);
  });
}

function showK() {
  const k = field("k").value;
  find("k-slider").value = sliderPlace(k);
  find("k-slider").setAttribute("aria-valuetext", `${k} colours`);
  find("k-label").textContent =
    field("quality").value || field("max_bytes").value ? "Colours at most (k)" : "Colours (k)";
}

function valueIn(input) {
  if (input.type === "checkbox") return input.checked;
  return input.type === "number" && input.value ? Number(input.value) : input.value;
}
