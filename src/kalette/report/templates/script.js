import "./copying.js";
import "./viewer.js";

const byId = (id) => document.getElementById(id);
const viewer = byId("viewer");

/** Show the picture of a version, a second time. */
function show(version) {
  viewer.after = pictureOf(version);
  viewer.afterName = version.dataset.name;
}

function pictureOf(version) {
  const { src, alt } = version.querySelector("img");
  return Object.assign(new Image(), { src, alt });
}

const original = pictureOf(byId("original"));
await original.decode();
viewer.before = original;
for (const choice of document.querySelectorAll("input[name=k]")) {
  choice.addEventListener("change", () => show(byId(choice.value)));
  if (choice.checked) show(byId(choice.value));
}
byId("beside").hidden = false;
