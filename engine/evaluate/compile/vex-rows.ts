/** `vex` declarations, compiled on first use: a program that has none pays nothing for them (semantics, section 10). */
import type { Expr, FieldRead, IntrinsicCall, Program, VexDefinition, VexRowStatus } from "../../../language/core/ir.ts";
import type { RecordType, Type } from "../../../language/semantics/types.ts";
import type { Env } from "../env.ts";
import type { Truth } from "../unknown.ts";
import type { Context, Fn } from "./context.ts";
import { type CompiledPolicy, callerFacts } from "./policy.ts";

export interface CompiledVexRow {
  readonly status: VexRowStatus;
  readonly condition: (env: Env) => Truth;
}

export interface CompiledVex {
  readonly vex: VexDefinition;
  readonly scope: ((env: Env) => Truth) | undefined;
  readonly rows: readonly CompiledVexRow[];
  /** Facts of the scope that the caller may have to give. */
  readonly callerFacts: CompiledPolicy["callerFacts"];
}

export function compileVex(context: Context, vex: VexDefinition): CompiledVex {
  const truth = (expr: Expr): ((env: Env) => Truth) => context.compile(expr).fn as (env: Env) => Truth;
  return {
    vex,
    scope: vex.scope === undefined ? undefined : truth(vex.scope),
    rows: vex.rows.map((row) => ({ status: row.status, condition: truth(row.condition) })),
    callerFacts: vex.scope === undefined ? [] : callerFacts(vex.scope),
  };
}

/** Where findings come from: what scans say, on the components of SBOMs where there are any. */
export interface FindingSources {
  /** The SBOM, or why there is none. */
  readonly bom: Fn;
  /** The scan, or why there is none. */
  readonly scan: Fn;
  /** `vuln.findings(bom, scan)` */
  readonly joined: Fn;
  /** `scan.findings` */
  readonly scanned: Fn;
}

/** Compiles the reading of findings as a policy would write it: `vuln.findings(attestation Bom …, attestation Scan …)`. */
export function compileFindings(context: Context, vex: VexDefinition): FindingSources {
  const { at } = vex;
  const bomType = typeOf(context.program, "waybill.sbom.Bom");
  const scanType = typeOf(context.program, "waybill.vuln.Scan");
  const evidence = (type: RecordType): Expr => ({
    kind: "attestation",
    quantity: "one",
    predicate: type,
    origin: { kind: "claimed" },
    type,
    at,
  });
  const list: Type = { kind: "list", element: vex.finding.type };
  const bom = evidence(bomType);
  const scan = evidence(scanType);
  const joined: IntrinsicCall = { kind: "intrinsic", name: "waybill.vuln.findings", args: [bom, scan], type: list, at };
  const field = scanType.fields.get("findings");
  if (field === undefined) throw new Error("waybill.vuln.Scan has no findings");
  const scanned: FieldRead = { kind: "field", record: scan, field, type: list, at };
  return {
    bom: context.compile(bom).fn,
    scan: context.compile(scan).fn,
    joined: context.compile(joined).fn,
    scanned: context.compile(scanned).fn,
  };
}

/** The module of findings imports both, and no `vex` declaration is checked without it. */
function typeOf(program: Program, name: string): RecordType {
  const type = program.types.get(name);
  if (type === undefined) throw new Error(`a \`vex\` declaration was compiled without the type ${name}`);
  return type;
}
