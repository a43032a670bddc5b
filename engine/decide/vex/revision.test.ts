import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareRevisions, followingRevision, revisionText } from "./revision.ts";

const orderOf = (a: string, b: string): number | undefined => {
  const found = compareRevisions(a, b);
  return found === undefined ? undefined : Math.sign(found);
};

describe("versions of documents", () => {
  it.each<[string, string, number]>([
    ["9", "10", -1],
    ["1767225600000000", "1769904000000000", -1],
    ["20260101120000000001", "20260101120000000002", -1],
    [`1${"0".repeat(299)}`, `1${"0".repeat(298)}1`, -1],
    ["007", "7", 0],
    ["1.0", "1.0.0", 0],
    ["1.9.0", "1.10.0", -1],
    ["1.0.0-rc.1", "1.0.0", -1],
    ["1.0.0-rc.2", "1.0.0-rc.10", -1],
    ["1.0.0-alpha", "1.0.0-alpha.1", -1],
    ["1.0.0-alpha.1", "1.0.0-alpha.beta", -1],
    ["1.0.0-1", "1.0.0-a", -1],
    ["1.0.0+one", "1.0.0+two", 0],
    ["two", "two", 0],
    ["5", "1e+21", -1],
    ["9007199254740993", "1e+21", -1],
    ["1e+21", "2e+21", -1],
  ])("%s and %s have an order", (a, b, expected) => {
    expect(orderOf(a, b)).toBe(expected);
    expect(orderOf(b, a)).toBe(expected === 0 ? 0 : -expected);
  });

  it.each([
    ["two", "1"],
    ["Infinity", "Infinity"],
    ["Infinity", "7"],
    ["2e+21", "Infinity"],
    ["9.007199254740992e+15", "9.007199254740992e+15"],
    ["9.007199254740992e+15", "9007199254740993"],
    ["2024-9-1", "2024-10-1"],
    ["1".repeat(301), "1"],
  ])("which of %s and %s is later cannot be told", (a, b) => {
    expect(compareRevisions(a, b)).toBeUndefined();
    expect(compareRevisions(b, a)).toBeUndefined();
  });

  it("of whole numbers are in the order of their values, however long", () => {
    const number = fc.bigInt({ min: 0n, max: 10n ** 300n - 1n });
    fc.assert(
      fc.property(number, fc.oneof(number, fc.constant(1n)), (a, difference) => {
        const b = a + difference;
        if (String(b).length > 300) return;
        expect(orderOf(String(a), String(b))).toBe(a < b ? -1 : 0);
      }),
    );
  });

  it("that JSON rounds are told as such, and the rest as written", () => {
    expect(revisionText(7, "1.0.0")).toBe("7");
    expect(revisionText(2 ** 53 - 1, undefined)).toBe("9007199254740991");
    expect(revisionText(2 ** 53, undefined)).toBe("9.007199254740992e+15");
    expect(revisionText(Number.POSITIVE_INFINITY, undefined)).toBe("Infinity");
    expect(revisionText(undefined, "1.0.0")).toBe("1.0.0");
  });

  it("are followed by later ones", () => {
    expect(followingRevision(undefined)).toBe("2");
    expect(followingRevision("9007199254740991")).toBe("9007199254740992");
    expect(followingRevision("1767225600000000999999")).toBe("1767225600000001000000");
    expect(followingRevision("1.4.2")).toBe("2.0.0");
    fc.assert(
      fc.property(fc.double({ min: 2 ** 53, max: 1e300 }), (value) => {
        const text = value.toExponential();
        expect(orderOf(text, followingRevision(text))).toBe(-1);
      }),
    );
  });
});
