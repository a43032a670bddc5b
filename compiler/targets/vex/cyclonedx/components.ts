/**
 * Products as components of a CycloneDX document, and what refers to them. A part of a product that a statement is about is
 * a component inside the product's, with the property `waybill:vex:product` that says so.
 */
import { Enums, Models, Types } from "@cyclonedx/cyclonedx-library";
import type { VexAssertion, VexDocument, VexNamedProduct } from "../../../../engine/decide/vex/document.ts";
import { elementOf } from "../../../../engine/evidence/cyclonedx/links.ts";
import { parsePurl } from "../../../../language/domains/purl.ts";
import { canonicalPurl, localId } from "../claims.ts";
import { nameOf, purlOf, splitDigest } from "../product.ts";
import { unknownVersions } from "../read.ts";
import { suppresses } from "../words.ts";

type Affect = Models.Vulnerability.Affect;
type AffectedVersion = Models.Vulnerability.AffectedSingleVersion | Models.Vulnerability.AffectedVersionRange;

export interface ComponentList {
  readonly affects: (statement: VexAssertion) => Models.Vulnerability.AffectRepository;
  readonly all: () => readonly Models.Component[];
}

const algorithms: ReadonlyMap<string, Enums.HashAlgorithm> = new Map(
  Object.values(Enums.HashAlgorithm).map((name) => [name.toLowerCase().replace(/^sha-(?=\d)/, "sha"), name]),
);

const linkShape = /^urn:cdx:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\/[1-9][0-9]*#.+$/;

export function componentList(document: VexDocument, own: string): ComponentList {
  const versionless = severalVersions(document);
  const components = new Map<string, { readonly component: Models.Component; readonly parts: Map<string, Models.Component> }>();
  const taken = new Set<string>();

  const fresh = (wanted: string): string => {
    let ref = wanted;
    for (let n = 2; taken.has(ref); n++) ref = `${wanted} (${n})`;
    taken.add(ref);
    return ref;
  };

  const whole = (product: VexNamedProduct) => {
    const local = localOf(product);
    const carries = versionless.has(keyOf(product, local)) ? undefined : product.version;
    const described = describe(product, carries);
    const key = JSON.stringify([local, described]);
    const known = components.get(key);
    if (known !== undefined) return known;
    const component = new Models.Component(described.type, described.name, { bomRef: fresh(refOf(local)) });
    if (described.version !== undefined) component.version = described.version;
    if (described.purl !== undefined) component.purl = described.purl;
    if (described.cpe !== undefined) component.cpe = described.cpe;
    if (described.supplier !== undefined) component.supplier = new Models.OrganizationalEntity({ name: described.supplier });
    for (const [algorithm, hex] of described.hashes) component.hashes.set(algorithm, hex);
    if (linkShape.test(local)) {
      component.externalReferences.add(new Models.ExternalReference(local, Enums.ExternalReferenceType.BOM));
      component.properties.add(new Models.Property("waybill:vex:id", local));
    }
    const entry = { component, parts: new Map<string, Models.Component>() };
    components.set(key, entry);
    return entry;
  };

  const part = (product: VexNamedProduct, text: string): Models.Component => {
    const { component, parts } = whole(product);
    const known = parts.get(text);
    if (known !== undefined) return known;
    const parsed = text.startsWith("pkg:") ? parsePurl(text) : undefined;
    const purl = parsed?.ok ? parsed.value : undefined;
    const made = new Models.Component(Enums.ComponentType.Library, purl?.name ?? text, {
      bomRef: fresh(`${component.bomRef.value}/${text}`),
      ...(purl?.version === undefined ? {} : { version: purl.version.slice(0, longestVersion) }),
      ...(purl === undefined ? {} : { purl: purl.text }),
    });
    made.properties.add(new Models.Property("waybill:vex:product", component.bomRef.value ?? ""));
    component.components.add(made);
    parts.set(text, made);
    return made;
  };

  /** A link to another document, where nothing more is known of what it leads to, stands for itself. */
  const localOf = (product: VexNamedProduct): string => localId(product.id, document);
  const refOf = (local: string): string => (linkShape.test(local) ? fragmentOf(local) : local === "" ? "product" : local);

  return {
    affects(statement) {
      const entries = new Map<string, { readonly ref: Affect["ref"]; readonly versions: AffectedVersion[]; all: boolean }>();
      for (const product of statement.products) {
        const local = localOf(product);
        const bare = linkShape.test(local) && !local.startsWith(own) && isBare(product);
        const refs = bare
          ? [new Models.BomLinkElement(local)]
          : product.subcomponents.length === 0
            ? [whole(product).component.bomRef]
            : [...new Set(product.subcomponents.map(canonicalPurl))].map((text) => part(product, text).bomRef);
        const version = versionOf(product, statement, bare || versionless.has(keyOf(product, local)));
        for (const ref of refs) {
          const name = String(ref instanceof Models.BomRef ? ref.value : ref);
          const entry = entries.get(name) ?? { ref, versions: [], all: false };
          entries.set(name, entry);
          if (version === undefined) entry.all = true;
          else entry.versions.push(version);
        }
      }
      const affects = [...entries.values()].map(
        ({ ref, versions, all }) =>
          new Models.Vulnerability.Affect(ref, { versions: new Models.Vulnerability.AffectedVersionRepository(all ? [] : versions) }),
      );
      return new Models.Vulnerability.AffectRepository(affects);
    },
    all: () => [...components.values()].map(({ component }) => component),
  };
}

/** Products that stand at several versions or at ranges: their component has none, and each statement lists its own. */
function severalVersions(document: VexDocument): ReadonlySet<string> {
  const versions = new Map<string, Set<string>>();
  const several = new Set<string>();
  for (const product of document.statements.flatMap((statement) => statement.products)) {
    const key = keyOf(product, localId(product.id, document));
    const seen = versions.get(key) ?? new Set();
    versions.set(key, seen.add(product.version ?? ""));
    if (product.versions !== undefined || seen.size > 1) several.add(key);
  }
  return several;
}

/** Digests and CPE are of one version: what has them is a component of its own at each. */
function keyOf(product: VexNamedProduct, local: string): string {
  const exact = product.digests.length > 0 || product.cpe !== undefined;
  return JSON.stringify([local, describe(product, undefined), exact ? (product.version ?? null) : undefined]);
}

function versionOf(product: VexNamedProduct, statement: VexAssertion, listed: boolean): AffectedVersion | undefined {
  const { version, versions } = product;
  // As CycloneDX's own examples have it; left out it would be `affected`.
  const status = suppresses(statement.status) ? Enums.Vulnerability.AffectStatus.Unaffected : Enums.Vulnerability.AffectStatus.Affected;
  if (versions !== undefined)
    return new Models.Vulnerability.AffectedVersionRange(versions.length > longestRange ? unknownVersions : versions, { status });
  return listed && version !== undefined
    ? new Models.Vulnerability.AffectedSingleVersion(version.slice(0, longestVersion), { status })
    : undefined;
}

/** Of the schema. A version that is cut is nobody's; a range that is cut would be another, so it is one that nobody can read. */
const longestVersion = 1024;
const longestRange = 4096;

interface Described {
  readonly type: Enums.ComponentType;
  readonly name: string;
  readonly version: string | undefined;
  readonly purl: string | undefined;
  readonly cpe: string | undefined;
  readonly supplier: string | undefined;
  readonly hashes: readonly (readonly [Enums.HashAlgorithm, string])[];
}

function describe(product: VexNamedProduct, version: string | undefined): Described {
  const purl = purlOf(version === undefined ? { id: product.id, ...(product.purl === undefined ? {} : { purl: product.purl }) } : product);
  const hashes = product.digests.flatMap((digest) => {
    const [name, hex] = splitDigest(digest);
    const algorithm = algorithms.get(name);
    return algorithm === undefined ? [] : [[algorithm, hex] as const];
  });
  return {
    type: purl?.type === "oci" || purl?.type === "docker" ? Enums.ComponentType.Container : Enums.ComponentType.Application,
    name: nameOf(product),
    version: (version ?? purl?.version)?.slice(0, longestVersion),
    purl: purl?.text,
    cpe: Types.isCPE(product.cpe) ? product.cpe : undefined,
    supplier: product.supplier,
    hashes,
  };
}

function isBare({ name, supplier, purl, cpe, digests, subcomponents, id }: VexNamedProduct): boolean {
  const fragment = fragmentOf(id);
  return (
    (name === undefined || name === fragment) &&
    supplier === undefined &&
    (purl === undefined || purl === fragment) &&
    cpe === undefined &&
    digests.length === 0 &&
    subcomponents.length === 0
  );
}

function fragmentOf(link: string): string {
  return elementOf(link.slice(link.indexOf("#") + 1));
}
