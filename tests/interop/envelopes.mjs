// Judges envelopes with other people's code: reads [{key,message,sig}] (base64) on stdin, prints for each library
// whether it takes them. Run in a folder in which npm installed @noble/ed25519 and jose.
import { verify } from "node:crypto";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const here = createRequire(`${process.cwd()}/`);
const load = (name) => import(pathToFileURL(here.resolve(name)).href);
const [noble, jose] = [await load("@noble/ed25519"), await load("jose")];
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const rows = JSON.parse(Buffer.concat(chunks).toString());
const said = { noble: [], webcrypto: [], jose: [] };
for (const row of rows) {
  const [key, message, sig] = [row.key, row.message, row.sig].map((text) => new Uint8Array(Buffer.from(text, "base64")));
  said.noble.push(await noble.verifyAsync(sig, message, key, { zip215: false }).catch(() => false));
  const imported = await crypto.subtle.importKey("raw", key, "Ed25519", true, ["verify"]);
  said.webcrypto.push(await crypto.subtle.verify("Ed25519", imported, sig, message));
  // jose knows keys as JWK and signs what is base64 of header and payload; the key itself is what it judges here.
  const jwk = { kty: "OKP", crv: "Ed25519", x: Buffer.from(key).toString("base64url") };
  const asJose = await jose.importJWK(jwk, "EdDSA");
  said.jose.push(verify(null, message, asJose, sig));
}
process.stdout.write(JSON.stringify(said));
