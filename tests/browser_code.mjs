// Runs the browser's own code under Node: reads {cases:[{name,bundle,trust}],signatures:[{key,message,sig}]} on stdin
// (bytes as base64), prints how each step of each case ended, and which signatures hold.
import { isHonestKey, isSigned, readTrust, verify } from "../web/static/evidence.js";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { cases = [], signatures = [] } = JSON.parse(Buffer.concat(chunks).toString());
const bytes = (text) => Uint8Array.from(Buffer.from(text, "base64"));
const outcomes = {};
for (const { name, bundle, trust } of cases) {
  const ended = await verify(bytes(bundle), await readTrust(bytes(trust)));
  outcomes[name] = Object.fromEntries(Object.entries(ended).map(([step, { outcome }]) => [step, outcome]));
}
const holding = [];
for (const { key, message, sig } of signatures) {
  holding.push(isHonestKey(bytes(key)) && (await isSigned(bytes(key), bytes(message), bytes(sig))));
}
process.stdout.write(JSON.stringify({ outcomes, holding }));
