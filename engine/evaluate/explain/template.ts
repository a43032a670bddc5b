/** Texts with values in them. A path that is not known prints as `(not known: …)`, and printing never changes a verdict. */
import type { Template } from "../../../language/core/ir.ts";
import type { Env } from "../env.ts";
import { showValue } from "../print.ts";
import type { Lazy } from "./cite.ts";

/** What a template comes to, compiled once. */
export function renderer(lazy: Lazy, template: Template): (env: Env) => string {
  const parts = template.parts.map((part) => {
    if (part.kind === "text") return () => part.text;
    const value = lazy(part.value);
    return (env: Env) => showValue(part.value.type, value(env));
  });
  return (env) => {
    let text = "";
    for (const part of parts) text += part(env);
    return text;
  };
}
