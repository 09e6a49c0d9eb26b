"use strict";

const byId = (id) => document.getElementById(id);

const stage = byId("stage");
const split = byId("split");
const before = byId("before");
const after = byId("after");

function moveSplit() {
  stage.style.setProperty("--split", `${split.value}%`);
  split.setAttribute("aria-valuetext", `${split.value} % original, ${100 - split.value} % ${after.alt}`);
}

function show(version) {
  const picture = version.querySelector("img");
  after.src = picture.src;
  after.className = picture.className;
  after.alt = version.dataset.name;
  byId("tag").textContent = version.dataset.name;
  moveSplit();
}

async function showOriginal(picture) {
  before.src = picture.src;
  before.className = picture.className;
  stage.style.setProperty("--width", `${picture.getAttribute("width")}px`);
  await before.decode();
  stage.style.setProperty("--aspect", before.naturalWidth / before.naturalHeight);
  stage.style.setProperty("--actual", `${before.naturalWidth / window.devicePixelRatio}px`);
}

showOriginal(document.querySelector("#original img"));
for (const choice of document.querySelectorAll("input[name=k]")) {
  choice.addEventListener("change", () => show(byId(choice.value)));
  if (choice.checked) show(byId(choice.value));
}
split.addEventListener("input", moveSplit);
byId("actual").addEventListener("change", (event) => stage.classList.toggle("actual", event.target.checked));
byId("beside").hidden = false;

let clearing;

function say(words) {
  clearTimeout(clearing);
  byId("said").textContent = words;
  clearing = setTimeout(() => (byId("said").textContent = ""), 1800);
}

// Fallback: some browsers deny the clipboard API to a page opened from disk.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

for (const swatch of document.querySelectorAll("[data-code]")) {
  swatch.addEventListener("click", async () => {
    const code = swatch.dataset.code;
    say((await copy(code)) ? `${code} copied` : code);
    swatch.focus();
  });
}
