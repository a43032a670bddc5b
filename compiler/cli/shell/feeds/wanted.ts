/** Which CVEs a call is about, so that of a folder of all records only theirs are read. */

import { canonicalId } from "../../../../engine/evaluate/intrinsics/aliases.ts";
import type { Evidence } from "../../../../engine/evidence/evidence.ts";
import { recordsAbout } from "../../../../engine/evidence/feeds/osv-index.ts";
import type { Attached, Unreached } from "../../../../engine/evidence/oci/attached.ts";
import { OpenList } from "../../../../language/core/data.ts";

const cve = /\bCVE-\d{4}-\d{4,19}\b/gi;

/**
 * `own` are digests of the feeds that the project names. Every CVE that findings name, that OSV records hold to be one of theirs, or that stands anywhere in what is attached: more
 * than are asked for costs a file each, and one too few would be a fact that is missed.
 */
export function cvesOf(
  evidence: readonly Evidence[],
  attached: ReadonlyMap<string, Attached | Unreached>,
  own: ReadonlySet<string>,
): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { data } of evidence) {
    const list = data["findings"];
    const findings = list instanceof OpenList ? list.items : Array.isArray(list) ? list : [];
    for (const finding of findings) {
      if (finding === null || typeof finding !== "object") continue;
      const record = finding as Readonly<Record<string, unknown>>;
      for (const id of [record["id"], ...(Array.isArray(record["aliases"]) ? record["aliases"] : [])])
        if (typeof id === "string") ids.add(canonicalId(id));
    }
  }
  for (const one of attached.values()) {
    if (one.kind !== "attached") continue;
    for (const { bytes } of [...one.envelopes, ...one.children.flatMap((child) => child.envelopes)])
      for (const [id] of textOf(bytes).matchAll(cve)) ids.add(id.toUpperCase());
  }
  const feeds = evidence.flatMap(({ feed }) => (feed?.kind === "osv" ? [feed] : []));
  for (const { head } of recordsAbout([...ids], feeds, own))
    if (head.withdrawn === undefined) for (const id of [head.id, ...head.aliases]) ids.add(id);
  return new Set([...ids].filter((id) => id.startsWith("CVE-")));
}

/** An envelope's text, with the payloads in it. */
function textOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("latin1");
  const payloads = [...text.matchAll(/"payload"\s*:\s*"([^"]*)"/g)].map(([, payload = ""]) =>
    Buffer.from(payload, "base64").toString("latin1"),
  );
  return [text, ...payloads].join("\n");
}
