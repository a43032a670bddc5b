/**
 * The product tree of a CSAF 2.0 document (section 3.2.2): vendor, product name and version as branches, subcomponents
 * as relationships. Ids are the model's where they are unique, so that reading gives them back.
 */
import type { VexDocument, VexNamedProduct } from "../../../../engine/decide/vex/document.ts";
import { canonicalPurl, isGlobal, localId } from "../claims.ts";
import { given, type Json } from "../fields.ts";
import { isUri, nameOf, purlOf, splitDigest } from "../product.ts";

interface Branch {
  readonly category: string;
  readonly name: string;
  readonly branches: Branch[];
  product?: Json;
}

/** Collects products while statements are written; `finish` gives what they need. */
export interface TreeBuilder {
  /** The ids of a product of the model: its own, or those of the relationships to its subcomponents. */
  readonly add: (product: VexNamedProduct) => readonly string[];
  readonly finish: () => Json;
}

/** CSAF 2.0, section 6.1.31: words that make a version a range. */
const rangeWords = /[<>]|\b(?:after|all|before|earlier|later|prior|versions)\b/i;

/** Whether the product would be named at more versions than the statement is about. */
export function isWider(product: VexNamedProduct): boolean {
  const { version, versions } = product;
  return version !== undefined && versions === undefined && rangeWords.test(version) && purlOf(product)?.version !== version;
}

export function treeBuilder(document: VexDocument): TreeBuilder {
  const roots: Branch[] = [];
  const loose: Json[] = [];
  const relationships: Json[] = [];
  const ids = new Map<string, string>();
  const taken = new Set<string>();

  const named = (key: string, wanted: string, other = wanted): { readonly id: string; readonly fresh: boolean } => {
    const known = ids.get(key);
    if (known !== undefined) return { id: known, fresh: false };
    let id = taken.has(wanted) ? other : wanted;
    for (let n = 2; taken.has(id); n++) id = `${other} (${n})`;
    taken.add(id);
    ids.set(key, id);
    return { id, fresh: true };
  };

  const whole = (product: VexNamedProduct): string => {
    const local = localId(product.id, document);
    const { supplier, version, versions } = product;
    const helper = helperOf(product, local);
    const name = nameOf(product);
    const key = JSON.stringify([local, supplier, name, version, versions, helper]);
    const { id, fresh } = named(key, isGlobal(local) ? local : versioned(local, product), versioned(local, product));
    if (!fresh) return id;
    const leaf = (full: string): Json => ({
      name: full,
      product_id: id,
      ...(Object.keys(helper).length === 0 ? {} : { product_identification_helper: helper }),
    });
    const path: (readonly [category: string, name: string])[] = [];
    if (supplier !== undefined) path.push(["vendor", supplier]);
    path.push(["product_name", name]);
    const shown = version ?? purlOf(product)?.version;
    if (versions !== undefined) path.push(["product_version_range", versions]);
    else if (shown !== undefined && !rangeWords.test(shown)) path.push(["product_version", shown]);
    hang(roots, path, leaf([supplier, name, versions ?? shown].filter((part) => part !== undefined).join(" ")));
    return id;
  };

  const part = (text: string): string => {
    const purl = purlShape.test(text) && isUri(text) ? text : undefined;
    const cpe = cpeShape.test(text) ? text : undefined;
    const helper = given({ purl, cpe });
    const { id, fresh } = named(JSON.stringify(["part", text]), text);
    if (fresh)
      loose.push({ name: text, product_id: id, ...(Object.keys(helper).length === 0 ? {} : { product_identification_helper: helper }) });
    return id;
  };

  return {
    add(product) {
      const id = whole(product);
      if (product.subcomponents.length === 0) return [id];
      return [...new Set(product.subcomponents.map(canonicalPurl))].map((text) => {
        const component = part(text);
        const { id: related, fresh } = named(JSON.stringify(["in", component, id]), `${component} in ${id}`);
        if (fresh)
          relationships.push({
            category: "default_component_of",
            full_product_name: { name: `${text} in ${nameOf(product)}`, product_id: related },
            product_reference: component,
            relates_to_product_reference: id,
          });
        return related;
      });
    },
    finish: () => ({
      ...(roots.length === 0 ? {} : { branches: roots.map(finished) }),
      ...(loose.length === 0 ? {} : { full_product_names: loose }),
      ...(relationships.length === 0 ? {} : { relationships }),
    }),
  };
}

/** One id of the model may stand for several versions; each is a product of its own in CSAF. */
function versioned(id: string, { version, versions }: VexNamedProduct): string {
  if (versions !== undefined) return `${id} ${versions}`;
  return version === undefined || id.includes(version) ? id : `${id} ${version}`;
}

function hang(roots: Branch[], path: readonly (readonly [category: string, name: string])[], product: Json): void {
  let level = roots;
  for (const [index, [category, name]] of path.entries()) {
    const last = index === path.length - 1;
    const found = last ? undefined : level.find((one) => one.category === category && one.name === name && one.product === undefined);
    const branch: Branch = found ?? { category, name, branches: [] };
    if (found === undefined) level.push(branch);
    if (last) branch.product = product;
    level = branch.branches;
  }
}

function finished({ category, name, branches, product }: Branch): Json {
  return { category, name, ...(product === undefined ? { branches: branches.map(finished) } : { product }) };
}

const cpeShape =
  /^(?:cpe:2\.3:[aho*-](?::(?:(?:\?*|\*?)(?:[a-zA-Z0-9\-._]|\\[\\*?!"#$%&'()+,/:;<=>@[\]^`{|}~])+(?:\?*|\*?)|[*-])){5}(?::(?:[a-zA-Z]{2,3}(?:-(?:[a-zA-Z]{2}|[0-9]{3}))?|[*-]))(?::(?:(?:\?*|\*?)(?:[a-zA-Z0-9\-._]|\\[\\*?!"#$%&'()+,/:;<=>@[\]^`{|}~])+(?:\?*|\*?)|[*-])){4}|[cC][pP][eE]:\/[AHOaho]?(?::[A-Za-z0-9._\-~%]*){0,6})$/;

const purlShape = /^pkg:[A-Za-z.\-+][A-Za-z0-9.\-+]*\/.+/;

/** Section 3.1.3.3. A BOM-Link, and any other URI that names the product, is a generic URI (3.1.3.3.8). */
function helperOf(product: VexNamedProduct, id: string): Json {
  const purl = purlOf(product);
  const named = isGlobal(id) && !id.startsWith("pkg:") && isUri(id);
  const hashes = product.digests.flatMap((digest) => {
    const [algorithm, value] = splitDigest(digest);
    return /^[0-9a-fA-F]{32,}$/.test(value) ? [{ algorithm, value }] : [];
  });
  return given({
    cpe: product.cpe !== undefined && cpeShape.test(product.cpe) ? product.cpe : undefined,
    hashes: hashes.length === 0 ? undefined : [{ file_hashes: hashes, filename: nameOf(product) }],
    purl: purl !== undefined && purlShape.test(purl.text) && isUri(purl.text) ? purl.text : undefined,
    x_generic_uris: named ? [{ namespace: namespaceOf(id), uri: id }] : undefined,
  });
}

function namespaceOf(uri: string): string {
  if (uri.startsWith("urn:cdx:")) return "https://cyclonedx.org/capabilities/bomlink/";
  return /^https?:/.test(uri) ? uri : "https://www.iana.org/assignments/uri-schemes/";
}
