/** Bundles that somebody has changed: nothing throws, and nothing but what was signed is ever believed. */
import { generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { readKey } from "../../engine/trust/key.ts";
import { prehash } from "../../engine/trust/prehash.ts";
import { joinRoots, readTrustRoot } from "../../engine/trust/root.ts";
import type { Verification } from "../../engine/trust/verification.ts";
import { verifyBundle } from "../../engine/trust/verify.ts";
import { spkiOf } from "./certificates.ts";
import { bytesOf, certificate, digests, envelopeBundle, instance, keyBundle, messageBundle, statement } from "./instance.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const acme = instance();
const artifact = Buffer.from("the artifact\n");
const by = certificate(acme, { claims: { 12: "https://github.com/acme/shop" } });
const managed = generateKeyPairSync("ec", { namedCurve: "P-256" });
const [root, key] = [readTrustRoot(bytesOf(acme.root), "root.json").value, readKey(spkiOf(managed.publicKey), "key.pub").value];
if (!root || !key) throw new Error("root or key was not read");
const options = { roots: joinRoots([root]), keys: [key], artifact, prehash };

const honest: readonly Json[] = [
  messageBundle(acme, artifact, { by }) as Json,
  envelopeBundle(acme, statement([{ name: "app", digest: digests(artifact, "sha256", "sha512") }]), { by }) as Json,
  keyBundle(sign("sha256", artifact, managed.privateKey), artifact) as Json,
];

/** What is believed of a bundle: the content, the signer with every claim, and the times. */
function believed(answer: Verification): string | undefined {
  if (answer.kind !== "verified") return undefined;
  const { content, signer } = answer;
  return JSON.stringify([content, signer]);
}

const originals = honest.map((bundle) => {
  const answer = verifyBundle(bytesOf(bundle), options);
  if (answer.kind !== "verified") throw new Error(JSON.stringify(answer));
  return { believed: believed(answer), times: answer.times.map((time) => JSON.stringify(time)) };
});

/** Whatever it was changed to, it is refused, or says exactly what one of the originals says, at a time that this gave. */
function holds(changed: Uint8Array): void {
  const answer = verifyBundle(changed, options);
  if (answer.kind !== "verified") return;
  const original = originals.find((one) => one.believed === believed(answer));
  expect(original).toBeDefined();
  for (const time of answer.times) expect(original?.times).toContain(JSON.stringify(time));
}

/** The places of a document. */
function places(json: Json): readonly (readonly string[])[] {
  if (json === null || typeof json !== "object") return [[]];
  return [[], ...Object.entries(json).flatMap(([key, inner]) => places(inner as Json).map((path) => [key, ...path]))];
}

function changedAt(json: Json, path: readonly string[], change: (before: Json) => Json | undefined): Json {
  const [first, ...rest] = path;
  if (first === undefined) return change(json) ?? null;
  if (json === null || typeof json !== "object") return json;
  const copy = (Array.isArray(json) ? [...json] : { ...json }) as Record<string, Json>;
  const inner = copy[first] ?? null;
  const value = rest.length === 0 ? change(inner) : changedAt(inner, rest, change);
  if (value === undefined) delete copy[first];
  else copy[first] = value;
  return copy as Json;
}

/** A bit of what a text of base64 holds, or a letter of another text. */
function flipped(value: Json, at: number, bit: number): Json {
  if (typeof value !== "string" || value === "") return value;
  const bytes = /^[A-Za-z0-9+/]+=*$/.test(value) && value.length % 4 === 0 ? Buffer.from(value, "base64") : undefined;
  const target = bytes ?? Buffer.from(value);
  const index = at % target.length;
  target[index] = (target[index] ?? 0) ^ (1 << bit);
  return bytes ? target.toString("base64") : target.toString("latin1");
}

const which = fc.nat({ max: honest.length - 1 });

it("believes no bundle of which a bit was flipped, anywhere", () => {
  fc.assert(
    fc.property(which, fc.nat(), fc.nat(), fc.nat({ max: 7 }), (index, place, at, bit) => {
      const bundle = honest[index] ?? null;
      const all = places(bundle);
      holds(bytesOf(changedAt(bundle, all[place % all.length] ?? [], (before) => flipped(before, at, bit))));
    }),
    { numRuns: 800 },
  );
});

it("believes no bundle of which a part was left out, replaced, or taken from another", () => {
  fc.assert(
    fc.property(which, which, fc.nat(), fc.option(fc.jsonValue({ maxDepth: 2 })), fc.boolean(), (index, other, place, value, graft) => {
      const bundle = honest[index] ?? null;
      const all = places(bundle);
      const path = all[place % all.length] ?? [];
      const foreign = path.reduce<Json | undefined>(
        (at, name) => (at !== null && typeof at === "object" ? (at as Record<string, Json>)[name] : undefined),
        honest[other],
      );
      const next = graft ? foreign : value === null ? undefined : (value as Json);
      holds(bytesOf(changedAt(bundle, path, () => next)));
    }),
    { numRuns: 800 },
  );
});

it("throws at nothing: bytes of any kind", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.json().map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        expect(verifyBundle(bytes, options).kind).toBe("refused");
      },
    ),
    { numRuns: 500 },
  );
});

it("reads no root and no key out of changed ones but what they still say", () => {
  const text = bytesOf(acme.root);
  fc.assert(
    fc.property(fc.nat({ max: text.length - 1 }), fc.nat({ max: 7 }), (at, bit) => {
      const changed = Buffer.from(text);
      changed[at] = (changed[at] ?? 0) ^ (1 << bit);
      const read = readTrustRoot(changed, "root.json");
      expect(read.value === undefined).toBe(read.diagnostics.some(({ level }) => level === "error"));
      const spki = Buffer.from(spkiOf(managed.publicKey));
      spki[at % spki.length] = (spki[at % spki.length] ?? 0) ^ (1 << bit);
      const changedKey = readKey(spki, "key.pub").value;
      // The same point may be written in more than one way, and is then the same key.
      if (changedKey && !changedKey.key.equals(managed.publicKey))
        expect(verifyBundle(bytesOf(honest[2]), { ...options, keys: [changedKey] }).kind).toBe("refused");
    }),
    { numRuns: 300 },
  );
});
