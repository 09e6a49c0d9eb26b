// The page: sends the image once, and again the settings alone, and shows what comes back.

const find = (id) => document.getElementById(id);
const SETTINGS = ["k", "dither", "effort", "format"];
const WAIT_MS = 120; // after the last move of a slider
const page = crypto.randomUUID();
let file = null;
let picture = null;
let timer = 0;

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;

function take(chosen) {
  if (!chosen) return;
  file = chosen;
  picture = null;
  show(find("before"), chosen);
  find("input-bytes").textContent = kilobytes(chosen.size);
  compress();
}

/** Send the picture's ID, or the image itself where the server does not keep it. */
async function request() {
  const query = new URLSearchParams(SETTINGS.map((name) => [name, find(name).value]));
  query.set("name", file.name || "pasted.png");
  if (picture) query.set("picture", picture);
  const answer = await fetch(`/v1/compress?${query}`, {
    method: "POST",
    headers: { "Kalette-Page": page },
    body: picture ? null : file,
  });
  if (answer.status !== 404 || !picture) return answer;
  picture = null;
  return request();
}

async function compress() {
  if (!file) return;
  const asked = SETTINGS.map((name) => find(name).value).join();
  find("status").textContent = "Compressing …";
  try {
    const answer = await request();
    if (asked !== SETTINGS.map((name) => find(name).value).join()) return; // an older request
    if (!answer.ok) throw new Error((await answer.json()).detail);
    picture = answer.headers.get("Kalette-Picture");
    report(answer.headers, await answer.blob());
  } catch (error) {
    find("status").textContent = error.message;
    find("result").hidden = true;
  }
}

function report(headers, blob) {
  const figure = (name) => headers.get(`Kalette-${name}`);
  show(find("after"), blob);
  find("output-bytes").textContent = kilobytes(blob.size);
  const link = find("download");
  link.href = find("after").src;
  link.download = `${(file.name || "pasted").replace(/\.[^.]*$/, "")}-k${figure("K")}.${find("format").value}`;
  const figures = {
    "Input to result": `${(file.size / blob.size).toFixed(1)} : 1`,
    Colours: figure("Colors-Used"),
    SSIMULACRA2: Number(figure("Ssimulacra2")).toFixed(1),
    PSNR: figure("Psnr-Db") === "null" ? "exact" : `${Number(figure("Psnr-Db")).toFixed(1)} dB`,
  };
  find("figures").replaceChildren(...Object.entries(figures).map(pair));
  find("status").textContent = JSON.parse(figure("Notes") || "[]").join(" ") || "Done.";
  find("result").hidden = false;
}

function pair([name, value]) {
  const made = document.createElement("div");
  made.append(element("dt", name), element("dd", value));
  return made;
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function show(image, blob) {
  if (image.src) URL.revokeObjectURL(image.src);
  image.src = URL.createObjectURL(blob);
}

find("image").addEventListener("change", (event) => take(event.target.files[0]));
find("settings").addEventListener("submit", (event) => event.preventDefault());
find("settings").addEventListener("input", (event) => {
  if (event.target.id === "image") return;
  find("k-value").textContent = find("k").value;
  clearTimeout(timer);
  timer = setTimeout(compress, WAIT_MS);
});
document.addEventListener("paste", (event) => take(event.clipboardData.files[0]));
for (const kind of ["dragover", "dragleave", "drop"])
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    find("drop").classList.toggle("over", kind === "dragover");
    if (kind === "drop") take(event.dataTransfer.files[0]);
  });
