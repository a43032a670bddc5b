import { expect, it } from "vitest";
import { bound, known, parseDigest } from "./digest.ts";

const hex = (digits: number): string => "a".repeat(digits);

it.each([
  ["sha256", "of the form"],
  ["sha256:", "of the form"],
  [`sha256:${hex(63)}`, "64 hexadecimal digits"],
  [`sha256:${hex(63)}g`, "of the form"],
  [`md5:${hex(32)}`, "forged"],
  [`rot13:${hex(64)}`, "not known"],
  [`__proto__:${hex(64)}`, "not known"],
  [`gitCommit:${hex(41)}`, "40 or 64"],
])("takes %s for no digest", (text, problem) => {
  expect(parseDigest(text)).toEqual({ problem: expect.stringContaining(problem) });
});

it("reads digests in any case and keeps them in one", () => {
  expect(parseDigest(`sha512:${"A".repeat(128)}`)).toEqual({ algorithm: "sha512", hex: hex(128) });
  expect(parseDigest(`gitCommit:${hex(40)}`)).toEqual({ algorithm: "gitCommit", hex: hex(40) });
});

const bytes = Buffer.from("abc");
const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const sha3 = "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532";
const sha512t = "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23";

it("computes digests by in-toto's names (FIPS 180-4 and 202, examples for `abc`)", () => {
  expect([known(bytes).hex("sha256"), known(bytes).hex("sha3_256"), known(bytes).hex("sha512_256")]).toEqual([sha256, sha3, sha512t]);
  expect([known(bytes).hex("gitCommit"), known(bytes).hex("constructor")]).toEqual([undefined, undefined]);
});

it("binds to any of several subjects by any algorithm in common", () => {
  const other = { digest: { sha256: hex(64) } };
  expect(bound([other, { digest: { sha3_256: sha3.toUpperCase() } }], known(bytes))).toEqual({
    kind: "bound",
    by: { algorithm: "sha3_256", hex: sha3 },
  });
  expect(bound([other], known(bytes)).kind).toBe("other");
  expect(bound([], known(bytes)).kind).toBe("other");
});

it("cannot tell where only a digest is known, and not the one that the subject has", () => {
  const artifact = known([{ algorithm: "sha256", hex: sha256 }]);
  expect(bound([{ digest: { sha512: hex(128) } }], artifact).kind).toBe("incomparable");
  expect(bound([{ digest: { sha512: hex(128), sha256 } }], artifact).kind).toBe("bound");
  expect(bound([{ digest: { sha512: hex(128), sha256: hex(64) } }], artifact).kind).toBe("other");
});

it("takes a commit by its name, where that is what was asked about", () => {
  expect(bound([{ digest: { gitCommit: hex(40) } }], known({ algorithm: "gitCommit", hex: hex(40) })).kind).toBe("bound");
  expect(bound([{ digest: { gitCommit: hex(40) } }], known(bytes)).kind).toBe("other");
});
