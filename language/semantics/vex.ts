/** `vex`: rows of conditions and statuses about the findings in a subject (semantics, section 10). */
import type { Assumption, Expr, VexDefinition, VexRow, VexRowStatus } from "../core/ir.ts";
import { nearest } from "../domains/near.ts";
import type * as tree from "../syntax/tree.ts";
import { assumptionsOf } from "./assumptions.ts";
import { at, bind, type Checked, type Context, isError } from "./context.ts";
import { NO_CAUSE, noLabels, withLabel } from "./flow.ts";
import { constantTruth } from "./lints/constant-truth.ts";
import type { Rule } from "./scopes.ts";
import { didYouMean } from "./sink.ts";
import { withSubject } from "./subject-context.ts";
import { checkTemplate } from "./templates.ts";
import { demandAcknowledged } from "./trust-labels.ts";
import { scalar } from "./types.ts";

/** OpenVEX 0.2.0 and CSAF 2.0 flags, which agree. */
const justifications: readonly string[] = [
  "component_not_present",
  "vulnerable_code_not_present",
  "vulnerable_code_not_in_execute_path",
  "vulnerable_code_cannot_be_controlled_by_adversary",
  "inline_mitigations_already_exist",
];

const bool = scalar("Bool");

/** Checks one declaration; undefined where its names are unknown or a part of it has an error. */
export function checkVex(base: Context, rule: Rule & { kind: "vex" }): VexDefinition | undefined {
  const { declaration } = rule;
  const { sink } = base.checking;
  if (declaration.item.text !== "finding" || declaration.subject.text === "finding") {
    const name = declaration.item.text === "finding" ? declaration.subject : declaration.item;
    const spot = at(base, name);
    if (name === declaration.item)
      sink.report("WB0614", { name: name.text }, spot, { label: "VEX speaks about findings", ...didYouMean("finding", spot) });
    else
      sink.report("WB1250", {}, spot, {
        label: "findings are in something else",
        help: "write `for finding in image`, or another subject",
      });
    return undefined;
  }
  const outer = withSubject(base, declaration.subject);
  const subjectType = outer?.subject?.type;
  if (outer === undefined || subjectType === undefined) return undefined;
  const inner = withFinding(outer, declaration.item);
  if (inner === undefined) return undefined;
  const { context, finding } = inner;
  const conditions: Checked[] = [];
  let whole = true;
  const deciding = (expr: tree.Expr, position: string): Checked => {
    const condition = context.check(context, expr, bool);
    demandAcknowledged(context, condition, position);
    conditions.push(condition);
    if (isError(condition)) whole = false;
    return condition;
  };
  const scope = declaration.where === undefined ? undefined : deciding(declaration.where, "the scope of `vex`");
  const rows: VexRow[] = [];
  let decided: tree.Node | undefined;
  for (const row of declaration.rows) {
    if (decided !== undefined) {
      sink.report("WB0615", {}, at(context, row), {
        label: "never reached",
        related: [{ location: at(context, decided), text: "this row is always true" }],
        help: "drop it, or move it up",
      });
    }
    const condition = deciding(row.condition, "a row of `vex`");
    const status = checkStatus(context, row.status);
    if (status === undefined) whole = false;
    else rows.push({ condition: condition.core, status, at: at(context, row) });
    if (!isError(condition) && constantTruth(condition.core) === true) decided ??= row;
  }
  const otherwise = checkStatus(context, declaration.otherwise);
  if (otherwise === undefined || !whole) return undefined;
  return {
    name: rule.key,
    ...(declaration.doc === undefined ? {} : { doc: declaration.doc }),
    subject: declaration.subject.text,
    subjectType,
    finding,
    ...(scope === undefined ? {} : { scope: scope.core }),
    rows,
    otherwise,
    otherwiseAt: at(context, declaration.otherwise),
    assumptions: assumptionsIn(
      context,
      conditions.map((condition) => condition.core),
    ),
    at: at(base, declaration.name),
  };
}

/**
 * Binds the finding as a member. Nobody signed what scanners say, and a declaration of this kind is the author's own word
 * about it: the header says so, hence it counts as acknowledged, as after `attestation … claimed`.
 */
function withFinding(
  outer: Context,
  item: tree.Name,
): { readonly context: Context; readonly finding: VexDefinition["finding"] } | undefined {
  const inner = withSubject(outer, item);
  const type = inner?.locals?.binding.type;
  if (inner === undefined || type?.kind !== "record") return undefined;
  const slot = outer.checking.nextSlot();
  const name = item.text;
  const labels = withLabel(noLabels, { kind: "acked", of: name, at: at(outer, item) });
  // In place of the subject that `withSubject` bound: of one decision there is one, and it is what the finding is in.
  const context = bind({ ...inner, locals: outer.locals, vex: true }, { kind: "local", slot, name, type, labels, causes: NO_CAUSE });
  return { context, finding: { slot, name, type } };
}

function assumptionsIn(context: Context, conditions: readonly Expr[]): readonly Assumption[] {
  const { checking } = context;
  const definitions = {
    let: (slot: number) => checking.letValues.get(slot),
    constant: checking.constantValue,
    function: checking.functionBody,
  };
  const found = conditions.flatMap((condition) =>
    assumptionsOf(condition, true, checking, definitions, (place) => checking.textOf(place.path).slice(place.start, place.end)),
  );
  return [...new Map(found.map((one) => [`${one.kind} ${one.at.path} ${one.at.start}`, one])).values()];
}

/** A status of a row; undefined after an error. */
function checkStatus(context: Context, status: tree.VexStatus): VexRowStatus | undefined {
  switch (status.kind) {
    case "not_affected": {
      const impact = status.impact === undefined ? undefined : checkTemplate(context, status.impact);
      const justification = checkJustification(context, status.justification);
      if (justification === undefined) return undefined;
      return { kind: "not_affected", justification, ...(impact === undefined ? {} : { impact }) };
    }
    case "affected":
      return { kind: "affected", action: checkTemplate(context, status.action) };
    default:
      return { kind: status.kind };
  }
}

/** One of the five labels; undefined after an error. */
export function checkJustification(context: Context, justification: tree.Name): string | undefined {
  const name = justification.text;
  if (justifications.includes(name)) return name;
  const spot = at(context, justification);
  const near = nearest(name, justifications);
  context.checking.sink.report("WB0616", { name }, spot, {
    label: "no such justification",
    ...(near === undefined ? { help: `there are ${justifications.map((j) => `\`${j}\``).join(", ")}` } : didYouMean(near, spot)),
  });
  return undefined;
}
