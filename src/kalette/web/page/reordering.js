// Puts the items of a list in another order by pointer: with a mouse anywhere on an item, by touch on its grip.

import { make } from "./elements.js";

const LEAST_WAY = 5; // CSS pixels, from which on a press is a drag

/** Return the grip of an item. It is for fingers; the keyboard has its own way. */
export const grip = () => make("span", { className: "grip", "aria-hidden": "true", textContent: "≡" });

/**
 * Listen to pointers on a list. `canMove()` tells whether its items may change places, `onMove(from, to)` moves one.
 * @param {HTMLElement} list
 */
export function listenForOrder(list, { canMove, onMove }) {
  let held = null;
  const placeOf = (item) => Array.from(list.children).indexOf(item);
  const mark = (item) => {
    for (const each of list.querySelectorAll(".target")) each.classList.remove("target");
    item?.classList.add("target");
  };
  const end = () => {
    held?.item.classList.remove("dragged");
    mark(null);
    held = null;
  };

  list.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("li");
    const isHandle = event.pointerType === "mouse" ? !event.target.closest(".tools") : event.target.closest(".grip");
    if (item && isHandle && event.button === 0 && canMove())
      held = { item, id: event.pointerId, x: event.clientX, y: event.clientY, over: null };
  });
  list.addEventListener("pointermove", (event) => {
    if (event.pointerId !== held?.id) return;
    if (!held.over && Math.hypot(event.clientX - held.x, event.clientY - held.y) < LEAST_WAY) return;
    list.setPointerCapture(held.id); // the click that would follow is then none on an item
    held.item.classList.add("dragged");
    held.over = itemAt(list, event) ?? held.over ?? held.item;
    mark(held.over);
  });
  list.addEventListener("pointerup", (event) => {
    if (event.pointerId !== held?.id) return;
    const { item, over } = held;
    end();
    if (over && over !== item) onMove(placeOf(item), placeOf(over));
  });
  list.addEventListener("pointercancel", end);
  list.addEventListener("keydown", ({ key }) => key === "Escape" && end());
  list.addEventListener("dragstart", (event) => event.preventDefault());
}

const itemAt = (list, { clientX, clientY }) =>
  Array.from(list.children).find((item) => item.contains(document.elementFromPoint(clientX, clientY)));
