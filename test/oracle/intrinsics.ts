/** The standard library's functions that the engine implements, as far as programs of the oracle call them. */
import type { Request } from "../../engine/evaluate/decision.ts";
import type { IntrinsicCall } from "../../language/core/ir.ts";
import { type License, obliges, permits } from "../../language/domains/license.ts";
import type { CollectionMeaning, Meaning } from "./logic.ts";
import { known, union, unknown, want } from "./logic.ts";

export function intrinsic(expr: IntrinsicCall, args: readonly Meaning[], request: Request): Meaning {
  const failed = request.failed.filter((f) => f.name === expr.name);
  if (failed.length > 0) return unknown(union(...failed.map((f) => want(f.cause, expr.name))));
  switch (expr.name) {
    case "waybill.license.obliges":
      return licence(obliges, args, expr.name);
    case "waybill.license.permits":
      return licence(permits, args, expr.name);
    default:
      throw new Error(`the oracle does not know ${expr.name}`);
  }
}

/** Strict in the expression and in every identifier. */
function licence(reading: typeof obliges, args: readonly Meaning[], name: string): Meaning {
  const [license, ids] = args as [Meaning, CollectionMeaning];
  const parts = [license, ...ids.members];
  const wants = union(ids.wants, ...parts.flatMap((p) => (p.kind === "unknown" ? [p.wants] : [])));
  if (license.kind !== "known" || wants.size > 0) return unknown(wants);
  const listed = ids.members.flatMap((m) => (m.kind === "known" ? [m.value as string] : []));
  const result = reading(license.value as License, listed);
  return typeof result === "boolean" ? known(result) : unknown(want(result, name));
}
