// The outcome for the picture in view: figures that the server has measured on the file, and the file.

import { find, make, ratioText, sizeText } from "./elements.js";
import { showMotion } from "./motion.js";

/** Offer a file under a name, as a click on a link would. */
export function download(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Show figures and file of a result; null while it is made. */
export function showResult(picture, result) {
  find("name").textContent = picture.name;
  find("size").textContent = result ? sizeText(result.blob.size) : "…";
  find("ratio").textContent = result ? ratioText(picture.file.size, result.blob.size) : "";
  find("sizes").textContent = result ? sizesText(picture, result) : sizeText(picture.file.size);
  find("colors-used").textContent = result ? result.colorsUsed : "…";
  find("ssimulacra2").textContent = result ? result.ssimulacra2.toFixed(1) : "…";
  find("psnr").textContent = result ? psnrText(result) : "…";
  find("notes").replaceChildren(...(result?.notes ?? []).map((note) => make("li", { textContent: note })));
  if (result && picture.isMoving) showMotion(result);
  showLink(result);
}

const psnrText = ({ psnrDb }) => (psnrDb === null ? "exact" : `${psnrDb.toFixed(1)} dB`);

function showLink(result) {
  const link = find("download");
  link.ariaDisabled = String(!result);
  link.textContent = result ? `Download ${result.name}` : "Download";
  if (!result) return link.removeAttribute("href");
  link.href = result.address;
  link.download = result.name;
}

function sizesText({ file, image }, { blob }) {
  const pixels = image ? `${image.naturalWidth} × ${image.naturalHeight}, ` : "";
  return `${pixels}${sizeText(file.size)} → ${sizeText(blob.size)} (${(file.size / blob.size).toFixed(1)} : 1)`;
}
