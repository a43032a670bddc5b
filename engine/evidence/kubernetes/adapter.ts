/** Kubernetes manifests: one document, or a list of them, to the workloads that they run. */
import type { DataRecord, DocumentRef } from "../../../language/core/data.ts";
import type { Diagnostic, Result } from "../../../language/diagnostics/diagnostic.ts";
import type { Adapter, Evidence, SchemaChoice, Source } from "../evidence.ts";
import { fault } from "../fault.ts";
import { projectionOf } from "./project.ts";
import type { Json } from "./read.ts";
import { readAskedWorkload, readWorkload, templateOf } from "./workload.ts";

export const kubernetes: Adapter = {
  format: "kubernetes",
  title: "Kubernetes manifest",
  detect: (json) =>
    isObject(json) &&
    typeof json["kind"] === "string" &&
    (typeof json["apiVersion"] === "string" || isObject(json["metadata"]) || isObject(json["spec"])),
  schema: (): SchemaChoice => ({ kind: "schema", schema: "kubernetes-manifest" }),
  read(json, source, reads): Result<readonly Evidence[]> {
    const asked = reads && projectionOf(reads);
    const document: DocumentRef = asked
      ? new RequestRef(source)
      : { digest: source.digest, name: source.name, format: "kubernetes", predicateType: "waybill.kubernetes.Workload" };
    const evidence: Evidence[] = [];
    const diagnostics: Diagnostic[] = [];
    for (const { object, pointer } of objects(json as Json, source)) {
      const template = templateOf(object);
      if (template === undefined) {
        diagnostics.push(fault("WB0970", { name: nameOf(object) }, pointer));
        continue;
      }
      if (template.assumed)
        diagnostics.push(fault("WB0971", { name: nameOf(object), pointer: pointer + template.pointer }, pointer + template.pointer));
      const data = asked
        ? readAskedWorkload(object, template, document, pointer, asked)
        : readWorkload(object, template, document, pointer);
      evidence.push({ type: "waybill.kubernetes.Workload", document, data, about: [], counts: counts(data) });
    }
    return { value: evidence, diagnostics };
  },
};

/** Of what is read in part: its source need not know its digest before somebody asks for it, which few decisions do. */
class RequestRef implements DocumentRef {
  private readonly source: Source;
  readonly name: string;
  readonly format = "kubernetes";
  readonly predicateType = "waybill.kubernetes.Workload";
  constructor(source: Source) {
    this.source = source;
    this.name = source.name;
  }
  get digest(): string {
    return this.source.digest;
  }
}

interface Placed {
  readonly object: Json;
  readonly pointer: string;
}

/** The objects of a document: itself, or the items of a `List` or of the API's own list types. */
function objects(json: Json, { base }: Pick<Source, "base">): readonly Placed[] {
  const kind = json["kind"];
  if (typeof kind !== "string" || !kind.endsWith("List") || !("items" in json)) return [{ object: json, pointer: base }];
  const items = Array.isArray(json["items"]) ? json["items"] : [];
  const inherited = kind === "List" ? {} : { kind: kind.slice(0, -"List".length), apiVersion: json["apiVersion"] };
  return items.flatMap((item: unknown, index) =>
    isObject(item) ? objects({ ...inherited, ...item }, { base: `${base}/items/${index}` }) : [],
  );
}

/** `Deployment/shop`, for people. */
function nameOf(object: Json): string {
  const metadata = isObject(object["metadata"]) ? object["metadata"] : {};
  return `${String(object["kind"])}/${String(metadata["name"] ?? metadata["generateName"] ?? "")}`;
}

function counts(workload: DataRecord): Readonly<Record<string, number>> {
  const length = (field: string): number => (Array.isArray(workload[field]) ? workload[field].length : 0);
  return { containers: length("containers"), volumes: length("volumes") };
}

function isObject(value: unknown): value is Json {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
