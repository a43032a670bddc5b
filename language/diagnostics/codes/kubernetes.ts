/** WB0970 to WB0989: Kubernetes manifests. */
import { row } from "../row.ts";

export const kubernetesCodes = {
  WB0970: row<{ name: string }>(
    "note",
    "manifest runs no pods",
    (p) => `\`${p.name}\` runs no pods that are known of, so it is not judged`,
  ),
  WB0971: row<{ name: string; pointer: string }>(
    "note",
    "pod template of an unknown kind",
    (p) => `\`${p.name}\` is of a kind that is not Kubernetes' own; \`${p.pointer}\` is read as its pods`,
  ),
};
