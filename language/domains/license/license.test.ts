import fc from "fast-check";
import oracle from "spdx-expression-parse";
import currentIds from "spdx-license-ids/index.json" with { type: "json" };
import { expect, it } from "vitest";
import {
  canonicalLicenseId,
  isDeprecatedLicenseId,
  isSpdxId,
  joinLicenses,
  type License,
  type LicenseExpression,
  licenseIdByName,
  nearestLicenseId,
  obliges,
  parseLicense,
  permits,
} from "../license.ts";

function license(text: string): License {
  const result = parseLicense(text);
  if (!result.ok) throw new Error(result.problem);
  return result.value;
}

it("refuses what is not an SPDX expression, with the id that was meant", () => {
  for (const text of [
    "",
    "()",
    "MIT OR",
    "OR MIT",
    "MIT MIT",
    "(MIT",
    "MIT)",
    "MIT WITH",
    "WITH",
    "MIT WITH Foo",
    "MIT AND OR MIT",
    "LicenseRef-",
    "MIT +",
  ]) {
    expect(parseLicense(text).ok, text).toBe(false);
  }
  expect(parseLicense("Apache-2")).toMatchObject({ ok: false, suggestion: "Apache-2.0" });
  expect(parseLicense("MIT/Apache-2.0")).toMatchObject({ ok: false, suggestion: "MIT OR Apache-2.0" });
  expect(parseLicense("Apache 2.0")).toMatchObject({ ok: false, suggestion: "Apache-2.0" });
  expect(parseLicense("GPL-2.0-only WITH Classpath-exception")).toMatchObject({ suggestion: "GPL-2.0-only WITH Classpath-exception-2.0" });
  expect(parseLicense("MIT OR Apche-2.0")).toMatchObject({ suggestion: "MIT OR Apache-2.0" });
});

it("canonicalises deprecated ids and case", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["GPL-2.0", "GPL-2.0-only"],
    ["GPL-2.0+", "GPL-2.0-or-later"],
    ["GPL-2.0-only+", "GPL-2.0-or-later"],
    ["LGPL-2.1", "LGPL-2.1-only"],
    ["AGPL-3.0+", "AGPL-3.0-or-later"],
    ["GFDL-1.3", "GFDL-1.3-only"],
    ["GPL-2.0-with-classpath-exception", "GPL-2.0-only WITH Classpath-exception-2.0"],
    ["eCos-2.0", "GPL-2.0-or-later WITH eCos-exception-2.0"],
    ["BSD-2-Clause-FreeBSD", "BSD-2-Clause-Views"],
    ["StandardML-NJ", "SMLNJ"],
    ["Apache-2.0+", "Apache-2.0+"],
    ["mit", "MIT"],
    ["apache-2.0 or MIT and isc", "Apache-2.0 OR MIT AND ISC"],
    ["(MIT OR ISC) AND (0BSD)", "(MIT OR ISC) AND 0BSD"],
    ["GPL-2.0 WITH classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"],
    ["LicenseRef-Acme OR DocumentRef-x:LicenseRef-y", "LicenseRef-Acme OR DocumentRef-x:LicenseRef-y"],
    ["MIT\tAND\n ISC", "MIT AND ISC"],
  ];
  for (const [text, canonical] of cases) expect(license(text).text, text).toBe(canonical);
});

it("knows SPDX's ids, in their case", () => {
  expect(isSpdxId("MIT")).toBe(true);
  expect(isSpdxId("GPL-2.0")).toBe(true);
  expect(isSpdxId("Apache-2.0+")).toBe(true);
  expect(isSpdxId("mit")).toBe(false);
  expect(isSpdxId("constructor")).toBe(false);
  expect(isDeprecatedLicenseId("GPL-2.0")).toBe(true);
  expect(isDeprecatedLicenseId("MIT")).toBe(false);
  expect(canonicalLicenseId("toString")).toBeUndefined();
  expect(nearestLicenseId("GPL-2.0-onyl")).toBe("GPL-2.0-only");
  expect(nearestLicenseId("Completely Different Thing")).toBeUndefined();
});

it("knows licences by their full names, and guesses nothing", () => {
  expect(licenseIdByName("Apache License 2.0")).toBe("Apache-2.0");
  expect(licenseIdByName("The Apache License, Version 2.0")).toBe("Apache-2.0");
  expect(licenseIdByName("mit license")).toBe("MIT");
  expect(licenseIdByName('BSD 3-Clause "New" or "Revised" License')).toBe("BSD-3-Clause");
  expect(licenseIdByName("GNU General Public License v2.0 only")).toBe("GPL-2.0-only");
  expect(licenseIdByName("BSD")).toBeUndefined();
  expect(licenseIdByName("Foo Licence")).toBeUndefined();
});

it("reads a choice as obliging only when every choice obliges, and as permitted when one is", () => {
  const cases: readonly (readonly [string, boolean | "missing", boolean | "missing"])[] = [
    ["GPL-2.0", true, true],
    ["MIT OR GPL-2.0", false, true],
    ["MIT AND GPL-2.0", true, false],
    ["(MIT OR GPL-2.0) AND ISC", false, false],
    ["GPL-2.0 WITH Classpath-exception-2.0", false, false],
    ["GPL-2.0-or-later", false, false],
    ["GPL-2.0 AND NOASSERTION", true, "missing"],
    ["GPL-2.0 OR NOASSERTION", "missing", true],
    ["MIT AND NOASSERTION", "missing", false],
    ["NOASSERTION", "missing", "missing"],
  ];
  const ids = ["GPL-2.0"];
  for (const [text, obliged, permitted] of cases) {
    expect(obliges(license(text), ids), text).toBe(obliged);
    expect(permits(license(text), ids), text).toBe(permitted);
  }
});

it("lets the full form of an exception or a plus name itself alone", () => {
  const exact = ["GPL-2.0-only WITH Classpath-exception-2.0"];
  expect(permits(license("GPL-2.0 WITH Classpath-exception-2.0"), exact)).toBe(true);
  expect(permits(license("GPL-2.0"), exact)).toBe(false);
  expect(obliges(license("Apache-2.0+"), ["Apache-2.0"])).toBe(true);
  expect(obliges(license("Apache-2.0"), ["Apache-2.0+"])).toBe(false);
});

it("says of NOASSERTION and NONE that nothing is stated", () => {
  expect(license("NOASSERTION").unstated).toBe(true);
  expect(license("NONE").unstated).toBe(true);
  expect(license("MIT AND NOASSERTION").unstated).toBe(false);
});

it("joins several entries as AND, and keeps what it could not read", () => {
  expect(joinLicenses(["MIT", "GPL-2.0 OR ISC"]).license?.text).toBe("MIT AND (GPL-2.0-only OR ISC)");
  expect(joinLicenses(["MIT", "MIT License"]).license?.text).toBe("MIT");
  expect(joinLicenses([])).toEqual({ license: undefined, unread: [], unreadable: [] });
  expect(joinLicenses(["Foo Licence"])).toEqual({ license: undefined, unread: ["Foo Licence"], unreadable: [] });
  expect(joinLicenses(["NOASSERTION"])).toEqual({ license: undefined, unread: [], unreadable: [] });
  const mixed = joinLicenses(["GPL-2.0", "Foo Licence"]);
  expect(mixed.unread).toEqual(["Foo Licence"]);
  expect(mixed.license && obliges(mixed.license, ["GPL-2.0-only"])).toBe(true);
  expect(mixed.license && obliges(mixed.license, ["MIT"])).toBe("missing");
});

const stated = (text: string) => joinLicenses([{ kind: "expression", text }]);

it.each([
  ["MIT AND (", "`MIT AND (` is not a whole licence expression"],
  ["MIT)", "`)` is out of place in the licence expression `MIT)`"],
  ["AGPL-3.0-only or", "`AGPL-3.0-only or` is not a whole licence expression"],
  ["GPL-2.0-only WITH", "`GPL-2.0-only WITH` names no exception after `WITH`"],
  ["Foo Licence AND MIT", "`Licence` is out of place in the licence expression `Foo Licence AND MIT`"],
  [`${"MIT OR ".repeat(10_000)}MIT`, "a licence expression has at most 65536 characters"],
  ["x".repeat(70_000), "a licence expression has at most 65536 characters"],
  [`${"(".repeat(101)}MIT${")".repeat(101)}`, "a licence expression has parentheses at most 100 deep"],
])("says why %s, where an expression stands, is none", (text, why) => {
  expect(stated(text)).toEqual({ license: undefined, unread: [], unreadable: [{ text, why }] });
  // Where a name stands, it is a name that nobody knows.
  expect(joinLicenses([text])).toEqual({ license: undefined, unread: [text], unreadable: [] });
});

it.each(["Foo", "Foo Licence", "Foo AND MIT", "(MIT OR Foo WITH Bar)", "MIT/Foo"])("takes %s for what names no SPDX id", (text) => {
  expect(stated(text)).toEqual({ license: undefined, unread: [text], unreadable: [] });
});

it("reads a full name also where an expression stands", () => {
  expect(stated("GNU General Public License v2.0 or later").license?.text).toBe("GPL-2.0-or-later");
});

it("does not let a part that cannot be read hide one that is known, nor pass for one that is not stated", () => {
  const mixed = (...names: readonly string[]) => joinLicenses([...names, { kind: "expression", text: "MIT AND (" }]).license;
  const [gpl, mit] = [mixed("GPL-2.0"), mixed("MIT", "Foo")];
  expect(gpl && obliges(gpl, ["GPL-2.0-only"])).toBe(true);
  expect(gpl && permits(gpl, ["MIT"])).toBe(false);
  expect(mit && obliges(mit, ["GPL-2.0-only"])).toBe("malformed");
  expect(mit && permits(mit, ["MIT"])).toBe("malformed");
});

const ids = [
  "MIT",
  "ISC",
  "Apache-2.0",
  "GPL-2.0-only",
  "GPL-2.0-or-later",
  "LicenseRef-acme",
  "0BSD",
  "GPL-2.0-only WITH Classpath-exception-2.0",
];
const leaf: fc.Arbitrary<string> = fc.constantFrom(...ids, "Apache-2.0+");
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    leaf,
    fc.tuple(tie("expression"), fc.constantFrom("AND", "OR"), tie("expression")).map(([a, op, b]) => `(${a}) ${op} (${b})`),
    fc.tuple(tie("expression"), fc.constantFrom("AND", "OR"), tie("expression")).map(([a, op, b]) => `${a} ${op} ${b}`),
  ),
}));

it("permits a licence by a list iff the ids outside the list do not oblige it (law 17)", () => {
  fc.assert(
    fc.property(expression, fc.subarray(ids), (text, listed) => {
      const others = ids.filter((id) => !listed.includes(id));
      const read = license(text);
      expect(permits(read, listed)).toBe(obliges(read, others) === false);
    }),
    { numRuns: 10_000 },
  );
});

it("answers about partly stated licences what every completion answers", () => {
  const partly = expression.map((text) => text.replace(/ISC/g, "NOASSERTION"));
  fc.assert(
    fc.property(partly, fc.subarray(ids), (text, listed) => {
      for (const answer of [obliges, permits]) {
        const completions = ["MIT", "0BSD", "LicenseRef-acme"].map((id) => answer(license(text.replaceAll("NOASSERTION", id)), listed));
        const found = answer(license(text), listed);
        if (found !== "missing") expect(new Set(completions)).toEqual(new Set([found]));
      }
    }),
    { numRuns: 1000 },
  );
});

it("prints an expression so that it is read again", () => {
  fc.assert(
    fc.property(expression, (text) => {
      expect(license(license(text).text)).toEqual(license(text));
    }),
    { numRuns: 1000 },
  );
});

/** The oracle's binary tree in the form of ours. */
function fromOracle(node: oracle.Info): LicenseExpression {
  if ("license" in node) {
    return {
      kind: "license",
      id: node.license,
      plus: node.plus ?? false,
      ...(node.exception === undefined ? {} : { exception: node.exception }),
    };
  }
  const kind = node.conjunction;
  const parts = [fromOracle(node.left), fromOracle(node.right)];
  return { kind, operands: parts.flatMap((part) => (part.kind === kind ? part.operands : [part])) };
}

it("reads expressions of current ids as spdx-expression-parse does", () => {
  fc.assert(
    fc.property(expression, (text) => {
      expect(license(text).expression).toEqual(fromOracle(oracle(text)));
    }),
    { numRuns: 1000 },
  );
  for (const id of currentIds) expect(license(id).text).toBe(id);
});

it("survives nesting, length and nonsense", () => {
  const hostile = [
    `${"(".repeat(10_000)}MIT${")".repeat(10_000)}`,
    Array.from({ length: 10_000 }, () => "MIT").join(" OR "),
    "(".repeat(60_000),
    "A".repeat(100_000),
    "MIT/".repeat(10_000),
  ];
  for (const text of hostile) expect(() => parseLicense(text)).not.toThrow();
  expect(license(Array.from({ length: 5000 }, () => "MIT").join(" AND ")).text.length).toBeGreaterThan(10_000);
  fc.assert(
    fc.property(fc.string(), (text) => {
      parseLicense(text);
      joinLicenses([text]);
    }),
    { numRuns: 1000 },
  );
});
