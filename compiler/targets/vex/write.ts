/** VEX out: a document of the model in one of the three formats, and what that format does not say of it. */
import type { VexDocument, VexFormat } from "../../../engine/decide/vex/document.ts";
import { withLocalNames } from "./claims.ts";
import { csafOf } from "./csaf.ts";
import { cyclonedxOf } from "./cyclonedx.ts";
import type { VexOptions, Written } from "./loss.ts";
import { openvexOf } from "./openvex.ts";
import { lossesBetween, readBack } from "./readback.ts";

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
  return { value, losses: lossesBetween(named, readBack(value, format), format) };
}

export { type Loss, lacking, type Needed, type VexOptions } from "./loss.ts";
export { reissue } from "./reissue.ts";
