/** VEX statements that matched no finding: the commonest complaint about VEX is that they fail to match in silence. */
import { type Cpe, type CpeAttribute, compareCpe, cpeAttributes, literalOf, showCpeValue } from "../../../language/domains/cpe.ts";
import { type NearMiss, nearestMiss, type PurlMiss } from "../../../language/domains/purl/miss.ts";
import type { Purl, PurlSet } from "../../../language/domains/purl.ts";
import { Names, type VexQuestion } from "./lookup.ts";
import { cpeOf, type VexProduct } from "./product.ts";
import { type Miss, matchProduct, misses, type Named } from "./product-match.ts";
import type { VexStatement } from "./statement.ts";
import { type VexIndex, vulnerabilitiesOfStatement } from "./statement-index.ts";
import type { VexSubject } from "./subject.ts";

export interface NearestMiss {
  /** What kept it from matching the finding that came nearest; `vulnerability`: no finding has it. */
  readonly nearest: Miss | "vulnerability";
  /** The same for people: `qualifier distro: it asks for debian-12, pkg:deb/debian/openssl@3 has debian-11`. */
  readonly detail: string;
}

/** Says of a statement that matched nothing what of that came nearest which `asked` knows of its vulnerabilities. */
export function nearestMisses(
  index: VexIndex,
  asked: (vulnerability: string) => readonly VexQuestion[],
  subject: VexSubject,
): (statement: VexStatement) => NearestMiss {
  const names = new Names(index, subject);
  return (statement) => {
    const near = vulnerabilitiesOfStatement(index, statement).flatMap(asked);
    return near.length === 0 ? unheardOf(statement) : nearestOf(statement, near, names, index);
  };
}

function unheardOf({ ids }: VexStatement): NearestMiss {
  return { nearest: "vulnerability", detail: `no finding has ${ids.join(", ")}` };
}

interface Nearest {
  readonly nearest: Miss;
  readonly detail: string;
}

function nearestOf(statement: VexStatement, near: readonly VexQuestion[], names: Names, index: VexIndex): Nearest {
  const farthest: Nearest = { nearest: "product", detail: unnamed(statement) };
  let best = farthest;
  const components = near.map(({ component, version }) => names.of(component, version));
  const consider = (found: Nearest | undefined): void => {
    if (found !== undefined && misses.indexOf(found.nearest) > misses.indexOf(best.nearest)) best = found;
    else if (found !== undefined && best === farthest) best = found;
  };
  const purls = components.flatMap(({ purl, version }) => (purl === undefined ? [] : [withVersion(purl, version)]));
  for (const product of statement.products) {
    const found = names.subject.map((named) => matchProduct(product, named));
    if (found.some(({ kind }) => kind !== "no")) {
      consider({ nearest: "subcomponent", detail: `no finding is in ${product.subcomponents.join(", ")}` });
      for (const text of product.subcomponents) {
        const [purl, cpe] = [index.readPurl(text), cpeOf(text)];
        if (purl !== undefined) consider(missOf({ purl, text }, purls, "subcomponent"));
        else if (cpe !== undefined) consider(cpeMissOf(cpe, components, "subcomponent"));
      }
      continue;
    }
    if (product.cpe !== undefined)
      consider(cpeMissOf(product.cpe, [...names.subject, ...(product.subcomponents.length === 0 ? components : [])], "product"));
    for (const one of found) {
      if (one.kind === "no" && one.miss !== "product") consider({ nearest: one.miss, detail: `${one.miss}: the product is ${product.id}` });
    }
    const set = setOf(product);
    if (set === undefined) continue;
    consider(
      missOf(set, [...names.subject.flatMap(({ purl }) => purl ?? []), ...(product.subcomponents.length === 0 ? purls : [])], "product"),
    );
  }
  return best;
}

function unnamed(statement: VexStatement): string {
  return statement.products.length === 0
    ? "it names no product"
    : `nothing that was looked at is ${statement.products.map(({ id }) => id).join(", ")}`;
}

function setOf({ purl, versions }: VexProduct): PurlSet | undefined {
  if (purl === undefined) return undefined;
  if (versions.kind === "exact" && purl.type !== "oci") {
    const { version: _, ...rest } = purl;
    return { purl: { ...rest, version: versions.text }, text: purl.text };
  }
  return versions.kind === "range" ? { purl, range: versions.range, text: purl.text } : { purl, text: purl.text };
}

/** With the version that the finding says, where its purl has none. */
function withVersion(purl: Purl, version: string | undefined): Purl {
  return purl.version !== undefined || version === undefined ? purl : { ...purl, version };
}

function missOf(set: PurlSet, purls: readonly Purl[], different: "product" | "subcomponent"): Nearest | undefined {
  const miss = nearestMiss(set, purls);
  if (miss === undefined) return undefined;
  const parts = new Set(miss.misses.map(({ part }) => part));
  const version = parts.has("version");
  const other = parts.has("type") || parts.has("namespace") || parts.has("name");
  return { nearest: other ? different : version ? "version" : "qualifier", detail: told(miss) };
}

/** The CPE that a statement asks for against the nearest of those that were looked at: one of a product of its name, whoever the vendor. */
function cpeMissOf(wanted: Cpe, things: readonly Named[], different: "product" | "subcomponent"): Nearest {
  const cpes = things.flatMap(({ cpes: own }) => own ?? []);
  let best: { readonly own: Cpe; readonly attribute: CpeAttribute } | undefined;
  for (const own of cpes) {
    const attribute = differing(wanted, own);
    if (attribute === "product" || (best !== undefined && nearness(attribute) <= nearness(best.attribute))) continue;
    best = { own, attribute };
  }
  if (best === undefined) {
    const detail = cpes.length === 0 ? "nothing that was looked at has a CPE" : "no CPE that was looked at is of that product";
    return { nearest: different, detail: `it asks for ${wanted.text}: ${detail}` };
  }
  const { own, attribute } = best;
  const [asked, has] = [showCpeValue(wanted.values[attribute]), showCpeValue(own.values[attribute])];
  const detail = `CPE ${attribute}: it asks for ${asked}, ${own.text} has ${has}`;
  return { nearest: attribute === "version" ? "version" : nearness(attribute) < 0 ? different : "qualifier", detail };
}

/** The attribute that keeps one CPE from being another: the product before all others. */
function differing(wanted: Cpe, own: Cpe): CpeAttribute {
  const relations = compareCpe(wanted, own);
  if (relations.product === "disjoint" || literalOf(own.values.product) === undefined) return "product";
  return cpeAttributes.find((attribute) => relations[attribute] === "disjoint") ?? "product";
}

/** Another part or vendor is further off than another version, and that than what few names have. */
function nearness(attribute: CpeAttribute): number {
  return cpeAttributes.indexOf(attribute) - cpeAttributes.indexOf("version");
}

function told({ purl, misses: found }: NearMiss): string {
  const one = ({ part, key, wanted, found: has }: PurlMiss): string =>
    `${part}${key === undefined ? "" : ` ${key}`}: it asks for ${wanted ?? "none"}, ${purl.text} has ${has ?? "none"}`;
  return found.map(one).join("; ");
}
