/**
 * SARIF 2.1.0: results as findings. A rule that names a vulnerability gives its id; any other rule (CodeQL's
 * `py/sql-injection`) is the id itself.
 */
import { type DataRecord, type DocumentRef, Lack } from "../../../language/core/data.ts";
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import type { Adapter, SchemaChoice } from "../evidence.ts";
import { fault, shown } from "../fault.ts";
import { type Json, object, objects, text } from "../raw.ts";
import { scanDocument, scanEvidence } from "../scan/scan.ts";
import { finding } from "./finding.ts";
import { rulesOf } from "./rules.ts";

export const sarif: Adapter = {
  format: "sarif",
  title: "SARIF 2.1.0",
  detect(json) {
    const log = object(json);
    return log !== undefined && "runs" in log && ("version" in log || "$schema" in log);
  },
  schema(json): SchemaChoice {
    const version = object(json)?.["version"];
    if (version !== "2.1.0")
      return { kind: "unsupported", pointer: version === undefined ? "" : "/version", found: shown(version), supported: ["2.1.0"] };
    return { kind: "schema", schema: "sarif-2.1.0" };
  },
  read(json, source) {
    const document = scanDocument(source, "sarif");
    const runs = objects(object(json)?.["runs"]).map((run, index) => readRun(run, document, `${source.base}/runs/${index}`));
    const evidence = scanEvidence(
      {
        tool: shared(
          runs.map((run) => run.tool),
          "tool",
        ),
        toolVersion: shared(
          runs.map((run) => run.version),
          "tool_version",
        ),
        timestamp: shared(
          runs.map((run) => run.timestamp),
          "timestamp",
        ),
        target: shared(
          runs.map((run) => run.target),
          "target",
        ),
        findings: runs.flatMap((run) => run.findings),
        lacks: runs.length === 0 ? [new Lack("missing", "the log holds no run of a tool")] : runs.flatMap((run) => run.lacks),
        about: [],
        counts: { runs: runs.length, ...total(runs) },
      },
      document,
      source.base,
      {
        tool: "/runs/0/tool/driver/name",
        tool_version: "/runs/0/tool/driver",
        timestamp: "/runs/0/invocations",
        target: "/runs/0/versionControlProvenance",
        findings: "/runs",
      },
    );
    return { value: [evidence], diagnostics: runs.flatMap((run) => run.diagnostics) };
  },
};

/** Runs of one log agree or conflict, as several documents would (semantics, section 8). */
function shared(values: readonly (string | undefined)[], field: string): string | Lack | undefined {
  const [first] = values;
  return values.every((value) => value === first) ? first : new Lack("conflict", `the runs of the log disagree on ${field}`);
}

interface Run {
  readonly tool: string | undefined;
  readonly version: string | undefined;
  readonly timestamp: string | undefined;
  readonly target: string | undefined;
  readonly findings: readonly DataRecord[];
  readonly suppressed: number;
  readonly lacks: readonly Lack[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Kinds of results that report no problem (SARIF, section 3.27.9). `open` and `review` may be one. */
const harmless: ReadonlySet<string> = new Set(["pass", "notApplicable", "informational"]);

function readRun(run: Json, document: DocumentRef, pointer: string): Run {
  const driver = object(object(run["tool"])?.["driver"]) ?? {};
  const tool = text(driver["name"]);
  const rules = rulesOf(run);
  const skipped = new Map<string, number>();
  const findings: DataRecord[] = [];
  let suppressed = 0;
  for (const [index, result] of objects(run["results"]).entries()) {
    const kind = text(result["baselineState"]) === "absent" ? "absent" : (text(result["kind"]) ?? "fail");
    if (kind === "absent" || harmless.has(kind)) {
      skipped.set(kind, (skipped.get(kind) ?? 0) + 1);
      continue;
    }
    // Who suppressed a result says so in the log itself; only a waiver or VEX, which name who decides, silence a finding.
    if (objects(result["suppressions"]).length > 0) suppressed++;
    findings.push(finding(result, rules, tool, run, document, `${pointer}/results/${index}`));
  }
  const [invocation] = objects(run["invocations"]);
  const [repository] = objects(run["versionControlProvenance"]);
  return {
    tool,
    version: text(driver["semanticVersion"]) ?? text(driver["version"]),
    timestamp: text(invocation?.["endTimeUtc"]) ?? text(invocation?.["startTimeUtc"]),
    target: text(repository?.["repositoryUri"]),
    findings,
    suppressed,
    lacks: lacksOf(run, tool ?? "the tool"),
    diagnostics: [...skipped].map(([kind, count]) => fault("WB0952", { count, kind }, `${pointer}/results`)),
  };
}

/** A run that failed, gives no results, or keeps them elsewhere does not list all there are. */
function lacksOf(run: Json, tool: string): readonly Lack[] {
  const lacks: Lack[] = [];
  if (objects(run["invocations"]).some((invocation) => invocation["executionSuccessful"] === false))
    lacks.push(new Lack("transient", `the run of ${tool} failed`));
  if (objects(object(run["externalPropertyFileReferences"])?.["results"]).length > 0)
    lacks.push(new Lack("missing", `results of ${tool} are in other files`));
  else if (!Array.isArray(run["results"])) lacks.push(new Lack("missing", `the run of ${tool} gives no list of results`));
  return lacks;
}

function total(runs: readonly Run[]): Readonly<Record<string, number>> {
  const suppressed = runs.reduce((sum, run) => sum + run.suppressed, 0);
  return suppressed === 0 ? {} : { suppressed };
}
