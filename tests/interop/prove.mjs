// A second, independent check of decision bundles (provenance/decision_bundle.py): the evidence by the browser's own
// code, the facts by an extraction written from the rules, the decision by decide.mjs. Needs nothing but Node.
//
// Not done here: joining every record again by the tables of the trade, and proofs that custody alone gives a claim (a
// recall before the sale, a broken cold chain). What a record says is taken as it stands, once it is proven to be in the
// log, unbroken and by those who may speak.
//
//   {"file":"<base64>","trust":"<base64>","evaluator":"<name>","laws":["<hash>",…]}   one object per line on stdin
//   {"proven":true,"flaws":[]}                                                       one per line on stdout

import { createHash } from "node:crypto";
import { createInterface } from "node:readline";

import { readTrust, verify } from "../../web/static/evidence.js";
import { canonical, decide, sha256 } from "./decide.mjs";

const RECORD = "application/vnd.provenance.commerce-record+json";
const EVENT = "application/vnd.provenance.custody-event+json";

// --- what the file holds ---

function statementsIn(evidence, type) {
  return evidence.statements
    .filter(({ statement }) => statement.payloadType === type)
    .map(({ statement }) => {
      const body = Buffer.from(statement.payload, "base64");
      const before = `DSSEv1 ${type.length} ${type} ${body.length} `;
      const hash = createHash("sha256").update(before).update(body).digest("hex");
      return { ...JSON.parse(body.toString("utf8")), hash };
    });
}

function checkpointIn(evidence) {
  const [origin, size, root] = evidence.checkpoint.split("\n");
  return { origin, size: Number(size), root: Buffer.from(root, "base64").toString("hex") };
}

const newest = (records, kind) => records.findLast((record) => record.kind === kind);
const atOf = (record) => (record ? record.at : null);

// --- the terms that the order pinned ---

function termsOf(offer, records) {
  const published = records.filter(({ subject, kind }) => subject === offer.termsOf && kind === "terms-published");
  return published.map(({ terms }) => terms).find((terms) => sha256(terms) === offer.terms);
}

// --- the facts ---

const classOf = (item) => item.split("/21/")[0];

// The largest remainders get the odd units, earlier first.
function shares(total, weights) {
  const whole = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
  const exact = weights.map((weight) => BigInt(total) * BigInt(weight));
  const parts = exact.map((product) => product / whole);
  const left = Number(BigInt(total) - parts.reduce((sum, part) => sum + part, 0n));
  const order = exact.map((product, at) => [product % whole, at]).sort(([a, i], [b, j]) => (a < b ? 1 : a > b ? -1 : i - j));
  for (const [, at] of order.slice(0, left)) parts[at] += 1n;
  return parts.map(Number);
}

function lineOf(item, offer, serials) {
  const place = serials.filter((serial) => classOf(serial) === classOf(item)).indexOf(item);
  return offer.lines.map((line, index) => [line, index]).filter(([line]) => line.class === classOf(item))[place][1];
}

function pieceOf(item, offer, serials) {
  const at = lineOf(item, offer, serials);
  const freight = shares(offer.freight, offer.lines.map(({ price }) => price))[at];
  return { ...offer.lines[at], freight };
}

// What points pay of an item's line: it comes back as points.
function inPoints(item, offer, serials, records) {
  const minor = records.find(({ kind, order }) => kind === "points-reserved" && order === offer.subject)?.minor ?? 0;
  const prices = offer.lines.map(({ price }) => price);
  return shares(minor, prices)[lineOf(item, offer, serials)];
}

function returnedOf(back, item, award) {
  const [shipped, received] = [newest(back, "return-shipped"), newest(back, "return-received")];
  if (!shipped) return null;
  if (!received) return { sentAt: shipped.at, receivedAt: null, serial: null, findings: null };
  const [matched, mismatched] = [newest(back, "return-matched"), newest(back, "return-mismatched")];
  const times = { sentAt: shipped.at, receivedAt: received.at };
  const accepted = newest(back, "return-accepted");
  const isConceded = accepted && back.indexOf(accepted) > back.indexOf(mismatched);
  if (mismatched && (award === "buyer" || isConceded)) return { ...times, serial: item, findings: [] };
  return { ...times, serial: mismatched ? "not what was sold" : received.scanned, findings: matched ? matched.found : null };
}

const GIVES_IN = ["return-accepted", "claim-admitted"];
const OBJECTS = ["return-contested", "claim-contested"];

function answerOf(asking) {
  const said = asking.findLast(({ kind }) => GIVES_IN.includes(kind) || OBJECTS.includes(kind));
  if (!said) return null;
  const isAccepted = GIVES_IN.includes(said.kind);
  return { says: isAccepted ? "accept" : "contest", ground: isAccepted ? null : said.ground, at: said.at };
}

// The marks that lie on an item, its lot, its product, or a unit around it; not those on other items of the order.
function marksOn(item, events) {
  const marks = new Set();
  for (const event of events) {
    const items = [event.epcList, event.childEPCs, event.outputEPCList].flatMap((list) => list ?? []);
    const isOthers = items.length > 0 && items.every((one) => one.includes("/21/")) && !items.includes(item);
    if (isOthers) continue;
    const { set = [], unset = [] } = event.persistentDisposition ?? {};
    [...set, event.disposition].forEach((word) => marks.add(word));
    unset.forEach((word) => marks.delete(word));
  }
  return marks;
}

const WHERE_OWNED = {
  "item-missed": "absent", "theft-confirmed": "absent",
  "item-found": "here", "theft-cleared": "here", "recovery-completed": "here",
};

const PAID_BACK = ["return-refunded", "claim-refunded", "refund-granted"];

function flagsOf(item, order, records, events) {
  const marks = marksOn(item, events);
  const owning = records.filter(({ subject }) => subject === `ownership:${item}`).map(({ kind }) => WHERE_OWNED[kind]);
  const isAbsent = owning.filter(Boolean).at(-1) === "absent";
  const ofOrder = records.filter(({ subject }) => subject === order);
  const asked = records.filter((record) => record.order === order && [record.item, record.piece].includes(item));
  const isPaid = ({ subject, kind }) => PAID_BACK.includes(kind) && asked.some((record) => record.subject === subject);
  const isReplaced = ofOrder.some(({ kind, replaces }) => kind === "item-replaced" && replaces === item);
  const flags = {
    absent: isAbsent || marks.has("stolen") || marks.has("prov:missing"),
    "chargeback-open": ofOrder.findLast(({ kind }) => kind.startsWith("chargeback-"))?.kind === "chargeback-opened",
    "given-back": isReplaced || records.some(isPaid),
    recalled: marks.has("recalled"),
    released: ofOrder.some(({ kind }) => kind === "order-completed"),
  };
  return Object.keys(flags).filter((flag) => flags[flag]).sort();
}

function caseIn(evidence) {
  const [records, events] = [statementsIn(evidence, RECORD), statementsIn(evidence, EVENT)];
  const asking = records.filter(({ subject }) => `commerce:${subject}` === evidence.subject);
  const request = newest(asking, "return-requested") ?? newest(asking, "claim-filed");
  const ordered = records.filter(({ subject }) => subject === request.order);
  const [offer, placed] = [newest(ordered, "order-offered"), newest(ordered, "order-placed")];
  const { serials } = newest(ordered, "order-allocated");
  const piece = pieceOf(request.item, offer, serials);
  const first = (kind) => ordered.find((record) => record.kind === kind && record.serials.includes(request.item));
  const moments = {
    shippedAt: first("parcel-shipped"),
    receivedAt: first("parcel-delivered"),
    confirmedAt: newest(ordered, "order-completed"),
  };
  const known = Object.entries(moments).filter(([, record]) => record);
  const isFor = (...kinds) => kinds.some((kind) => newest(asking, kind));
  const forSeller = isFor("awarded-to-seller", "claim-dismissed") ? "seller" : null;
  const awarded = isFor("awarded-to-buyer", "claim-upheld") ? "buyer" : forSeller;
  const finding = asking.findLast(({ kind }) => kind === "claim-admitted" || kind === "claim-upheld");
  const facts = {
    facts: "provenance.facts/1",
    asOf: Math.max(ordered.at(-1).at, asking.at(-1).at),
    checkpoint: checkpointIn(evidence),
    order: offer.hash,
    terms: offer.terms,
    serial: request.item,
    currency: offer.currency,
    paid: Math.max(piece.price - inPoints(request.item, offer, serials, records), 0),
    freight: piece.freight,
    category: piece.category,
    placedAt: placed.at,
    giftsKept: 0,
    loss: finding?.loss ?? request.loss ?? 0,
    traits: piece.traits,
    confirmed: placed.confirmed.filter((trait) => piece.traits.includes(trait)),
    shippedAt: atOf(moments.shippedAt),
    receivedAt: atOf(moments.receivedAt),
    confirmedAt: atOf(moments.confirmedAt),
    request: { kind: request.ask, at: request.at },
    answer: answerOf(asking),
    returned: returnedOf(asking, request.item, awarded),
    award: awarded,
    found: finding?.found ?? [],
    proven: [],
    flags: flagsOf(request.item, request.order, records, events),
    repairs: 0,
    sources: { ...Object.fromEntries(known.map(([name, record]) => [name, [record.hash]])), request: [asking[0].hash] },
  };
  return { terms: termsOf(offer, records), facts };
}

// --- all of it ---

async function flawsIn(bytes, trust, { evaluator, laws }) {
  const text = bytes.toString("utf8");
  const file = JSON.parse(text);
  if (canonical(file) !== text) return ["file: not in its one spelling"];
  if (Object.keys(file).sort().join() !== "case,decisionBundle,evidence") return ["file: not a decision bundle"];
  if (file.decisionBundle !== "provenance.decision-bundle/1") return ["file: another version"];
  if (Object.keys(file.case).sort().join() !== "case,decision,facts,law,terms") return ["case: not a case"];
  if (file.case.case !== "provenance.case/1") return ["case: another version"];
  const ended = await verify(Buffer.from(canonical(file.evidence)), trust);
  const failed = Object.entries(ended).filter(([, { outcome }]) => !["holds", "not-asked"].includes(outcome));
  if (failed.length > 0) return failed.map(([step, { outcome, why }]) => `${step}: ${outcome} ${why}`);
  const { terms, facts } = caseIn(file.evidence);
  const flaws = [];
  if (!laws.includes(sha256(file.case.law))) flaws.push("law: not one that is known");
  if (canonical(terms) !== canonical(file.case.terms)) flaws.push("terms: not those of the order");
  if (canonical(facts) !== canonical(file.case.facts)) flaws.push("facts: not those of the records");
  const again = canonical(decide(file.case, evaluator));
  if (again !== canonical(file.case.decision)) flaws.push("decision: another comes out");
  return flaws;
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  const trust = await readTrust(Buffer.from(asked.trust, "base64"));
  let flaws;
  try {
    flaws = await flawsIn(Buffer.from(asked.file, "base64"), trust, asked);
  } catch (error) {
    flaws = [`unreadable: ${error.message}`]; // whatever reading something of another form ends in
  }
  console.log(JSON.stringify({ proven: flaws.length === 0, flaws }));
}
