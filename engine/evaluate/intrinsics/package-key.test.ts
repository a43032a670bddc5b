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
  "pkg:npm/%40foo@1.0.0",
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

it("packages have one key exactly where name and version are the same", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "%2F", "%252F", "%20"), minLength: 1, maxLength: 3 });
  const written = fc
    .record({ scope: fc.option(text), name: text, version: text })
    .map(({ scope, name, version }) => `pkg:generic/${scope === null ? "" : `${scope}/`}${name}@${version}`);
  fc.assert(
    fc.property(fc.array(written, { minLength: 2, maxLength: 10 }), (texts) => {
      const read = texts.flatMap((one) => {
        const parsed = parsePurl(one);
        return parsed.ok ? [parsed.value] : [];
      });
      for (const a of read)
        for (const b of read) {
          const equal = a.namespace === b.namespace && a.name === b.name && a.version === b.version;
          expect([a.text, b.text, packageKey(a) === packageKey(b)]).toEqual([a.text, b.text, equal]);
        }
    }),
    { numRuns: 1000 },
  );
  const [spaced, other] = [parsePurl("pkg:generic/a%20b@1"), parsePurl("pkg:generic/a@b%201")];
  expect(spaced.ok && other.ok && packageKey(spaced.value) !== packageKey(other.value)).toBe(true);
});
