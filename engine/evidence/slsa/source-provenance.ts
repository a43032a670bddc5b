/**
 * What a source control system says about a commit or a tag: the provenance of slsa-framework/source-tool, as
 * `waybill.slsa.SourceProvenance` and `waybill.slsa.TagProvenance`. Field names are in snake case as Go writes them, or in
 * the camel case of protobuf.
 */
import { type DataRecord, type DocumentRef, origin } from "../../../language/core/data.ts";
import type { Adapter } from "../evidence.ts";
import { token } from "../fault.ts";
import { predicateAdapter } from "../intoto/predicate.ts";
import { type Json, object, objects, text, texts } from "../raw.ts";
import { parseRepository } from "./repository.ts";

export const sourceProvenance: Adapter = predicateAdapter({
  format: "slsa-source-provenance",
  title: "SLSA source provenance v1",
  schema: "slsa-source-provenance-1",
  type: "waybill.slsa.SourceProvenance",
  fields: { repository: "/repo_uri", ref: "/branch", previous: "/prev_commit", activity: "/activity_type" },
  read: ({ predicate, document, base }) => ({
    repository: repository(predicate),
    ref: text(predicate["branch"]),
    previous: either(predicate, "prev_commit", "prevCommit"),
    activity: either(predicate, "activity_type", "activityType"),
    actor: text(predicate["actor"]),
    created_on: either(predicate, "created_on", "createdOn"),
    controls: controls(predicate, document, base),
  }),
});

export const tagProvenance: Adapter = predicateAdapter({
  format: "slsa-tag-provenance",
  title: "SLSA tag provenance v1",
  schema: "slsa-tag-provenance-1",
  type: "waybill.slsa.TagProvenance",
  fields: { repository: "/repo_uri", summaries: "/vsa_summaries" },
  read: ({ predicate, document, base }) => ({
    repository: repository(predicate),
    tag: text(predicate["tag"]),
    actor: text(predicate["actor"]),
    created_on: either(predicate, "created_on", "createdOn"),
    controls: controls(predicate, document, base),
    summaries: objects(predicate["vsa_summaries"] ?? predicate["vsaSummaries"]).map(
      (summary, index): DataRecord => ({
        source_refs: texts(summary["source_refs"] ?? summary["sourceRefs"]),
        levels: texts(summary["verifiedLevels"] ?? summary["verified_levels"]),
        [origin]: { document, pointer: `${base}/vsa_summaries/${index}`, fields: { levels: "/verifiedLevels" } },
      }),
    ),
  }),
});

function either(predicate: Json, snake: string, camel: string): string | undefined {
  return text(predicate[snake]) ?? text(predicate[camel]);
}

function repository(predicate: Json): string | undefined {
  const uri = either(predicate, "repo_uri", "repoUri");
  return uri === undefined ? undefined : (parseRepository(uri)?.repository ?? uri);
}

/** A list, or in the first drafts a map by name. */
function controls(predicate: Json, document: DocumentRef, base: string): readonly DataRecord[] {
  const listed = objects(predicate["controls"]).map(
    (control, index): DataRecord => ({
      name: text(control["name"]),
      since: text(control["since"]),
      [origin]: { document, pointer: `${base}/controls/${index}` },
    }),
  );
  const mapped = Object.entries(object(predicate["properties"]) ?? {}).map(
    ([name, value]): DataRecord => ({
      name,
      since: text(object(value)?.["since"]),
      [origin]: { document, pointer: `${base}/properties/${token(name)}`, fields: { name: "" } },
    }),
  );
  return [...listed, ...mapped];
}
