/** Lists of records that have an identity of their own are united by it; members of other lists are kept as they are. */
import type { DataRecord } from "../../language/core/data.ts";
import type { RecordType } from "../../language/semantics/types.ts";
import { uniteFindings } from "./intrinsics/merge.ts";

/** The united list, or undefined where the type has no identity. */
export function uniteRecords(element: RecordType, lists: readonly (readonly DataRecord[])[]): readonly DataRecord[] | undefined {
  return element.name === "waybill.vuln.Finding" ? uniteFindings(lists) : undefined;
}
