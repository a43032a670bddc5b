/** A program made ready to decide: closures by subject kind and enforcement point. */
import type { Program } from "../../language/core/ir.ts";
import type { Location } from "../../language/diagnostics/diagnostic.ts";
import { Context, type Observer } from "./compile/context.ts";
import { compileExpr } from "./compile/expression.ts";
import { type CompiledExempt, type CompiledPolicy, compileExempt, compilePolicy } from "./compile/policy.ts";
import type { Inputs, Request } from "./decision.ts";
import { Env } from "./env.ts";

/** What speaks about one kind of subject at one point. */
export interface Plan {
  readonly policies: readonly CompiledPolicy[];
  readonly exempts: readonly CompiledExempt[];
  /** The instants at which a waiver of these clauses, or an exemption, ends. */
  readonly ends: readonly number[];
}

/** Compiled once; keeps an `Env` of its own, so one program decides one request at a time. */
export interface CompiledProgram {
  readonly program: Program;
  readonly context: Context;
  readonly policies: readonly CompiledPolicy[];
  readonly exempts: readonly CompiledExempt[];
  readonly plans: Map<string, Plan | undefined>;
  /** The plan of the last decision: most callers ask about one kind at one point. */
  last: { readonly kind: string; readonly point: string; readonly plan: Plan | undefined } | undefined;
  env: Env | undefined;
}

/**
 * Compiles every policy of a checked program. `inputs` are values in run-time form by `module.name`, checked by the
 * shell against their types; the others take their defaults. An observer makes it slower and is for coverage only.
 */
export function compileProgram(program: Program, inputs: Inputs = new Map(), observer?: Observer): CompiledProgram {
  const deciding = decidingPart(program);
  const context = new Context(deciding, inputs, compileExpr, observer);
  const policies = deciding.policies.map((policy) => compilePolicy(context, policy, deciding));
  const exempts = deciding.exempts.map((exempt) => compileExempt(context, exempt));
  return { program: deciding, context, policies, exempts, plans: new Map(), last: undefined, env: undefined };
}

/** The program without the policies, exemptions, waivers and `vex` declarations of modules that were only imported for their names. */
function decidingPart(program: Program): Program {
  const silent = new Set(program.modules.filter((module) => !module.deciding).map((module) => module.path));
  const decides = (declaration: { readonly at: Location }): boolean => !silent.has(declaration.at.path);
  return {
    ...program,
    policies: program.policies.filter(decides),
    exempts: program.exempts.filter(decides),
    waivers: program.waivers.filter(decides),
    vexes: program.vexes.filter(decides),
  };
}

/** An image is an artifact: policies for either judge it (semantics, section 2). */
function judges(policyKind: string, subjectKind: string): boolean {
  return policyKind === subjectKind || (policyKind === "artifact" && subjectKind === "image");
}

/** The plan for a kind at a point, or undefined where no policy speaks about it. */
export function planFor(compiled: CompiledProgram, kind: string, point: string): Plan | undefined {
  const { last } = compiled;
  if (last !== undefined && last.kind === kind && last.point === point) return last.plan;
  const plan = knownPlan(compiled, kind, point);
  compiled.last = { kind, point, plan };
  return plan;
}

function knownPlan(compiled: CompiledProgram, kind: string, point: string): Plan | undefined {
  const key = `${kind}@${point}`;
  if (compiled.plans.has(key)) return compiled.plans.get(key);
  const policies = compiled.policies.filter(
    ({ policy }) => judges(policy.subject, kind) && (policy.points === undefined || policy.points.includes(point)),
  );
  const exempts = compiled.exempts.filter(({ exempt }) => judges(exempt.subject, kind));
  const ends = [
    ...policies.flatMap((policy) => policy.clauses.flatMap((clause) => clause.waivers.map(({ waiver }) => waiver.ends))),
    ...exempts.flatMap(({ exempt }) => (exempt.ends === undefined ? [] : [exempt.ends])),
  ];
  const plan = policies.length === 0 ? undefined : { policies, exempts, ends };
  compiled.plans.set(key, plan);
  return plan;
}

/** The state for one decision, cleared of the last. */
export function freshEnv(compiled: CompiledProgram, request: Request): Env {
  if (compiled.env === undefined) compiled.env = new Env(compiled.context.slots, request);
  compiled.env.reset(request, compiled.context.memo);
  return compiled.env;
}

/** The kinds and points that the program speaks about, for a refusal's message. */
export function loadedKinds(compiled: CompiledProgram): readonly string[] {
  const named = compiled.policies.map(({ policy }) =>
    policy.points === undefined ? policy.subject : `${policy.subject} at ${policy.points.join(", ")}`,
  );
  return [...new Set(named)].sort();
}
