/** Module-level lets and functions: checked on first use, so that their order does not matter and a circle is found. */
import type { Location } from "../diagnostics/diagnostic.ts";
import { bind, type CheckedConstant, type CheckedFunction, type Checking, type Context, isError } from "./context.ts";
import { ANY_CAUSE, type Causes, NO_CAUSE, noLabels, withLabel } from "./flow.ts";
import type { Entity } from "./scopes.ts";
import { place, silent } from "./sink.ts";
import { demandVerified } from "./trust-labels.ts";
import { resolveType } from "./type-refs.ts";

type ConstantEntity = Entity & { kind: "constant" };
type FunctionEntity = Entity & { kind: "function" };

export interface Definitions {
  readonly constant: Checking["constant"];
  readonly function: Checking["function"];
  readonly constants: ReadonlyMap<string, CheckedConstant | undefined>;
  readonly functions: ReadonlyMap<string, CheckedFunction | undefined>;
}

/** `contextOf` makes a context without bound names for the module of an entity. */
export function newDefinitions(contextOf: (entity: Entity) => Context): Definitions {
  const constants = new Map<string, CheckedConstant | undefined>();
  const functions = new Map<string, CheckedFunction | undefined>();
  const open: Entity[] = [];
  const within = <T>(
    entity: Entity,
    from: Location,
    done: Map<string, T | undefined>,
    make: (context: Context) => T | undefined,
  ): T | undefined => {
    if (done.has(entity.key)) return done.get(entity.key);
    const context = contextOf(entity);
    if (open.includes(entity)) {
      reportCircle(context, open.slice(open.indexOf(entity)), entity, from);
      return undefined;
    }
    open.push(entity);
    const result = make(context);
    open.pop();
    done.set(entity.key, result);
    return result;
  };
  return {
    constants,
    functions,
    constant: (entity, from) => within(entity, from, constants, (context) => checkConstant(context, entity)),
    function: (entity, from) => within(entity, from, functions, (context) => checkFunction(context, entity)),
  };
}

function reportCircle(context: Context, circle: readonly Entity[], entity: Entity, from: Location): void {
  const names = [...circle, entity].map((e) => e.key.split(".").at(-1) ?? e.key);
  const key = `circle ${[...circle.map((e) => e.key)].sort().join(" ")}`;
  context.checking.sink.once(key, "WB0216", { cycle: names }, from, {
    label: "here it comes back to itself",
    help: "a policy always ends: say it with `some`, `every` or `count` over a list",
  });
}

function checkConstant(context: Context, entity: ConstantEntity): CheckedConstant | undefined {
  const { declaration } = entity;
  const { checking, scope } = context;
  const wanted = declaration.type === undefined ? undefined : resolveType(checking.sink, scope, declaration.type, "let");
  const value = wanted === undefined ? context.infer(context, declaration.value) : context.check(context, declaration.value, wanted);
  if (isError(value)) return undefined;
  if (wanted?.kind === "verified" && !demandVerified(context, value, wanted.trust)) return undefined;
  const { type, labels, causes } = value;
  return {
    definition: { key: entity.key, value: value.core },
    type,
    labels,
    causes,
    ...(value.attestations === true ? { attestations: true } : {}),
  };
}

function checkFunction(context: Context, entity: FunctionEntity): CheckedFunction | undefined {
  const signature = context.checking.signatures.get(entity.key);
  if (signature === undefined) return undefined;
  const { declaration } = entity;
  const slots = signature.parameters.map(() => context.checking.nextSlot());
  const inside = (base: Context, causes: Causes): Context =>
    signature.parameters.reduce((inner, { name, type }, index) => {
      const location = place(context.scope.path, declaration.parameters[index] ?? declaration.name);
      const labels = type.kind === "verified" ? withLabel(noLabels, { kind: "by", of: type.trust, at: location }) : noLabels;
      return bind(inner, { kind: "local", slot: slots[index] ?? 0, name, type, labels, causes });
    }, base);
  const withAny = inside(context, ANY_CAUSE);
  const body = withAny.check(withAny, declaration.body, signature.result);
  if (isError(body)) return undefined;
  const parameters = signature.parameters.map(({ name, type }, index) => ({ slot: slots[index] ?? 0, name, type }));
  const flow = knownParameters(inside, context, declaration.body, signature.result);
  return { definition: { key: entity.key, parameters, body: body.core }, result: signature.result, ...flow };
}

/** What the body adds to its arguments: its labels and causes when every argument is known. */
function knownParameters(
  inside: (base: Context, causes: Causes) => Context,
  context: Context,
  body: FunctionEntity["declaration"]["body"],
  result: CheckedFunction["result"],
): Pick<CheckedFunction, "labels" | "causes"> {
  const checking: Checking = {
    ...context.checking,
    sink: silent,
    marks: new Map(),
    usedEntities: new Set(),
    usedSlots: new Set(),
    nextSlot: () => 0,
  };
  const base = inside({ ...context, checking }, NO_CAUSE);
  const { labels, causes } = base.check(base, body, result);
  return { labels, causes };
}
