/** Texts with `{paths}` in them. A path is an expression; printing it never changes a verdict, so its labels do not matter. */
import type { Template } from "../core/ir.ts";
import type * as tree from "../syntax/tree.ts";
import { type Context, isError } from "./context.ts";

/** Resolves the paths of a template; a path with an error is left out, for it is reported. */
export function checkTemplate(context: Context, template: tree.Template): Template {
  return {
    parts: template.parts.flatMap((part): Template["parts"] => {
      if (part.kind === "text") return [{ kind: "text", text: part.text }];
      const expr = pathExpr(part.path);
      if (expr === undefined) return [];
      const value = context.infer(context, expr);
      return isError(value) ? [] : [{ kind: "value", value: value.core, source: part.path.map((name) => name.text).join(".") }];
    }),
  };
}

function pathExpr(path: readonly tree.Name[]): tree.Expr | undefined {
  const [first, ...rest] = path;
  if (first === undefined) return undefined;
  return rest.reduce<tree.Expr>(
    (target, name) => ({ kind: "field", target, name, span: { start: target.span.start, end: name.span.end } }),
    { kind: "name", name: first, span: first.span },
  );
}
