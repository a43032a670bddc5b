/**
 * `runtime`: what a workload may do. Rules about system calls are lowered, with their named sets resolved; those of the
 * other dimensions are validated and wait for the kernel target.
 */
import type { Expr, RuntimeAction, RuntimeDefinition, SyscallRule } from "../core/ir.ts";
import { guarantees } from "../core/ir.ts";
import { guaranteed } from "../core/profile.ts";
import { nearest } from "../domains/near.ts";
import { parseCidr, parseIp } from "../domains/network.ts";
import { type Parsed, problem } from "../domains/parsed.ts";
import { parsePath } from "../domains/path.ts";
import { parseGlob } from "../domains/pattern.ts";
import { parseSpiffePattern } from "../domains/spiffe.ts";
import { isRing, isSyscall, syscallNames } from "../domains/syscalls.ts";
import type * as tree from "../syntax/tree.ts";
import { at, type Context, isError } from "./context.ts";
import { reportLiteral } from "./literals.ts";
import { syscallSets } from "./modules.ts";
import type { Entity } from "./scopes.ts";
import { didYouMean } from "./sink.ts";
import { withSubject } from "./subject-context.ts";
import { demandAcknowledged } from "./trust-labels.ts";
import { scalar } from "./types.ts";

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

export function checkRuntime(base: Context, key: string, declaration: tree.RuntimeDeclaration): RuntimeDefinition | undefined {
  const { sink } = base.checking;
  reportWaiting(base, declaration);
  if (declaration.subject.text !== "workload") {
    const spot = at(base, declaration.subject);
    sink.report("WB0617", { kind: declaration.subject.text }, spot, { label: "does not run", ...didYouMean("workload", spot) });
    return undefined;
  }
  const context = withSubject(base, declaration.subject);
  const scope = context === undefined || declaration.where === undefined ? undefined : scopeOf(context, declaration.where);
  const otherwise = declaration.rules.find((rule) => rule.kind === "default");
  const syscalls: SyscallRule[] = [];
  for (const rule of declaration.rules) {
    if (rule.kind !== "rule") continue;
    const action = rule.action ?? otherwise?.action;
    if (action === undefined) {
      sink.once(`default ${base.scope.path} ${declaration.name.text}`, "WB0618", {}, at(base, rule), {
        label: "no action",
        help: "add `default notify`, or `else kill` to the rule",
      });
    }
    for (const item of rule.items) checkItem(base, rule.dimension, item);
    if (rule.dimension === "syscalls") syscalls.push(syscallRule(base, rule.polarity, rule.items, action ?? "kill", at(base, rule)));
  }
  const guarantee = guaranteeOf(base, declaration, syscalls);
  if (context?.subject === undefined || scope === "broken") return undefined;
  return {
    key,
    subjectType: context.subject.type,
    ...(scope === undefined ? {} : { scope }),
    syscalls,
    ...(guarantee === undefined ? {} : { guarantee }),
    at: at(base, declaration.name),
  };
}

/** What is checked and does nothing yet. */
function reportWaiting(base: Context, declaration: tree.RuntimeDeclaration): void {
  const dimensions = declaration.rules.flatMap((rule) => (rule.kind === "rule" && rule.dimension !== "syscalls" ? [rule.dimension] : []));
  if (dimensions.length === 0) return;
  const named = [...new Set(dimensions)].map((dimension) => `\`${dimension}\``).join(", ");
  base.checking.sink.report(
    "WB0690",
    { what: `what \`runtime ${declaration.name.text}\` says of ${named}`, when: "it is compiled when the kernel target comes" },
    at(base, declaration.name),
  );
}

function scopeOf(context: Context, where: tree.Expr): Expr | "broken" {
  const checked = context.check(context, where, scalar("Bool"));
  demandAcknowledged(context, checked, "the scope of `runtime`");
  return isError(checked) ? "broken" : checked.core;
}

/** The guarantee that is demanded, where the rules about system calls reach it. */
function guaranteeOf(
  context: Context,
  declaration: tree.RuntimeDeclaration,
  syscalls: readonly SyscallRule[],
): RuntimeDefinition["guarantee"] {
  let demanded: RuntimeDefinition["guarantee"];
  for (const rule of declaration.rules) {
    if (rule.kind !== "guarantee") continue;
    const { guarantee: name } = rule;
    const spot = at(context, name);
    const found = guarantees.find((one) => one === name.text);
    if (found === undefined) {
      context.checking.sink.report("WB0208", { what: "guarantee", name: name.text }, spot, {
        label: "one of `observed`, `terminated`, `prevented`",
        ...didYouMean(nearest(name.text, guarantees), spot),
      });
      continue;
    }
    demanded = found;
    const weak = syscalls.filter((one) => below(one, found));
    const [first] = weak;
    if (first === undefined) continue;
    context.checking.sink.report("WB1293", { demanded: found, given: guaranteed({ syscalls: weak }) ?? "observed" }, spot, {
      label: `\`${first.action}\` only watches system calls`,
      related: [{ location: first.at, text: "this rule" }],
      help: "let `errno` or `kill` follow: `syscalls allow … else errno`",
    });
  }
  return demanded;
}

function below(rule: SyscallRule, demanded: (typeof guarantees)[number]): boolean {
  return guarantees.indexOf(guaranteed({ syscalls: [rule] }) ?? "observed") < guarantees.indexOf(demanded);
}

function syscallRule(
  context: Context,
  polarity: SyscallRule["polarity"],
  items: readonly tree.RuntimeItem[],
  action: RuntimeAction,
  location: SyscallRule["at"],
): SyscallRule {
  const names = items.flatMap((item) => (item.kind === "name" ? syscallsNamed(context, item.name, polarity) : []));
  return { polarity, names: [...new Set(names)].sort(), action, at: location };
}

/** A set of this module, a set of `waybill.syscalls`, or a system call by its own name; in this order. */
function syscallsNamed(context: Context, name: tree.Name, polarity: SyscallRule["polarity"]): readonly string[] {
  const { sink, scopes } = context.checking;
  const spot = at(context, name);
  const sets = [context.scope, scopes.get(syscallSets)];
  for (const scope of sets) {
    const entity = scope?.entities.get(name.text);
    if (entity?.kind === "constant") return membersOf(context, entity, name, polarity);
  }
  if (isSyscall(name.text)) return [name.text];
  const ofSets = sets.flatMap((scope) => [...(scope?.entities ?? [])].flatMap(([key, { kind }]) => (kind === "constant" ? [key] : [])));
  const near = nearest(name.text, [...ofSets, ...syscallNames]);
  sink.report("WB1290", { name: name.text }, spot, {
    label: "neither a set nor a system call of x86_64 or aarch64",
    ...(near === undefined
      ? { help: "name a set of `waybill.syscalls`, a `let` of this module with the names, or a system call" }
      : didYouMean(near, spot)),
  });
  return [];
}

/** The names that a set is written out with. */
function membersOf(
  context: Context,
  entity: Entity & { kind: "constant" },
  name: tree.Name,
  polarity: SyscallRule["polarity"],
): readonly string[] {
  const { checking } = context;
  const spot = at(context, name);
  checking.usedEntities.add(entity.key);
  const checked = checking.constant(entity, spot);
  // An error in the set was said there.
  if (checked === undefined || isError(checked)) return [];
  let value: Expr | undefined = checked.definition.value;
  while (value?.kind === "constant") value = checking.constantValue(value.key);
  const items = value?.kind === "list" ? value.items : undefined;
  const written = (items ?? []).flatMap((item) =>
    item.kind === "literal" && typeof item.value === "string" ? [{ text: item.value, at: item.at }] : [],
  );
  const names = written.map(({ text }) => text);
  if (items === undefined || written.length < items.length) {
    checking.sink.report("WB1291", { name: name.text }, spot, {
      label: "not a list of names",
      help: `write it out: \`let ${name.text}: Set<String> = ["read", "write"]\``,
    });
  }
  for (const { text, at: place } of written) {
    if (isSyscall(text)) continue;
    const near = nearest(text, syscallNames);
    checking.sink.report("WB1290", { name: text }, place, {
      label: `in the set \`${name.text}\``,
      ...didYouMean(near === undefined ? undefined : JSON.stringify(near), place),
    });
  }
  const ring = polarity === "allow" ? names.find(isRing) : undefined;
  if (ring !== undefined) {
    checking.sink.report("WB1292", { name: ring, set: name.text }, spot, {
      label: "allows what passes by every other rule",
      help: `take it out of the set; if it is meant, name it in the rule: \`syscalls allow ${name.text}, ${ring}\``,
    });
  }
  return names.filter((one) => isSyscall(one) && (polarity === "forbid" || !isRing(one)));
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
