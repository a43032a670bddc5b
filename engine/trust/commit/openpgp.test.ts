import { expect, it } from "vitest";
import type { Commit } from "./object.ts";
import { readGpgStatus } from "./openpgp.ts";

const person = { name: "Ada", email: "ada@acme.example", seconds: 0 };
const commit: Commit = { id: "a", tree: "b", parents: [], author: person, committer: person, payload: Uint8Array.of() };
const print = "0123456789ABCDEF0123456789ABCDEF01234567";

/** `VALIDSIG` as gpg writes it: fingerprint, dates, version, algorithms of key and digest, class, primary key. */
const valid = (digest = 10): string => `VALIDSIG ${print} 2026-03-01 1772366400 0 4 0 22 ${digest} 00 ${print}`;

function said(...lines: readonly string[]): string {
  const verdict = readGpgStatus(lines.map((line) => `[GNUPG:] ${line}\n`).join(""), commit);
  return verdict.kind === "refused" ? verdict.reason : verdict.kind;
}

it("takes nothing but a good and valid signature for one", () => {
  expect(said("GOODSIG 0123 Ada%20<ada@acme.example>", valid())).toBe("verified");
  expect(said("GOODSIG 0123 Ada")).toBe("malformed-signature");
  expect(said(valid())).toBe("signature");
  expect(said()).toBe("malformed-signature");
  expect(said("BADSIG 0123 Ada", valid())).toBe("signature");
  expect(said("ERRSIG 0123 22 10 00 1772366400 9", "NO_PUBKEY 0123")).toBe("key");
  expect(said("ERRSIG 0123 22 10 00 1772366400 4")).toBe("unsupported-signature");
});

it.each([1, 2, 3])("refuses a signature over a digest that can be forged: algorithm %i", (digest) => {
  expect(said("GOODSIG 0123 Ada", valid(digest))).toBe("weak-digest");
});

it("tells revoked and expired apart: an expired key may have signed in time", () => {
  expect(said("REVKEYSIG 0123 Ada", valid())).toBe("key-revoked");
  expect(said("EXPSIG 0123 Ada", valid())).toBe("key-window");
  expect(said("EXPKEYSIG 0123 Ada", valid())).toBe("unsettled");
});

it("refuses two signatures, one of which might be a stranger's", () => {
  expect(said("GOODSIG 0123 Ada", valid(), "GOODSIG 0456 Eve", valid())).toBe("several-signatures");
});

it("reads no line that is not of the status descriptor", () => {
  expect(readGpgStatus(`gpg: GOODSIG 0123\n[GNUPG:]GOODSIG 0123 Ada\n ${valid()}\n`, commit)).toMatchObject({
    reason: "malformed-signature",
  });
});

it("notes a key that does not name the committer", () => {
  expect(readGpgStatus(`[GNUPG:] GOODSIG 0123 Eve <eve@evil.example>\n[GNUPG:] ${valid()}\n`, commit)).toMatchObject({
    kind: "verified",
    signer: { kind: "key", fingerprint: `openpgp:${print.toLowerCase()}` },
    notes: ["the key does not name the committer `ada@acme.example`"],
  });
});
