// Short ways to find and make elements, and numbers as people read them.

export const find = (id) => document.getElementById(id);

/** Make an element with properties, attributes (`data-…`, `aria-…`, `role`, `for`) and children. */
export function make(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** Make an SVG element with attributes and children. */
export function makeSvg(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Write a size; KB are 1000 bytes, as in the command. */
export function sizeText(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(2)} MB`;
}

export const colorsText = (count) => (count === 1 ? "1 colour" : `${count} colours`);

/** Compare a size with that of the file that came in. */
export function ratioText(inputBytes, outputBytes) {
  if (outputBytes > inputBytes) return `${(outputBytes / inputBytes).toFixed(1)} times larger`;
  return `${Math.round(100 * (1 - outputBytes / inputBytes))} % smaller`;
}
