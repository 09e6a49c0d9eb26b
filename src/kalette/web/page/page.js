// The page: pictures and settings come in; preview, file, palette, curve and code follow from them.

import "./shared/copying.js";
import "./shared/viewer.js";
import { Compressing } from "./compressing.js";
import { SizeCurve } from "./curve.js";
import { colorsText, find, make } from "./elements.js";
import { listenToForm, readForm, writeForm } from "./form.js";
import { listenForPictures } from "./intake.js";
import { showList } from "./list.js";
import { PaletteList, showBand, swatchesOf } from "./palette.js";
import { Picture } from "./picture.js";
import { LivePreview } from "./preview.js";
import { download, showResult } from "./result.js";
import { archive, ask, hasServer } from "./server.js";
import { DEFAULTS, LEARN_DEFAULTS, addressOf, canFix, commandOf, fromAddress, pythonOf, queryOf } from "./settings.js";

const PAUSE_MS = 80; // after the last move of a slider, in which the preview is drawn, before the file is made
const DITHERING_PAUSE_MS = hasServer ? 1500 : PAUSE_MS; // the server needs the cores, and is mostly done by then
const PALETTE_FORMATS = { hex: "hex list", css: "CSS", json: "JSON", gpl: "GPL (GIMP)", ase: "ASE (Adobe)" };

const viewer = find("viewer");
const compressing = new Compressing(showMade);
const paletteList = new PaletteList((changes) => change(changes));
const curve = new SizeCurve((k) => change({ k, palette: [] }));
let settings = fromAddress(location.hash);
let learnSettings = fromAddress(location.hash, LEARN_DEFAULTS);
let pictures = [];
let selected = null;
let addressTimer = 0;
let preview = null;
let learn = null; // "Watch it learn", loaded with the first picture
let isAtRest = matchMedia("(prefers-reduced-motion: reduce)").matches; // whether animations show one frame
let listed = null; // the result whose colours are listed, now or with the next frame

async function add(files) {
  showProblem("");
  const added = files.map((file) => new Picture(file));
  pictures.push(...added);
  await Promise.all(added.map((picture) => picture.open()));
  find("welcome").hidden = true;
  find("workbench").hidden = find("add").hidden = false;
  select(added[0]);
}

function select(picture) {
  selected = picture;
  preview?.close();
  preview = new LivePreview(picture);
  viewer.before = picture.image ?? blank();
  viewer.after = picture.image?.cloneNode() ?? blank();
  refresh();
  attempt(showLearn);
}

async function showLearn() {
  const { mountLearn } = await import("./learn.js");
  learn ??= mountLearn(find("learn"), learnSettings, (changed) => {
    learnSettings = changed;
    showAddress(PAUSE_MS);
  });
  await learn.show({ source: selected.file, name: selected.name });
}

const blank = () => make("canvas", { width: 3, height: 2 }); // until the result of a picture that browsers cannot show

function remove(picture) {
  pictures = pictures.filter((each) => each !== picture);
  if (picture === selected) select(pictures[0]);
  picture.close();
  refresh();
}

/** Change settings from outside the form. */
function change(changes) {
  settings = { ...settings, ...changes };
  writeForm(settings);
  refresh();
}

/** Let everything follow the settings: at once what is quick, after a pause the file. */
function refresh({ pauseMs = 0 } = {}) {
  showCode();
  showAddress(pauseMs);
  showProblem("");
  if (!selected) return;
  if (isMade(selected)) showMade(selected);
  else showPending();
  if (hasServer)
    compressing.start([selected, ...pictures.filter((each) => each !== selected)], queryOf(settings), pauseMs);
  updateList();
}

const isMade = ({ result }) => result?.query === String(new URLSearchParams(queryOf(settings)));

/** Show what there is to tell of an animation, or of a still. */
const showKind = () => find("workbench").classList.toggle("moving", selected.isMoving);

function showPending() {
  showKind();
  find("workbench").classList.add("working");
  find("workbench").classList.remove("failed", "unseen");
  find("status").textContent = hasServer ? "making the file …" : "preview";
  showPreview();
}

async function showPreview() {
  const wanted = { picture: selected, settings };
  try {
    showPreviewOf(wanted, await preview.render(settings), "preview");
    await new Promise((go) => setTimeout(go, DITHERING_PAUSE_MS));
    if (isWanted(wanted)) showPreviewOf(wanted, await preview.dithered(settings), "dithered preview");
  } catch (problem) {
    if (!hasServer) showProblem(problem.message); // else the file, made next, tells of the same problem
  }
}

const isWanted = ({ picture, settings: asked }) => picture === selected && asked === settings && !isMade(picture);

function showPreviewOf({ picture }, shown, name) {
  if (!shown || picture !== selected || isMade(picture)) return;
  if (picture.isMoving) viewer.before = picture.firstFrame;
  viewer.after = shown.canvas;
  viewer.afterName = `${colorsText(shown.swatches.length)}, ${name}`;
  showBand(shown.swatches);
  if (!hasServer) showPreviewAlone(shown);
}

/** Show what is known without a server. */
function showPreviewAlone({ swatches, psnrDb }) {
  find("workbench").classList.remove("working");
  find("colors-used").textContent = swatches.length;
  find("psnr").textContent = Number.isFinite(psnrDb) ? `${psnrDb.toFixed(1)} dB` : "exact";
  find("name").textContent = selected.name;
  paletteList.show(swatches, settings);
}

function showMade(picture) {
  updateList();
  if (picture !== selected) return;
  const { result, problem } = picture;
  showKind();
  find("workbench").classList.remove("working");
  find("workbench").classList.toggle("failed", !result);
  find("workbench").classList.toggle("unseen", !result && !picture.image);
  find("status").textContent = "";
  find("failure").textContent = problem;
  showResult(picture, result);
  if (!result) return;
  showPictures(picture);
  viewer.afterName = colorsText(result.colorsUsed);
  showPalette(result);
  showCode();
  if (!picture.isMoving) curve.show(picture, settings);
}

/** Show source and result; of an animation at rest, their first frames. */
function showPictures({ image, firstFrame, isMoving, result }) {
  if (isMoving) viewer.before = isAtRest ? firstFrame : result.before;
  else if (!image) viewer.before = result.image.cloneNode();
  viewer.after = isMoving && isAtRest ? result.firstFrame : result.image;
  find("pause").textContent = isAtRest ? "Play" : "Pause";
}

/** Show the colours of a result: at once as a band, and as a list when the picture is drawn. */
async function showPalette(result) {
  const [swatches, list] = [swatchesOf(result, settings), find("palette")];
  showBand(swatches);
  listed = result;
  list.ariaBusy = "true";
  await new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
  if (listed !== result) return; // a newer one follows
  paletteList.show(swatches, settings);
  list.ariaBusy = "false";
}

function updateList() {
  showList(pictures, selected, { onSelect: select, onRemove: remove });
}

function showCode() {
  const name = selected?.name ?? "photo.jpg";
  showCopyable("command", commandOf(settings, name));
  showCopyable("python", pythonOf(settings, name, selected?.isMoving ? "animate" : "compress"));
  showCopyable("address", addressNow());
}

/** Show the address of the settings; the browser takes it after a pause. */
function showAddress(pauseMs) {
  showCopyable("address", addressNow());
  clearTimeout(addressTimer); // browsers refuse an address that changes with every move of a slider
  addressTimer = setTimeout(() => history.replaceState(null, "", addressNow()), pauseMs);
}

const addressNow = () => new URL(addressOf(settings, learnSettings), location.href).href;

function showCopyable(id, code) {
  find(id).textContent = code;
  find(`copy-${id}`).dataset.copy = code;
}

function showProblem(sentence) {
  find("problem").textContent = sentence;
}

/** Run what a button asks for; a problem becomes a sentence. */
async function attempt(work) {
  showProblem("");
  try {
    await work();
  } catch (problem) {
    showProblem(problem.message);
  }
}

async function downloadAll() {
  const { blob, failed } = await archive(
    pictures.filter(({ problem }) => !problem),
    queryOf(settings),
  );
  download(blob, "kalette.zip");
  if (failed) showProblem(`${failed} of the pictures have no result; errors.txt in the zip says why.`);
}

async function downloadPalette(format) {
  const codes = swatchesOf(selected.result, settings).map(({ code }) => code);
  const { k, space, effort } = settings;
  const options = canFix(codes) ? queryOf({ ...DEFAULTS, palette: codes }) : { k, space, effort };
  const still = selected.isMoving && { first_frame: true }; // with the palette of the animation
  const answer = await ask("palette", selected, { ...options, ...still, format }, { row: "palette" });
  download(await answer.blob(), `${selected.name.replace(/\.[^.]*$/, "")}.${format}`);
}

function paletteButton([format, words]) {
  const button = make("button", {
    type: "button",
    className: "quiet",
    textContent: words,
    "aria-label": `Download the palette as ${words}`,
  });
  button.addEventListener("click", () => attempt(() => downloadPalette(format)));
  return button;
}

document.body.classList.toggle("serverless", !hasServer);
find("palette-downloads").append(...Object.entries(PALETTE_FORMATS).map(paletteButton));
find("pause").addEventListener("click", () => {
  isAtRest = !isAtRest;
  if (selected.result) showPictures(selected);
});
find("download-all").addEventListener("click", () => attempt(downloadAll));
find("settings").addEventListener("reset", (event) => {
  event.preventDefault();
  change(DEFAULTS);
});
window.addEventListener("hashchange", () => {
  learnSettings = fromAddress(location.hash, LEARN_DEFAULTS);
  learn?.set(learnSettings);
  change(fromAddress(location.hash));
});
listenToForm((name) => {
  settings = readForm(settings);
  if (name === "k") settings.palette = [];
  refresh({ pauseMs: PAUSE_MS });
});
listenForPictures((files) => attempt(() => add(files)), showProblem);
writeForm(settings);
showCode();
