/** Calls of functions, tables and the standard library; `x.f(a)` calls `f(x, a)` of the module that declares x's type. */
import type { Expr } from "../../core/ir.ts";
import { nearest } from "../../domains/near.ts";
import type * as tree from "../../syntax/tree.ts";
import { at, type Checked, type Context, errorExpr, isError, lookup, made, sourceText, unwrapped } from "../context.ts";
import { ANY_CAUSE, joinFlow, joinFlows, MALFORMED, MISSING } from "../flow.ts";
import type { Intrinsic } from "../intrinsics.ts";
import { checkSpdxId } from "../literals.ts";
import type { Entity } from "../scopes.ts";
import { didYouMean } from "../sink.ts";
import { demandVerified } from "../trust-labels.ts";
import { scalar, showType, type Type } from "../types.ts";
import { article } from "./mismatch.ts";
import { namespaceOf } from "./names.ts";

type Callable = Entity & { kind: "function" | "table" | "intrinsic" };

interface Target {
  readonly entity: Callable;
  /** The value before the dot, which is the first argument. */
  readonly receiver?: Checked;
}

function isCallable(entity: Entity | undefined): entity is Callable {
  return entity?.kind === "function" || entity?.kind === "table" || entity?.kind === "intrinsic";
}

export function inferCall(context: Context, expr: tree.CallExpr): Checked {
  const location = at(context, expr);
  const runtime = runtimeOf(context, expr.callee);
  if (runtime !== undefined) return runtimeCall(context, expr, runtime);
  const target = targetOf(context, expr.callee);
  if (target === undefined) {
    for (const arg of expr.args) quietly(context, arg.value);
    return errorExpr(location);
  }
  context.checking.usedEntities.add(target.entity.key);
  const signature = context.checking.signatures.get(target.entity.key);
  if (signature === undefined) return errorExpr(location);
  const args = bindArguments(context, expr, target, signature.parameters);
  if (args === undefined || args.some(isError)) return errorExpr(location);
  return lowered(context, expr, target.entity, args, signature.result);
}

/** Arguments of a call that leads nowhere: names in them count as used, and nothing more is said. */
function quietly(context: Context, expr: tree.Expr): void {
  const { usedEntities, usedSlots } = context.checking;
  context.infer(
    {
      ...context,
      checking: { ...context.checking, sink: { diagnostics: [], report: () => undefined, once: () => undefined }, usedEntities, usedSlots },
    },
    expr,
  );
}

function targetOf(context: Context, callee: tree.Expr): Target | undefined {
  if (callee.kind === "name") return namedTarget(context, callee);
  if (callee.kind !== "field") {
    context.checking.sink.report("WB0215", { name: sourceText(context, callee) }, at(context, callee), { label: "this cannot be called" });
    return undefined;
  }
  const namespace = namespaceOf(context, callee.target);
  if (namespace?.kind === "broken") return undefined;
  if (namespace?.kind === "module") {
    const entity = namespace.scope.entities.get(callee.name.text);
    if (isCallable(entity)) return { entity };
    const spot = at(context, callee.name);
    if (entity !== undefined) {
      context.checking.sink.report("WB0215", { name: sourceText(context, callee) }, spot, { label: "this cannot be called" });
      return undefined;
    }
    const names = [...namespace.scope.entities].filter(([, e]) => isCallable(e)).map(([name]) => name);
    context.checking.sink.once(
      `member ${namespace.scope.name} ${callee.name.text} ${context.scope.path}`,
      "WB0209",
      { module: namespace.scope.name, name: callee.name.text },
      spot,
      {
        label: "no function has this name there",
        ...didYouMean(nearest(callee.name.text, names), spot),
      },
    );
    return undefined;
  }
  return methodTarget(context, callee);
}

function namedTarget(context: Context, callee: tree.NameExpr): Target | undefined {
  const name = callee.name.text;
  const spot = at(context, callee);
  const places = [context.scope, ...context.prelude];
  for (const place of lookup(context, name) === undefined ? places : []) {
    const entity = place.entities.get(name);
    if (isCallable(entity)) return { entity };
  }
  const known = lookup(context, name) !== undefined || context.scope.entities.has(name);
  if (known) {
    context.checking.sink.report("WB0215", { name }, spot, { label: "this cannot be called" });
    return undefined;
  }
  const names = places.flatMap((place) => [...place.entities].filter(([, entity]) => isCallable(entity)).map(([n]) => n));
  const imported = [...context.scope.imports].find(([, binding]) => isCallable(binding.scope?.entities.get(name)));
  context.checking.sink.once(`function ${context.scope.path} ${name}`, "WB0211", { name }, spot, {
    label: "no function has this name",
    ...(imported === undefined ? didYouMean(nearest(name, names), spot) : { help: `write \`${imported[0]}.${name}\`` }),
  });
  return undefined;
}

/** `job.reads(…)`: a function of the module of the record's type that takes the record first. */
function methodTarget(context: Context, callee: tree.FieldExpr): Target | undefined {
  const receiver = context.infer(context, callee.target);
  if (isError(receiver)) return undefined;
  const type = unwrapped(receiver.type);
  const spot = at(context, callee.name);
  const name = callee.name.text;
  const methods = type.kind === "record" ? methodsOf(context, type.name) : new Map<string, Callable>();
  const entity = methods.get(name);
  if (entity !== undefined) return { entity, receiver };
  context.checking.sink.report("WB0211", { name }, spot, {
    label: `${article(showType(type))} has no such function`,
    ...didYouMean(nearest(name, methods.keys()), spot),
  });
  return undefined;
}

function methodsOf(context: Context, typeName: string): Map<string, Callable> {
  const module = typeName.slice(0, Math.max(0, typeName.lastIndexOf(".")));
  const methods = new Map<string, Callable>();
  for (const [name, entity] of context.checking.scopes.get(module)?.entities ?? []) {
    const first = isCallable(entity) ? context.checking.signatures.get(entity.key)?.parameters[0]?.type : undefined;
    if (first?.kind === "record" && first.name === typeName && isCallable(entity)) methods.set(name, entity);
  }
  return methods;
}

/** The arguments in the order of the parameters; undefined after an error about their number or names. */
function bindArguments(
  context: Context,
  expr: tree.CallExpr,
  target: Target,
  all: readonly { readonly name: string; readonly type: Type }[],
): readonly Checked[] | undefined {
  const parameters = target.receiver === undefined ? all : all.slice(1);
  const given = new Map<string, tree.Expr>();
  let failed = false;
  expr.args.forEach((arg, index) => {
    const name = arg.name?.text ?? parameters[index]?.name;
    if (name === undefined || !parameters.some((p) => p.name === name) || given.has(name)) {
      const spot = at(context, arg.name ?? arg);
      const details =
        arg.name === undefined
          ? { label: "one too many" }
          : didYouMean(
              nearest(
                arg.name.text,
                parameters.map((p) => p.name),
              ),
              spot,
            );
      context.checking.sink.report(
        "WB0337",
        { name: target.entity.key.split(".").at(-1) ?? "", wanted: parameters.length, found: expr.args.length },
        spot,
        details,
      );
      failed = true;
      return;
    }
    given.set(name, arg.value);
  });
  const absent = parameters.filter((p) => !given.has(p.name));
  if (!failed && absent.length > 0) {
    context.checking.sink.report(
      "WB0337",
      { name: target.entity.key.split(".").at(-1) ?? "", wanted: parameters.length, found: expr.args.length },
      at(context, expr),
      {
        label: `${absent.map((p) => `\`${p.name}\``).join(", ")} ${absent.length === 1 ? "is" : "are"} not given`,
        help: `it takes ${parameters.map((p) => `\`${p.name}: ${showType(p.type)}\``).join(", ")}`,
      },
    );
    failed = true;
  }
  if (failed) {
    for (const arg of expr.args) quietly(context, arg.value);
    return undefined;
  }
  const args = parameters.map((parameter) => {
    const value = given.get(parameter.name);
    return value === undefined ? errorExpr(at(context, expr)) : argument(context, value, parameter);
  });
  return target.receiver === undefined ? args : [target.receiver, ...args];
}

function argument(context: Context, value: tree.Expr, parameter: { readonly name: string; readonly type: Type }): Checked {
  const checked = context.check(context, value, parameter.type);
  if (isError(checked) || parameter.type.kind !== "verified") return checked;
  return demandVerified(context, checked, parameter.type.trust) ? checked : errorExpr(checked.core.at);
}

function lowered(context: Context, expr: tree.CallExpr, entity: Callable, args: readonly Checked[], type: Type): Checked {
  const location = at(context, expr);
  const flow = joinFlows(args);
  const cores = args.map((arg) => arg.core);
  if (entity.kind === "table") return made({ kind: "table", key: entity.key, args: cores, type, at: location }, flow.labels, flow.causes);
  if (entity.kind === "function") {
    const body = context.checking.function(entity, location);
    if (body === undefined) return errorExpr(location);
    const joined = joinFlow(flow, body);
    return made({ kind: "call", key: entity.key, args: cores, type, at: location }, joined.labels, joined.causes);
  }
  checkIds(context, entity.intrinsic, cores);
  const lacks = entity.intrinsic.spdxIds !== undefined || entity.intrinsic.canLack === true;
  const causes = entity.intrinsic.looksUp ? ANY_CAUSE : flow.causes | MALFORMED | (lacks ? MISSING : 0);
  return made({ kind: "intrinsic", name: entity.intrinsic.name, args: cores, type, at: location }, flow.labels, causes);
}

/** Ids of licences that are written out where a list of them is asked for. */
function checkIds(context: Context, intrinsic: Intrinsic, args: readonly Expr[]): void {
  let list = intrinsic.spdxIds === undefined ? undefined : args[intrinsic.spdxIds];
  const { checking } = context;
  while (list?.kind === "constant" || list?.kind === "let")
    list = list.kind === "let" ? checking.letValues.get(list.slot) : checking.constantValue(list.key);
  if (list?.kind !== "list") return;
  for (const item of list.items)
    if (item.kind === "literal" && typeof item.value === "string") checkSpdxId(context.checking.sink, item.value, item.at);
}

/** The runtime declaration before the dot. */
function runtimeOf(context: Context, callee: tree.Expr): (Entity & { kind: "runtime" }) | undefined {
  if (callee.kind !== "field" || callee.target.kind !== "name" || lookup(context, callee.target.name.text) !== undefined) return undefined;
  const entity = context.scope.entities.get(callee.target.name.text);
  return entity?.kind === "runtime" ? entity : undefined;
}

const questions: readonly string[] = ["denies", "confines"];

/**
 * `api.denies(S)` (semantics, section 10), whose word counts in `vex` only, and `api.confines(c)`: whether a container runs
 * under the profile.
 */
function runtimeCall(context: Context, expr: tree.CallExpr, entity: Entity & { kind: "runtime" }): Checked {
  const location = at(context, expr);
  context.checking.usedEntities.add(entity.key);
  const { callee } = expr;
  const asked = callee.kind === "field" ? callee.name.text : "denies";
  if (callee.kind === "field" && !questions.includes(asked)) {
    const spot = at(context, callee.name);
    context.checking.sink.report("WB0211", { name: asked }, spot, {
      label: "a runtime declaration has no such function",
      ...didYouMean(nearest(asked, questions) ?? "denies", spot),
    });
    return errorExpr(location);
  }
  const key: Expr = { kind: "literal", value: entity.key, type: scalar("String"), at: location };
  if (asked === "confines") return confinesCall(context, expr, entity, key);
  const parameter = { name: "operations", type: { kind: "set", element: scalar("String") } } as const;
  const args = bindArguments(context, expr, { entity: entity as unknown as Callable }, [parameter]);
  const arg = args?.[0];
  if (arg === undefined || isError(arg)) return errorExpr(location);
  if (context.vex !== true) {
    context.checking.sink.report("WB0691", { name: entity.key.split(".").at(-1) ?? "" }, location, { help: "ask it in a row of `vex`" });
    return errorExpr(location);
  }
  return made(
    { kind: "intrinsic", name: "runtime.denies", args: [key, arg.core], type: scalar("Bool"), at: location },
    arg.labels,
    arg.causes | MISSING,
  );
}

/** Lowered to the settings that say it, so that nothing else of a container need be read. */
function confinesCall(context: Context, expr: tree.CallExpr, entity: Entity, key: Expr): Checked {
  const location = at(context, expr);
  const container = context.checking.types.get("waybill.kubernetes.Container");
  const kind = container?.fields.get("seccomp");
  const file = container?.fields.get("seccomp_profile");
  // Without the module of workloads there is no runtime declaration either; its absence was said there.
  const privileged = container?.fields.get("privileged");
  if (container === undefined || kind === undefined || file === undefined || privileged === undefined) return errorExpr(location);
  const args = bindArguments(context, expr, { entity: entity as unknown as Callable }, [{ name: "container", type: container }]);
  const arg = args?.[0];
  if (arg === undefined || isError(arg)) return errorExpr(location);
  const read = (field: typeof kind): Expr => ({ kind: "field", record: arg.core, field, type: field.type, at: arg.core.at });
  return made(
    {
      kind: "intrinsic",
      name: "runtime.confines",
      args: [key, read(kind), read(file), read(privileged)],
      type: scalar("Bool"),
      at: location,
    },
    arg.labels,
    arg.causes | MISSING | MALFORMED,
  );
}
