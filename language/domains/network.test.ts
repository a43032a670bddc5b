import { isIP } from "node:net";
import fc from "fast-check";
import { expect, it } from "vitest";
import { cidrInCidr, ipInCidr, parseCidr, parseIp, parsePort } from "./network.ts";

function ip(text: string) {
  const result = parseIp(text);
  if (!result.ok) throw new Error(result.problem);
  return result.value;
}

function cidr(text: string) {
  const result = parseCidr(text);
  if (!result.ok) throw new Error(result.problem);
  return result.value;
}

it("refuses addresses that readers disagree about", () => {
  for (const text of [
    "",
    "1.2.3",
    "1.2.3.4.5",
    "256.1.1.1",
    "1.2.3.04",
    "0x7f.0.0.1",
    "::1%eth0",
    "1:::2",
    "1::2::3",
    "12345::",
    ":1",
    "1:2:3:4:5:6:7:8:9",
    "::1.2.3.256",
    "1.2.3.4::",
  ]) {
    expect(parseIp(text).ok, text).toBe(false);
  }
  expect(parseIp("010.1.2.3")).toMatchObject({ suggestion: "10.1.2.3" });
});

it("refuses networks with bits beyond their prefix, and says which was meant", () => {
  expect(parseCidr("10.0.0.1/8")).toMatchObject({ ok: false, suggestion: "10.0.0.0/8" });
  expect(parseCidr("fd00::1/8")).toMatchObject({ ok: false, suggestion: "fd00::/8" });
  expect(parseCidr("10.0.0.0/33").ok).toBe(false);
  expect(parseCidr("10.0.0.0/08").ok).toBe(false);
  expect(parseCidr("10.0.0.0/").ok).toBe(false);
  expect(parseCidr("10.0.0.0/255.0.0.0")).toMatchObject({ suggestion: "10.0.0.0/8" });
  expect(parseCidr("10.0.0.1")).toMatchObject({ suggestion: "10.0.0.1/32" });
});

it("prints addresses in the one form of RFC 5952", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["2001:0DB8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["::", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ["::ffff:10.0.0.1", "10.0.0.1"],
    ["192.0.2.33", "192.0.2.33"],
  ];
  for (const [text, canonical] of cases) expect(ip(text).text, text).toBe(canonical);
});

it("reads what the platform takes for an address, and prints what reads the same", () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ maxLength: 20 })), (text) => {
      const result = parseIp(text);
      expect(result.ok).toBe(isIP(text) !== 0 && !text.includes("%"));
      if (result.ok) expect(ip(result.value.text)).toEqual(result.value);
    }),
    { numRuns: 1000 },
  );
});

it("knows which addresses and networks a network holds", () => {
  expect(ipInCidr(ip("10.20.30.40"), cidr("10.0.0.0/8"))).toBe(true);
  expect(ipInCidr(ip("11.0.0.0"), cidr("10.0.0.0/8"))).toBe(false);
  expect(ipInCidr(ip("::ffff:10.1.1.1"), cidr("10.0.0.0/8"))).toBe(true);
  expect(ipInCidr(ip("10.1.1.1"), cidr("::ffff:0:0/96"))).toBe(true);
  expect(ipInCidr(ip("10.1.1.1"), cidr("::/0"))).toBe(false);
  expect(ipInCidr(ip("fd12::1"), cidr("fc00::/7"))).toBe(true);
  expect(ipInCidr(ip("1.2.3.4"), cidr("0.0.0.0/0"))).toBe(true);
  expect(ipInCidr(ip("1.2.3.4"), cidr("1.2.3.4/32"))).toBe(true);
  expect(ipInCidr(ip("1.2.3.5"), cidr("1.2.3.4/32"))).toBe(false);
  expect(cidrInCidr(cidr("10.20.0.0/16"), cidr("10.0.0.0/8"))).toBe(true);
  expect(cidrInCidr(cidr("10.0.0.0/8"), cidr("10.20.0.0/16"))).toBe(false);
});

it("holds an address iff the prefix bits are equal", () => {
  const bits = (text: string) =>
    ip(text)
      .groups.map((group) => group.toString(2).padStart(16, "0"))
      .join("");
  fc.assert(
    fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (a, b, prefix) => {
      const masked = parseCidr(`${a}/${prefix}`);
      const network = masked.ok ? masked.value : cidr(masked.suggestion ?? "");
      expect(ipInCidr(ip(a), network)).toBe(true);
      expect(ipInCidr(ip(b), network)).toBe(bits(a).slice(0, prefix) === bits(b).slice(0, prefix));
    }),
    { numRuns: 1000 },
  );
});

it("reads ports up to 65535", () => {
  expect(parsePort("443")).toEqual({ ok: true, value: 443 });
  for (const text of ["", "65536", "-1", "http", "1.5", "99999999999999999999"]) expect(parsePort(text).ok, text).toBe(false);
});
