// A second, independent evaluator: decides the cases it reads, one file of provenance.commerce.replay per line, and
// prints each decision in its RFC 8785 form. Written from the rules and the law tables in the files, not from the
// Python; it shares no code with it, and needs nothing but Node.
//
//   node tests/interop/decide.mjs <cases.ndjson >decisions.ndjson

import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

// --- RFC 8785, for values without fractions ---

export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  // The default order of sort() is that of UTF-16 code units, which RFC 8785 §3.2.3 asks for.
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

export const sha256 = (value) => createHash("sha256").update(canonical(value), "utf8").digest("hex");

// --- days ---

const DAY = 86400;
const dayOf = (instant, zone) => Math.floor((instant + zone * 60) / DAY);
const endOf = (day, zone) => (day + 1) * DAY - zone * 60;
const parseDay = (text) => Date.parse(`${text}T00:00:00Z`) / 1000 / DAY;

function rolled(day, restDays, holidays) {
  while (restDays.includes((day + 3) % 7) || holidays.includes(day)) day += 1;
  return day;
}

function monthsAfter(day, months) {
  const start = new Date(day * DAY * 1000);
  const first = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + months, 1));
  const lastOfMonth = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return first.getTime() / 1000 / DAY + Math.min(start.getUTCDate(), lastOfMonth) - 1;
}

// --- the terms, raised to the law ---

function raised(terms, law) {
  const days = Math.max(terms.withdrawal.days, law.withdrawalDays.value);
  const lawful = law.exclusions.map((row) => row.trait);
  const spoils = new Set(law.spoiling.flatMap((row) => row.conditions));
  const deductions = Object.entries(terms.withdrawal.deductions).filter(([condition]) => spoils.has(condition));
  return {
    zone: terms.zone,
    holidays: terms.holidays.map(parseDay),
    days,
    exclusions: terms.withdrawal.exclusions.filter((trait) => lawful.includes(trait)),
    returnFreight: terms.withdrawal.returnFreight,
    outbound: law.outbound === "repaid" ? "repaid" : terms.withdrawal.outboundFreight,
    deductions: new Map(deductions),
    defectReturnDays: Math.max(terms.defect.returnDays, law.defectReturnDays.value),
    warrantyMonths: Math.max(terms.defect.warrantyMonths, law.warrantyMonths.value),
    refundDays: Math.min(terms.refundDays, law.refundDays.value),
    silenceDays: Math.min(terms.silenceDays, law.breaches["not-handled"].value),
    releaseDays: Math.max(terms.releaseDays, days + 1),
  };
}

// --- one case ---

class Case {
  constructor(terms, law, facts) {
    this.terms = raised(terms, law);
    this.law = law;
    this.facts = facts;
  }

  has(flag) { return this.facts.flags.includes(flag); }
  isPast(instant) { return this.facts.asOf >= instant; }
  day(instant) { return dayOf(instant, this.terms.zone); }
  end(day) { return endOf(day, this.terms.zone); }
  cite(...clauses) { return clauses.map((clause) => ({ clause, article: this.law.clauses[clause] })); }
  buyersLastDay(since, days) { return rolled(this.day(since) + days, this.law.restDays, this.terms.holidays); }
  sellersEnd(since, days) { return this.end(this.day(since) + days); }
  withdrawalLastDay() { return this.buyersLastDay(this.facts.receivedAt, this.terms.days); }

  extendedLastDay() {
    const day = monthsAfter(this.day(this.facts.receivedAt) + this.terms.days, this.law.uninformedMonths.value);
    return rolled(day, this.law.restDays, this.terms.holidays);
  }

  paidBackBy(days) {
    const { returned, request, asOf } = this.facts;
    if (this.law.paidBackFrom === "return" && returned) return this.sellersEnd(returned.receivedAt ?? asOf, days);
    return Math.max(this.sellersEnd(request.at, days), returned ? returned.sentAt : 0);
  }

  refund(price, freight) {
    const from = this.has("released") ? "seller" : "escrow";
    return [[price, "price"], [freight, "freight"]]
      .filter(([minor]) => minor > 0)
      .map(([minor, what]) => ({ from, to: "buyer", minor, for: what }));
  }

  paidBack(why, legs = this.refund(this.facts.paid, this.facts.freight)) {
    const by = this.paidBackBy(this.terms.refundDays);
    const duty = { who: "seller", act: "pay-back", by, article: this.law.refundDays.article };
    return ruling("refund", why, { legs, duties: [duty] });
  }
}

const ruling = (outcome, clauses, { legs = [], duties = [], nextTick = null } = {}) =>
  ({ outcome, clauses, legs, duties, nextTick });

// --- the rules, in their order ---

function blocked(c) {
  const { request, paid, freight } = c.facts;
  if (c.has("frozen")) return ruling("hold", c.cite("frozen"));
  if (c.has("given-back")) return ruling(request ? "refuse" : "wait", c.cite("given-back-already"));
  if (c.has("chargeback-open")) return ruling("hold", c.cite("chargeback-open"));
  if (!request) return null;
  if (c.has("not-owner")) return ruling("refuse", c.cite("not-owner"));
  if (c.has("recalled")) {
    const by = c.paidBackBy(c.terms.refundDays);
    const duty = { who: "seller", act: "pay-back", by, article: c.law.clauses.recalled };
    return ruling("refund", c.cite("recalled"), { legs: c.refund(paid, freight), duties: [duty] });
  }
  if (c.has("absent") && request.kind !== "not-received") return ruling("hold", c.cite("reported-absent"));
  return null;
}

function nothingAsked(c) {
  const { request, confirmedAt, receivedAt, paid, freight } = c.facts;
  if (request) return null;
  const release = (why) => ruling("release", c.cite(why), {
    legs: [[paid, "price"], [freight, "freight"]]
      .filter(([minor]) => minor > 0)
      .map(([minor, what]) => ({ from: "escrow", to: "seller", minor, for: what })),
  });
  if (c.has("released")) return ruling("wait", c.cite("released-already"));
  if (c.has("recalled")) return ruling("hold", c.cite("recalled", "stopped"));
  if (c.has("disputed")) return ruling("hold", c.cite("stopped"));
  if (confirmedAt !== null) return release("buyer-confirmed");
  if (receivedAt === null) return ruling("wait", c.cite("release-not-due"));
  const window = c.end(c.withdrawalLastDay());
  const due = Math.max(window, c.sellersEnd(receivedAt, c.terms.releaseDays - 1));
  if (c.isPast(due)) return release("release-due");
  const article = c.law.duties["offer-withdrawal"];
  const offers = article !== undefined && !c.isPast(window);
  const duties = offers ? [{ who: "seller", act: "offer-withdrawal", by: window, article }] : [];
  return ruling("wait", c.cite("release-not-due"), { duties, nextTick: due });
}

const WRONG = {
  "wrong-item": "wrong-item",
  "not-received": "not-received",
  inauthentic: "not-as-sold",
  unsafe: "not-as-sold",
};

function remedy(c) {
  const { kind } = c.facts.request;
  if (kind === "withdraw") return withdrawal(c);
  if (kind === "defect") return defect(c);
  const heard = hear(c);
  if (!Array.isArray(heard)) return heard;
  const why = [...heard, ...c.cite(WRONG[kind])];
  return kind === "wrong-item" ? untilInspected(c, why, "seller") ?? c.paidBack(why) : c.paidBack(why);
}

function withdrawal(c) {
  const { shippedAt, receivedAt, request } = c.facts;
  if (shippedAt === null && receivedAt === null) return c.paidBack(c.cite("before-dispatch"));
  const [excluded, notes] = exclusions(c);
  if (excluded.length) return ruling("refuse", excluded);
  if (receivedAt === null) return returnedThing(c, [...notes, ...c.cite("before-receipt")]);
  const day = c.day(request.at);
  if (day <= c.withdrawalLastDay()) return returnedThing(c, [...notes, ...c.cite("in-time")]);
  if (c.has("not-informed") && c.law.uninformedMonths.value > 0 && day <= c.extendedLastDay()) {
    return returnedThing(c, [...notes, ...c.cite("extended-uninformed")]);
  }
  return ruling("refuse", c.cite("out-of-time"));
}

function exclusions(c) {
  const { traits, confirmed, returned } = c.facts;
  const findings = returned ? returned.findings : null;
  const excluded = [];
  const notes = [];
  for (const { trait, when, article } of c.law.exclusions) {
    if (!traits.includes(trait) || !c.terms.exclusions.includes(trait)) continue;
    const isConfirmed = confirmed.includes(trait);
    if (when === "always" || (when === "confirmed" && isConfirmed)) excluded.push({ clause: "excluded", article });
    else if (when === "confirmed") notes.push({ clause: "exclusion-not-confirmed", article });
    else if (findings?.includes("seal-broken")) excluded.push({ clause: "excluded", article });
    else if (findings) notes.push({ clause: "seal-intact", article });
  }
  return [excluded, notes];
}

function returnedThing(c, reasons) {
  const waits = untilInspected(c, reasons, c.terms.returnFreight);
  if (waits) return waits;
  const { returned, paid, freight, giftsKept, category } = c.facts;
  const why = [...reasons];
  const row = c.law.spoiling.find((candidate) => candidate.category === category);
  const spoilt = (returned.findings ?? []).filter((finding) => row.conditions.includes(finding));
  const notIntact = { clause: "not-intact", article: row.article };
  let kept = 0;
  if (returned.findings === null) {
    why.push(...c.cite(returned.receivedAt === null ? "on-its-way" : "inspection-late"));
  } else if (spoilt.length === 0) {
    why.push(...c.cite("intact"));
  } else if (c.law.spoilt === "may-refuse" && spoilt.some((finding) => !c.terms.deductions.has(finding))) {
    return ruling("refuse", [...why, notIntact]);
  } else {
    const points = spoilt.reduce((sum, finding) => sum + (c.terms.deductions.get(finding) ?? 0), 0);
    // 10^11 minor units times 10^4 basis points is below 2^53, so this is exact.
    kept = Math.floor((paid * Math.min(points, 10000)) / 10000);
    why.push(notIntact, ...c.cite("deducted"));
  }
  if (c.law.giftsArticle && giftsKept > 0) {
    kept += giftsKept;
    why.push(...c.cite("gifts-kept"));
  }
  return c.paidBack(why, c.refund(Math.max(paid - kept, 0), c.terms.outbound === "repaid" ? freight : 0));
}

function untilInspected(c, why, payer) {
  const { returned, request, serial } = c.facts;
  if (!returned) {
    const days = c.law.sendBackDays.value;
    const by = days > 0 ? c.end(c.buyersLastDay(request.at, days)) : null;
    const bySeller = request.kind === "withdraw" ? "terms /withdrawal/returnFreight" : c.law.duties["repair-or-replace"];
    const article = payer === "buyer" ? c.law.duties["pay-return-freight"] : bySeller;
    return ruling("return", why, {
      duties: [
        { who: "buyer", act: "send-back", by, article: c.law.duties["send-back"] },
        { who: payer, act: "pay-return-freight", by: null, article },
      ],
    });
  }
  if (returned.serial !== null && returned.serial !== serial) return ruling("hold", [...why, ...c.cite("swapped")]);
  const onItsWay = [...why, ...c.cite("on-its-way")];
  if (returned.receivedAt === null && c.law.paidBackFrom === "return") return ruling("return", onItsWay);
  const due = c.paidBackBy(c.terms.refundDays);
  if (returned.findings !== null || c.isPast(due)) return null;
  if (returned.receivedAt === null) return ruling("return", onItsWay, { nextTick: due });
  const inspect = { who: "seller", act: "inspect", by: due, article: c.law.duties.inspect };
  return ruling("return", [...why, ...c.cite("being-inspected")], { duties: [inspect], nextTick: due });
}

function hear(c) {
  const { award, proven, answer, request } = c.facts;
  if (award === "buyer") return c.cite("awarded-to-buyer");
  if (award === "seller") return ruling("refuse", c.cite("awarded-to-seller"));
  if (proven.length > 0 && ["inauthentic", "unsafe"].includes(request.kind)) return c.cite("proven");
  const due = c.sellersEnd(request.at, c.terms.silenceDays);
  if (answer?.says === "accept") return c.cite("admitted");
  if (answer && answer.at < due) return ruling("hold", c.cite("contested"));
  if (c.isPast(due)) return c.cite("silent");
  const duty = { who: "seller", act: "answer", by: due, article: c.law.duties.answer };
  return ruling("wait", c.cite("answer-awaited"), { duties: [duty], nextTick: due });
}

function defect(c) {
  const { receivedAt, request, repairs } = c.facts;
  if (receivedAt === null) return ruling("refuse", c.cite("before-receipt"));
  const day = c.day(request.at);
  const received = c.day(receivedAt);
  const days = c.terms.defectReturnDays;
  const isEarly = days > 0 && day <= c.buyersLastDay(receivedAt, days);
  if (!isEarly && day > monthsAfter(received, c.terms.warrantyMonths)) return ruling("refuse", c.cite("out-of-warranty"));
  const [burden, duties] = burdenOfProof(c, day, received);
  const heard = hear(c);
  if (!Array.isArray(heard)) {
    return { ...heard, clauses: [...heard.clauses, ...burden], duties: [...heard.duties, ...duties] };
  }
  for (const [applies, clause] of [[isEarly, "defect-early"], [repairs >= c.law.failedRepairs.value, "repairs-failed"]]) {
    const why = [...heard, ...c.cite(clause)];
    if (applies) return untilInspected(c, why, "seller") ?? c.paidBack(why);
  }
  const article = c.law.duties["repair-or-replace"];
  const repair = ["repair-or-replace", "pay-return-freight"].map((act) => ({ who: "seller", act, by: null, article }));
  return ruling("repair", [...heard, ...c.cite("repair-first")], { duties: repair });
}

function burdenOfProof(c, day, received) {
  const traits = c.law.burdenTraits;
  const concerned = traits.length === 0 || traits.some((trait) => c.facts.traits.includes(trait));
  if (!concerned || day > monthsAfter(received, c.law.burdenMonths.value)) return [c.cite("burden-on-buyer"), []];
  const article = c.law.duties["prove-no-defect"];
  return [c.cite("burden-on-seller"), [{ who: "seller", act: "prove-no-defect", by: null, article }]];
}

// --- beside the outcome ---

function claims(c) {
  const { paid, loss, found, currency, request, category } = c.facts;
  const thinkable = c.law.multiples.filter((row) => {
    if (row.currency !== currency) return false;
    if (row.claim === "fraud") return request?.kind === "inauthentic" || found.includes("fraud");
    return category === "food" && !c.has("label-blemish") && (request?.kind === "unsafe" || found.includes(row.claim));
  });
  const reckoned = thinkable.map((row) => ({
    claim: row.claim,
    minor: Math.max(row.ofPrice * paid, row.ofLoss * loss, row.least),
    state: "reckoned",
    article: row.article,
  }));
  const due = c.has("frozen") ? [] : reckoned.filter((claim) => found.includes(claim.claim));
  const highest = Math.max(...due.map((claim) => claim.minor));
  const first = due.find((claim) => claim.minor === highest);
  if (first) first.state = "due";
  return reckoned;
}

function breaches(c, outcome) {
  const { request, answer, returned } = c.facts;
  if (request?.kind !== "withdraw" || !["return", "refund"].includes(outcome)) return [];
  const rows = c.law.breaches;
  const broken = [];
  if (!answer && !returned && c.isPast(c.sellersEnd(request.at, rows["not-handled"].value))) broken.push("not-handled");
  if (answer?.ground === "own-rule") broken.push("own-rule");
  if (answer?.ground === "opened") broken.push("opened-as-ground");
  const isBack = returned && returned.receivedAt !== null;
  if (isBack && c.isPast(c.paidBackBy(rows["not-paid-back"].value))) broken.push("not-paid-back");
  return broken.map((breach) => ({ breach, article: rows[breach].article }));
}

export function decide({ terms, law, facts }, evaluator) {
  const c = new Case(terms, law, facts);
  const ruled = blocked(c) ?? nothingAsked(c) ?? remedy(c);
  const multiples = claims(c);
  const dueLegs = multiples
    .filter((claim) => claim.state === "due")
    .map((claim) => ({ from: "bond", to: "buyer", minor: claim.minor, for: "claim" }));
  return {
    decision: "provenance.decision/1",
    evaluator,
    terms: sha256(terms),
    law: sha256(law),
    facts: sha256(facts),
    checkpoint: facts.checkpoint,
    asOf: facts.asOf,
    outcome: ruled.outcome,
    clauses: [...ruled.clauses, ...(c.has("label-blemish") ? c.cite("label-blemish") : [])],
    legs: [...ruled.legs, ...dueLegs],
    duties: ruled.duties,
    claims: multiples,
    breaches: breaches(c, ruled.outcome),
    nextTick: ruled.nextTick,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for await (const line of createInterface({ input: process.stdin })) {
    const file = JSON.parse(line);
    console.log(canonical(decide(file, file.decision.evaluator)));
  }
}
