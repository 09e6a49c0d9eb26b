// A click on an element with `data-copy` copies that text, and says so in the element `#said`.

let clearing = 0;

/** Say a few words for a moment, on the screen and to screen readers. */
export function say(words) {
  const said = document.getElementById("said");
  clearTimeout(clearing);
  said.textContent = words;
  clearing = setTimeout(() => (said.textContent = ""), 1800);
}

// Fallback: browsers deny the clipboard to pages from disk and to servers without encryption.
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

document.addEventListener("click", async (event) => {
  const source = event.target.closest("[data-copy]");
  if (!source) return;
  const text = source.dataset.copy;
  const done = await copy(text);
  const isShort = text.length < 20;
  say(done ? `${isShort ? text : "Text"} copied` : isShort ? text : "Copying is not allowed here");
  source.focus();
});
