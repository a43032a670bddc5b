/** Random VEX documents of the model, small enough to read, with everything in them that a format may not be able to say. */
import fc from "fast-check";
import {
  type VexAssertion,
  type VexDocument,
  type VexFormat,
  type VexNamedProduct,
  vexJustifications,
  vexStatuses,
} from "../../engine/decide/vex/document.ts";

const formats: readonly VexFormat[] = ["openvex", "csaf", "cyclonedx"];
const second = 1_000_000;
const time = fc.integer({ min: 0, max: 40 }).map((n) => (1_700_000_000 + n * 86_400) * second);
const words = fc.constantFrom("never called", "update to 2.0.0", "Straße – 道", 'a "quoted" <b>text</b>', "see ADR-7\nand more");
const hex = (digit: string): string => digit.repeat(64);

function optional<K extends string, V>(key: K, value: fc.Arbitrary<V>): fc.Arbitrary<{ readonly [P in K]?: V }> {
  return fc.option(value, { nil: undefined, freq: 2 }).map((v) => (v === undefined ? {} : { [key]: v }) as { readonly [P in K]?: V });
}

function all<T extends object[]>(...parts: { readonly [I in keyof T]: fc.Arbitrary<T[I]> }): fc.Arbitrary<object> {
  return fc.tuple(...(parts as unknown as fc.Arbitrary<object>[])).map((found) => Object.assign({}, ...found) as object);
}

const subcomponents = fc.uniqueArray(
  fc.constantFrom("pkg:npm/left-pad@1.3.0", "pkg:golang/stdlib", "pkg:maven/org.acme/core@2.0", "part without purl"),
  {
    maxLength: 2,
  },
);

const purls = fc.constantFrom(
  "pkg:npm/%40acme/web@1.2.3",
  "pkg:npm/shop",
  "pkg:oci/api@sha256%3Aaa?repository_url=ghcr.io%2Facme%2Fapi",
  "pkg:deb/debian/curl@7.88.1-10%2Bdeb12u5?arch=amd64&distro=debian-12",
  "pkg:maven/org.acme/core@2.0",
);
const ranges = fc.constantFrom("vers:npm/>=1.0.0|<2.0.0", "vers:semver/<7.0.0", "vers:generic/1.0|2.0", "vers:maven/>=1.0|<=1.9");

type Described = Omit<VexNamedProduct, "digests"> & { readonly digests?: readonly string[]; readonly hashed?: number };

/** Digests are of one version of one product: nothing else has them. */
function withDigests({ hashed = 0, ...product }: Described): VexNamedProduct {
  const { id, name, version, versions } = product;
  if (product.digests !== undefined) {
    const { version: _, versions: __, ...rest } = product;
    return { ...rest, digests: product.digests };
  }
  let sum = 0;
  for (const letter of JSON.stringify([id, name, version, versions])) sum = (sum * 31 + letter.charCodeAt(0)) % 0xffffffff;
  const digits = sum.toString(16).padStart(8, "0");
  return { ...product, digests: [`sha256:${digits.repeat(8)}`, `sha512:${digits.repeat(16)}`].slice(0, hashed) };
}

/** A product by its purl, by a name of its document, by a link into another document, by digest or by CPE. */
export const products: fc.Arbitrary<VexNamedProduct> = fc
  .oneof(
    purls.map((purl) => ({ id: purl, purl })),
    purls.map((purl) => ({ id: "the-web-product", purl })),
    fc.constantFrom("acme product", "web").map((name) => ({ id: name, name })),
    fc
      .constantFrom("urn:cdx:2c385cf7-e1ee-46e9-a51c-13de1ecb380a/1#acme-product-1", "https://acme.example/products/web")
      .map((id) => ({ id })),
    fc.constantFrom("a", "b").map((digit) => ({ id: `sha256:${hex(digit)}`, digests: [`sha256:${hex(digit)}`] })),
    fc.constant({ id: "cpe:2.3:a:acme:web:1.0:*:*:*:*:*:*:*", cpe: "cpe:2.3:a:acme:web:1.0:*:*:*:*:*:*:*" }),
  )
  .chain((base) =>
    all(
      optional("name", fc.constantFrom("Web", "Acme Web")),
      optional("supplier", fc.constantFrom("Acme", "Other Inc")),
      fc.oneof(
        fc.constant({}),
        fc.constantFrom("1.0.0", "2.4.0", "7-all").map((version) => ({ version })),
        ranges.map((versions) => ({ versions })),
      ),
      fc.constantFrom({}, {}, { hashed: 1 }, { hashed: 2 }),
      subcomponents.map((found) => ({ subcomponents: found })),
    ).map((more) => withDigests({ ...more, ...base } as unknown as Described)),
  );

export const statements: fc.Arbitrary<VexAssertion> = fc
  .record({
    vulnerability: fc.constantFrom("CVE-2026-0001", "CVE-2026-0002", "GHSA-aaaa-bbbb-cccc"),
    status: fc.constantFrom(...vexStatuses),
    products: fc.array(products, { minLength: 1, maxLength: 3 }),
  })
  .chain((base) =>
    all(
      fc.constantFrom(
        { aliases: [] },
        { aliases: base.vulnerability === "GHSA-aaaa-bbbb-cccc" ? ["CVE-2026-0003"] : [`PRISMA-${base.vulnerability.slice(4)}`] },
      ),
      optional("description", words),
      base.status === "not_affected" ? optional("justification", fc.constantFrom(...vexJustifications)) : fc.constant({}),
      base.status === "not_affected"
        ? fc.constantFrom(
            {},
            {},
            { state: "false_positive" },
            { ownJustification: "protected_at_perimeter" },
            { ownJustification: "requires_environment" },
          )
        : base.status === "fixed"
          ? fc.constantFrom({}, { state: "resolved_with_pedigree" })
          : fc.constant({}),
      optional("impact", words),
      optional("action", words),
      optional("notes", words),
      fc
        .uniqueArray(fc.constantFrom("update", "rollback", "workaround_available", "will_not_fix", "mitigation", "vendor_fix"), {
          maxLength: 2,
        })
        .map((responses) => ({ responses })),
      optional("timestamp", time),
      optional("firstIssued", time),
      optional("expires", time),
    ).map((more) => ({ ...more, ...base }) as unknown as VexAssertion),
  )
  // CycloneDX's own justification and a label of OpenVEX are read from one word.
  .map(({ ownJustification, ...rest }) =>
    rest.justification === undefined && ownJustification !== undefined ? { ...rest, ownJustification } : rest,
  );

export const documents: fc.Arbitrary<VexDocument> = fc
  .record({ format: fc.constantFrom(...formats), statements: fc.array(statements, { minLength: 1, maxLength: 4 }) })
  .chain((base) =>
    all(
      optional("id", fc.constantFrom("https://acme.example/vex/1", "urn:uuid:2c385cf7-e1ee-46e9-a51c-13de1ecb380b")),
      optional("author", fc.constantFrom("Acme", "Acme PSIRT <psirt@acme.example>")),
      optional("role", fc.constantFrom("vendor", "Document Creator")),
      optional("title", words),
      optional("timestamp", time),
      optional("firstIssued", time),
      optional("version", fc.constantFrom("1", "2", "12", "1.0.3")),
    ).map((more) => ({ ...more, ...base }) as unknown as VexDocument),
  );

/** Documents that every format can say all of: one product by its purl, a label, a time. */
export const plainDocuments: fc.Arbitrary<VexDocument> = fc
  .uniqueArray(
    fc.record({
      vulnerability: fc.constantFrom("CVE-2026-0001", "CVE-2026-0002", "CVE-2026-0003"),
      status: fc.constantFrom("not_affected", "under_investigation", "fixed"),
      parts: subcomponents,
      versioned: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3, selector: ({ vulnerability }) => vulnerability },
  )
  .map((found) => {
    const timestamp = 1_700_000_000 * second;
    const statements = found.map(({ vulnerability, status, parts, versioned }): VexAssertion => {
      const purl = versioned ? "pkg:npm/shop@1.4.0" : "pkg:npm/%40acme/web@1.2.3";
      return {
        vulnerability,
        aliases: [],
        status: status as VexAssertion["status"],
        ...(status === "not_affected" ? { justification: "vulnerable_code_not_present" as const } : {}),
        responses: [],
        timestamp,
        products: [{ id: purl, purl, digests: [], subcomponents: parts.filter((part) => part.startsWith("pkg:")) }],
      };
    });
    return { format: "openvex", author: "Acme", timestamp, version: "1", statements };
  });

const hostile = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1 }),
  fc.string({ unit: "binary", minLength: 1 }),
  fc.constantFrom(
    "__proto__",
    "a#b",
    "pkg:",
    "pkg:npm/%zz",
    "urn:cdx:x",
    "urn:cdx:2c385cf7-e1ee-46e9-a51c-13de1ecb380a/1#",
    "a b",
    "x\ny",
    " x",
    "https://a b",
  ),
  fc.constantFrom("sha256:zz", "cpe:bad", "vers:", "vers:npm/|", "a".repeat(5000), "\u202e", "all versions", "toString"),
);
const kept: ReadonlySet<string> = new Set(["status", "format", "justification"]);

/** Documents with any text where some text is. */
export const hostileDocuments: fc.Arbitrary<VexDocument> = fc
  .tuple(documents, fc.infiniteStream(hostile), fc.infiniteStream(fc.integer({ min: 0, max: 9 })))
  .map(([document, texts, dice]) => {
    const swap = (value: unknown, key: string): unknown => {
      if (typeof value === "string") return !kept.has(key) && Number(dice.next().value) < 2 ? texts.next().value : value;
      if (Array.isArray(value)) return value.map((one) => swap(one, key));
      if (value === null || typeof value !== "object") return value;
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, swap(one, name)]));
    };
    return swap(document, "") as VexDocument;
  });
