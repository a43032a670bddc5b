/** `vex`: rows of conditions and statuses, resolved and typed; statements are made when the VEX target comes. */
import { nearest } from "../domains/near.ts";
import type * as tree from "../syntax/tree.ts";
import { at, type Context, isError } from "./context.ts";
import { constantTruth } from "./lints/constant-truth.ts";
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

export function checkVex(base: Context, declaration: tree.VexDeclaration): void {
  const { sink } = base.checking;
  sink.report(
    "WB0690",
    { what: `\`vex ${declaration.name.text}\``, when: "it makes statements when the VEX target comes" },
    at(base, declaration.name),
  );
  if (declaration.item.text !== "finding") {
    const spot = at(base, declaration.item);
    sink.report("WB0614", { name: declaration.item.text }, spot, { label: "VEX speaks about findings", ...didYouMean("finding", spot) });
    return;
  }
  const outer = withSubject(base, declaration.subject);
  const inner = outer === undefined ? undefined : withSubject(outer, declaration.item);
  if (inner === undefined) return;
  const context: Context = { ...inner, vex: true };
  if (declaration.where !== undefined) demandAcknowledged(context, context.check(context, declaration.where, bool), "the scope of `vex`");
  let decided: tree.Node | undefined;
  for (const row of declaration.rows) {
    if (decided !== undefined) {
      sink.report("WB0615", {}, at(context, row), {
        label: "never reached",
        related: [{ location: at(context, decided), text: "this row is always true" }],
        help: "drop it, or move it up",
      });
    }
    const condition = context.check(context, row.condition, bool);
    demandAcknowledged(context, condition, "a row of `vex`");
    checkStatus(context, row.status);
    if (!isError(condition) && constantTruth(condition.core) === true) decided ??= row;
  }
  checkStatus(context, declaration.otherwise);
}

function checkStatus(context: Context, status: tree.VexStatus): void {
  if (status.kind === "affected") checkTemplate(context, status.action);
  if (status.kind !== "not_affected") return;
  if (status.impact !== undefined) checkTemplate(context, status.impact);
  const name = status.justification.text;
  if (justifications.includes(name)) return;
  const spot = at(context, status.justification);
  const near = nearest(name, justifications);
  context.checking.sink.report("WB0616", { name }, spot, {
    label: "no such justification",
    ...(near === undefined ? { help: `there are ${justifications.map((j) => `\`${j}\``).join(", ")}` } : didYouMean(near, spot)),
  });
}
