import fc from "fast-check";
import { expect, it } from "vitest";
import { parseAdvisory, showAdvisory } from "./advisory.ts";
import { parseDecimal, showDecimal } from "./decimal.ts";
import { parseDigest, showDigest } from "./digest.ts";
import { parseDuration, showDuration } from "./duration.ts";
import { equalImageRef, parseImageRef, showImageRef } from "./image-ref.ts";
import { parseInteger, showInteger } from "./integer.ts";
import { equalLicense, joinLicenses, parseLicense, showLicense } from "./license.ts";
import { equalCidr, equalIp, parseCidr, parseIp, parsePort, showCidr, showIp, showPort } from "./network.ts";
import { type Parsed, parsed, problem } from "./parsed.ts";
import { parsePath, showPath } from "./path.ts";
import { equalGlob, equalRegex, parseGlob, parseRegex, showGlob, showRegex } from "./pattern.ts";
import { equalPurl, parsePurl, parsePurlSet, showPurl } from "./purl.ts";
import { equalRange, inRange, parseRange, showRange } from "./range.ts";
import { parseSpiffeId, parseSpiffePattern, showSpiffeId, showSpiffePattern } from "./spiffe.ts";
import { endOfDate, parseDate, parseTime, showTime } from "./time.ts";
import { parseUrl, showUrl } from "./url.ts";
import { compareVersions, equalVersion, showVersion, versionOf } from "./version.ts";

const hex = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

/** A domain, with its values' own equality hidden behind texts. */
interface Domain {
  readonly samples: readonly string[];
  readonly read: (text: string) => Parsed<unknown>;
  /** What is printed for a text, and whether that reads as an equal value. */
  readonly again: (text: string) => { readonly shown: string; readonly equal: boolean | undefined };
}

function domain<T>(
  samples: readonly string[],
  read: (text: string) => Parsed<T>,
  show: (value: T) => string,
  equal: (a: T, b: T) => boolean | undefined = Object.is,
): Domain {
  return {
    samples,
    read,
    again(text) {
      const first = read(text);
      if (!first.ok) return { shown: first.problem, equal: undefined };
      const shown = show(first.value);
      const second = read(shown);
      return { shown, equal: second.ok && equal(first.value, second.value) };
    },
  };
}

const domains: Readonly<Record<string, Domain>> = {
  Int: domain(["0", "-7", "9223372036854775807"], parseInteger, showInteger),
  Decimal: domain(["0.10", "-7", "9.8"], parseDecimal, showDecimal),
  Time: domain(["2027-01-31T12:00:05.25Z", "1969-12-31T23:59:59+01:00"], parseTime, (time) =>
    showTime(time).replace(/T(\d\d:\d\d)Z/, "T$1:00Z"),
  ),
  Date: domain(["2027-01-31", "2027-01-31T12:00Z"], parseDate, showTime),
  Duration: domain(["7 days", "PT1H30M", "-PT0.25S"], parseDuration, showDuration),
  Digest: domain([`sha256:${hex}`, `SHA-256:${hex.toUpperCase()}`], parseDigest, showDigest),
  Url: domain(["https://GitHub.com:443/Acme/Shop", "ssh://git@github.com/acme/shop"], parseUrl, showUrl),
  Path: domain(["/", "/usr/bin/env", "a/b"], parsePath, showPath),
  Advisory: domain(["cve-2024-21538", "GHSA-3XGQ-45jj-v275", "RHSA-2024:1"], parseAdvisory, showAdvisory),
  SpiffeId: domain(["spiffe://acme.example/ns/web"], parseSpiffeId, showSpiffeId),
  "SPIFFE pattern": domain(["spiffe://acme.example/ns/*"], parseSpiffePattern, showSpiffePattern, (a, b) => a.text === b.text),
  Ip: domain(["10.0.0.1", "::FFFF:10.0.0.1", "2001:DB8::1"], parseIp, showIp, equalIp),
  Cidr: domain(["10.0.0.0/8", "FD00::/8", "::/0"], parseCidr, showCidr, equalCidr),
  Port: domain(["0", "443", "65535"], parsePort, showPort),
  ImageRef: domain(["nginx", `localhost:5000/x:1@sha256:${hex}`], parseImageRef, showImageRef, equalImageRef),
  Purl: domain(["pkg:npm/%40A/B@1.0?K=v#x", "pkg:deb/debian/curl@1+b1"], parsePurl, showPurl, equalPurl),
  Version: domain(["1.0.0-rc.1"], (text) => parsed(versionOf("npm", text)), showVersion, equalVersion),
  Range: domain(["<1.0.0 || ^2.1", "vers:npm/>=1.0.0|<2.0.0"], (text) => parseRange(text, "npm"), showRange, equalRange),
  License: domain(["GPL-2.0+ or mit", "(MIT OR ISC) AND 0BSD", "NOASSERTION"], parseLicense, showLicense, equalLicense),
  Glob: domain(["a*b**"], parseGlob, showGlob, equalGlob),
  Regex: domain(["^a(b|c)$"], parseRegex, showRegex, equalRegex),
};

for (const [name, { samples, again }] of Object.entries(domains)) {
  it(`prints each ${name} as a text that reads as the same value`, () => {
    for (const sample of samples) {
      const { shown, equal } = again(sample);
      expect(equal, `${sample} printed as ${shown}`).toBe(true);
    }
  });
}

const near = fc.constantFrom(...Object.values(domains).flatMap(({ samples }) => samples));
const broken = fc
  .tuple(near, fc.nat(40), fc.nat(4), fc.string({ unit: "binary", maxLength: 3 }))
  .map(([text, at, length, other]) => text.slice(0, at) + other + text.slice(at + length));

it("never throws, and offers only suggestions that are read", () => {
  fc.assert(
    fc.property(fc.oneof(broken, fc.string({ unit: "binary" })), (text) => {
      for (const [name, { read }] of Object.entries(domains)) {
        const result = read(text);
        if (result.ok || result.suggestion === undefined) continue;
        expect(read(result.suggestion).ok, `${name}: ${JSON.stringify(text)} suggests ${result.suggestion}`).toBe(true);
      }
      endOfDate(text);
      parsePurlSet("pkg:npm/x", text);
      joinLicenses([text]);
      for (const ecosystem of ["npm", "maven", "deb", "rpm", "apk", "pypi", "gem", "nuget", "composer", "golang"]) {
        compareVersions(versionOf(ecosystem, text), versionOf(ecosystem, "1.0"));
        const range = parseRange(text, ecosystem);
        if (range.ok) inRange(versionOf(ecosystem, "1.0.0"), range.value);
      }
    }),
    { numRuns: 1000 },
  );
});

it("ends for very long texts, which it would not if it needed more than linear time", () => {
  const long = [
    "a",
    "1",
    "(",
    "[",
    "*",
    "-",
    ".",
    "~",
    "1.",
    "a-",
    "!=1 ",
    "%41",
    ":",
    "/",
    "😀",
    "\ud800",
    "MIT/",
    "MIT AND ",
    "a@",
    "0x",
    "^",
    "\\",
    "?=",
    "&a=b",
  ];
  for (const unit of long) {
    for (const prefix of ["", "pkg:npm/", "spiffe://", "https://", "vers:npm/", "sha256:", "CVE-", "P", "[1,", "10.0.0.0/"]) {
      const text = prefix + unit.repeat(200_000);
      for (const { read } of Object.values(domains)) read(text);
      for (const ecosystem of ["maven", "deb", "rpm", "apk", "pypi", "gem", "nuget", "composer", "golang"]) {
        compareVersions(versionOf(ecosystem, text.slice(0, 500)), versionOf(ecosystem, `${text.slice(0, 499)}1`));
        parseRange(text, ecosystem);
      }
    }
  }
}, 120_000);

it("cuts what it quotes", () => {
  const result = problem(`\`${"x".repeat(1000)}\` is not a \`y\``);
  expect(result.ok || result.problem.length).toBeLessThan(300);
  expect(result.ok || result.problem).toMatch(/…` is not a `y`$/);
});
