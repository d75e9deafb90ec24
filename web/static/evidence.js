// Checks an evidence file in the reader's own browser: the same eight steps, to the same outcome, as the product's
// server, its command "provenance verify" and the one-file verifier (evidence_verifier.py, which this follows part by
// part). Nothing is sent anywhere. What is needed of the browser is WebCrypto with Ed25519 (Chrome and Edge 137,
// Firefox 129, Safari 17), which it offers to pages from https, from this machine and from a file.
//
// Keys are checked here as strictly as libsodium does, as browsers differ: the one encoding of a point on the curve,
// in the main subgroup, and no signature whose first half is a point of small order (RFC 8032 §5.1, BigInt below).

export const STEPS = [
  "file", "checkpoint", "cosignatures", "statements", "signatures", "links", "inclusion", "authority",
];
const RESTS_ON = {
  cosignatures: ["checkpoint"],
  signatures: ["statements"],
  links: ["statements"],
  inclusion: ["checkpoint"],
  authority: ["statements", "signatures"],
};

// What the failures that a reader may meet say, by code, so that a page can say them in its own language. Every other
// failure is one of form: the file, or the trust file, is not made as it should be.
export const REASONS = {
  "spelling": "it is not in its one spelling (RFC 8785)",
  "no-checkpoint": "the file holds no checkpoint",
  "other-log": "not a checkpoint of this log",
  "line-fails": "{name} did not sign this, though a line says so",
  "log-did-not-sign": "the log did not sign it",
  "too-few-witnesses": "{count} witnesses are not enough",
  "other-signers": "those named are not those who signed",
  "key-not-in-registry": "the key {key} is not in the registry",
  "signature-fails": "the signature by key {key} does not hold",
  "nothing-about-it": "the file holds no statement about {name}",
  "missing-from-chain": "leaf {leaf} of the chain of {name} is not here",
  "does-not-follow": "leaf {leaf} does not follow what came before it in the chain of {name}",
  "needless": "no chain here needs leaf {leaf}",
  "links-forward": "leaf {leaf} links to what comes later",
  "links-to-missing": "leaf {leaf} links to a statement that should be here and is not",
  "not-proven": "the file does not prove that it is recorded",
  "wrong-proof": "the proof does not lead to the root",
  "key-of-another": "the key {key} is not registered for {name}",
  "key-ended": "the key {key} of {name} had ended",
  "other-role": "{name} is not enrolled as {role}",
  "root-did-not-sign": "not enough of the root's keys signed it",
  "party-did-not-sign": "{name} did not sign it",
  "other-root": "the registry's root is another's",
  "seen-another": "its signers had seen {name} at size {count}",
};

class Failed extends Error {
  constructor(message, reason = null) {
    super(message);
    this.reason = reason;
  }
}

function require(holds, why) {
  if (!holds) throw typeof why === "string" ? new Failed(why) : new Failed(said(REASONS[why.code], why.values), why);
}

const because = (code, values = {}) => ({ code, values });

// A sentence with its places filled in.
export const said = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// 1. Text. Each thing that can be written has one spelling; every other is refused.

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
const utf8 = (text) => encoder.encode(text);

// The value in bytes that must be its RFC 8785 form; JSON.stringify prints numbers and texts as RFC 8785 does.
function readJson(bytes) {
  const text = decoder.decode(bytes);
  const value = JSON.parse(text);
  require(printJson(value) === text, because("spelling"));
  return value;
}

function printJson(value, depth = 0) {
  require(depth <= 64, "nested deeper than 64 levels");
  if (typeof value === "number") {
    require(Math.abs(value) < 2 ** 53 && fractionDigits(value) <= 30, "a number that is too large or too fine");
    return JSON.stringify(value);
  }
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return `[${value.map((member) => printJson(member, depth + 1)).join(",")}]`;
  if (value === null || typeof value === "boolean") return String(value);
  const names = Object.keys(value).sort(); // by UTF-16, as RFC 8785 asks
  return `{${names.map((name) => `${quoted(name)}:${printJson(value[name], depth + 1)}`).join(",")}}`;
}

function quoted(text) {
  require(!/\p{Surrogate}/u.test(text), "a lone surrogate is no character");
  return JSON.stringify(text);
}

function fractionDigits(number) {
  const [mantissa, exponent = "0"] = String(number).split("e");
  return (mantissa.split(".")[1] ?? "").length - Number(exponent);
}

// A trust file may be spelled as one likes, but not say anything twice: its members are counted as JSON.parse meets them.
function readAnyJson(bytes) {
  const text = decoder.decode(bytes);
  const value = JSON.parse(text);
  const outside = text.replace(/"(?:\\.|[^"\\])*"/g, '""');
  require(isObject(value) && outside.split(":").length - 1 === Object.keys(value).length, "a member stands twice");
  return value;
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value) => typeof value === "string";
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
const isHash = (value) => isText(value) && /^[0-9a-f]{64}$/.test(value) && value.length === 64;

function requireMembers(value, names, message) {
  const wanted = names.split(" ").sort().join(" ");
  require(isObject(value) && Object.keys(value).sort().join(" ") === wanted, message);
}

// Texts in the order of their code points, as Python has them.
function byCodePoint(one, other) {
  const [left, right] = [Array.from(one), Array.from(other)];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    if (left[at] !== right[at]) return left[at].codePointAt(0) - right[at].codePointAt(0);
  }
  return left.length - right.length;
}

function isRising(values, compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0)) {
  return values.every((value, at) => at === 0 || compare(values[at - 1], value) < 0);
}

function readBase64(text, length) {
  require(isText(text), "not a text");
  const data = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  require(printBase64(data) === text, "base64 in another spelling");
  require(length === undefined || data.length === length, `not ${length} bytes`);
  return data;
}

function printBase64(bytes) {
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters);
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));

// 2. Keys and signatures (Ed25519, RFC 8032).

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (number) => ((number % P) + P) % P;

function power(base, exponent) {
  let result = 1n;
  for (let left = exponent, square = mod(base); left > 0n; left >>= 1n, square = (square * square) % P) {
    if (left & 1n) result = (result * square) % P;
  }
  return result;
}

const D = mod(-121665n * power(121666n, P - 2n));
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);

// RFC 8032 §5.1.3: the point that 32 bytes mean; null where they mean none, or are not its one encoding.
function pointOf(bytes) {
  let y = bytes.reduceRight((number, byte) => number * 256n + BigInt(byte), 0n);
  const isOdd = y >> 255n;
  y &= (1n << 255n) - 1n;
  if (y >= P) return null;
  const [u, v] = [mod(y * y - 1n), mod(D * y * y + 1n)];
  let x = mod(u * power(v, 3n) * power(u * power(v, 7n), (P - 5n) / 8n));
  if (mod(v * x * x) === mod(-u)) x = mod(x * ROOT_OF_MINUS_ONE);
  if (mod(v * x * x) !== u || (x === 0n && isOdd)) return null;
  if ((x & 1n) !== isOdd) x = P - x;
  return [x, y, 1n, mod(x * y)];
}

function added([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const [a, b] = [mod((y1 - x1) * (y2 - x2)), mod((y1 + x1) * (y2 + x2))];
  const [c, d] = [mod(2n * t1 * t2 * D), mod(2n * z1 * z2)];
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

function isNeutral(point, times) {
  let [sum, doubled] = [[0n, 1n, 1n, 0n], point];
  for (let left = times; left > 0n; left >>= 1n, doubled = added(doubled, doubled)) {
    if (left & 1n) sum = added(sum, doubled);
  }
  return sum[0] === 0n && sum[1] === sum[2];
}

const checkedKeys = new Map();

function checkedKey(raw) {
  require(raw.length === 32, "an Ed25519 key has 32 bytes");
  const name = hex(raw);
  if (!checkedKeys.has(name)) {
    const point = pointOf(raw);
    checkedKeys.set(name, point !== null && !isNeutral(point, 8n) && isNeutral(point, L));
  }
  require(checkedKeys.get(name), "a key that is no honest key's");
  return raw;
}

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

function readKey(text) {
  require(isText(text) && text.startsWith("did:key:z") && text.length < 140, "not a did:key");
  let number = 0n;
  for (const letter of text.slice(9)) {
    require(BASE58.includes(letter), "not base58");
    number = number * 58n + BigInt(BASE58.indexOf(letter));
  }
  require(!text.slice(9).startsWith("1") && number >> 256n === 0xed01n, "not an Ed25519 key");
  const digits = (number & ((1n << 256n) - 1n)).toString(16).padStart(64, "0");
  return checkedKey(Uint8Array.from(digits.match(/../g), (pair) => parseInt(pair, 16)));
}

const keyId = async (raw) => hex(await sha256(Uint8Array.of(0xed, 0x01), raw));

export async function isSigned(raw, message, signature) {
  if (signature.length !== 64) return false;
  const first = pointOf(signature.subarray(0, 32));
  if (first === null || isNeutral(first, 8n)) return false;
  const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", key, signature, message);
}

// Whether a key is one that libsodium would take: for the tests, which have a thousand odd ones.
export function isHonestKey(raw) {
  try {
    return Boolean(checkedKey(raw));
  } catch {
    return false;
  }
}

export async function isAbleToCheck() {
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(32).fill(1, 0, 1), "Ed25519", false, ["verify"]);
    return true;
  } catch {
    return false;
  }
}

// 3. Whom the reader believes: the trust file.

export async function readTrust(bytes) {
  const trust = readAnyJson(bytes);
  requireMembers(trust, "origin log roots threshold witnesses", "not a trust file");
  const log = await readNoteKey(trust.log);
  require(log.name === trust.origin && log.type === 1, "the log's key is not named like the log");
  require(Array.isArray(trust.roots) && isCount(trust.threshold), "no roots");
  require(1 <= trust.threshold && trust.threshold <= trust.roots.length, "a threshold that can't be");
  const roots = new Set(await Promise.all(trust.roots.map((text) => keyId(readKey(text)))));
  return { origin: trust.origin, log, roots, threshold: trust.threshold, ...(await readPolicy(trust.witnesses)) };
}

async function readNoteKey(text) {
  const [name, identifier] = text.split("+", 2);
  const data = readBase64(text.slice(name.length + identifier.length + 2));
  require(isKeyName(name) && data.length > 1, "not a verifier key");
  const digest = await sha256(utf8(`${name}\n`), data);
  require(hex(digest.subarray(0, 4)) === identifier, "a verifier key with another's id");
  if (data[0] === 1 || data[0] === 4) checkedKey(data.subarray(1));
  return { name, id: identifier, type: data[0], raw: data.subarray(1) };
}

const SPACE = /[\u0000-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const isKeyName = (name) => name !== "" && !name.includes("+") && !SPACE.test(name);

async function readPolicy(policy) {
  const text = policy === "none" ? "quorum none\n" : policy;
  require(isText(text) && text.endsWith("\n"), "the witness policy does not end in a newline");
  const [witnesses, groups, free, quorum] = [new Map(), [], new Set(), []];
  for (const line of text.split("\n")) {
    const words = line.split(/[ \t]+/).filter((word) => word !== "");
    if (words.length === 0 || words[0].startsWith("#") || words[0] === "log") continue;
    const name = words[1];
    if (words[0] === "witness" && (words.length === 3 || words.length === 4)) {
      const key = await readNoteKey(words[2]);
      require(key.type === 4 || key.type === 6, "a witness key of another type");
      require([...witnesses.values()].every((other) => hex(other.raw) !== hex(key.raw)), "a witness counts twice");
      witnesses.set(name, key);
    } else if (words[0] === "group" && words.length > 3) {
      const members = words.slice(3);
      const least = { any: 1, all: members.length }[words[2]] ?? Number(words[2]);
      require(Number.isInteger(least) && 1 <= least && least <= members.length, "a group that can't be");
      require(new Set(members).size === members.length && members.every((one) => free.has(one)), "no such members");
      groups.push([name, least, members]);
      members.forEach((member) => free.delete(member));
    } else {
      require(words[0] === "quorum" && words.length === 2 && quorum.length === 0, "a policy line without a meaning");
      require(name === "none" || witnesses.has(name) || groups.some(([group]) => group === name), "no such quorum");
      quorum.push(name);
      continue;
    }
    require(name !== "none" && !free.has(name), "a name that is taken");
    free.add(name);
  }
  require(quorum.length === 1, "the witness policy says no quorum");
  return { witnesses, groups, quorum: quorum[0] === "none" ? null : quorum[0] };
}

// 4. The bundle, and the envelope of each statement in it.

async function readBundle(bytes) {
  const bundle = readJson(bytes);
  requireMembers(bundle, "bundle chains checkpoint statements subject", "not a bundle");
  require(bundle.bundle === "provenance.bundle/v1", "another version");
  require(isText(bundle.checkpoint) && isText(bundle.subject), "not a text");
  for (const chain of bundle.chains) {
    require(Array.isArray(chain) && chain.length === 3, "not a chain");
    const [name, until, indexes] = chain;
    require(isText(name) && (until === null || Number.isSafeInteger(until)), "not a chain");
    require(Array.isArray(indexes) && indexes.every(isCount) && isRising(indexes), "a chain that runs backwards");
  }
  require(isRising(bundle.chains.map(([name]) => name), byCodePoint), "the chains are out of order");
  for (const exhibit of bundle.statements) await readExhibit(exhibit);
  require(isRising(bundle.statements.map(({ index }) => index)), "the statements are out of order");
  return bundle;
}

async function readExhibit(exhibit) {
  requireMembers(exhibit, "index proof statement", "not a statement");
  requireMembers(exhibit.statement, "payload payloadType signatures", "not an envelope");
  const { payload, payloadType: kind, signatures } = exhibit.statement;
  require(isCount(exhibit.index) && isText(kind), "not a statement");
  require(/^[A-Za-z0-9!#$&^_.+/:;=-]{1,200}$/.test(kind) && !kind.endsWith("\n"), "not a media type");
  require(Array.isArray(signatures) && 1 <= signatures.length && signatures.length <= 16, "1 to 16 signatures");
  for (const signature of signatures) {
    requireMembers(signature, "keyid sig", "not a signature");
    require(isHash(signature.keyid), "not a key id");
    readBase64(signature.sig, 64);
  }
  require(isRising(signatures.map(({ keyid }) => keyid)), "the signatures are out of order");
  require(exhibit.proof === null || Array.isArray(exhibit.proof), "not a proof");
  exhibit.path = exhibit.proof?.map((text) => readBase64(text, 32)) ?? null;
  exhibit.body = readBase64(payload);
  // DSSE: the type and the body are signed together, each with its length, so neither can pass for the other.
  const before = `DSSEv1 ${utf8(kind).length} ${kind} ${exhibit.body.length} `;
  Object.assign(exhibit, { message: joined(utf8(before), exhibit.body), kind, signatures });
  exhibit.hash = hex(await sha256(exhibit.message));
  const rows = signatures.map(({ keyid, sig }) => ({ key: keyid, sig }));
  exhibit.leaf = await sha256(Uint8Array.of(0), utf8(printJson({ hash: exhibit.hash, signatures: rows, type: kind })));
}

// 5. The checkpoint: a signed note (C2SP tlog-checkpoint, signed-note, tlog-cosignature).

async function checkCheckpoint(note, trust) {
  require(note !== "", because("no-checkpoint"));
  require(utf8(note).length <= 64 * 1024, "the note is too large");
  const blank = note.lastIndexOf("\n\n");
  require(blank >= 0 && note.endsWith("\n") && !/[\x00-\x09\x0b-\x1f]/.test(note), "not a signed note");
  const [text, lines] = [note.slice(0, blank + 1), note.slice(blank + 2).split("\n")];
  lines.pop();
  const [origin, size, root, ...extensions] = text.split("\n");
  require(extensions.pop() === "" && extensions.every((line) => line !== ""), "not a checkpoint");
  require(origin === trust.origin, because("other-log"));
  require(/^(0|[1-9][0-9]{0,18})$/.test(size) && BigInt(size) < 2n ** 63n, "not a size");
  const treeRoot = readBase64(root, 32);
  require(1 <= lines.length && lines.length <= 100, "1 to 100 signatures may stand there");
  const known = [trust.log, ...trust.witnesses.values()];
  const [signers, confirmed] = [new Set(), new Set()];
  for (const line of lines) {
    const [dash, name, blob, ...rest] = line.split(" ");
    const data = readBase64(blob);
    require(dash === "\u2014" && rest.length === 0 && isKeyName(name) && data.length > 4, "not a signature line");
    const isNamed = (key) => key.name === name && key.id === hex(data.subarray(0, 4)) && [1, 4].includes(key.type);
    const keys = known.filter(isNamed);
    require(keys.length > 0, `${name} is nobody whom the trust file knows`);
    let holds = false;
    for (const key of keys) {
      if (await isNoteSigned(key, utf8(text), data.subarray(4))) {
        holds = true;
        signers.add(key);
      }
    }
    require(holds, because("line-fails", { name }));
  }
  require(signers.has(trust.log), because("log-did-not-sign"));
  for (const [witness, key] of trust.witnesses) if (signers.has(key)) confirmed.add(witness);
  return { size: BigInt(size), root: treeRoot, confirmed };
}

async function isNoteSigned(key, text, signature) {
  if (key.type === 1) return isSigned(key.raw, text, signature);
  if (signature.length !== 72) return false;
  const seconds = BigInt(`0x${hex(signature.subarray(0, 8))}`); // a witness signs the time together with the checkpoint
  const message = joined(utf8(`cosignature/v1\ntime ${seconds}\n`), text);
  return seconds < 2n ** 63n && isSigned(key.raw, message, signature.subarray(8));
}

function checkCosignatures(confirmed, trust) {
  const reached = new Set(confirmed);
  for (const [name, least, members] of trust.groups) {
    if (members.filter((member) => reached.has(member)).length >= least) reached.add(name);
  }
  require(trust.quorum === null || reached.has(trust.quorum), because("too-few-witnesses", { count: confirmed.size }));
}

// 6. What each statement says about itself.

const EVENT = "application/vnd.provenance.custody-event+json";
const ENTRY = "application/vnd.provenance.registry-entry+json";
const RECORD = "application/vnd.provenance.commerce-record+json";
const ROLES = ["root", "producer", "shipper", "seller", "inspector", "reporter"];

async function checkStatement(exhibit) {
  require([EVENT, ENTRY, RECORD].includes(exhibit.kind), "a statement of an unknown type");
  const body = (exhibit.says = readJson(exhibit.body));
  require(isObject(body), "a body is one object");
  const [links, signers, seen] = ["previous", "signers", "seen"].map((name) => body[`prov:${name}`]);
  require(Array.isArray(links) && links.length <= 20000 && links.every(isHash) && isRising(links), "not links");
  require(Array.isArray(signers), "not signers");
  for (const signer of signers) {
    requireMembers(signer, "party key role", "not a signer");
    const isKnown = ROLES.includes(signer.role) || isConsumer(exhibit, signer);
    require(isText(signer.party) && isHash(signer.key) && isKnown, "not a signer");
  }
  const keys = signers.map(({ key }) => key).sort();
  const signed = exhibit.signatures.map(({ keyid }) => keyid);
  require(keys.join() === signed.join(), because("other-signers"));
  requireMembers(seen, "origin size root", "not a checkpoint seen");
  require(isText(seen.origin) && isCount(seen.size), "not a checkpoint seen");
  readBase64(seen.root, 32);
  require(exhibit.kind === EVENT || !hasFraction(body), "a fraction where there are whole numbers only");
  exhibit.brings = exhibit.kind === ENTRY ? await checkEntry(body) : new Map();
  for (const signer of signers.filter((one) => isConsumer(exhibit, one))) {
    const raw = readKey(signer.party);
    require((await keyId(raw)) === signer.key, "a consumer with another's key");
    exhibit.brings.set(signer.key, raw);
  }
}

// Who bought something is in no registry: they sign records of commerce, and are named by their key itself.
const isConsumer = (exhibit, { role }) => exhibit.kind === RECORD && role === "consumer";

// Which members an entry of the registry has, by its kind.
const ENTRIES = {
  "root-established": "origin keys threshold",
  "root-rotated": "origin keys threshold",
  "party-enrolled": "party name roles keys",
  "roles-changed": "party roles",
  "licence-granted": "party prefix",
  "licence-ended": "party prefix",
  "key-added": "party key",
  "key-rotated": "party old key",
  "key-revoked": "party old reason",
  "statements-reaffirmed": "party statements",
  "recovery-proposed": "party key at",
  "recovery-vetoed": "party proposal",
  "recovery-completed": "party proposal at",
  "delegation-granted": "party to may scope",
  "delegation-ended": "party grant",
};
const PARTY = /^(https:\/\/id\.gs1\.org\/417\/[0-9]{13}|did:[a-z0-9]+:[A-Za-z0-9._:%-]+)$/;
const TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/;

/** Whether a text is a time that was or will be: `Date` alone would take 30 February for 2 March. */
function isTime(value) {
  if (!isText(value) || !TIME.test(value) || value.startsWith("0000") || isNaN(Date.parse(value))) return false;
  return new Date(value).toISOString() === value;
}

async function checkEntry(body) {
  const entry = Object.fromEntries(Object.entries(body).filter(([name]) => !name.startsWith("prov:")));
  require(Object.hasOwn(ENTRIES, entry.kind), "an entry of an unknown kind");
  const more = entry.reason === "compromised" ? " compromisedSince" : "";
  requireMembers(entry, `kind ${ENTRIES[entry.kind]}${more}`, "an entry with other members than its kind has");
  for (const [name, value] of Object.entries(entry)) checkValue(name, value);
  require((entry.roles ?? []).every((role) => role !== "root" && ROLES.includes(role)), "a role nobody can be given");
  require(["superseded", "lost", "compromised", undefined].includes(entry.reason), "an unknown reason");
  require(["commission", "observe", undefined].includes(entry.may), "an unknown leave");
  const texts = entry.keys ?? ("key" in entry ? [entry.key] : []);
  const threshold = entry.threshold ?? 1;
  require(texts.length <= 16 && 1 <= threshold && threshold <= Math.max(1, texts.length), "a threshold that can't be");
  const brings = new Map();
  for (const text of texts) {
    const raw = readKey(text);
    brings.set(await keyId(raw), raw);
  }
  return brings;
}

function checkValue(name, value) {
  if (["party", "to"].includes(name)) require(isText(value) && PARTY.test(value), "not a party");
  else if (["old", "grant", "proposal"].includes(name)) require(isHash(value), "not a hash");
  else if (["threshold", "compromisedSince"].includes(name)) require(isCount(value), "not a number");
  else if (name === "prefix") require(isText(value) && /^[0-9]{4,12}$/.test(value), "not a company prefix");
  else if (name === "at") require(isTime(value), "not a time");
  else if (["keys", "roles", "scope", "statements"].includes(name)) {
    require(Array.isArray(value) && value.every(isText) && value.length <= 1000, "not a list of texts");
    require(name !== "statements" || value.every(isHash), "not hashes");
    require(name === "scope" || (value.length > 0 && new Set(value).size === value.length), "nothing, or twice");
  } else {
    require(isText(value) && value !== "" && Array.from(value).length <= 200, "not a text");
    require(!/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.test(value), "a text that can't be printed");
  }
}

function hasFraction(value) {
  if (typeof value === "object" && value !== null) return Object.values(value).some(hasFraction);
  return typeof value === "number" && !Number.isInteger(value);
}

async function checkSignatures(exhibit, keys) {
  for (const { keyid, sig } of exhibit.signatures) {
    require(keys.has(keyid), because("key-not-in-registry", { key: keyid }));
    const holds = await isSigned(keys.get(keyid), exhibit.message, readBase64(sig));
    require(holds, because("signature-fails", { key: keyid }));
  }
}

// 7. How statements hang together: each names the hash of what came before it in every chain it continues.

function checkLinks(bundle) {
  const byIndex = new Map(bundle.statements.map((exhibit) => [exhibit.index, exhibit]));
  const where = new Map(bundle.statements.map((exhibit) => [exhibit.hash, exhibit.index]));
  require(where.size === byIndex.size, "a statement stands twice");
  const [chainsAt, followedAt] = [new Map(), new Map()];
  const own = bundle.chains.find(([name]) => name === bundle.subject);
  require(own && own[2].length > 0, because("nothing-about-it", { name: bundle.subject }));
  for (const [name, until, indexes] of bundle.chains) {
    let before = null;
    for (const index of indexes) {
      require(byIndex.has(index), because("missing-from-chain", { leaf: index, name }));
      const [exhibit, isFollowed] = [byIndex.get(index), until === null || index <= until];
      const links = exhibit.says["prov:previous"];
      let follows = before === null || links.includes(before.hash) || !isFollowed;
      // An entry or a record belongs to one chain, so its links are these and no other.
      if (exhibit.kind !== EVENT) follows = links.join() === (before === null ? "" : before.hash);
      require(follows, because("does-not-follow", { leaf: index, name }));
      before = exhibit;
      chainsAt.set(index, true);
      followedAt.set(index, (followedAt.get(index) ?? 0) + (isFollowed ? 1 : 0));
    }
  }
  for (const [index, exhibit] of byIndex) {
    require(chainsAt.has(index), because("needless", { leaf: index }));
    const links = exhibit.says["prov:previous"];
    require(links.every((link) => (where.get(link) ?? -1) < index), because("links-forward", { leaf: index }));
    const [things, outward] = [thingsNamed(exhibit), links.filter((link) => !where.has(link)).length];
    const isWhole = things === null || outward <= things - followedAt.get(index);
    require(isWhole, because("links-to-missing", { leaf: index }));
  }
}

const LISTS = [
  "epcList", "childEPCs", "inputEPCList", "outputEPCList",
  "quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList",
];

// How many things a statement names at most; null where it also moves things that it does not name.
function thingsNamed(exhibit) {
  const body = exhibit.says;
  if (exhibit.kind !== EVENT) return 1;
  const children = body.childEPCs;
  const isEmptying = body.action === "DELETE" && !(Array.isArray(children) ? children.length : children);
  if ("errorDeclaration" in body || isEmptying) return null; // EPCIS 2.0 §7.4.3
  const listed = LISTS.reduce((count, name) => count + (Array.isArray(body[name]) ? body[name].length : 0), 0);
  return listed + ("parentID" in body ? 1 : 0) + ("transformationID" in body ? 1 : 0);
}

// 8. The tree: a leaf's path to the root that the log signed (RFC 9162 §2.1.3.2).

async function checkInclusion(exhibit, { size, root }) {
  require(exhibit.path !== null, because("not-proven"));
  let [place, last, node] = [BigInt(exhibit.index), size - 1n, exhibit.leaf];
  require(place <= last, `there is no such leaf in a tree of ${size}`);
  for (const beside of exhibit.path) {
    require(last > 0n, "the proof is too long");
    if (place & 1n || place === last) {
      node = await sha256(Uint8Array.of(1), beside, node);
      while (place > 0n && !(place & 1n)) [place, last] = [place >> 1n, last >> 1n];
    } else {
      node = await sha256(Uint8Array.of(1), node, beside);
    }
    [place, last] = [place >> 1n, last >> 1n];
  }
  require(last === 0n && hex(node) === hex(root), because("wrong-proof"));
}

// 9. Who may say what: the registry, folded from its entries in the order of the log.

const BY_ROOT = [
  "root-rotated", "party-enrolled", "roles-changed", "licence-granted", "licence-ended",
  "recovery-proposed", "recovery-completed",
];
const BY_EITHER = ["key-revoked", "recovery-vetoed"]; // everything else is for the party alone
const HOURS_72 = 72 * 60 * 60 * 1000;

class Registry {
  origin = "";
  roots = new Set();
  threshold = 0;
  parties = new Map();
  keys = new Map();
  ended = new Set();
  licences = new Map();
  delegations = new Map();
  recoveries = new Map();

  requireSpeaks({ key, party, role }) {
    require(this.keys.get(key) === party, because("key-of-another", { key, name: party }));
    require(!this.ended.has(key), because("key-ended", { key, name: party }));
    const isAllowed = role === "root" ? this.roots.has(key) : this.parties.get(party)?.includes(role);
    require(isAllowed, because("other-role", { name: party, role }));
  }

  async add({ says: entry, brings, hash, index }) {
    const { kind, party } = entry;
    const signers = entry["prov:signers"];
    const ownNames = new Map();
    for (const did of entry.keys ?? []) ownNames.set(await keyId(readKey(did)), did);
    if (kind === "root-established") {
      require(this.roots.size === 0, "the registry has its root already");
      const isOne = ({ party: did, key, role }) => ownNames.get(key) === did && role === "root";
      require(signers.length === ownNames.size && signers.every(isOne), "every root key signs, for itself");
      this.record(entry, brings, hash, ownNames);
      return;
    }
    for (const signer of signers) {
      if (!brings.has(signer.key) || this.keys.has(signer.key)) this.requireSpeaks(signer);
    }
    const byRoot = this.threshold > 0 && signers.filter(({ key }) => this.roots.has(key)).length >= this.threshold;
    const byParty = party !== undefined && signers.some((one) => one.party === party && !brings.has(one.key));
    if (BY_ROOT.includes(kind)) require(byRoot, because("root-did-not-sign"));
    else require(byParty || (BY_EITHER.includes(kind) && byRoot), because("party-did-not-sign", { name: party }));
    for (const key of brings.keys()) {
      if (kind === "root-rotated" && this.roots.has(key)) continue; // a root key that stays need not prove itself again
      const owner = party ?? ownNames.get(key);
      const proves = signers.some((signer) => signer.key === key && signer.party === owner);
      require(!this.keys.has(key) && proves, `the key ${key} is not new, or did not sign`);
    }
    this.checkContent(entry, index);
    this.record(entry, brings, hash, ownNames);
  }

  checkContent(entry, index) {
    const { kind, party } = entry;
    if (kind === "root-rotated") {
      require(entry.origin === this.origin, "the root of another registry");
      return;
    }
    const isWanted = this.parties.has(party) === (kind !== "party-enrolled");
    require(isWanted, `${party} is enrolled already, or not yet`);
    if (kind === "licence-granted") {
      const overlaps = (old) => old.startsWith(entry.prefix) || entry.prefix.startsWith(old);
      require(![...this.licences.keys()].some(overlaps), `the prefix ${entry.prefix} overlaps another's`);
    } else if (kind === "licence-ended") {
      require(this.licences.get(entry.prefix) === party, `${party} has no such prefix`);
    } else if (kind === "key-rotated" || kind === "key-revoked") {
      const isLive = this.keys.get(entry.old) === party && !this.ended.has(entry.old);
      require(isLive, `${entry.old} is no live key of ${party}`);
      require((entry.compromisedSince ?? 0) <= index, "a key stolen at a place the log has not reached");
    } else if (kind === "recovery-proposed") {
      require([...this.recoveries.values()].every((other) => other.party !== party), "a recovery runs already");
    } else if (kind === "recovery-vetoed" || kind === "recovery-completed") {
      const recovery = this.recoveries.get(entry.proposal);
      require(recovery?.party === party, `no such recovery of ${party} runs`);
      const isDue = kind === "recovery-vetoed" || Date.parse(entry.at) >= recovery.begun + HOURS_72;
      require(isDue && (kind === "recovery-vetoed" || !this.keys.has(recovery.key)), "a recovery that is not due");
    } else if (kind === "delegation-granted") {
      require(this.parties.has(entry.to), `${entry.to} is not enrolled`);
    } else if (kind === "delegation-ended") {
      require(this.delegations.get(entry.grant) === party, `${party} gave no such leave`);
    }
  }

  record(entry, brings, hash, ownNames) {
    const { kind, party } = entry;
    if (kind === "root-established" || kind === "root-rotated") {
      for (const root of this.roots) if (!brings.has(root)) this.ended.add(root);
      for (const [key, did] of ownNames) if (!this.keys.has(key)) this.keys.set(key, did);
      [this.origin, this.roots, this.threshold] = [entry.origin, new Set(brings.keys()), entry.threshold];
    } else if (kind === "recovery-proposed") {
      this.recoveries.set(hash, { party, key: [...brings.keys()][0], begun: Date.parse(entry.at) });
    } else if (kind === "recovery-vetoed") {
      this.recoveries.delete(entry.proposal);
    } else if (kind === "recovery-completed") {
      for (const [key, owner] of this.keys) if (owner === party) this.ended.add(key);
      this.keys.set(this.recoveries.get(entry.proposal).key, party);
      this.recoveries.delete(entry.proposal);
    } else if (kind === "licence-granted") {
      this.licences.set(entry.prefix, party);
    } else if (kind === "licence-ended") {
      this.licences.delete(entry.prefix);
    } else if (kind === "delegation-granted") {
      this.delegations.set(hash, party);
    } else if (kind === "delegation-ended") {
      this.delegations.delete(entry.grant);
    } else {
      for (const key of brings.keys()) this.keys.set(key, party);
      if ("old" in entry) this.ended.add(entry.old);
      if ("roles" in entry) this.parties.set(party, entry.roles);
    }
  }
}

function checkRoot(bundle, trust) {
  const roots = bundle.statements.filter(({ kind, says }) => kind === ENTRY && says.kind === "root-established");
  const isIt =
    roots.length === 1 &&
    roots[0].brings.size === trust.roots.size &&
    [...roots[0].brings.keys()].every((key) => trust.roots.has(key)) &&
    roots[0].says.threshold === trust.threshold;
  require(isIt, because("other-root"));
}

async function checkAuthority(exhibit, registry, trust) {
  if (exhibit.kind === ENTRY) await registry.add(exhibit);
  else {
    const registered = exhibit.says["prov:signers"].filter((signer) => !isConsumer(exhibit, signer));
    registered.forEach((signer) => registry.requireSpeaks(signer));
  }
  const seen = exhibit.says["prov:seen"];
  const isOurs = seen.origin === trust.origin && seen.size <= exhibit.index;
  require(isOurs, because("seen-another", { name: seen.origin, count: seen.size }));
}

// 10. The eight steps, in order: for each its outcome and, where it failed, why; "tell" hears of each as it ends.

export async function verify(bytes, trust, tell = () => {}) {
  const ended = {};
  let bundle, tree;

  async function take(step, work) {
    const before = ["file", ...(RESTS_ON[step] ?? [])].filter((one) => one !== step);
    if (before.some((one) => ["fails", "not-checked"].includes(ended[one].outcome))) {
      ended[step] = { outcome: "not-checked", why: "" };
    } else {
      try {
        ended[step] = { outcome: (await work()) ?? "holds", why: "" };
      } catch (error) {
        // Whatever reading something of another form than expected ends in means that it can't be read.
        ended[step] = { outcome: "fails", why: error.message, reason: error.reason ?? null };
      }
    }
    tell(step, ended[step]);
  }

  async function each(check, ...more) {
    for (const exhibit of bundle.statements) {
      try {
        await check(exhibit, ...more);
      } catch (error) {
        const { reason = null } = error;
        throw new Failed(`leaf ${exhibit.index}: ${error.message}`, reason && { ...reason, leaf: exhibit.index });
      }
    }
  }

  await take("file", async () => {
    bundle = await readBundle(bytes);
  });
  await take("checkpoint", async () => {
    tree = await checkCheckpoint(bundle.checkpoint, trust);
  });
  await take("cosignatures", () => {
    checkCosignatures(tree.confirmed, trust);
    return trust.quorum === null ? "not-asked" : "holds";
  });
  await take("statements", () => each(checkStatement));
  await take("signatures", () => {
    const keys = new Map(bundle.statements.flatMap(({ brings }) => [...brings]));
    return each(checkSignatures, keys);
  });
  await take("links", () => checkLinks(bundle));
  await take("inclusion", () => each(checkInclusion, tree));
  await take("authority", async () => {
    checkRoot(bundle, trust);
    await each(checkAuthority, new Registry(), trust);
  });
  return ended;
}
