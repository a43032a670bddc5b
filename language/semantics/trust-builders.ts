/** What stands in an identity without being a text: `github("acme/shop", id: 1)`, `tag("v*")`, `hosted`. */
import type { Value } from "../core/value.ts";
import { nearest } from "../domains/near.ts";
import { parseGlob } from "../domains/pattern.ts";
import type * as tree from "../syntax/tree.ts";
import { at, type Context, sourceText } from "./context.ts";
import { reportLiteral } from "./literals.ts";
import { didYouMean } from "./sink.ts";

interface Call {
  readonly name: string;
  readonly text: tree.StringLiteral;
  readonly named: ReadonlyMap<string, tree.Expr>;
}

/** A call of one of `names` with one text first; undefined after an error was reported. */
function callOf(context: Context, expr: tree.Expr, names: readonly string[], what: string): Call | undefined {
  const { sink } = context.checking;
  const location = at(context, expr);
  const example = `${names[0]}("…")`;
  if (expr.kind !== "call" || expr.callee.kind !== "name") {
    sink.report("WB0413", { what }, location, { label: "said in another way", help: `write \`${example}\`` });
    return undefined;
  }
  const name = expr.callee.name.text;
  if (!names.includes(name)) {
    const spot = at(context, expr.callee);
    sink.report("WB0413", { what }, spot, { label: `there is no \`${name}\``, ...didYouMean(nearest(name, names) ?? names[0], spot) });
    return undefined;
  }
  const [first, ...rest] = expr.args;
  if (first?.value.kind !== "string" || first.name !== undefined || rest.some((arg) => arg.name === undefined)) {
    sink.report("WB0413", { what }, location, { label: "takes one text, then named parts", help: `write \`${example}\`` });
    return undefined;
  }
  if (first.value.value.trim() === "") {
    sink.report("WB0412", { what, problem: "empty" }, at(context, first), { label: "nobody" });
    return undefined;
  }
  return { name, text: first.value, named: new Map(rest.map((arg) => [arg.name?.text ?? "", arg.value])) };
}

/** `github("owner/name", id: N)`: the id is the host's number of the repository, which a renamed one does not get. */
export function repositoryValue(context: Context, expr: tree.Expr): Value | undefined {
  const { sink } = context.checking;
  const call = callOf(context, expr, ["github", "gitlab"], "a repository");
  if (call === undefined) return undefined;
  const name = call.text.value;
  if (!/^[\w.-]+(?:\/[\w.-]+)+$/.test(name) || (call.name === "github" && name.split("/").length !== 2)) {
    const problem = name.includes("*") ? "a pattern" : "not `owner/name`";
    sink.report("WB0412", { what: "a repository", problem }, at(context, call.text), {
      label: "compared as it is",
      help: "write its owner and its name: `acme/shop`",
    });
    return undefined;
  }
  const unknown = [...call.named].find(([key]) => key !== "id");
  if (unknown !== undefined) {
    const spot = at(context, unknown[1]);
    sink.report("WB0410", { form: call.name, key: unknown[0] }, spot, {
      label: "not one of its parts",
      help: `write \`${call.name}("${name}", id: 1234)\``,
    });
    return undefined;
  }
  const id = call.named.get("id");
  if (id === undefined) {
    sink.report("WB0710", { name }, at(context, expr), {
      label: "told by its name only",
      help: `add its number: \`${call.name}("${name}", id: …)\``,
    });
    return { host: call.name, name };
  }
  if (id.kind !== "int" || id.value <= 0n || id.value > BigInt(Number.MAX_SAFE_INTEGER)) {
    sink.report("WB0413", { what: "a repository id" }, at(context, id), {
      label: `not a number: ${sourceText(context, id)}`,
      help: "write the number that the host's API gives",
    });
    return undefined;
  }
  return { host: call.name, name, id: Number(id.value) };
}

/** `tag("v*")`, `branch("main")`. */
export function refValue(context: Context, expr: tree.Expr): Value | undefined {
  const call = callOf(context, expr, ["tag", "branch"], "a ref");
  if (call === undefined) return undefined;
  const glob = parseGlob(call.text.value);
  if (!glob.ok) {
    reportLiteral(context.checking.sink, "Glob", glob, at(context, call.text));
    return undefined;
  }
  return { kind: call.name, pattern: call.text.value };
}

/** `hosted`, `self_hosted`. */
export function runnerValue(context: Context, expr: tree.Expr): Value | undefined {
  const kinds = ["hosted", "self_hosted"];
  if (expr.kind === "name" && kinds.includes(expr.name.text)) return expr.name.text;
  const spot = at(context, expr);
  const near = expr.kind === "name" ? nearest(expr.name.text, kinds) : undefined;
  context.checking.sink.report("WB0413", { what: "a runner" }, spot, { label: "`hosted` or `self_hosted`", ...didYouMean(near, spot) });
  return undefined;
}
