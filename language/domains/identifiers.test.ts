import { expect, it } from "vitest";
import { aliasKey, parseAdvisory } from "./advisory.ts";
import { digestOf, parseDigest } from "./digest.ts";
import type { Parsed } from "./parsed.ts";
import { parsePath } from "./path.ts";
import { parseSpiffeId, parseSpiffePattern } from "./spiffe.ts";
import { parseUrl } from "./url.ts";

const hex = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

function read<T>(result: Parsed<T>): T | string {
  return result.ok ? result.value : result.problem;
}

it("refuses digests of the wrong length, alphabet or algorithm", () => {
  expect(parseDigest(`sha256:${hex.slice(1)}`)).toEqual({ ok: false, problem: "a sha256 digest has 64 hexadecimal digits, not 63" });
  expect(parseDigest(`sha256:${hex.slice(1)}g`).ok).toBe(false);
  expect(parseDigest(`sha265:${hex}`)).toMatchObject({ ok: false, suggestion: `sha256:${hex}` });
  expect(parseDigest(hex)).toMatchObject({ ok: false, suggestion: `sha256:${hex}` });
  expect(parseDigest("sha256:").ok).toBe(false);
  expect(parseDigest("sha256:*").ok).toBe(false);
});

it("reads digests as CycloneDX, SPDX, OCI and in-toto name their algorithms", () => {
  expect(read(parseDigest(`sha256:${hex.toUpperCase()}`))).toBe(`sha256:${hex}`);
  expect(read(digestOf("SHA-256", hex))).toBe(`sha256:${hex}`);
  expect(read(digestOf("SHA256", hex))).toBe(`sha256:${hex}`);
  expect(read(digestOf("SHA3_256", hex))).toBe(`sha3-256:${hex}`);
  expect(read(digestOf("BLAKE2b-256", hex))).toBe(`blake2b-256:${hex}`);
});

it("refuses URLs that are relative, without a host, or not encoded", () => {
  for (const text of [
    "",
    "acme/shop",
    "/x",
    "https://",
    "https:///x",
    "https://a b/",
    "https://a/%zz",
    "https://a:70000/",
    'https://a/"',
    "javascript:alert(1)",
  ]) {
    expect(parseUrl(text).ok, text).toBe(false);
  }
  expect(parseUrl("github.com/acme/shop")).toMatchObject({ suggestion: "https://github.com/acme/shop" });
  expect(parseUrl("git@github.com:acme/shop.git")).toMatchObject({ suggestion: "ssh://git@github.com/acme/shop.git" });
});

it("brings URLs into one form without touching their path", () => {
  expect(read(parseUrl("HTTPS://GitHub.com:443/Acme/Shop?x=%c3%a4#Y"))).toBe("https://github.com/Acme/Shop?x=%C3%A4#Y");
  expect(read(parseUrl("https://token.actions.githubusercontent.com"))).toBe("https://token.actions.githubusercontent.com");
  expect(read(parseUrl("http://[::1]:8080/"))).toBe("http://[::1]:8080/");
  expect(read(parseUrl("https://a.example?x=1"))).toBe("https://a.example/?x=1");
});

it("refuses paths that climb or repeat themselves, with the path that was meant", () => {
  expect(parsePath("/usr/../etc").ok).toBe(false);
  expect(parsePath("").ok).toBe(false);
  expect(parsePath("/a\0b").ok).toBe(false);
  expect(parsePath("/usr//bin/")).toMatchObject({ suggestion: "/usr/bin" });
  expect(parsePath("./a")).toMatchObject({ suggestion: "a" });
  for (const text of ["/", "/usr/bin/python3.11", "a/b", "..a"]) expect(read(parsePath(text))).toBe(text);
});

it("refuses advisory ids that their database cannot have issued", () => {
  expect(parseAdvisory("CVE-2024-123")).toMatchObject({ ok: false, suggestion: "CVE-2024-0123" });
  expect(parseAdvisory("CVE-24-1234").ok).toBe(false);
  expect(parseAdvisory("GHSA-aaaa-bbbb-cccc").ok).toBe(false);
  expect(parseAdvisory("").ok).toBe(false);
  expect(parseAdvisory("a b").ok).toBe(false);
});

it("reads advisory ids in the case of their database", () => {
  expect(read(parseAdvisory("cve-2024-21538"))).toBe("CVE-2024-21538");
  expect(read(parseAdvisory("ghsa-3XGQ-45jj-v275"))).toBe("GHSA-3xgq-45jj-v275");
  for (const id of ["RHSA-2024:1234", "PYSEC-2021-1", "DLA-1-1", "TEMP-0000000-AABBCC", "GO-2024-2687", "MAL-2024-1", "ALAS2-2021-1722"]) {
    expect(read(parseAdvisory(id))).toBe(id);
  }
});

it("names an alias class by its CVE, else its GHSA id, else the first", () => {
  expect(aliasKey(["GHSA-3xgq-45jj-v275", "CVE-2024-21538"])).toBe("CVE-2024-21538");
  expect(aliasKey(["CVE-2024-2", "CVE-2024-1"])).toBe("CVE-2024-1");
  expect(aliasKey(["RHSA-2024:1", "GHSA-3xgq-45jj-v275"])).toBe("GHSA-3xgq-45jj-v275");
  expect(aliasKey(["PYSEC-2", "GO-1"])).toBe("GO-1");
  expect(aliasKey([])).toBeUndefined();
});

it("refuses SPIFFE ids that the standard forbids", () => {
  for (const text of [
    "",
    "spiffe://",
    "spiffe://UPPER",
    "spiffe://a/",
    "spiffe://a//b",
    "spiffe://a/../b",
    "spiffe://a/./b",
    "spiffe://a:8080/b",
    "spiffe://u@a/b",
    "spiffe://a/b?x",
    "spiffe://a/b#x",
    "spiffe://a/%41",
    "spiffe://a/ä",
    "spiffe://a/b*",
    "https://a/b",
    `spiffe://${"a".repeat(256)}`,
    `spiffe://a/${"b".repeat(2048)}`,
  ]) {
    expect(parseSpiffeId(text).ok, text).toBe(false);
  }
  expect(parseSpiffeId("spiffe://UPPER/x")).toMatchObject({ suggestion: "spiffe://upper/x" });
  expect(parseSpiffeId("spiffe://acme.example/ns/")).toMatchObject({ suggestion: "spiffe://acme.example/ns" });
});

it("matches SPIFFE patterns within one trust domain", () => {
  expect(read(parseSpiffeId("spiffe://acme.example/ns/web/sa/api"))).toBe("spiffe://acme.example/ns/web/sa/api");
  const pattern = parseSpiffePattern("spiffe://acme.example/ns/web/sa/*");
  expect(pattern.ok && pattern.value.trustDomain).toBe("acme.example");
  expect(pattern.ok && pattern.value.test("spiffe://acme.example/ns/web/sa/api")).toBe(true);
  expect(pattern.ok && pattern.value.test("spiffe://acme.example/ns/web/sa/api/x")).toBe(false);
  expect(parseSpiffePattern("spiffe://*.example/ns").ok).toBe(false);
  expect(parseSpiffePattern("spiffe://**").ok).toBe(false);
});
