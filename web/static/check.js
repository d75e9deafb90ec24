// The part of a page in which its reader checks the evidence: fetches the bundle and the trust file, takes the steps
// (evidence.js, which the page names), and shows how each ended. All words stand in the page already.

const section = document.querySelector("section.check");
const { isAbleToCheck, readTrust, said: filled, verify } = await import(section.dataset.verifier);

const button = section.querySelector("button");
const said = section.querySelector("[role=status]");
const bytesAt = async (address) => {
  const answer = await fetch(address, { cache: "no-store" });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
};
let ownTrust = null;

// Why a step failed, in the page's own words where it has them for it.
function worded({ code, values, leaf }) {
  const words = (name) => section.querySelector(`[data-reason=${name}]`).textContent;
  const detail = filled(words(code), values);
  return leaf === undefined ? detail : filled(words("leaf"), { leaf, detail });
}

function show(step, { outcome, why, reason }) {
  const line = section.querySelector(`[data-step=${step}]`);
  for (const mark of line.querySelectorAll("[data-outcome]")) mark.hidden = mark.dataset.outcome !== outcome;
  line.dataset.ended = outcome;
  const place = line.querySelector(".reason");
  place.textContent = reason ? worded(reason) : why;
  place.lang = reason ? document.documentElement.lang : "en";
}

function clear() {
  for (const line of section.querySelectorAll("[data-step]")) show(line.dataset.step, { outcome: "waiting", why: "" });
}

async function check() {
  clear();
  said.textContent = section.dataset.working;
  delete section.dataset.ended;
  try {
    const file = ownTrust ?? (await bytesAt(section.dataset.trust));
    const trust = await readTrust(file);
    const { log, roots } = JSON.parse(new TextDecoder().decode(file));
    section.querySelector("[data-shows=log]").textContent = log;
    section.querySelector("[data-shows=roots]").textContent = roots.join(" ");
    const ended = await verify(await bytesAt(section.dataset.bundle), trust, show);
    section.dataset.ended = Object.values(ended).some(({ outcome }) => outcome === "fails") ? "failed" : "passed";
    said.textContent = section.dataset[section.dataset.ended];
  } catch {
    section.dataset.ended = "unread";
    said.textContent = section.dataset.unread;
  }
}

section.hidden = false;
if (await isAbleToCheck()) {
  button.addEventListener("click", check);
  section.querySelector("input").addEventListener("change", async ({ target }) => {
    ownTrust = target.files.length > 0 ? new Uint8Array(await target.files[0].arrayBuffer()) : null;
    await check();
  });
} else {
  button.disabled = true;
  said.textContent = section.dataset.unable;
}
section.dataset.ready = "";
