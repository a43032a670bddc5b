/** `triage`: obligations, resolved and typed; they are met when a ticket system is connected. */
import type * as tree from "../syntax/tree.ts";
import { at, type Context } from "./context.ts";
import { checkLet } from "./policies.ts";
import { withSubject } from "./subject-context.ts";
import { demandAcknowledged } from "./trust-labels.ts";
import { scalar } from "./types.ts";

const bool = scalar("Bool");

export function checkTriage(base: Context, declaration: tree.TriageDeclaration): void {
  base.checking.sink.report(
    "WB0690",
    { what: `\`triage ${declaration.name.text}\``, when: "its obligations are made when the disclosure intake comes" },
    at(base, declaration.name),
  );
  const context = withSubject(base, declaration.subject);
  if (context === undefined) return;
  if (declaration.where !== undefined)
    demandAcknowledged(context, context.check(context, declaration.where, bool), "the scope of `triage`");
  const body = { lets: [], declared: [], depths: new Map<number, number>() };
  let inside = context;
  for (const item of declaration.body) {
    if (item.kind === "let") {
      inside = checkLet(inside, item, body);
      continue;
    }
    demandAcknowledged(inside, inside.check(inside, item.condition, bool), "a guard");
    for (const obligation of item.obligations) checkObligation(inside, obligation);
  }
}

function checkObligation(context: Context, obligation: tree.Obligation): void {
  switch (obligation.kind) {
    case "ticket":
    case "alert":
      if (obligation.target.value.trim() === "")
        context.checking.sink.report("WB0613", { what: "target" }, at(context, obligation.target), { label: "nowhere" });
      for (const entry of obligation.record?.entries ?? [])
        demandAcknowledged(context, context.infer(context, entry.value), "an obligation");
      return;
    case "block":
      demandAcknowledged(context, context.infer(context, obligation.target), "the target of an obligation");
      demandAcknowledged(context, context.check(context, obligation.while, bool), "an obligation");
      return;
    case "embargo":
      demandAcknowledged(context, context.check(context, obligation.until, scalar("Time")), "an obligation");
      return;
    case "deadline":
      demandAcknowledged(context, context.check(context, obligation.by, scalar("Time")), "an obligation");
      return;
  }
}
