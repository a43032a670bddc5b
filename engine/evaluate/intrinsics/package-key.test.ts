import fc from "fast-check";
import { expect, it } from "vitest";
import { parsePurl } from "../../../language/domains/purl.ts";
import { packageKey, packageOf, quickName } from "./package-key.ts";
import { purlReader } from "./raw.ts";

const word = (letters: string): fc.Arbitrary<string> => fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 4 });
const plain = word("ab1-._");
const odd = word("aB1-._@%/:~+ 40");
const purls = fc
  .record({
    type: fc.constantFrom(
      "npm",
      "golang",
      "composer",
      "cargo",
      "gem",
      "maven",
      "pypi",
      "nuget",
      "deb",
      "rpm",
      "apk",
      "oci",
      "NPM",
      "conan",
    ),
    scope: fc.constantFrom("", "", "a/", "%40a/", "a/b/", "/"),
    name: fc.oneof({ arbitrary: plain, weight: 4 }, odd),
    version: fc.oneof({ arbitrary: word("v01.-_A"), weight: 4 }, odd),
    rest: fc.constantFrom("", "", "", "?arch=amd64", "#sub"),
  })
  .map(({ type, scope, name, version, rest }) => `pkg:${type}/${scope}${name}@${version}${rest}`);

it("a purl that is cut short names the package that it names when it is read in full", () => {
  let cut = 0;
  fc.assert(
    fc.property(purls, (text) => {
      const quick = quickName(text);
      if (quick === undefined) return;
      cut++;
      const parsed = parsePurl(text);
      if (!parsed.ok) throw new Error(parsed.problem);
      expect(parsed.value.text).toBe(text);
      expect(quick.key).toBe(packageKey(parsed.value));
      expect(quick).toMatchObject({ arch: undefined, distro: undefined });
    }),
    { numRuns: 20_000 },
  );
  expect(cut).toBeGreaterThan(500);
});

it.each([
  "pkg:npm/@babel/core@7.1.0",
  "pkg:npm/Foo@1.0.0",
  "pkg:pypi/foo_bar@1.0",
  "pkg:maven/a@1",
  "pkg:cargo/a/b@1",
  "pkg:deb/debian/a@1?arch=amd64",
  "pkg:npm/a",
  "pkg:npm/a@1#x",
  "npm/a@1",
  "",
])("`%s` is not cut short", (text) => {
  expect(quickName(text)).toBeUndefined();
});

it("what is no purl names no package", () => {
  const read = purlReader();
  for (const raw of [undefined, null, 7, "", "lodash", "pkg:", "pkg:maven/a@1", {}]) expect(packageOf(raw, "1", read)).toBeUndefined();
});
