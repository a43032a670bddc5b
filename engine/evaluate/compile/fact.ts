/** How a fact is named in wants, citations and explanations: the path as the policy reads it. */
import type { Expr, IntrinsicCall } from "../../../language/core/ir.ts";

/** `c.license`, `image.tag`, `attestation waybill.sbom.Bom claimed`; for other expressions the kind of thing they are. */
export function factOf(expr: Expr): string {
  switch (expr.kind) {
    case "subject":
    case "let":
    case "local":
      return expr.name;
    case "field":
      return `${factOf(expr.record)}.${expr.field.name}`;
    case "entry":
      return `${factOf(expr.map)}[${factOf(expr.key)}]`;
    case "element":
      return `${factOf(expr.list)}[${factOf(expr.index)}]`;
    case "predicate":
      return `${factOf(expr.record)} is ${expr.predicate.name}${expr.by === undefined ? "" : ` by ${expr.by.kind === "claimed" ? "claimed" : expr.by.trust}`}`;
    case "attestation":
      return `${expr.quantity === "all" ? "attestations" : expr.quantity === "newest" ? "newest attestation" : "attestation"} ${expr.predicate.name} ${originOf(expr.origin)}`;
    case "closed":
      return factOf(expr.operand);
    case "intrinsic": {
      const runtime = runtimeFact(expr);
      if (runtime !== undefined) return runtime;
      return `${expr.name}(${expr.args.map(factOf).join(", ")})`;
    }
    case "call":
    case "table":
      return `${expr.key}(${expr.args.map(factOf).join(", ")})`;
    case "literal":
      return typeof expr.value === "object" ? "…" : JSON.stringify(typeof expr.value === "bigint" ? String(expr.value) : expr.value);
    case "input":
    case "constant":
      return expr.key;
    case "otherwise":
      return factOf(expr.operand);
    default:
      return expr.kind;
  }
}

/** `api.denies(finding.required_syscalls)`, `api.confines(c)`: core has the settings of the container in its place. */
function runtimeFact({ name, args }: IntrinsicCall): string | undefined {
  const [key, about] = args;
  if (!name.startsWith("runtime.") || key?.kind !== "literal" || about === undefined) return undefined;
  const asked = name === "runtime.confines" && about.kind === "field" ? about.record : about;
  const runtime = String(key.value);
  return `${runtime.slice(runtime.lastIndexOf(".") + 1)}.${name.slice("runtime.".length)}(${factOf(asked)})`;
}

function originOf(origin: { readonly kind: "trust"; readonly trust: string } | { readonly kind: "claimed" }): string {
  return origin.kind === "claimed" ? "claimed" : `by ${origin.trust}`;
}
