// The part of a page on which a consumer signs: keeps a key that this browser made and nobody can take out of it, makes
// the record's members of the form, asks the server for the body, compares it, signs it, and hands it in. The hidden
// code and photos stay here. All words stand in the page already.

const form = document.querySelector("form[data-kind]");
const said = document.querySelector("[role=status]");
const MADE_HERE = ["prov:previous", "prov:seen", "prov:signers", "at"];
const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const CODE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const utf8 = (text) => new TextEncoder().encode(text);
const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const joined = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

class Trouble extends Error {}

// 1. Keys: a did:key and its id, as the trade writes them.

async function named(raw) {
  const bytes = joined([0xed, 0x01], raw);
  let number = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let text = "";
  for (; number > 0n; number /= 58n) text = BASE58[Number(number % 58n)] + text;
  return { did: `did:key:z${text}`, id: hex(await sha256(bytes)) };
}

function stored(mode, act) {
  return new Promise((done, failed) => {
    const opening = indexedDB.open("provenance", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
      const moment = opening.result.transaction("keys", mode);
      const asked = act(moment.objectStore("keys"));
      moment.oncomplete = () => {
        opening.result.close(); // a page that is left with it open would keep the next one waiting
        done(asked.result);
      };
      moment.onerror = () => failed(moment.error);
      moment.onabort = () => failed(moment.error);
    };
  });
}

async function myKey() {
  let pair = await stored("readonly", (keys) => keys.get("mine"));
  if (pair === undefined) {
    pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    await stored("readwrite", (keys) => keys.put(pair, "mine"));
  }
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return { ...(await named(raw)), sign: (bytes) => crypto.subtle.sign("Ed25519", pair.privateKey, bytes) };
}

// The key that a hidden code is for one item: HKDF-SHA-256, then Ed25519 from the 32 bytes as PKCS #8.
async function codeKey(typed, item) {
  const text = typed.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  if (text.length !== 24 || ![...text].every((letter) => CODE.includes(letter))) throw new Trouble(form.dataset.code);
  const number = [...text].reduce((sum, letter) => (sum << 5n) | BigInt(CODE.indexOf(letter)), 0n);
  const secret = number >> 10n;
  if (secret % 1021n !== (number & 1023n)) throw new Trouble(form.dataset.code);
  const bytes = Uint8Array.from(secret.toString(16).padStart(28, "0").match(/../g), (pair) => parseInt(pair, 16));
  const base = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveBits"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: utf8("provenance/claim-code/v1"), info: utf8(item) };
  const seed = new Uint8Array(await crypto.subtle.deriveBits(how, base, 256));
  const frame = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
  const key = await crypto.subtle.importKey("pkcs8", joined(frame, seed), "Ed25519", true, ["sign"]);
  const { x } = await crypto.subtle.exportKey("jwk", key);
  const raw = fromBase64(`${x.replace(/-/g, "+").replace(/_/g, "/")}=`);
  return { ...(await named(raw)), sign: (message) => crypto.subtle.sign("Ed25519", key, message) };
}

// 2. What the form says, as members of the record.

const began = performance.now();
const now = () => Number(form.dataset.now) + Math.round((performance.now() - began) / 1000);
const sorted = (values) => [...new Set(values)].sort();

const READERS = {
  line: (field) => field.value.trim(),
  lines: (field) => sorted(field.value.split(/\s+/).filter(Boolean)),
  choice: (field) => field.value,
  number: (field) => Number(field.value),
  days: (field) => now() + Number(field.value) * 86400,
  anybody: (field) => field.value.trim() || null,
  photo: async (field) => hex(await sha256(await field.files[0].arrayBuffer())),
};

async function membersOf(mine) {
  const [family, ...rest] = form.dataset.subject.split(":");
  const members = { kind: form.dataset.kind, subject: form.dataset.subject };
  const made = { members, keys: [mine], words: null, product: rest.join(":"), family };
  for (const field of form.querySelectorAll("[data-sort]")) {
    const { sort, name } = field.dataset;
    if (sort === "choices") members[name] = sorted([...field.querySelectorAll(":checked")].map(({ value }) => value));
    else if (sort === "code") made.keys.push(await codeKey(field.value, rest.join(":")));
    else if (sort === "words") {
      const salt = hex(crypto.getRandomValues(new Uint8Array(16)));
      made.words = JSON.stringify({ salt, text: field.value.replace(/\r\n/g, "\n").trim() });
      members[name] = hex(await sha256(utf8(made.words)));
    } else members[name] = await READERS[sort](field);
  }
  if (made.keys.length > 1) {
    const nonce = hex(crypto.getRandomValues(new Uint8Array(32)));
    Object.assign(members, { owner: mine.did, nonce, expires: now() + 600 });
  }
  return made;
}

// 3. Ask for the body, compare, sign, hand in.

async function sent(address, value) {
  const body = typeof value === "string" ? value : JSON.stringify(value);
  const answer = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  const told = await answer.json();
  if (!answer.ok) throw new Trouble([told.detail, told.next].filter(Boolean).join(" "));
  return told;
}

function compare(payload, { members, keys }) {
  const body = JSON.parse(new TextDecoder().decode(payload));
  const names = Object.keys(body).filter((name) => !MADE_HERE.includes(name));
  const asked = Object.keys(members);
  const isMine = names.length === asked.length && asked.every((name) => same(body[name], members[name]));
  const signers = body["prov:signers"].map(({ party, key, role }) => `${party} ${key} ${role}`);
  const mine = keys.map(({ did, id }) => `${did} ${id} consumer`);
  if (!isMine || !same(sorted(signers), sorted(mine))) throw new Trouble(form.dataset.other);
}

async function handIn() {
  const made = await membersOf(await myKey());
  const { payload, payloadType } = await sent("/drafts", {
    keys: made.keys.map(({ did }) => did),
    members: made.members,
  });
  const body = fromBase64(payload);
  compare(body, made);
  const message = joined(utf8(`DSSEv1 ${payloadType.length} ${payloadType} ${body.length} `), body);
  const signatures = await Promise.all(
    made.keys.map(async (key) => ({ keyid: key.id, sig: base64(new Uint8Array(await key.sign(message))) })),
  );
  const { hash } = await sent("/statements", { payload, payloadType, signatures });
  if (made.words) await sent(`/reviews${new URL(made.product).pathname}/texts`, made.words);
  return hash;
}

async function act(event) {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  said.textContent = form.dataset.working;
  delete form.dataset.ended;
  try {
    said.textContent = `${form.dataset.done} ${await handIn()}`;
    form.dataset.ended = "signed";
  } catch (error) {
    said.textContent = error instanceof Trouble ? error.message : form.dataset.failed;
    form.dataset.ended = "refused";
    button.disabled = false;
  }
}

async function isAble() {
  try {
    await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    return true;
  } catch {
    return false;
  }
}

const shown = document.querySelector("[data-shows=key]");
if (await isAble()) {
  const mine = await myKey();
  shown.textContent = mine.did;
  for (const part of document.querySelectorAll("[data-if=mine]")) {
    part.hidden = part.dataset.owner !== mine.did;
  }
  if (form) {
    form.hidden = false;
    form.addEventListener("submit", act);
    form.dataset.ready = "";
  }
} else {
  said.textContent = said.dataset.unable;
}
document.documentElement.dataset.key = "ready";
