/**
 * What `vex` declarations say of each finding in a subject (semantics, section 10): the first row that is true, except that
 * nothing suppresses while a row above it, or the declaration's scope, may still say that the finding matters.
 */
import { type DataRecord, type DataValue, Lack } from "../../language/core/data.ts";
import type { Program, VexDefinition, VexRowStatus, VexStatusWith } from "../../language/core/ir.ts";
import type { Location } from "../../language/diagnostics/diagnostic.ts";
import { type CompiledVex, compileFindings, compileVex, type FindingSources } from "./compile/vex-rows.ts";
import type { Derivation, Refusal, Request, WantGroup } from "./decision.ts";
import { Env } from "./env.ts";
import { lazyIn } from "./explain/clause.ts";
import { derive } from "./explain/derive.ts";
import { renderer } from "./explain/template.ts";
import { groupWants } from "./explain/wants.ts";
import { type CompiledProgram, freshEnv } from "./program.ts";
import { causesOf, eachWant, MISSING, type Truth, Unknown, union } from "./unknown.ts";
import { type Collection, isVirtual, NoRecord } from "./virtual.ts";

/** A status as a declaration gives it, its texts made. */
export type AssessedStatus = VexStatusWith<string>;

/** A compiled profile that a status rests on. */
export interface RuntimeProfile {
  /** `module.name` of the runtime declaration. */
  readonly runtime: string;
  /** `sha256:<hex>` of the profile. */
  readonly digest: string;
}

/** A row that is not decided. */
export interface OpenRow {
  /** From 0. */
  readonly row: number;
  readonly at: Location;
  readonly status: VexRowStatus;
  /** Empty without explanation. */
  readonly wants: readonly WantGroup[];
}

/** What one declaration says of one finding. */
export interface Assessment {
  /** `module.name` */
  readonly declaration: string;
  readonly finding: DataRecord;
  readonly status: AssessedStatus;
  /** The row that is true, from 0; the number of rows where it is `else`. */
  readonly row: number;
  readonly at: Location;
  /** Present: that row suppresses, and these keep it from being said; `scope` where it is not known whether the declaration speaks. */
  readonly held?: { readonly by: readonly OpenRow[]; readonly scope: readonly WantGroup[] | undefined };
  /**
   * Present where it suppresses only because runtime profiles deny what an exploit needs: then it holds of deployments
   * under these profiles, not of the artifact alone.
   */
  readonly restsOn?: readonly RuntimeProfile[];
  /** Suppressing rows above it that are not decided: what it would be, were their facts known. */
  readonly wouldBe: readonly OpenRow[];
  /** How the scope and each row that was asked came about, where it was asked for. */
  readonly derivations?: readonly Derivation[];
}

/** What the declarations about one kind say of all findings in a subject. */
export interface Assessed {
  /** In the order of the findings, then of the declarations. */
  readonly assessments: readonly Assessment[];
  readonly findings: readonly DataRecord[];
  /** Whether any evidence says what was found. */
  readonly scanned: boolean;
  /** Why there may be more findings; empty: that is all. */
  readonly open: readonly WantGroup[];
  /** Entries of the list of findings that cannot be read. */
  readonly unreadable: number;
  /** The next instant (microseconds) at which a time comparison that was read flips. */
  readonly validUntil?: number;
}

export type AssessAnswer =
  | { readonly kind: "assessed"; readonly assessed: Assessed }
  | { readonly kind: "refusal"; readonly refusal: Refusal };

export interface AssessOptions {
  /** Say what is wanted; without it only statuses and rows. */
  readonly explain: boolean;
  /** The findings whose rows are derived. */
  readonly derived?: (finding: DataRecord) => boolean;
  /** These and not those of the evidence: what a test gives. */
  readonly findings?: readonly DataRecord[];
}

export function suppresses(status: { readonly kind: VexRowStatus["kind"] }): boolean {
  return status.kind === "not_affected" || status.kind === "fixed";
}

interface Compiled {
  readonly about: Map<string, readonly Assessor[]>;
  sources: FindingSources | undefined;
}

interface Assessor extends CompiledVex {
  readonly texts: ReadonlyMap<VexRowStatus, (env: Env) => string>;
  /** Of the runtime profiles, by the keys of their declarations. */
  readonly digests: ReadonlyMap<string, string>;
}

const compiledOf = new WeakMap<CompiledProgram, Compiled>();

/** An image is an artifact: what is said of findings in either holds for it (semantics, section 2). */
export function vexesAbout(program: Program, kind: string): readonly VexDefinition[] {
  return program.vexes.filter(({ subject }) => subject === kind || (subject === "artifact" && kind === "image"));
}

function assessorsFor(compiled: CompiledProgram, kind: string): { readonly own: Compiled; readonly assessors: readonly Assessor[] } {
  let own = compiledOf.get(compiled);
  if (own === undefined) {
    own = { about: new Map(), sources: undefined };
    compiledOf.set(compiled, own);
  }
  const known = own.about.get(kind);
  if (known !== undefined) return { own, assessors: known };
  const assessors = vexesAbout(compiled.program, kind).map((vex) => assessorOf(compiled, vex));
  own.about.set(kind, assessors);
  return { own, assessors };
}

function assessorOf(compiled: CompiledProgram, vex: VexDefinition): Assessor {
  const lazy = lazyIn(compiled.context);
  const texts = new Map<VexRowStatus, (env: Env) => string>();
  for (const status of [...vex.rows.map((row) => row.status), vex.otherwise]) {
    const template = status.kind === "affected" ? status.action : status.kind === "not_affected" ? status.impact : undefined;
    if (template !== undefined) texts.set(status, renderer(lazy, template));
  }
  const digests = compiled.program.runtimes.flatMap(({ key, digest }) => (digest === undefined ? [] : [[key, digest] as const]));
  return { ...compileVex(compiled.context, vex), texts, digests: new Map(digests) };
}

/**
 * Assesses every finding by every declaration about the subject's kind. Pure, and total: every finding that can be read gets
 * a status from each declaration whose scope is not false. Refuses where there is no declaration, where a scope reads a
 * fact that only the caller knows, and where time is read and there is none.
 */
export function assess(compiled: CompiledProgram, request: Request, options: AssessOptions): AssessAnswer {
  const { kind } = request.subject;
  const { own, assessors } = assessorsFor(compiled, kind);
  const [first] = assessors;
  if (first === undefined) {
    const loaded = [...new Set(compiled.program.vexes.map((vex) => vex.subject))].sort();
    return { kind: "refusal", refusal: { code: "no-policy", kind, point: request.point, loaded } };
  }
  for (const { callerFacts } of request.point === "admission" ? [] : assessors) {
    for (const { field, fact, at } of callerFacts) {
      const value = request.subject.data[field];
      if (value === undefined || value === null) return { kind: "refusal", refusal: { code: "not-given", fact, at } };
    }
  }
  const found = options.findings === undefined ? findingsIn(compiled, own, first.vex, request) : given(options.findings);
  const env = freshEnv(compiled, request);
  const assessments: Assessment[] = [];
  for (const finding of found.findings) {
    for (const assessor of assessors) {
      env.slots[assessor.vex.finding.slot] = finding;
      const assessment = assessOne(env, assessor, finding, options.explain);
      if (assessment === undefined) continue;
      const derived = options.derived?.(finding) === true ? { derivations: derivationsOf(compiled, env, assessor, assessment.row) } : {};
      assessments.push({ ...assessment, ...derived });
    }
  }
  if (env.clockMissing || found.clockMissing) return { kind: "refusal", refusal: { code: "no-clock", at: first.vex.at } };
  const validUntil = Math.min(env.validUntil, found.validUntil);
  return {
    kind: "assessed",
    assessed: {
      assessments,
      findings: found.findings,
      scanned: found.scanned,
      open: found.open === undefined || !options.explain ? [] : groupWants(found.open, new Map()),
      unreadable: found.unreadable,
      ...(validUntil === Number.POSITIVE_INFINITY ? {} : { validUntil }),
    },
  };
}

/** Undefined: its scope is false, so the declaration does not speak of this one. */
function assessOne(env: Env, assessor: Assessor, finding: DataRecord, explain: boolean): Assessment | undefined {
  const { vex } = assessor;
  const scope: Truth = assessor.scope === undefined ? true : assessor.scope(env);
  if (scope === false) return undefined;
  const undecided: { readonly row: number; readonly unknown: Unknown }[] = [];
  const profiles = new Set<string>();
  env.profiles = profiles;
  let decided = assessor.rows.length;
  for (let row = 0; row < assessor.rows.length; row += 1) {
    profiles.clear();
    const truth = assessor.rows[row]?.condition(env) ?? false;
    if (truth === true) {
      decided = row;
      break;
    }
    if (truth !== false) undecided.push({ row, unknown: truth });
  }
  const said = vex.rows[decided]?.status ?? vex.otherwise;
  const restsOn = suppresses(said) && profiles.size > 0 ? profilesBehind(env, assessor, decided, profiles) : [];
  env.profiles = undefined;
  const wantsOf = (unknown: Unknown): readonly WantGroup[] => (explain ? groupWants(unknown, new Map()) : []);
  const open = (kept: boolean): readonly OpenRow[] =>
    undecided.flatMap(({ row, unknown }) => {
      const definition = vex.rows[row];
      if (definition === undefined || suppresses(definition.status) !== kept) return [];
      return [{ row, at: definition.at, status: definition.status, wants: wantsOf(unknown) }];
    });
  const by = open(false);
  const isHeld = suppresses(said) && (by.length > 0 || scope instanceof Unknown);
  const text = isHeld ? undefined : assessor.texts.get(said)?.(env);
  return {
    declaration: vex.name,
    finding,
    status: isHeld ? { kind: "under_investigation" } : statusOf(said, text),
    row: decided,
    at: vex.rows[decided]?.at ?? vex.otherwiseAt,
    ...(isHeld || restsOn.length === 0 ? {} : { restsOn }),
    ...(isHeld ? { held: { by, scope: scope instanceof Unknown ? wantsOf(scope) : undefined } } : {}),
    wouldBe: open(true),
  };
}

/** Derived after it is decided: what a derivation reads besides is no part of what the status rests on. */
function derivationsOf(compiled: CompiledProgram, env: Env, { vex }: Assessor, decided: number): readonly Derivation[] {
  const asked = [...(vex.scope === undefined ? [] : [vex.scope]), ...vex.rows.slice(0, decided + 1).map((row) => row.condition)];
  const { validUntil } = env;
  const derivations = asked.map((condition) => derive(lazyIn(compiled.context), env, condition));
  env.validUntil = validUntil;
  return derivations;
}

/** The profiles without which the row that decided would not be true; it is asked again as if none said anything. */
function profilesBehind(env: Env, assessor: Assessor, row: number, profiles: ReadonlySet<string>): readonly RuntimeProfile[] {
  const named = [...profiles].sort();
  env.blind = true;
  const holdsWithout = assessor.rows[row]?.condition(env) === true;
  env.blind = false;
  if (holdsWithout) return [];
  return named.flatMap((runtime) => {
    const digest = assessor.digests.get(runtime);
    return digest === undefined ? [] : [{ runtime, digest }];
  });
}

function statusOf(status: VexRowStatus, text: string | undefined): AssessedStatus {
  switch (status.kind) {
    case "not_affected":
      return { kind: "not_affected", justification: status.justification, ...(text === undefined ? {} : { impact: text }) };
    case "affected":
      return { kind: "affected", action: text ?? "" };
    default:
      return { kind: status.kind };
  }
}

interface Found {
  readonly findings: readonly DataRecord[];
  readonly open: Unknown | undefined;
  readonly scanned: boolean;
  readonly unreadable: number;
  readonly validUntil: number;
  readonly clockMissing: boolean;
}

function given(findings: readonly DataRecord[]): Found {
  return { findings, open: undefined, scanned: true, unreadable: 0, validUntil: Number.POSITIVE_INFINITY, clockMissing: false };
}

/**
 * The findings of the evidence. Documents that the caller gave count, and statements that somebody signed whom the program
 * names; what strangers attached does not: it could say of a finding that it cannot be reached.
 */
function findingsIn(compiled: CompiledProgram, own: Compiled, vex: VexDefinition, request: Request): Found {
  own.sources ??= compileFindings(compiled.context, vex);
  const signed = request.attested.filter(({ trusts }) => trusts.length > 0).map(({ evidence }) => evidence);
  const read: Request = { ...request, evidence: [...request.evidence, ...signed], attested: [] };
  const env = new Env(compiled.context.slots, read);
  env.reset(read, compiled.context.memo);
  const { bom, scan, joined, scanned } = own.sources;
  const root = bom(env);
  const absent = root instanceof NoRecord ? root.$unknown : undefined;
  const { items, open } = (absent === undefined ? joined(env) : scanned(env)) as Collection;
  const readable = items.filter((item): item is DataRecord => item !== null && typeof item === "object" && !isVirtual(item as DataRecord));
  return {
    findings: absent === undefined ? readable : readable.map((finding) => withoutBom(finding, absent)),
    open: absent === undefined || absent.causes === MISSING ? open : open === undefined ? absent : union(open, absent),
    scanned: !(scan(env) instanceof NoRecord),
    unreadable: items.length - readable.length,
    validUntil: env.validUntil,
    clockMissing: env.clockMissing,
  };
}

/** Without an SBOM nobody knows whether the component is there; where looking for one failed, that is why. */
function withoutBom(finding: DataRecord, absent: Unknown): DataRecord {
  const component = finding["component"];
  if (component === null || typeof component !== "object" || Array.isArray(component)) return finding;
  const said = (component as DataRecord)["present"];
  if (said !== undefined && said !== null) return finding;
  return { ...finding, component: { ...(component as DataRecord), present: lackOf(absent) } };
}

function lackOf(unknown: Unknown): DataValue {
  let detail = "";
  eachWant(unknown, (single) => {
    if (detail === "") detail = single.detail;
  });
  const causes = causesOf(unknown.causes);
  return new Lack(causes.find((cause) => cause !== "missing") ?? "missing", `no SBOM was read: ${detail}`);
}
