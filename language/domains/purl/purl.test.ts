import fc from "fast-check";
import { PackageURL } from "packageurl-js";
import { expect, it } from "vitest";
import {
  buildPurl,
  equalPurl,
  type Purl,
  parsePurl,
  parsePurlSet,
  purlInSet,
  purlKey,
  readPurl,
  showPurlSet,
  versionOfPurl,
} from "../purl.ts";

function purl(text: string) {
  const result = parsePurl(text);
  if (!result.ok) throw new Error(result.problem);
  return result.value;
}

function inSet(text: string, set: string, versions?: string) {
  const result = parsePurlSet(set, versions);
  if (!result.ok) throw new Error(result.problem);
  return purlInSet(purl(text), result.value);
}

it("refuses what is not a purl", () => {
  for (const text of [
    "",
    "npm/x",
    "pkg:",
    "pkg:npm",
    "pkg:npm/",
    "pkg:npm/@1.0",
    "pkg:3d/x",
    "pkg:n%20m/x",
    "pkg:npm/x?a b=c",
    "pkg:npm/x?a=1&a=2",
    "pkg:maven/x",
    "pkg:npm/%20",
    `pkg:npm/${"x".repeat(5000)}`,
  ]) {
    expect(parsePurl(text).ok, text).toBe(false);
  }
  expect(parsePurl("pkg:npm/%")).toMatchObject({ ok: false, suggestion: "pkg:npm/%25" });
  expect(parsePurl("pkg:npm/%c3%28").ok).toBe(false);
});

it("refuses an unencoded scope, with the fix", () => {
  expect(parsePurl("pkg:npm/@a/b")).toEqual({ ok: false, problem: "`pkg:npm/@a/b` names no package", suggestion: "pkg:npm/%40a/b" });
  expect(parsePurl("pkg:npm/@a/b?x=1")).toMatchObject({ suggestion: "pkg:npm/%40a/b?x=1" });
});

it("brings purls into the canonical form of their type", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["pkg:NPM/%40Babel/Core@7.0.0", "pkg:npm/%40babel/core@7.0.0"],
    ["pkg:npm/@babel/core@7.0.0", "pkg:npm/%40babel/core@7.0.0"],
    ["pkg:PyPI/Django_Allauth@1.0", "pkg:pypi/django-allauth@1.0"],
    ["pkg:maven/org.Apache/Commons@1.0", "pkg:maven/org.Apache/Commons@1.0"],
    ["pkg:deb/Debian/Curl@7.50.3-1+b1?Distro=jessie&arch=i386", "pkg:deb/debian/curl@7.50.3-1%2Bb1?arch=i386&distro=jessie"],
    [
      "pkg:oci/Debian@sha256:244f?repository_url=docker.io/library/debian",
      "pkg:oci/debian@sha256:244f?repository_url=docker.io%2Flibrary%2Fdebian",
    ],
    ["pkg://golang/github.com/Acme/X@v1.0.0#/a/./b/", "pkg:golang/github.com/Acme/X@v1.0.0#a/b"],
    ["pkg:generic/x?empty=&k=v", "pkg:generic/x?k=v"],
    ["pkg:unknown-type/A/B@C", "pkg:unknown-type/A/B@C"],
  ];
  for (const [text, canonical] of cases) expect(purl(text).text, text).toBe(canonical);
});

it("gives the parts decoded", () => {
  const read = purl("pkg:npm/%40babel/core@7.0.0?k=a%2Fb#x%20y");
  expect([read.type, read.namespace, read.name, read.version, read.subpath]).toEqual(["npm", "@babel", "core", "7.0.0", "x y"]);
  expect([...read.qualifiers]).toEqual([["k", "a/b"]]);
  expect(purlKey(read)).toBe("npm/@babel/core");
});

it("tells members of a set by package, qualifiers and version", () => {
  expect(inSet("pkg:npm/cross-spawn@7.0.3", "pkg:npm/cross-spawn", "<7.0.5")).toBe(true);
  expect(inSet("pkg:npm/cross-spawn@7.0.5", "pkg:npm/cross-spawn", "<7.0.5")).toBe(false);
  expect(inSet("pkg:npm/Cross-Spawn@7.0.3", "pkg:npm/cross-spawn")).toBe(true);
  expect(inSet("pkg:npm/other@7.0.3", "pkg:npm/cross-spawn")).toBe(false);
  expect(inSet("pkg:npm/%40a/x@1.0.0", "pkg:npm/x")).toBe(false);
  expect(inSet("pkg:npm/x@1.0.0", "pkg:npm/x@1.0.0")).toBe(true);
  expect(inSet("pkg:npm/x@1.0.1", "pkg:npm/x@1.0.0")).toBe(false);
  expect(inSet("pkg:pypi/x@1.0.0", "pkg:pypi/x@1.0")).toBe(true);
  expect(inSet("pkg:golang/a.example/x@v1.0.0", "pkg:golang/a.example/x@1.0.0")).toBe(true);
  expect(inSet("pkg:oci/x@sha256:1", "pkg:oci/x@sha256:1")).toBe(true);
  expect(inSet("pkg:oci/x@sha256:1", "pkg:oci/x@sha256:2")).toBe(false);
  expect(inSet("pkg:deb/debian/curl@7?arch=amd64&distro=bookworm", "pkg:deb/debian/curl?arch=amd64")).toBe(true);
  expect(inSet("pkg:deb/debian/curl@7?distro=bookworm", "pkg:deb/debian/curl?arch=amd64")).toBe(false);
});

it("calls a purl without a version missing against a set with one, and an unreadable version malformed", () => {
  expect(inSet("pkg:npm/x", "pkg:npm/x", "<1.0.0")).toBe("missing");
  expect(inSet("pkg:npm/x", "pkg:npm/x@1.0.0")).toBe("missing");
  expect(inSet("pkg:npm/x", "pkg:npm/x")).toBe(true);
  expect(inSet("pkg:npm/y", "pkg:npm/x", "<1.0.0")).toBe(false);
  expect(inSet("pkg:npm/x@latest", "pkg:npm/x", "<1.0.0")).toBe("malformed");
  expect(inSet("pkg:npm/x@latest", "pkg:npm/x@1.0.0")).toBe("malformed");
  expect(inSet("pkg:npm/x@latest", "pkg:npm/x@latest")).toBe(true);
});

it("refuses sets with two versions, an impossible range, or a type without an order", () => {
  expect(parsePurlSet("pkg:npm/x@1.0.0", "<2.0.0")).toMatchObject({ ok: false, suggestion: "pkg:npm/x" });
  expect(parsePurlSet("pkg:npm/x", ">2.0.0 <1.0.0").ok).toBe(false);
  expect(parsePurlSet("pkg:npm/x", "<latest").ok).toBe(false);
  expect(parsePurlSet("pkg:oci/x", "<1").ok).toBe(false);
  expect(parsePurlSet("pkg:npm/@a/b", "<1.0.0")).toMatchObject({ suggestion: "pkg:npm/%40a/b" });
});

it("prints a set as its literal", () => {
  const set = parsePurlSet("pkg:npm/x", "<7.0.5");
  expect(set.ok && showPurlSet(set.value)).toBe('pkg:npm/x versions "<7.0.5"');
});

it("gives an rpm's version the epoch of its qualifier", () => {
  expect(versionOfPurl(purl("pkg:rpm/redhat/x@1.0-1?epoch=2"))).toEqual({ ecosystem: "rpm", text: "2:1.0-1" });
  expect(versionOfPurl(purl("pkg:rpm/redhat/x@1.0-1"))).toEqual({ ecosystem: "rpm", text: "1.0-1" });
  expect(versionOfPurl(purl("pkg:npm/x"))).toBeUndefined();
});

const word = fc.string({
  unit: fc.constantFrom("a", "B", "1", "-", "_", ".", "@", "/", " ", "%", "+", "ä", ":", "?", "#", "&", "="),
  minLength: 1,
  maxLength: 6,
});

it("reads the text of what it built, and gives the same purl", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("npm", "pypi", "generic", "golang", "deb"),
      fc.option(word, { nil: undefined }),
      word,
      fc.option(word, { nil: undefined }),
      fc.dictionary(fc.constantFrom("arch", "distro", "k.v"), word),
      (type, namespace, name, version, qualifiers) => {
        const built = buildPurl({ type, namespace, name, version, qualifiers });
        if (!built.ok) return;
        const again = purl(built.value.text);
        expect(equalPurl(again, built.value)).toBe(true);
        expect({ ...again, qualifiers: [...again.qualifiers] }).toEqual({ ...built.value, qualifiers: [...built.value.qualifiers] });
      },
    ),
    { numRuns: 1000 },
  );
});

it("reads the parts that packageurl-js reads, in types whose rules did not change", () => {
  const part = fc
    .string({ unit: fc.constantFrom("a", "b", "1", "-", "."), minLength: 1, maxLength: 5 })
    .filter((text) => /[a-z1]/.test(text));
  fc.assert(
    fc.property(
      fc.constantFrom("npm", "maven", "deb", "golang"),
      part,
      part,
      fc.option(part, { nil: "" }),
      (type, namespace, name, version) => {
        const text = `pkg:${type}/${namespace}/${name}${version === "" ? "" : `@${version}`}`;
        const theirs = PackageURL.fromString(text);
        const ours = purl(text);
        expect([ours.type, ours.namespace, ours.name, ours.version]).toEqual([theirs.type, theirs.namespace, theirs.name, theirs.version]);
      },
    ),
    { numRuns: 1000 },
  );
});

it("survives nonsense", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      parsePurl(text);
      parsePurl(`pkg:npm/${text}`);
      parsePurlSet(`pkg:npm/x`, text);
    }),
    { numRuns: 1000 },
  );
});

it("reads purls that are canonical as they stand as all the rules do", () => {
  const type = fc.constantFrom("npm", "golang", "composer", "cargo", "gem", "maven", "pypi", "nuget", "deb", "rpm", "apk", "oci", "NPM");
  const unit = fc.constantFrom("a", "b0", "B", "0", "_", "-", ".", "..", "~", "%40", "%20", "@", "+", " ", "é");
  const plain = fc.constantFrom("a", "lib", "x_y", "1.0", "2-rc.1", "%40acme", "v1.2.3");
  const part = fc.oneof(
    plain,
    plain,
    fc.array(unit, { maxLength: 3 }).map((units) => units.join("")),
  );
  const end = fc.constantFrom("", "", "", "?arch=amd64", "#src", "?", "/");
  let plainOnes = 0;
  fc.assert(
    fc.property(type, fc.array(part, { minLength: 1, maxLength: 3 }), fc.option(part), end, (kind, path, version, rest) => {
      const text = `pkg:${kind}/${path.join("/")}${version === null ? "" : `@${version}`}${rest}`;
      const slow = readPurl(text);
      const quick = parsePurl(text);
      if (slow.ok && slow.value.text === text) plainOnes += 1;
      expect(quick.ok ? quick.value : quick.ok).toEqual(slow.ok ? slow.value : slow.ok);
    }),
    { numRuns: 1000 },
  );
  expect(plainOnes).toBeGreaterThan(50);
});

const partsOf = ({ type, namespace, name, version, qualifiers, subpath }: Purl): unknown => [
  type,
  namespace,
  name,
  version,
  [...qualifiers],
  subpath,
];
const piece = fc.string({
  unit: fc.constantFrom("a", "B", "1", "@", "%2F", "%2f", "%25", "%40", "%20", " ", ".", "_", "%2E", "%3F", "%23"),
  maxLength: 4,
});
const path = fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join("/"));
const written = fc
  .record({
    type: fc.constantFrom("npm", "generic", "golang", "deb", "pypi", "cargo"),
    path,
    version: fc.option(piece),
    subpath: fc.option(path),
  })
  .map(
    (one) => `pkg:${one.type}/${one.path}${one.version === null ? "" : `@${one.version}`}${one.subpath === null ? "" : `#${one.subpath}`}`,
  );

it("reads the canonical text of whatever it read back to the same parts", () => {
  let count = 0;
  fc.assert(
    fc.property(written, (text) => {
      const read = parsePurl(text);
      if (!read.ok) return;
      count++;
      const again = parsePurl(read.value.text);
      expect(again.ok && [again.value.text, partsOf(again.value)]).toEqual([read.value.text, partsOf(read.value)]);
    }),
    { numRuns: 5000 },
  );
  expect(count).toBeGreaterThan(500);
});

it("takes an encoded slash in a namespace or subpath for one, and keeps that of a name", () => {
  const read = (text: string): unknown => partsOf(purl(text));
  expect(read("pkg:npm/%2Fa/b@1")).toEqual(read("pkg:npm/a/b@1"));
  expect(read("pkg:golang/github.com%2Facme/x@1")).toEqual(read("pkg:golang/github.com/acme/x@1"));
  expect(read("pkg:generic/x@1#a%2F..%2F%2Fb%2F")).toEqual(read("pkg:generic/x@1#a/b"));
  expect(purl("pkg:generic/a/b%2Fc@1")).toMatchObject({ namespace: "a", name: "b/c", text: "pkg:generic/a/b%2Fc@1" });
});

it("gives packages that differ in any part keys that differ, and others one", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "/", "%2F", "%", " "), minLength: 1, maxLength: 3 });
  const parts = fc.record({ namespace: fc.option(text, { nil: undefined }), name: text, version: fc.constantFrom("1", "2") });
  let same = 0;
  fc.assert(
    fc.property(fc.array(parts, { minLength: 2, maxLength: 12 }), (list) => {
      const purls = list.flatMap((one) => {
        const built = buildPurl({ type: "generic", ...one });
        return built.ok ? [built.value] : [];
      });
      for (const a of purls)
        for (const b of purls) {
          const equal = a.namespace === b.namespace && a.name === b.name;
          if (equal && a !== b) same++;
          expect([a.text, b.text, purlKey(a) === purlKey(b)]).toEqual([a.text, b.text, equal]);
        }
    }),
    { numRuns: 1000 },
  );
  expect(same).toBeGreaterThan(20);
  expect(purlKey(purl("pkg:generic/a/b%2Fc@1"))).not.toBe(purlKey(purl("pkg:generic/a/b/c@1")));
});
