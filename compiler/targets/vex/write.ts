/** VEX out: a document of the model in one of the three formats, and what that format does not say of it. */
import type { VexDocument, VexFormat } from "../../../engine/decide/vex/document.ts";
import { withLocalNames } from "./claims.ts";
import { csafOf } from "./csaf.ts";
import { cyclonedxOf } from "./cyclonedx.ts";
import type { Loss, VexOptions, Written } from "./loss.ts";
import { openvexOf } from "./openvex.ts";
import { lossesBetween, readBack } from "./readback.ts";
import { suppresses } from "./words.ts";

const writers: Readonly<Record<VexFormat, (document: VexDocument, options: VexOptions) => unknown>> = {
  openvex: openvexOf,
  csaf: csafOf,
  cyclonedx: cyclonedxOf,
};

/**
 * Writes a document as JSON. What `lacking` names must be given by the options. The same document and options give the same
 * value; `options.now` counts only where the document has no time. Whether it is valid is for `vex validate`'s checks: a
 * document without a statement that the format can say is not.
 */
export function writeVex(document: VexDocument, format: VexFormat, options: VexOptions): Written {
  const named = options.id === undefined ? document : { ...withLocalNames(document), id: options.id };
  const value = writers[format](named, options);
  const losses = lossesBetween(named, readBack(value, format), format);
  const kept = withoutWider(named, losses);
  if (kept === named) return { value, losses };
  const narrow = writers[format](kept, options);
  return { value: narrow, losses: lossesBetween(named, readBack(narrow, format), format) };
}

/**
 * The document without the products of statements that suppress whose digests the format cannot say: named by the rest, they
 * would be more than one file. Itself where there is none.
 */
function withoutWider(document: VexDocument, losses: readonly Loss[]): VexDocument {
  const wider = new Set(losses.flatMap(({ field, pointer }) => (field === "digests" ? [pointer.slice(0, pointer.lastIndexOf("/"))] : [])));
  if (wider.size === 0) return document;
  let isLess = false;
  const statements = document.statements.flatMap((statement, at) => {
    if (!suppresses(statement.status)) return [statement];
    const products = statement.products.filter((_, index) => !wider.has(`/statements/${at}/products/${index}`));
    if (products.length === statement.products.length) return [statement];
    isLess = true;
    return products.length === 0 ? [] : [{ ...statement, products }];
  });
  return isLess ? { ...document, statements } : document;
}

export { type Loss, lacking, type Needed, type VexOptions } from "./loss.ts";
export { isAboutOthers, reissue } from "./reissue.ts";
