// The list of pictures: which one is in view, and what has become of each.

import { find, make, ratioText, sizeText } from "./elements.js";

/** Draw the list; nothing for a single picture. */
export function showList(pictures, selected, { onSelect, onRemove }) {
  find("list").hidden = pictures.length < 2;
  const focused = document.activeElement?.closest("#pictures li")?.dataset.address;
  find("pictures").replaceChildren(
    ...pictures.map((picture) => item(picture, picture === selected, { onSelect, onRemove })),
  );
  find("pictures").querySelector(`[data-address="${focused}"] button`)?.focus();
  find("total").textContent = totalText(pictures);
}

function item(picture, isSelected, { onSelect, onRemove }) {
  const name = make("span", { className: "name", textContent: picture.name });
  const size = make("span", { className: picture.problem ? "problem" : "sizes", textContent: outcomeText(picture) });
  const thumbnail = picture.image
    ? make("img", { src: picture.address, alt: "" })
    : make("span", { className: "blank" });
  const select = make("button", { type: "button", "aria-pressed": String(isSelected) }, thumbnail, name, size);
  select.addEventListener("click", () => onSelect(picture));
  const remove = make("button", {
    type: "button",
    className: "remove",
    "aria-label": `Remove ${picture.name}`,
    title: "Remove",
    textContent: "×",
  });
  remove.addEventListener("click", () => onRemove(picture));
  return make("li", { "data-address": picture.address }, select, remove);
}

function outcomeText({ file, problem, result }) {
  return problem ? "no result" : `${sizeText(file.size)} → ${result ? sizeText(result.blob.size) : "…"}`;
}

function totalText(pictures) {
  const made = pictures.filter(({ result }) => result);
  const [before, after] = [(picture) => picture.file.size, (picture) => picture.result.blob.size].map((size) =>
    made.reduce((sum, picture) => sum + size(picture), 0),
  );
  const done =
    made.length === pictures.length ? `${made.length} pictures` : `${made.length} of ${pictures.length} pictures`;
  return made.length ? `${done}: ${sizeText(before)} → ${sizeText(after)}, ${ratioText(before, after)}` : done;
}
