import { expect, it } from "vitest";
import { compileText } from "../../test/bench/project.ts";
import { creditsOf } from "./credit.ts";
import type { Signer } from "./verification.ts";

const program = compileText(
  "trusts.scp",
  `module acme.trusts
trust a = key { fingerprint: "sha256:${"a".repeat(64)}" }
trust b = key { fingerprint: "sha256:${"b".repeat(64)}" }
trust c = key { fingerprint: "sha256:${"c".repeat(64)}" }
trust two = 2 of [a, b, c]
policy p for image { require image is signed by two }`,
);
const fingerprints = new Map(["a", "b", "c"].map((name) => [`acme.trusts.${name}`, `sha256:${name.repeat(64)}`]));

function signed(name: string, ...times: readonly number[]) {
  const signer: Signer = { kind: "key", fingerprint: `sha256:${name.repeat(64)}` };
  return { signer, times: times.map((time) => ({ source: "timestamp-authority" as const, time, by: "it" })) };
}

const timeOf = (trust: string, ...signatures: readonly ReturnType<typeof signed>[]): number | undefined =>
  creditsOf(program, signatures, fingerprints).find((credit) => credit.trust === `acme.trusts.${trust}`)?.time;

it("takes the earliest time of a signer: an old signature that is stamped again stays old", () => {
  expect(timeOf("a", signed("a", 5), signed("a", 9))).toBe(5);
});

it("takes for a quorum the time at which it was complete, in whatever order the signatures come", () => {
  expect(timeOf("two", signed("a", 3), signed("b", 7))).toBe(7);
  expect(timeOf("two", signed("b", 7), signed("a", 3), signed("c", 9))).toBe(7);
});

it("lets a stranger's signature set no time and be nobody's", () => {
  expect(timeOf("two", signed("d", 1), signed("a", 3), signed("b", 7))).toBe(7);
  const credits = creditsOf(program, [signed("d", 1), signed("a", 3)], fingerprints);
  expect(credits.map(({ trust, signatures }) => [trust, signatures.length])).toEqual([["acme.trusts.a", 1]]);
});

it("knows no time of a quorum while a member that it needs has none", () => {
  expect(timeOf("two", signed("a", 3), signed("b"))).toBeUndefined();
});
