/** Lints: what is allowed and most likely not meant. Only modules that decide, and have no error, are looked at. */
import type { Clause, Expr, Policy, Program } from "../../core/ir.ts";
import { expressionsIn } from "../../core/walk.ts";
import type { Checking } from "../context.ts";
import type { CheckedPolicy } from "../policies.ts";
import type { ModuleScope } from "../scopes.ts";
import { place, type Sink } from "../sink.ts";
import { subjectKind } from "../subjects.ts";
import { overlaps } from "../trust-overlap.ts";
import { constantTruth } from "./constant-truth.ts";
import { behind, type Lookup, lookupOf } from "./definitions.ts";
import { isNeverKnown } from "./never-known.ts";
import { isAttestations, isNever } from "./never-pass.ts";
import { shapeOf } from "./shape.ts";
import { lintWaivers } from "./waivers.ts";

export interface LintInput {
  readonly program: Program;
  readonly policies: readonly CheckedPolicy[];
  readonly scopes: ReadonlyMap<string, ModuleScope>;
  readonly checking: Checking;
  /** Sources with errors: what is unused or odd in them may follow from those. */
  readonly broken: ReadonlySet<string>;
}

/** A clause with every expression in its condition. */
interface Walked {
  readonly clause: Clause;
  readonly parts: readonly Expr[];
}

export function lintProgram(sink: Sink, input: LintInput): void {
  const { program, scopes } = input;
  const lookup = lookupOf(program);
  const looked = [...scopes.values()].filter((scope) => scope.deciding && !input.broken.has(scope.path));
  const deciding = new Set(looked.map((scope) => scope.path));
  for (const scope of looked) unusedNames(sink, scope, input);
  overlappingMembers(sink, program, deciding);
  for (const { policy, lets } of input.policies) {
    if (!deciding.has(policy.at.path)) continue;
    unusedLets(sink, policy, lets, input.checking);
    scopeOfPolicy(sink, policy);
    if (policy.clauses.length === 0) {
      sink.report("WB0713", { policy: policy.name }, policy.at, {
        label: "allows what it covers",
        help: "say what it requires or forbids; to leave subjects out on purpose, write `exempt`",
      });
    }
    const walked = policy.clauses.map((clause) => ({ clause, parts: expressionsIn(clause.condition) }));
    for (const one of walked) lintClause(sink, policy, one, lookup);
    emptyLists(sink, walked, lookup);
    duplicates(sink, walked);
  }
  for (const exempt of program.exempts) if (deciding.has(exempt.at.path)) constantScope(sink, exempt.scope, "exemption");
  for (const vex of program.vexes) if (vex.scope !== undefined && deciding.has(vex.at.path)) constantScope(sink, vex.scope, "`vex`");
  for (const waiver of program.waivers) if (deciding.has(waiver.at.path)) constantScope(sink, waiver.scope.condition, "waiver");
  lintWaivers(sink, program, deciding);
}

function overlappingMembers(sink: Sink, program: Program, deciding: ReadonlySet<string>): void {
  for (const { quorum, first, second } of overlaps(program.trusts)) {
    if (!deciding.has(quorum.at.path)) continue;
    const short = (key: string) => key.split(".").at(-1) ?? key;
    sink.report("WB1121", { quorum: short(quorum.key), first: short(first), second: short(second) }, quorum.at, {
      label: `needs fewer signers than ${quorum.body.kind === "quorum" ? quorum.body.threshold : 0}`,
      notes: ["a quorum counts distinct members that accepted the statement, not signatures"],
      help: "name members of which nobody can be two",
    });
  }
}

function unusedNames(sink: Sink, scope: ModuleScope, input: LintInput): void {
  for (const [alias, binding] of scope.imports) {
    if (scope.usedImports.has(alias) || binding.scope === undefined) continue;
    sink.report("WB0707", { what: "import", name: alias }, place(scope.path, binding.node), {
      label: "nothing here uses it",
      help: "drop it",
    });
  }
  const hasPolicies = scope.rules.size > 0;
  for (const [name, entity] of scope.entities) {
    const isLint = entity.kind === "input" || (entity.kind === "constant" && hasPolicies);
    if (!isLint || input.checking.usedEntities.has(entity.key) || name.startsWith("_")) continue;
    sink.report("WB0707", { what: entity.kind === "input" ? "input" : "let", name }, place(scope.path, entity.declaration.name), {
      label: "nothing uses it",
      help: "use it, or drop it",
    });
  }
}

function unusedLets(sink: Sink, policy: Policy, lets: CheckedPolicy["lets"], checking: Checking): void {
  for (const { slot, declaration } of lets) {
    const name = declaration.name.text;
    if (checking.usedSlots.has(slot) || name.startsWith("_")) continue;
    sink.report("WB0707", { what: "let", name }, place(policy.at.path, declaration.name), {
      label: "nothing in the policy uses it",
      help: "use it, or drop it",
    });
  }
}

function scopeOfPolicy(sink: Sink, policy: Policy): void {
  if (policy.scope === undefined) return;
  const truth = constantTruth(policy.scope);
  if (truth === undefined) return;
  sink.report("WB0708", { what: "header", truth }, policy.scope.at, {
    label: truth ? "covers every subject" : "covers no subject",
    help: truth ? "drop the `where`" : "say what the policy is about, or drop the policy",
  });
}

function constantScope(sink: Sink, scope: Expr, what: string): void {
  const truth = constantTruth(scope);
  if (truth === undefined) return;
  sink.report("WB0708", { what, truth }, scope.at, {
    label: truth ? "meets everything" : "meets nothing",
    help: truth ? `say what the ${what} is for` : `the ${what} has no effect: drop it`,
  });
}

function lintClause(sink: Sink, policy: Policy, { clause, parts }: Walked, lookup: Lookup): void {
  const points = (policy.points ?? subjectKind(policy.subject)?.points ?? []).filter((point) =>
    isNeverKnown(clause.condition, point, lookup),
  );
  if (points.length > 0) {
    sink.report("WB0701", { points }, clause.condition.at, {
      label: "rests on a fact that does not exist there",
      help:
        policy.points === undefined
          ? "say with `at` where the policy holds"
          : `drop ${points.map((p) => `\`${p}\``).join(", ")} from \`at\`, or the clause`,
    });
  }
  for (const guard of clause.guards) constantScope(sink, guard, "guard");
  const truth = constantTruth(clause.condition);
  const needed = clause.polarity === "require";
  if (truth !== undefined) {
    sink.report("WB0709", { passes: truth === needed }, clause.condition.at, {
      label: `always ${truth}`,
      help: "compare something, or drop the clause",
    });
  } else if (!isEveryAttestation(clause.condition, lookup) && isNever(needed, clause.condition, lookup)) {
    sink.report("WB0703", { polarity: clause.polarity }, clause.condition.at, {
      label: needed ? "never true" : "never false",
      notes: ["no registry proves that it showed everything, so that something is not there is never known"],
      help: needed ? "require what must be there" : "turn it round: `require` what must be there instead",
    });
  }
  for (const expr of parts) {
    if (!isEveryAttestation(expr, lookup)) continue;
    sink.report("WB0704", {}, expr.at, { label: "never true", help: "ask for one that is as you want it: `some x in attestations …`" });
  }
}

function isEveryAttestation(expr: Expr, lookup: Lookup): boolean {
  return expr.kind === "every" && isAttestations(expr.collection, lookup);
}

/** Says once for each list that `every` is true when it is empty, unless a clause counts it. */
function emptyLists(sink: Sink, walked: readonly Walked[], lookup: Lookup): void {
  const said = new Set<string>();
  for (const { parts } of walked) for (const expr of parts) if (expr.kind === "count") said.add(shapeOf(expr.collection));
  for (const expr of walked.map(({ clause }) => clause.condition)) {
    if (expr.kind !== "every" || said.has(shapeOf(expr.collection)) || !isClosedEvidence(expr.collection, lookup)) continue;
    said.add(shapeOf(expr.collection));
    sink.report("WB0706", {}, expr.collection.at, {
      label: "true of an empty list",
      help: "if an empty list should not pass, add a clause: `require count(…) > 0`",
    });
  }
}

/** A list of evidence whose author's word `closed` makes it whole, be it empty. */
function isClosedEvidence(collection: Expr, lookup: Lookup): boolean {
  let at: Expr | undefined = collection;
  let isClosed = false;
  while (at !== undefined) {
    if (at.kind === "closed") isClosed = true;
    if (at.kind === "attestation") return isClosed;
    if (at.kind === "closed") at = at.operand;
    else if (at.kind === "field") at = at.record;
    else {
      const value: Expr = at.kind === "let" ? (lookup.let(at.slot) ?? at) : behind(at, lookup);
      at = value === at ? undefined : value;
    }
  }
  return false;
}

function duplicates(sink: Sink, walked: readonly Walked[]): void {
  for (const alike of Map.groupBy(walked, outlineOf).values()) {
    if (alike.length === 1) continue;
    const seen = new Map<string, Clause>();
    for (const { clause } of alike) {
      const key = [...clause.guards, clause.condition].map(shapeOf).join("\n");
      const earlier = seen.get(key);
      if (earlier === undefined) seen.set(key, clause);
      else
        sink.report("WB0711", {}, clause.at, {
          label: "says it again",
          related: [{ location: earlier.at, text: "said here already" }],
          help: "drop one of the two",
        });
    }
  }
}

/** What clauses that say the same agree in: cheap, and mostly enough to tell them apart. */
function outlineOf({ clause, parts }: Walked): string {
  let outline: string = clause.polarity;
  for (const expr of parts) outline += expr.kind === "field" ? ` ${expr.field.name}` : ` ${expr.kind}`;
  return outline;
}
