/** `runtime`: what a workload may do, resolved and validated; profiles are made when the kernel target comes. */
import { nearest } from "../domains/near.ts";
import { parseCidr, parseIp } from "../domains/network.ts";
import { type Parsed, problem } from "../domains/parsed.ts";
import { parsePath } from "../domains/path.ts";
import { parseGlob } from "../domains/pattern.ts";
import { parseSpiffePattern } from "../domains/spiffe.ts";
import type * as tree from "../syntax/tree.ts";
import { at, type Context } from "./context.ts";
import { reportLiteral } from "./literals.ts";
import { didYouMean } from "./sink.ts";
import { withSubject } from "./subject-context.ts";
import { demandAcknowledged } from "./trust-labels.ts";
import { scalar } from "./types.ts";

const guarantees: readonly string[] = ["observed", "terminated", "prevented"];

/** How the strings of a dimension are read; a dimension without a row takes names only. */
const readers: Partial<
  Readonly<Record<tree.RuntimeDimension, { readonly type: string; readonly read: (text: string) => Parsed<unknown> }>>
> = {
  exec: { type: "Path", read: readPath },
  write: { type: "Path", read: readPath },
  connect: { type: "Cidr", read: readNetwork },
  listen: { type: "Cidr", read: readNetwork },
  peers: { type: "SpiffeId", read: parseSpiffePattern },
};

/** An absolute path, or a glob over absolute paths. */
function readPath(text: string): Parsed<unknown> {
  if (!text.startsWith("/")) return problem(`\`${text}\` is not an absolute path`, `/${text}`);
  return text.includes("*") ? parseGlob(text) : parsePath(text);
}

function readNetwork(text: string): Parsed<unknown> {
  return text.includes("/") ? parseCidr(text) : parseIp(text);
}

export function checkRuntime(base: Context, declaration: tree.RuntimeDeclaration): void {
  const { sink } = base.checking;
  sink.report(
    "WB0690",
    { what: `\`runtime ${declaration.name.text}\``, when: "it is compiled when the kernel target comes" },
    at(base, declaration.name),
  );
  if (declaration.subject.text !== "workload") {
    const spot = at(base, declaration.subject);
    sink.report("WB0617", { kind: declaration.subject.text }, spot, { label: "does not run", ...didYouMean("workload", spot) });
    return;
  }
  const context = withSubject(base, declaration.subject);
  if (context !== undefined && declaration.where !== undefined)
    demandAcknowledged(context, context.check(context, declaration.where, scalar("Bool")), "the scope of `runtime`");
  const hasDefault = declaration.rules.some((rule) => rule.kind === "default");
  for (const rule of declaration.rules) {
    if (rule.kind === "guarantee") checkGuarantee(base, rule.guarantee);
    if (rule.kind !== "rule") continue;
    if (rule.action === undefined && !hasDefault) {
      sink.once(`default ${base.scope.path} ${declaration.name.text}`, "WB0618", {}, at(base, rule), {
        label: "no action",
        help: "add `default notify`, or `else kill` to the rule",
      });
    }
    for (const item of rule.items) checkItem(base, rule.dimension, item);
  }
}

function checkGuarantee(context: Context, name: tree.Name): void {
  if (guarantees.includes(name.text)) return;
  const spot = at(context, name);
  context.checking.sink.report("WB0208", { what: "guarantee", name: name.text }, spot, {
    label: "one of `observed`, `terminated`, `prevented`",
    ...didYouMean(nearest(name.text, guarantees), spot),
  });
}

function checkItem(context: Context, dimension: tree.RuntimeDimension, item: tree.RuntimeItem): void {
  const { sink } = context.checking;
  const takesPorts = dimension === "connect" || dimension === "listen";
  const ports = item.kind === "ports" ? item.ports : item.kind === "string" ? item.ports : undefined;
  if (ports !== undefined && !takesPorts) sink.report("WB0619", { dimension }, at(context, ports), { label: "has no ports" });
  if (ports !== undefined && (ports.from > ports.to || ports.to > 65_535n)) {
    sink.report("WB0620", { from: String(ports.from), to: String(ports.to) }, at(context, ports), {
      label: "no such range",
      help: "ports go from 0 to 65535, the lower one first",
    });
  }
  if (item.kind !== "string") return;
  const reader = readers[dimension];
  if (reader === undefined) {
    sink.report("WB0628", { dimension }, at(context, item), { label: "a text", help: "write the name bare" });
    return;
  }
  const read = reader.read(item.value.value);
  if (!read.ok) reportLiteral(sink, reader.type, read, at(context, item.value));
}
