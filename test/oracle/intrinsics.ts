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
    case "waybill.kubernetes.minor": {
      const [version] = args;
      if (version?.kind !== "known") return unknown(version?.kind === "unknown" ? version.wants : want("malformed", expr.name));
      const minor = minorOf(version.value as string);
      return minor === undefined ? unknown(want("malformed", expr.name)) : known(minor);
    }
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

/**
 * What `v1.MINOR` names, with or without the `v`, a patch release and a suffix; `latest` is the greatest (library.md,
 * "Kubernetes"). Read from left to right: one part after another is cut off.
 */
export function minorOf(version: string): number | undefined {
  if (version === "latest") return Number.MAX_SAFE_INTEGER;
  const whole = version.startsWith("v") ? version.slice(1) : version;
  const end = [...whole].findIndex((c) => c === "-" || c === "+");
  const [release, suffix] = end < 0 ? [whole, ""] : [whole.slice(0, end), whole.slice(end + 1)];
  const allowed = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.+-";
  if ([...suffix].some((c) => !allowed.includes(c))) return undefined;
  const parts = release.split(".");
  const isNumber = (part: string) => part !== "" && [...part].every((c) => c >= "0" && c <= "9");
  if (parts.length < 2 || parts.length > 3 || parts[0] !== "1" || !parts.every(isNumber)) return undefined;
  // A release has no billion minor ones before it.
  return parts[1] !== undefined && parts[1].length <= 9 ? Number(parts[1]) : undefined;
}
