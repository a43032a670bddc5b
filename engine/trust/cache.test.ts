import { generateKeyPairSync } from "node:crypto";
import { expect, it, vi } from "vitest";
import { bytesOf, digests, envelopeBundle, instance, keyBundle, messageBundle, statement } from "../../test/trust/instance.ts";
import { verificationCache } from "./cache.ts";
import type { PublicKey } from "./key.ts";
import { joinRoots, readTrustRoot } from "./root.ts";
import { verifyBundle } from "./verify.ts";

vi.mock("./verify.ts", async (original) => {
  const actual = await original<typeof import("./verify.ts")>();
  return { ...actual, verifyBundle: vi.fn(actual.verifyBundle) };
});

const acme = instance();
const artifact = Buffer.from("artifact");
const bundle = bytesOf(messageBundle(acme, artifact));
const rootOf = (of = acme) => {
  const { value } = readTrustRoot(bytesOf(of.root), "root.json");
  if (!value) throw new Error("root was not read");
  return value;
};
const roots = joinRoots([rootOf()]);
const calls = (): number => vi.mocked(verifyBundle).mock.calls.length;

const { publicKey } = generateKeyPairSync("ed25519");
const keyNamed = (name: string): PublicKey => ({ key: publicKey, fingerprint: `sha256:${name.repeat(64)}`, name });

/** How often something was verified anew. */
function verified(work: () => unknown): number {
  const before = calls();
  work();
  return calls() - before;
}

it("verifies anew when bundle, artifact, root, keys or policy differ, and not otherwise", () => {
  const { verify } = verificationCache();
  const other = joinRoots([rootOf(instance("other"))]);
  expect(verified(() => verify(bundle, { roots, artifact }))).toBe(1);
  expect(verified(() => verify(bundle, { roots, artifact }))).toBe(0);
  expect(verify(bundle, { roots, artifact }).kind).toBe("verified");
  expect(verified(() => verify(Buffer.concat([bundle, Buffer.from(" ")]), { roots, artifact }))).toBe(1);
  expect(verified(() => verify(bundle, { roots, artifact: Buffer.from("another") }))).toBe(1);
  expect(verify(bundle, { roots, artifact: Buffer.from("another") }).kind).toBe("refused");
  expect(verified(() => verify(bundle, { roots: other, artifact }))).toBe(1);
  expect(verified(() => verify(bundle, { roots: joinRoots([]), artifact }))).toBe(1);
  expect(verified(() => verify(bundle, { roots, artifact, keyTransparency: "required" }))).toBe(1);
  expect(verified(() => verify(bundle, { roots, artifact }, "sha256:policy"))).toBe(1);
  expect(verified(() => verify(bundle, { roots, artifact, keys: [keyNamed("a")] }))).toBe(1);
  expect(verified(() => verify(bundle, { roots, artifact, keys: [keyNamed("b")] }))).toBe(1);
  expect(verified(() => verify(bundle, { roots, artifact, keys: [keyNamed("b")] }))).toBe(0);
  expect(verified(() => verify(bundle, { roots, artifact }))).toBe(0);
});

it("keeps no answer that may change: what could not be told, and what depends on the time", () => {
  const { verify, size } = verificationCache();
  const stated = bytesOf(envelopeBundle(acme, statement([{ digest: digests(artifact, "sha512") }])));
  const sha256 = { algorithm: "sha256", hex: "0".repeat(64) };
  expect(verify(stated, { roots, artifact: sha256 }).kind).toBe("unsettled");
  expect(size()).toBe(0);
  expect(verify(bundle, { roots, artifact }).kind).toBe("verified");
  const late = { roots, artifact, now: Date.UTC(2030, 0) * 1000, maxRootAge: 30 };
  expect(verify(bundle, late)).toMatchObject({ reason: "root-stale" });
});

it("stays within its bounds, and lets go of what was not asked for longest", () => {
  const { verify, size } = verificationCache({ entries: 3, bytes: 1_000_000 });
  const bundles = [0, 1, 2, 3, 4].map((n) => bytesOf(keyBundle(Buffer.from([n, 1]), artifact)));
  for (const one of bundles.slice(0, 3)) verify(one, { roots, artifact });
  expect(verified(() => verify(bundles[0] ?? bundle, { roots, artifact }))).toBe(0);
  for (const one of bundles.slice(3)) verify(one, { roots, artifact });
  expect(size()).toBe(3);
  expect(verified(() => verify(bundles[0] ?? bundle, { roots, artifact }))).toBe(0);
  expect(verified(() => verify(bundles[1] ?? bundle, { roots, artifact }))).toBe(1);
  const small = verificationCache({ entries: 100, bytes: 20_000 });
  for (const one of bundles) small.verify(one, { roots, artifact });
  for (let n = 0; n < 20; n += 1) small.verify(bytesOf(keyBundle(Buffer.from([n, 2]), artifact)), { roots, artifact });
  expect(small.size()).toBe(10);
});
