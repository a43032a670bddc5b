import fc from "fast-check";
import { expect, it } from "vitest";
import { parsePurl, parsePurlSet, purlInSet } from "../purl.ts";
import { missesOf, nearestMiss } from "./miss.ts";

function purl(text: string) {
  const result = parsePurl(text);
  if (!result.ok) throw new Error(result.problem);
  return result.value;
}

function set(text: string, versions?: string) {
  const result = parsePurlSet(text, versions);
  if (!result.ok) throw new Error(result.problem);
  return result.value;
}

function near(wanted: ReturnType<typeof set>, ...texts: readonly string[]) {
  const found = nearestMiss(wanted, texts.map(purl));
  return found && [found.purl.text, ...found.misses.map(({ part, key, wanted, found }) => `${key ?? part}: ${found} instead of ${wanted}`)];
}

it("finds nothing near among other packages, and none among members", () => {
  expect(near(set("pkg:npm/lodash"), "pkg:npm/express@4.0.0", "pkg:pypi/requests")).toBeUndefined();
  expect(near(set("pkg:npm/lodash"), "pkg:npm/lodash@4.17.21")).toBeUndefined();
  expect(near(set("pkg:npm/lodash"))).toBeUndefined();
});

it("says which part of the nearest purl is another", () => {
  expect(near(set("pkg:npm/lodash", "<4.17.21"), "pkg:npm/express@4.0.0", "pkg:npm/lodash@4.17.21")).toEqual([
    "pkg:npm/lodash@4.17.21",
    "version: 4.17.21 instead of <4.17.21",
  ]);
  expect(near(set("pkg:npm/lodash@4.17.20"), "pkg:npm/lodash")).toEqual(["pkg:npm/lodash", "version: undefined instead of 4.17.20"]);
  expect(near(set("pkg:deb/debian/curl@7.50.3-1?arch=arm64"), "pkg:deb/debian/curl@7.50.3-1?arch=amd64&distro=jessie")).toEqual([
    "pkg:deb/debian/curl@7.50.3-1?arch=amd64&distro=jessie",
    "arch: amd64 instead of arm64",
  ]);
  expect(near(set("pkg:maven/org.apache.logging/log4j-core"), "pkg:maven/log4j/log4j@1.2", "pkg:maven/org.apache/log4j-core@2")).toEqual([
    "pkg:maven/org.apache/log4j-core@2",
    "namespace: org.apache instead of org.apache.logging",
  ]);
  expect(near(set("pkg:npm/lodahs"), "pkg:npm/lodash@1.0.0")).toEqual(["pkg:npm/lodash@1.0.0", "name: lodash instead of lodahs"]);
  expect(near(set("pkg:apk/wolfi/curl"), "pkg:deb/debian/curl", "pkg:apk/alpine/curl")).toEqual([
    "pkg:apk/alpine/curl",
    "namespace: alpine instead of wolfi",
  ]);
});

const versions = fc.constantFrom("", "@1.0.0", "@1.1.0", "@2.0.0", "@latest");
const qualifiers = fc.constantFrom("", "?arch=a", "?arch=b", "?arch=a&distro=x");
const subpaths = fc.constantFrom("", "#x", "#y");
const purls = fc
  .tuple(fc.constantFrom("npm", "gem", "generic"), fc.constantFrom("a", "b"), versions, qualifiers, subpaths)
  .map(([type, name, version, rest, subpath]) => `pkg:${type}/${name}${version}${rest}${subpath}`);

it("finds no miss exactly in members, and the same one in any order", () => {
  let members = 0;
  fc.assert(
    fc.property(purls, fc.boolean(), fc.array(purls, { minLength: 1, maxLength: 6 }), (text, ranged, others) => {
      const wanted = ranged && !text.includes("@") && !text.includes("generic") ? set(text, "<1.1.0") : set(text);
      for (const other of others) {
        const inside = purlInSet(purl(other), wanted) === true;
        expect(missesOf(purl(other), wanted).length === 0, `${other} in ${wanted.text}`).toBe(inside);
        if (inside) members++;
      }
      expect(near(wanted, ...others)).toEqual(near(wanted, ...others.toReversed()));
    }),
    { numRuns: 3000 },
  );
  expect(members).toBeGreaterThan(50);
});
