import { expect, it } from "vitest";
import { type License, parseLicense } from "../../../language/domains/license.ts";
import { licenseObliges, licensePermits } from "./licenses.ts";

function license(text: string): License {
  const parsed = parseLicense(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

it("what nobody asserts is missing", () => {
  expect(licenseObliges(license("NOASSERTION"), ["GPL-2.0-only"])).toBe("missing");
  expect(licensePermits(license("NOASSERTION"), ["MIT"])).toBe("missing");
});

it("a part that nobody asserts does not hide one that obliges, nor is permitted for the sake of another", () => {
  expect(licenseObliges(license("NOASSERTION AND GPL-2.0-only"), ["GPL-2.0-only"])).toBe(true);
  expect(licensePermits(license("MIT AND NOASSERTION"), ["MIT"])).toBe("missing");
});

it("an id in a list means what it means in an expression, in any case and when it is deprecated", () => {
  expect(licenseObliges(license("GPL-2.0"), ["GPL-2.0-only"])).toBe(true);
  expect(licenseObliges(license("GPL-2.0-only"), ["GPL-2.0"])).toBe(true);
  expect(licensePermits(license("MIT"), ["mit"])).toBe(true);
});

it("an alternative must be there to escape an obligation, and is enough for a permission", () => {
  expect(licenseObliges(license("MIT OR GPL-2.0-only"), ["GPL-2.0-only"])).toBe(false);
  expect(licensePermits(license("MIT OR GPL-2.0-only"), ["MIT"])).toBe(true);
  expect(licensePermits(license("MIT AND GPL-2.0-only"), ["MIT"])).toBe(false);
});
