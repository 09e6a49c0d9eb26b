// How pictures come in: chosen, dropped, pasted, or the sample.

import { find } from "./elements.js";

/** Call a function with the files of each arrival, and another with a sentence where there are none. */
export function listenForPictures(onFiles, onProblem) {
  const take = (files) =>
    files.length ? onFiles([...files]) : onProblem("There is no file in that; drop or paste a picture.");
  const input = find("files");
  for (const id of ["choose", "add"]) find(id).addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    if (input.files.length) take(input.files);
    input.value = ""; // so that the same file can be chosen again
  });
  find("sample").addEventListener("click", async () => take([await sampleFile()]));
  document.addEventListener(
    "paste",
    (event) => event.target.matches?.("input, textarea") || take(event.clipboardData.files),
  );
  listenForDrops(take);
}

/** Return the sample as a PNG in true colour, as pictures come before they are compressed. */
async function sampleFile() {
  const image = find("sample").querySelector("img");
  await image.decode();
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
  canvas.getContext("2d").drawImage(image, 0, 0);
  return new File([await canvas.convertToBlob({ type: "image/png" })], "sample.png", { type: "image/png" });
}

function listenForDrops(take) {
  const holdsFiles = (event) => event.dataTransfer.types.includes("Files");
  const listen = (kind, act) =>
    document.addEventListener(kind, (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      document.body.classList.toggle("receiving", kind === "dragover");
      act?.(event);
    });
  listen("dragover");
  listen("drop", (event) => take(event.dataTransfer.files));
  document.addEventListener(
    "dragleave",
    (event) => event.relatedTarget ?? document.body.classList.remove("receiving"),
  );
}
