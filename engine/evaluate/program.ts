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
  env: Env | undefined;
}

/**
 * Compiles every policy of a checked program. `inputs` are values in run-time form by `module.name`, checked by the
 * shell against their types; the others take their defaults. An observer makes it slower and is for coverage only.
 */
export function compileProgram(program: Program, inputs: Inputs = new Map(), observer?: Observer): CompiledProgram {
  const context = new Context(program, inputs, compileExpr, observer);
  const decides = decidingPlaces(program);
  const waivers = program.waivers.filter(decides);
  const policies = program.policies.filter(decides).map((policy) => compilePolicy(context, policy, { ...program, waivers }));
  const exempts = program.exempts.filter(decides).map((exempt) => compileExempt(context, exempt));
  return { program, context, policies, exempts, plans: new Map(), env: undefined };
}

/** Whether a declaration stands in a module that decides, and not in one that was only imported for its names. */
function decidingPlaces(program: Program): (declaration: { readonly at: Location }) => boolean {
  const silent = new Set(program.modules.filter((module) => !module.deciding).map((module) => module.path));
  return (declaration) => !silent.has(declaration.at.path);
}

/** An image is an artifact: policies for either judge it (semantics, section 2). */
function judges(policyKind: string, subjectKind: string): boolean {
  return policyKind === subjectKind || (policyKind === "artifact" && subjectKind === "image");
}

/** The plan for a kind at a point, or undefined where no policy speaks about it. */
export function planFor(compiled: CompiledProgram, kind: string, point: string): Plan | undefined {
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
