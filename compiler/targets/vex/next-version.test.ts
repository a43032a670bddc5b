import fc from "fast-check";
import { expect, it } from "vitest";
import type { VexAssertion, VexDocument, VexFormat } from "../../../engine/decide/vex/document.ts";
import { buildPurl } from "../../../language/domains/purl.ts";
import { revisionsOf } from "./csaf/tracking.ts";
import { nextVersion } from "./next-version.ts";
import { readBack } from "./readback.ts";
import { reissue } from "./reissue.ts";
import { writeVex } from "./write.ts";

const now = 1_767_571_200_000_000;
const day = 86_400_000_000;
const id = "urn:uuid:2c385cf7-e1ee-46e9-a51c-13de1ecb380a";
const options = { now, tool: "1.0.0", namespace: "https://acme.example", title: "Acme", uuid: () => id };

/** The document as it is issued first, and as it is issued again a year later with nothing changed. */
function issuedTwice(document: VexDocument, format: VexFormat): readonly [string, string] {
  const first = writeVex(reissue(undefined, { ...document, format }, now), format, options).value;
  const previous = readBack(first, format);
  if (previous === undefined) throw new Error(`what was written as ${format} cannot be read`);
  const later = { ...options, now: now + 365 * day };
  const again = writeVex(nextVersion(previous, { ...document, format }, format, later), format, {
    ...later,
    history: revisionsOf(first),
  }).value;
  return [JSON.stringify(first), JSON.stringify(again)];
}

const documentAbout = (purl: string, parts: readonly string[], more: Partial<VexAssertion["products"][0]> = {}): VexDocument => ({
  format: "openvex",
  id,
  author: "Acme",
  title: "Acme",
  statements: parts.map((part, index) => ({
    vulnerability: `CVE-2026-000${index}`,
    aliases: [],
    status: index % 2 === 0 ? "not_affected" : "under_investigation",
    ...(index % 2 === 0 ? { justification: "component_not_present" as const } : {}),
    responses: [],
    products: [{ id: purl, purl, digests: [], subcomponents: [part], ...more }],
  })),
});

it.each(["openvex", "csaf", "cyclonedx"] as const)("writes %s of an image again byte for byte", (format) => {
  const digest = `sha256:${"a".repeat(64)}`;
  const purl = `pkg:oci/api@${digest}?repository_url=ghcr.io%2Facme%2Fapi`;
  const document = documentAbout(purl, ["pkg:deb/debian/curl@7.88.1-10%2Bdeb12u5?arch=amd64", "pkg:npm/core@7.0.0"], {
    name: "ghcr.io/acme/api",
    digests: [digest],
  });
  const [first, again] = issuedTwice(document, format);
  expect(again).toBe(first);
  expect(again).not.toContain("repository_url=ghcr.io/");
});

const words = fc.constantFrom(
  "acme",
  "a/b",
  "ghcr.io/acme/api",
  "1:2+3~4",
  "50%",
  "%2F",
  "%252F",
  "a b",
  "a#b?c@d&e=f",
  "Straße",
  "http://x/?q",
);
const purls = fc
  .record({
    type: fc.constantFrom("oci", "docker", "generic", "deb", "npm", "rpm"),
    namespace: fc.constantFrom("acme", "debian"),
    name: words,
    version: fc.option(words, { nil: undefined }),
    qualifiers: fc.dictionary(fc.constantFrom("repository_url", "arch", "distro", "tag"), words),
    subpath: fc.option(words, { nil: undefined }),
  })
  .map(({ namespace, ...parts }) => buildPurl({ ...parts, ...(parts.type === "oci" ? {} : { namespace }) }))
  .filter((built) => built.ok)
  .map(({ value }) => value.text);

it.each(["openvex", "csaf", "cyclonedx"] as const)("writes %s of any purl again byte for byte, whatever is in its qualifiers", (format) => {
  fc.assert(
    fc.property(purls, fc.uniqueArray(purls, { minLength: 1, maxLength: 3 }), (purl, parts) => {
      const [first, again] = issuedTwice(documentAbout(purl, parts), format);
      expect(again).toBe(first);
    }),
    { numRuns: 300 },
  );
});
