/**
 * What the bill of materials of one artifact says of vulnerabilities it says of its own components, as parts of that artifact:
 * decisions about others pass over it (`engine/decide/vex/about.ts`). In another document, a statement about a component
 * alone would be about that component in everybody's products.
 */
import type { VexAssertion, VexDocument, VexNamedProduct } from "../../../engine/decide/vex/document.ts";
import { membersOf, recordOf, textOf } from "../../../engine/evaluate/intrinsics/raw.ts";
import type { Evidence } from "../../../engine/evidence/evidence.ts";
import { localId } from "./claims.ts";
import { purlOf } from "./product.ts";
import { suppresses } from "./words.ts";

/**
 * The document with components of `bill` (`waybill.sbom.Bom`, of the same file) as parts of its root, where it names a digest.
 * A range has no place with a part: what suppresses for one is left out, the rest stays about the component.
 */
export function inContext(document: VexDocument, bill: Pick<Evidence, "data" | "about">): VexDocument {
  const root = recordOf(bill.data["root"]);
  if (root === undefined || bill.about.length === 0) return document;
  const whole = rootProduct(textOf(root["name"]), textOf(root["version"]), textOf(root["purl"]), bill.about);
  const parts = new Set(membersOf(bill.data["components"], "components").items.map((item) => textOf(recordOf(item)?.["id"])));
  const rootId = textOf(root["id"]);
  const placed = (product: VexNamedProduct, statement: VexAssertion): readonly VexNamedProduct[] => {
    const local = localId(product.id, document);
    if (product.subcomponents.length > 0 || local === rootId || !parts.has(local)) return [product];
    if (product.versions !== undefined) return suppresses(statement.status) ? [] : [product];
    return [{ ...whole, subcomponents: [purlOf(product)?.text ?? product.name ?? local] }];
  };
  const statements = document.statements.map((statement) => ({
    ...statement,
    products: statement.products.flatMap((product) => placed(product, statement)),
  }));
  return { ...document, statements: statements.filter(({ products }) => products.length > 0) };
}

/** By one digest: of an image, those of its manifest and its configuration are never of one thing. */
function rootProduct(
  name: string | undefined,
  version: string | undefined,
  purl: string | undefined,
  about: Evidence["about"],
): Omit<VexNamedProduct, "subcomponents"> {
  const digest = (about.find(({ kind }) => kind !== "config") ?? about[0])?.digest;
  return {
    id: purl ?? digest ?? name ?? "",
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(purl === undefined ? {} : { purl }),
    digests: digest === undefined ? [] : [digest],
  };
}
