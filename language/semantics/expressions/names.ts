/** Names in expressions: bound names first, then the module, then variants of the expected enum, then the prelude. */
import type { Expr } from "../../core/ir.ts";
import type { Location } from "../../diagnostics/diagnostic.ts";
import { nearest } from "../../domains/near.ts";
import type * as tree from "../../syntax/tree.ts";
import { at, type Binding, type Checked, type Context, errorExpr, literal, localNames, lookup, made } from "../context.ts";
import { constantFlow } from "../flow.ts";
import { type Entity, importHint, importOf, type ModuleScope, qualifiedHint } from "../scopes.ts";
import { didYouMean, replacement } from "../sink.ts";
import { type EnumType, severity, type Type } from "../types.ts";

/** What stands before a dot without being a value. */
export type Namespace =
  | { readonly kind: "module"; readonly scope: ModuleScope; readonly alias: string }
  | { readonly kind: "enum"; readonly type: EnumType }
  | { readonly kind: "broken" };

/** The module or enum that an expression names, if it names one: `slsa`, `Priority`, `slsa.Level`. */
export function namespaceOf(context: Context, expr: tree.Expr): Namespace | undefined {
  if (expr.kind === "name") return namespaceNamed(context, expr.name.text);
  if (expr.kind !== "field" || expr.target.kind !== "name") return undefined;
  const outer = namespaceNamed(context, expr.target.name.text);
  if (outer?.kind !== "module") return outer?.kind === "broken" ? outer : undefined;
  const entity = outer.scope.entities.get(expr.name.text);
  return entity?.kind === "enum" ? { kind: "enum", type: entity.type } : undefined;
}

function namespaceNamed(context: Context, name: string): Namespace | undefined {
  if (lookup(context, name) !== undefined) return undefined;
  const entity = context.scope.entities.get(name);
  if (entity?.kind === "enum") return { kind: "enum", type: entity.type };
  if (entity !== undefined && entity.kind !== "type") return undefined;
  const imported = importOf(context.scope, name);
  if (imported !== undefined)
    return imported.scope === undefined ? { kind: "broken" } : { kind: "module", scope: imported.scope, alias: name };
  if (name === "Severity") return { kind: "enum", type: severity };
  for (const prelude of context.prelude) {
    const found = prelude.entities.get(name);
    if (found?.kind === "enum") return { kind: "enum", type: found.type };
  }
  return undefined;
}

/** A name that is nothing yet: only its place can say which variant it is. */
export function isOpenName(context: Context, name: string): boolean {
  if (lookup(context, name) !== undefined) return false;
  const entity = context.scope.entities.get(name);
  return entity === undefined || !isValue(entity);
}

function isValue(entity: Entity): boolean {
  return entity.kind === "input" || entity.kind === "constant";
}

export function inferName(context: Context, expr: tree.NameExpr, hint: Type | undefined): Checked {
  const { text } = expr.name;
  const location = at(context, expr);
  const binding = lookup(context, text);
  if (binding !== undefined) return readBinding(context, binding, location);
  const entity = context.scope.entities.get(text);
  if (entity !== undefined && isValue(entity)) return readEntity(context, entity, location);
  const wanted = hint?.kind === "enum" ? hint : undefined;
  const index = wanted?.variants.indexOf(text) ?? -1;
  if (wanted !== undefined && index >= 0) return literal(location, wanted, index);
  if (entity !== undefined) return readEntity(context, entity, location);
  for (const prelude of context.prelude) {
    const found = prelude.entities.get(text);
    if (found !== undefined && isValue(found)) return readEntity(context, found, location);
    const type = prelude.variants.get(text);
    if (wanted === undefined && type?.length === 1 && type[0] !== undefined)
      return literal(location, type[0], type[0].variants.indexOf(text));
  }
  if (context.scope.imports.has(text)) {
    importOf(context.scope, text);
    context.checking.sink.report("WB0214", { name: text, what: "a module" }, location, {
      help: `write \`${text}.\` and a name that it declares`,
    });
    return errorExpr(location);
  }
  // Beside an operand with an error the name may be a variant of what that would have been.
  if (hint?.kind !== "error") unknownName(context, text, location, wanted);
  return errorExpr(location);
}

function readBinding(context: Context, binding: Binding, location: Location): Checked {
  const { type, labels, causes, name } = binding;
  if (binding.kind !== "subject") context.checking.usedSlots.add(binding.slot);
  const core: Expr =
    binding.kind === "subject"
      ? { kind: "subject", name, type, at: location }
      : { kind: binding.kind, slot: binding.slot, name, type, at: location };
  return binding.attestations === true ? { core, type, labels, causes, attestations: true } : { core, type, labels, causes };
}

/** A value that a module declares. */
export function readEntity(context: Context, entity: Entity, location: Location): Checked {
  const { checking } = context;
  checking.usedEntities.add(entity.key);
  switch (entity.kind) {
    case "input": {
      const type = checking.signatures.get(entity.key)?.result ?? { kind: "error" };
      return made({ kind: "input", key: entity.key, type, at: location }, constantFlow.labels, constantFlow.causes);
    }
    case "constant": {
      const constant = checking.constant(entity, location);
      if (constant === undefined) return errorExpr(location);
      const read = made({ kind: "constant", key: entity.key, type: constant.type, at: location }, constant.labels, constant.causes);
      return constant.attestations === true ? { ...read, attestations: true } : read;
    }
    case "function":
    case "table":
    case "intrinsic":
      return notValue(context, entity, location, "a function", "call it: its arguments follow in parentheses");
    case "type":
      return notValue(
        context,
        entity,
        location,
        "a type",
        `evidence of a type is read with \`attestation … by …\`, or \`attestation … claimed\``,
      );
    case "enum":
      return notValue(
        context,
        entity,
        location,
        "an enum",
        `write one of its variants: \`${nameOf(entity)}.${entity.type.variants[0] ?? "…"}\``,
      );
    case "trust":
      return notValue(context, entity, location, "a trust declaration", `it stands after \`by\`: \`is signed by ${nameOf(entity)}\``);
    case "runtime":
      return notValue(context, entity, location, "a runtime declaration", `ask it something: \`${nameOf(entity)}.denies(…)\``);
  }
}

function notValue(context: Context, entity: Entity, location: Location, what: string, help?: string): Checked {
  context.checking.sink.report("WB0214", { name: nameOf(entity), what }, location, help === undefined ? {} : { help });
  return errorExpr(location);
}

function nameOf(entity: Entity): string {
  return entity.key.split(".").at(-1) ?? entity.key;
}

/** `slsa.L3`, `slsa.Level.L3`, `Priority.defer`, `license.strong_copyleft`. */
export function inferMember(context: Context, namespace: Namespace, expr: tree.FieldExpr): Checked {
  const location = at(context, expr);
  const name = expr.name.text;
  if (namespace.kind === "broken") return errorExpr(location);
  if (namespace.kind === "enum") {
    const index = namespace.type.variants.indexOf(name);
    if (index >= 0) return literal(location, namespace.type, index);
    unknownVariant(context, namespace.type, name, at(context, expr.name));
    return errorExpr(location);
  }
  const entity = namespace.scope.entities.get(name);
  if (entity !== undefined) return readEntity(context, entity, location);
  const enums = namespace.scope.variants.get(name) ?? [];
  const only = enums[0];
  if (only !== undefined && enums.length === 1) return literal(location, only, only.variants.indexOf(name));
  if (only !== undefined) {
    const written = enums.map((type) => `\`${namespace.alias}.${type.name.split(".").at(-1)}.${name}\``);
    context.checking.sink.report("WB0217", { name, enums: written }, location, { help: `write ${written.join(" or ")}` });
    return errorExpr(location);
  }
  const candidates = [...namespace.scope.entities.keys(), ...namespace.scope.variants.keys()];
  const spot = at(context, expr.name);
  context.checking.sink.once(
    `member ${namespace.scope.name} ${name} ${context.scope.path}`,
    "WB0209",
    { module: namespace.scope.name, name },
    spot,
    {
      label: "nothing has this name there",
      ...didYouMean(nearest(name, candidates), spot),
    },
  );
  return errorExpr(location);
}

export function unknownVariant(context: Context, type: EnumType, name: string, location: Location): void {
  const near = nearest(name, type.variants);
  const short = type.name.split(".").at(-1) ?? type.name;
  context.checking.sink.report("WB0213", { enum: short, name }, location, {
    label: "not one of its variants",
    ...(near === undefined ? { help: `its variants are ${type.variants.map((v) => `\`${v}\``).join(", ")}` } : didYouMean(near, location)),
  });
}

/**
 * `forbid x in xs`, where nothing is called `x`: the whole clause reads as a membership, and `some` was meant
 * (grammar, error productions). Says so in the place of the name's own error.
 */
export function reportUnboundMember(context: Context, condition: tree.Expr): void {
  const expr = condition.kind === "paren" ? condition.inner : condition;
  if (expr.kind !== "in" || expr.negated || expr.item.kind !== "name") return;
  const name = expr.item.name.text;
  if (lookup(context, name) !== undefined || namespaceNamed(context, name) !== undefined) return;
  if (candidates(context).includes(name) || variantHints(context, name).length > 0) return;
  const location = at(context, expr.item);
  const start = { ...location, end: location.start };
  context.checking.sink.once(unknownKey(context, name), "WB0206", { name }, location, {
    label: "nothing has this name here",
    help: `a quantifier begins with \`some\` or \`every\`: \`some ${name} in … where …\``,
    fix: { title: "insert `some`", safe: true, edits: [{ location: start, text: "some " }] },
  });
}

function unknownKey(context: Context, name: string): string {
  return `name ${context.scope.path} ${name}`;
}

/** Says once for each name and module what it could have been. */
function unknownName(context: Context, name: string, location: Location, wanted: EnumType | undefined): void {
  const { sink } = context.checking;
  if (wanted !== undefined) {
    const near = nearest(name, wanted.variants);
    if (near !== undefined || wanted.variants.length > 0) {
      const other = near ?? nearest(name, candidates(context));
      const short = wanted.name.split(".").at(-1) ?? wanted.name;
      sink.report("WB0213", { enum: short, name }, location, {
        label: `\`${short}\` is what is expected here`,
        ...(other === undefined
          ? { help: `its variants are ${wanted.variants.map((v) => `\`${v}\``).join(", ")}` }
          : didYouMean(other, location)),
      });
      return;
    }
  }
  const qualified = variantHints(context, name);
  const key = unknownKey(context, name);
  if (qualified.length > 0) {
    sink.once(key, "WB0212", { name }, location, {
      help: `write ${qualified.map((q) => `\`${q}\``).join(" or ")}`,
      ...(qualified.length === 1 && qualified[0] !== undefined
        ? replacement(`write \`${qualified[0]}\``, true, location, qualified[0])
        : {}),
    });
    return;
  }
  // A file of thousands of unknown names is another language: it is not searched for what it meant.
  const near = sink.diagnostics.length < 200 ? nearest(name, candidates(context)) : undefined;
  const hint = advisoryHint(name) ?? qualifiedHint(context.scope, name, () => true) ?? importHint(name);
  sink.once(key, "WB0206", { name }, location, {
    label: "nothing has this name here",
    ...(hint !== undefined ? { help: hint } : didYouMean(near, location)),
  });
}

/** `CVE-2024-1` is no advisory id for the scanner, which reads a subtraction (grammar, literals). */
function advisoryHint(name: string): string | undefined {
  if (name === "CVE") return "an advisory id ends in four or more digits: `CVE-2024-0001`";
  return name === "GHSA" ? "an advisory id has three groups of four: `GHSA-abcd-1234-wxyz`" : undefined;
}

function candidates(context: Context): readonly string[] {
  return [
    ...localNames(context),
    ...[...context.scope.entities].filter(([, entity]) => isValue(entity)).map(([name]) => name),
    ...context.scope.imports.keys(),
    ...context.prelude.flatMap((prelude) => [...prelude.entities.keys()]),
  ];
}

/** How a variant would be written in full, in the module's own enums and in those that it imports. */
function variantHints(context: Context, name: string): readonly string[] {
  const own = (context.scope.variants.get(name) ?? []).map((type) => `${type.name.split(".").at(-1)}.${name}`);
  const imported = [...context.scope.imports].flatMap(([alias, binding]) =>
    (binding.scope?.variants.get(name) ?? []).map((type) => `${alias}.${type.name.split(".").at(-1)}.${name}`),
  );
  const builtin = severity.variants.includes(name) ? [`Severity.${name}`] : [];
  return [...own, ...imported, ...builtin];
}
