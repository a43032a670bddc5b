/** `policy.label`, `alias.policy.label`: how waivers, tests and controls name clauses; and how tests name `vex` declarations. */
import { nearest } from "../domains/near.ts";
import type * as tree from "../syntax/tree.ts";
import { at, type Context } from "./context.ts";
import { importOf, type ModuleScope, textOf } from "./scopes.ts";
import { didYouMean } from "./sink.ts";

export interface NamedClause {
  /** `module.policy.label` */
  readonly key: string;
  readonly scope: ModuleScope;
  readonly policy: tree.PolicyDeclaration;
  readonly clause: tree.Clause;
}

/** The labelled clause that a name means; undefined after an error was reported. */
export function resolveClause(context: Context, name: tree.QName): NamedClause | undefined {
  const label = name.parts.at(-1);
  const policyName = name.parts.at(-2);
  if (label === undefined || policyName === undefined) {
    context.checking.sink.report("WB0608", { name: textOf(name) }, at(context, name), {
      label: "which policy's",
      help: "write `policy.label`",
    });
    return undefined;
  }
  const scope = moduleOf(context, name, 2);
  if (scope === undefined) return undefined;
  const rule = scope.rules.get(policyName.text);
  if (rule?.kind !== "policy") {
    const location = at(context, policyName);
    const policies = [...scope.rules.values()].filter((r) => r.kind === "policy").map((r) => r.declaration.name.text);
    context.checking.sink.once(
      `policy ${context.scope.path} ${textOf(name)}`,
      "WB0208",
      { what: "policy", name: policyName.text },
      location,
      {
        label: "no policy has this name",
        ...didYouMean(nearest(policyName.text, policies), location),
      },
    );
    return undefined;
  }
  const clauses = labelledClauses(rule.declaration.body);
  const clause = clauses.find((c) => c.label?.text === label.text);
  if (clause !== undefined) return { key: `${rule.key}.${label.text}`, scope, policy: rule.declaration, clause };
  const location = at(context, label);
  const labels = clauses.map((c) => c.label?.text ?? "");
  const near = nearest(label.text, labels);
  context.checking.sink.report("WB0609", { policy: policyName.text, label: label.text }, location, {
    label: "no clause has this label",
    ...(near !== undefined
      ? didYouMean(near, location)
      : {
          help:
            labels.length === 0
              ? "give the clause a label: `require name: …`"
              : `its labels are ${labels.map((l) => `\`${l}\``).join(", ")}`,
        }),
  });
  return undefined;
}

export interface NamedVex {
  /** `module.name` */
  readonly key: string;
  readonly declaration: tree.VexDeclaration;
}

/** The `vex` declaration that a name means; undefined after an error was reported. */
export function resolveVex(context: Context, name: tree.QName): NamedVex | undefined {
  const last = name.parts.at(-1);
  const scope = last === undefined ? undefined : moduleOf(context, name, 1);
  if (last === undefined || scope === undefined) return undefined;
  const rule = scope.rules.get(last.text);
  if (rule?.kind === "vex") return { key: rule.key, declaration: rule.declaration };
  const location = at(context, last);
  const names = [...scope.rules.values()].filter((one) => one.kind === "vex").map((one) => one.declaration.name.text);
  context.checking.sink.report("WB0208", { what: "`vex` declaration", name: last.text }, location, {
    label: "no `vex` declaration has this name",
    ...didYouMean(nearest(last.text, names), location),
  });
  return undefined;
}

/** The module before the last `own` words: this one, an import by its alias, or any module by its whole name. */
function moduleOf(context: Context, name: tree.QName, own: number): ModuleScope | undefined {
  const prefix = name.parts.slice(0, -own);
  const first = prefix[0];
  if (first === undefined) return context.scope;
  const whole = prefix.map((part) => part.text).join(".");
  if (prefix.length === 1) {
    const binding = importOf(context.scope, first.text);
    if (binding !== undefined) return binding.scope;
  }
  const scope = context.checking.scopes.get(whole);
  if (scope !== undefined) return scope;
  const location = at(context, first);
  context.checking.sink.once(`module ${context.scope.path} ${whole}`, "WB0208", { what: "module", name: whole }, location, {
    label: "not imported",
    ...didYouMean(nearest(whole, context.scope.imports.keys()), location),
  });
  return undefined;
}

/** The clauses of a policy that have a label, those in guards included, in source order. */
export function labelledClauses(items: readonly tree.PolicyItem[]): readonly tree.Clause[] {
  return items.flatMap((item) => {
    if (item.kind === "when") return labelledClauses(item.body);
    return item.kind === "clause" && item.label !== undefined ? [item] : [];
  });
}
