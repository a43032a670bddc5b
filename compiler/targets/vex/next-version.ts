/** A document issued again in the format that it was issued in. */
import type { VexDocument, VexFormat } from "../../../engine/decide/vex/document.ts";
import type { VexOptions } from "./loss.ts";
import { readBack } from "./readback.ts";
import { reissue } from "./reissue.ts";
import { writeVex } from "./write.ts";

/**
 * `document`, which leaves out times, as the version after `previous`, which was read from what was issued last. What the
 * format makes of the new statements is compared, not what they were made from: otherwise whatever a format cannot say would
 * look like a change each time.
 */
export function nextVersion(previous: VexDocument, document: VexDocument, format: VexFormat, options: VexOptions): VexDocument {
  const said = readBack(writeVex({ ...document, id: previous.id ?? document.id ?? "" }, format, options).value, format) ?? document;
  const { timestamp: _, firstIssued: __, version: ___, ...head } = said;
  const next: VexDocument = {
    ...head,
    statements: said.statements.map(({ timestamp: _time, firstIssued: _first, ...statement }) => statement),
  };
  return reissue(previous, next, options.now);
}
