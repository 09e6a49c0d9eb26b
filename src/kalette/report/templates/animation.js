import "./copying.js";
import "./viewer.js";

const byId = (id) => document.getElementById(id);
const viewer = byId("viewer");
const frames = [...document.querySelectorAll(".frames li")];

/** Copy the pictures of a frame, as the list keeps its own. */
const copies = (frame) => Promise.all([...frame.querySelectorAll("img")].map(copyOf));

async function copyOf({ src, alt }) {
  const copy = Object.assign(new Image(), { src, alt });
  await copy.decode();
  return copy;
}

function show(number) {
  [viewer.before, viewer.after] = pairs[number];
  viewer.afterName = "result";
  byId("frame-name").textContent = frames[number].dataset.name;
}

const pairs = await Promise.all(frames.map(copies));
const choice = byId("frame");
choice.max = frames.length - 1;
choice.addEventListener("input", () => show(choice.value));
byId("beside").hidden = false;
show(0);
