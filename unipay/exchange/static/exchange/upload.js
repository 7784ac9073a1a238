// A file goes in pieces, a few at a time; what is lost on the way is sent again, and what arrived is not.
const SIDE_BY_SIDE = 3;
const LONGEST_WAIT_MS = 30_000;
// A browser computes the SHA-256 of what it holds in memory as a whole.
const MOST_DIGESTED_BYTES = 256 * 1024 * 1024;

const form = document.getElementById("upload");
const input = form.querySelector("[name=file]");
const drop = form.querySelector("[data-drop]");
const bar = form.querySelector("[data-progress]");
const words = form.querySelector("[data-words]");
const problem = form.querySelector("[data-problem]");
const button = form.querySelector("[type=submit]");
const token = form.querySelector("[name=csrfmiddlewaretoken]").value;

class Refused extends Error {}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const megabytes = (bytes) => `${(bytes / 1024 / 1024).toFixed(1)} MB`;

function say(text) {
  words.textContent = text;
}

function fail(text) {
  problem.textContent = text;
  problem.hidden = false;
  button.disabled = false;
}

// Asks until there is an answer: a connection that is gone comes back, a refusal does not.
async function ask(address, body, headers = {}) {
  for (let wait = 1000; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      const method = body === undefined ? "GET" : "POST";
      const answer = await fetch(address, {
        method,
        body,
        credentials: "same-origin",
        redirect: "manual",
        headers: { "X-CSRFToken": token, ...headers },
      });
      if (answer.ok) return await answer.json();
      if (answer.status === 422) throw new Refused((await answer.json()).error);
      // Led elsewhere: the person is logged out.
      if (answer.status < 500) throw new Refused(form.dataset.failed);
    } catch (error) {
      if (error instanceof Refused) throw error;
    }
    say(form.dataset.waiting);
    await pause(wait);
  }
}

async function digestOf(file) {
  if (!window.crypto?.subtle || file.size > MOST_DIGESTED_BYTES) return "";
  say(form.dataset.digesting);
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// What tells this file from others the person may have begun to send.
function nameOf(file) {
  const said = new FormData(form);
  return ["partner", "kind", "business_date"].map((name) => said.get(name)).concat(file.name, file.size, file.lastModified).join("|");
}

async function begin(file) {
  const known = localStorage.getItem(nameOf(file));
  if (known) {
    try {
      const standing = await ask(`${known}/`);
      if (standing.is_open && standing.size === file.size) return standing;
    } catch {
      // It is over: a new one is begun.
    }
    localStorage.removeItem(nameOf(file));
  }
  const said = new FormData(form);
  said.delete("file");
  said.set("name", file.name);
  said.set("size", file.size);
  said.set("digest", await digestOf(file));
  const standing = await ask(form.dataset.begin, said);
  localStorage.setItem(nameOf(file), standing.upload_no);
  return standing;
}

async function send(file, standing) {
  const { upload_no: number, piece_size: size } = standing;
  let done = standing.pieces - standing.missing.length;
  const began = performance.now();
  const before = done;
  const show = () => {
    const rate = (done - before) / (performance.now() - began);
    const left = rate > 0 ? Math.round((standing.pieces - done) / rate / 1000) : 0;
    bar.querySelector("progress").value = standing.pieces ? done / standing.pieces : 1;
    const so_far = `${form.dataset.sending} ${megabytes(Math.min(done * size, file.size))} ${form.dataset.of} ${megabytes(file.size)}`;
    say(left > 1 ? `${so_far} · ${left} s ${form.dataset.left}` : so_far);
  };
  let wanted = [...standing.missing];
  const sender = async () => {
    for (let piece = wanted.shift(); piece !== undefined; piece = wanted.shift()) {
      const content = file.slice(piece * size, (piece + 1) * size);
      await ask(`${number}/pieces/${piece}/`, content, { "Content-Type": "application/octet-stream" });
      done += 1;
      show();
    }
  };
  while (wanted.length) {
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, sender));
    wanted = (await ask(`${number}/`)).missing;
  }
}

async function upload(file) {
  bar.hidden = false;
  problem.hidden = true;
  button.disabled = true;
  try {
    const standing = await begin(file);
    await send(file, standing);
    say(form.dataset.joining);
    bar.querySelector("progress").removeAttribute("value");
    const { location: page } = await ask(`${standing.upload_no}/complete/`, new FormData());
    localStorage.removeItem(nameOf(file));
    location.assign(page);
  } catch (error) {
    bar.hidden = true;
    fail(error instanceof Refused ? error.message : form.dataset.failed);
  }
}

function name() {
  const file = input.files[0];
  if (file) drop.querySelector("[data-name]").textContent = `${file.name} · ${megabytes(file.size)}`;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const file = input.files[0];
  if (file) upload(file);
  else fail(form.dataset.choose);
});
input.addEventListener("change", name);
drop.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("is-over");
});
drop.addEventListener("dragleave", () => drop.classList.remove("is-over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("is-over");
  input.files = event.dataTransfer.files;
  name();
});
