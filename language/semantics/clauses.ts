/** One clause: its condition, what it does when violated, and what it does when it cannot be decided. */

import type { Clause, EffectExpr, Expr, Quantifier } from "../core/ir.ts";
import type * as tree from "../syntax/tree.ts";
import { assumptionsOf } from "./assumptions.ts";
import { type Binding, bind, type Checked, type Context, isError, lookup } from "./context.ts";
import { reportUnboundMember } from "./expressions/names.ts";
import { hasCause } from "./flow.ts";
import { place } from "./sink.ts";
import { checkTemplate } from "./templates.ts";
import { demandAcknowledged } from "./trust-labels.ts";
import { scalar } from "./types.ts";

/** What the policy around a clause says. */
export interface Surroundings {
  /** `module.policy` */
  readonly policy: string;
  readonly subject: string;
  readonly guards: readonly Expr[];
}

/** The bound name of a clause; `inMessage`: its `else` template may use it, once for each witness. */
export type Member = Binding & { readonly slot: number; readonly inMessage: boolean };

/** Where a clause stands, for what refers to it. */
export interface ClauseScope {
  readonly context: Context;
  readonly node: tree.Clause;
  readonly condition: Checked;
  /** The bound name of a `forbid some` or `require every`: waivers and messages are about its members. */
  readonly member?: Member;
}

export function checkClause(
  context: Context,
  node: tree.Clause,
  around: Surroundings,
): (ClauseScope & { readonly clause: Clause }) | undefined {
  reportUnboundMember(context, node.condition);
  const condition = context.check(context, node.condition, scalar("Bool"));
  demandAcknowledged(context, condition, "a clause");
  const member = memberOf(node, condition);
  const outcome = checkOutcome(context, node, around.subject, isError(condition) ? "broken" : member);
  const unknowns = checkUnknowns(context, node, around.subject, condition);
  if (isError(condition)) return undefined;
  const { checking } = context;
  const textAt = (at: Expr["at"]): string => checking.textOf(at.path).slice(at.start, at.end);
  const assumptions = [
    ...around.guards.map((guard) => [guard, false] as const),
    [condition.core, node.polarity === "require"] as const,
  ].flatMap(([expr, holds]) =>
    assumptionsOf(
      expr,
      holds,
      checking,
      { let: (slot: number) => checking.letValues.get(slot), constant: checking.constantValue, function: checking.functionBody },
      textAt,
    ),
  );
  const clause: Clause = {
    policy: around.policy,
    ...(node.label === undefined ? {} : { label: node.label.text }),
    ...(node.doc === undefined ? {} : { doc: node.doc }),
    polarity: node.polarity,
    condition: condition.core,
    guards: around.guards,
    otherwise: outcome.effect,
    ...(outcome.message === undefined ? {} : { message: outcome.message }),
    onUnknown: unknowns,
    assumptions: [...new Map(assumptions.map((a) => [`${a.kind} ${a.at.path} ${a.at.start}`, a])).values()],
    at: place(context.scope.path, node),
  };
  return { context, node, condition, clause, ...(member === undefined ? {} : { member }) };
}

/** The bound name of the condition, where the clause is about the members of a collection. */
function memberOf(node: tree.Clause, condition: Checked): Member | undefined {
  const { core } = condition;
  if (core.kind === "some" && node.polarity === "forbid") return memberOfQuantifier(core, condition, true);
  if (core.kind === "every" && node.polarity === "require") return memberOfQuantifier(core, condition, true);
  // The same law in other words; only its message does not know the name (grammar, section 5).
  if (core.kind === "not" && core.operand.kind === "some" && node.polarity === "require")
    return memberOfQuantifier(core.operand, condition, false);
  return undefined;
}

function memberOfQuantifier(core: Quantifier, condition: Checked, inMessage: boolean): Member | undefined {
  const { type } = core.collection;
  if (type.kind !== "list" && type.kind !== "set") return undefined;
  return {
    kind: "local",
    slot: core.slot,
    name: core.name,
    type: type.element,
    labels: condition.labels,
    causes: condition.causes,
    inMessage,
  };
}

function checkOutcome(
  context: Context,
  node: tree.Clause,
  subject: string,
  member: Member | "broken" | undefined,
): { readonly effect: EffectExpr; readonly message?: Clause["message"] & object } {
  const { outcome } = node;
  if (outcome === undefined) return { effect: { effect: "deny" } };
  if (outcome.effect?.effect === "allow") {
    context.checking.sink.report("WB0603", {}, place(context.scope.path, outcome.effect), {
      label: "a violation cannot allow",
      help: "to let one through on purpose, `waive` the clause; to say nothing, drop it",
    });
  }
  const effect: EffectExpr = outcome.effect === undefined ? { effect: "deny" } : checkEffect(context, outcome.effect, subject);
  // The bound name of a condition with an error is not known: its message is not looked at.
  if (outcome.message === undefined || member === "broken") return { effect };
  const inside = member?.inMessage === true ? bind(context, member) : context;
  if (namesNobody(inside, node.condition, outcome.message)) return { effect };
  return { effect, message: checkTemplate(inside, outcome.message) };
}

/**
 * Whether a message names what the condition goes through where no member is to blame: only a `forbid some` and a
 * `require every` have witnesses (grammar, section 5).
 */
function namesNobody(context: Context, condition: tree.Expr, message: tree.Template): boolean {
  const inner = condition.kind === "paren" ? condition.inner : condition;
  if (inner.kind !== "some" && inner.kind !== "every") return false;
  const name = inner.variable.text;
  if (lookup(context, name) !== undefined) return false;
  const part = message.parts.find((p) => p.kind === "path" && p.path[0]?.text === name);
  if (part === undefined) return false;
  context.checking.sink.report("WB0611", { name }, place(context.scope.path, part), {
    label: "no member is to blame",
    help: "only the message of a `forbid some` or a `require every` can name a member: each one that violates it",
  });
  return true;
}

/** An effect that may stand here; `quarantine` holds packages only. */
export function checkEffect(context: Context, node: tree.EffectNode, subject: string): EffectExpr {
  if (node.effect === "quarantine" && subject !== "package") {
    context.checking.sink.report("WB0602", { kind: subject }, place(context.scope.path, node), {
      label: "only packages can be held back",
      help: "use `deny` or `warn`",
    });
  }
  if (node.until === undefined) return { effect: node.effect };
  const until = context.check(context, node.until, scalar("Time"));
  demandAcknowledged(context, until, "an effect");
  return isError(until) ? { effect: node.effect } : { effect: node.effect, until: until.core };
}

function checkUnknowns(context: Context, node: tree.Clause, subject: string, condition: Checked): Clause["onUnknown"] {
  const rules: { -readonly [C in tree.Cause]?: EffectExpr & { readonly because?: string } } = {};
  const { sink } = context.checking;
  for (const unknown of node.unknowns) {
    const effect = checkEffect(context, unknown.effect, subject);
    const softens = effect.effect === "allow" || effect.effect === "warn";
    if (softens && unknown.because === undefined) {
      sink.report("WB0604", { effect: effect.effect }, place(context.scope.path, unknown), {
        label: "lets an undecided subject through",
        help: `say why: \`on ${unknown.causes.map((c) => c.cause).join(", ")} ${effect.effect} because "…"\``,
      });
    }
    for (const { cause, span } of unknown.causes) {
      const location = place(context.scope.path, { span });
      if (rules[cause] !== undefined) sink.report("WB0606", { cause }, location, { label: "said already" });
      rules[cause] = { ...effect, ...(unknown.because === undefined ? {} : { because: unknown.because.value }) };
      if (cause === "transient" && effect.effect === "allow" && hasCause(condition.causes, "transient")) {
        sink.report("WB0702", {}, location, {
          label: "a registry that does not answer lets everything through",
          help: "use `on transient deny`, or `warn`: the next try decides",
        });
      }
    }
  }
  return rules;
}
