// The HTTP API: what the page asks of its server.

const MOST_TRIES = 5;
const page = [...crypto.getRandomValues(new Uint32Array(2))].map((part) => part.toString(36)).join("");

/** Whether there is a server; the page also exists as files alone. */
export const hasServer = document.querySelector('meta[name="kalette-server"]').content === "here";

/** A refusal of the server: a sentence for people, and its kind. */
export class Problem extends Error {
  constructor({ detail, type }) {
    super(detail);
    this.kind = type.split(":").at(-1);
  }
}

/**
 * Ask a route about a picture: by its ID, or with the file where the server does not keep it (any more).
 * Rows tell requests of the page apart that go on side by side; within a row, a newer request ends an older one.
 */
export async function ask(route, picture, options, { row = "main", signal } = {}) {
  const query = new URLSearchParams({ ...options, name: picture.name, ...(picture.id && { picture: picture.id }) });
  const headers = { "Kalette-Page": `${page}.${row}` };
  try {
    const answer = await post(`v1/${route}?${query}`, { headers, body: picture.id ? null : picture.file, signal });
    picture.id = answer.headers.get("Kalette-Picture") ?? picture.id;
    return answer;
  } catch (problem) {
    if (problem.kind !== "picture-expired") throw problem;
    picture.id = null;
    return ask(route, picture, options, { row, signal });
  }
}

/** Compress a picture, or an animation, which stays one; return its file with the figures, null where it has none. */
export async function compress(picture, options, { row, signal } = {}) {
  const answer = await ask("compress", picture, options, { row, signal });
  const figure = (name) => answer.headers.get(`Kalette-${name}`);
  const number = (name) => JSON.parse(figure(name));
  return {
    blob: await answer.blob(),
    name: fileNameIn(answer),
    k: number("K"),
    colorsUsed: number("Colors-Used"),
    palette: figure("Palette").split(","),
    shares: figure("Shares").split(",").map(Number),
    psnrDb: number("Psnr-Db"),
    ssimulacra2: number("Ssimulacra2"),
    notes: number("Notes"),
    frames: number("Frames"),
    durationMs: number("Duration-Ms"),
    flicker: number("Flicker"),
    frameBytes: number("Frame-Bytes"),
  };
}

/** Return a zip with the results of pictures, of which the server may not have all yet. */
export async function archive(pictures, options) {
  for (const picture of pictures.filter(({ id }) => !id)) {
    const answer = await ask("pictures", picture, {}, { row: "archive" });
    picture.id = (await answer.json()).picture;
  }
  const files = pictures.map(({ id, name }) => ({
    picture: id,
    name,
    options: String(new URLSearchParams(options)),
  }));
  const headers = { "Content-Type": "application/json" };
  const answer = await post("v1/archive", { headers, body: JSON.stringify({ files }) });
  return { blob: await answer.blob(), failed: Number(answer.headers.get("Kalette-Errors")) };
}

/** Return the name of the download that an answer is. */
export function fileNameIn(answer) {
  const header = answer.headers.get("Content-Disposition");
  const wide = /filename\*=UTF-8''([^;]+)/.exec(header);
  return wide ? decodeURIComponent(wide[1]) : /filename="([^"]*)"/.exec(header)[1];
}

async function post(path, request, tries = 1) {
  const answer = await reached(fetch(path, { method: "POST", ...request }));
  if (answer.ok) return answer;
  const retryAfter = answer.headers.get("Retry-After");
  if (retryAfter === null || tries === MOST_TRIES) throw new Problem(await answer.json());
  await new Promise((resolve) => setTimeout(resolve, 1000 * retryAfter));
  return post(path, request, tries + 1);
}

async function reached(answer) {
  try {
    return await answer;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The server does not answer; look whether kalette serve still runs.");
  }
}
