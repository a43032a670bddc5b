/** What modules declare: names first, then the fields of types, then the signatures of inputs, functions and tables. */
import type { Location } from "../diagnostics/diagnostic.ts";
import { nearest } from "../domains/near.ts";
import type { Declaration, EnumDeclaration, FieldDeclaration, Name, Parameter, TypeDeclaration } from "../syntax/tree.ts";
import type { Context, Signature } from "./context.ts";
import { type Intrinsic, type IntrinsicType, intrinsics } from "./intrinsics.ts";
import { builtinTypes, type Entity, type ModuleScope, textOf } from "./scopes.ts";
import { didYouMean, place, type Sink } from "./sink.ts";
import { defaultValue } from "./static-value.ts";
import { enforcementPoints } from "./subjects.ts";
import { resolveType } from "./type-refs.ts";
import type { EnumType, Field, FieldMode, Predicate, RecordType, Type } from "./types.ts";

type Named = Exclude<Declaration, { kind: "exempt" | "waive" | "control" | "test" }>;

/** Puts every declared name into its module's scope. */
export function declareNames(sink: Sink, scope: ModuleScope, types: Map<string, RecordType>): void {
  const places = new Map<string, Location>();
  for (const declaration of scope.module.declarations) {
    switch (declaration.kind) {
      case "exempt":
      case "waive":
      case "test":
        break;
      case "control": {
        const name = textOf(declaration.name);
        if (isNew(sink, scope, places, `control ${name}`, name, declaration.name)) scope.controls.set(name, declaration);
        break;
      }
      default:
        declareNamed(sink, scope, declaration, places, types);
    }
  }
  for (const intrinsic of intrinsics) {
    const name = intrinsic.name.slice(intrinsic.name.lastIndexOf(".") + 1);
    if (intrinsic.module === scope.name && !scope.entities.has(name))
      scope.entities.set(name, { kind: "intrinsic", key: intrinsic.name, scope, intrinsic });
  }
}

function declareNamed(
  sink: Sink,
  scope: ModuleScope,
  declaration: Named,
  places: Map<string, Location>,
  types: Map<string, RecordType>,
): void {
  const { text } = declaration.name;
  const key = `${scope.name}.${text}`;
  const isRule = declaration.kind === "policy" || declaration.kind === "vex" || declaration.kind === "triage";
  if (!isNew(sink, scope, places, `${isRule ? "rule" : "value"} ${text}`, text, declaration.name)) return;
  switch (declaration.kind) {
    case "policy":
      scope.rules.set(text, { kind: "policy", key, scope, declaration });
      return;
    case "vex":
      scope.rules.set(text, { kind: "vex", key, scope, declaration });
      return;
    case "triage":
      scope.rules.set(text, { kind: "triage", key, scope, declaration });
      return;
    case "type": {
      notBuiltin(sink, scope, declaration.name);
      const type: RecordType = { kind: "record", name: key, fields: new Map(), predicates: new Map() };
      types.set(key, type);
      scope.entities.set(text, { kind: "type", key, scope, type, span: declaration.name.span });
      return;
    }
    case "enum": {
      notBuiltin(sink, scope, declaration.name);
      scope.entities.set(text, { kind: "enum", key, scope, type: declareEnum(sink, scope, declaration, key), span: declaration.name.span });
      return;
    }
    default:
      scope.entities.set(text, entityOf(declaration, key, scope));
  }
}

function entityOf(
  declaration: Exclude<Named, { kind: "policy" | "vex" | "triage" | "type" | "enum" }>,
  key: string,
  scope: ModuleScope,
): Entity {
  switch (declaration.kind) {
    case "input":
      return { kind: "input", key, scope, declaration };
    case "let":
      return { kind: "constant", key, scope, declaration };
    case "function":
      return { kind: "function", key, scope, declaration };
    case "table":
      return { kind: "table", key, scope, declaration };
    case "trust":
      return { kind: "trust", key, scope, declaration };
    case "runtime":
      return { kind: "runtime", key, scope, declaration };
  }
}

/** Whether the name is free in its space; else reports both places. */
function isNew(
  sink: Sink,
  scope: ModuleScope,
  places: Map<string, Location>,
  key: string,
  text: string,
  node: { readonly span: Name["span"] },
): boolean {
  const location = place(scope.path, node);
  const first = places.get(key);
  if (first === undefined) {
    places.set(key, location);
    return true;
  }
  sink.report("WB0204", { name: text }, location, {
    label: "declared again",
    related: [{ location: first, text: "first declared here" }],
    help: "give one of them another name",
  });
  return false;
}

function notBuiltin(sink: Sink, scope: ModuleScope, name: Name): void {
  if (builtinTypes.includes(name.text))
    sink.report("WB0222", { name: name.text }, place(scope.path, name), { label: "a type of the language", help: "give it another name" });
}

function declareEnum(sink: Sink, scope: ModuleScope, declaration: EnumDeclaration, key: string): EnumType {
  const variants = new Set<string>();
  for (const variant of declaration.variants) {
    if (variants.has(variant.text))
      sink.report("WB0220", { what: "variant", name: variant.text }, place(scope.path, variant), { label: "named again" });
    else variants.add(variant.text);
  }
  const type: EnumType = { kind: "enum", name: key, variants: [...variants], ordered: declaration.ordered };
  for (const variant of variants) {
    const known = scope.variants.get(variant);
    if (known === undefined) scope.variants.set(variant, [type]);
    else known.push(type);
  }
  return type;
}

/** Fills in the fields of the module's record types; those of imported modules are there already. */
export function fillTypes(context: Context): void {
  const { scope } = context;
  for (const declaration of scope.module.declarations) {
    if (declaration.kind !== "type") continue;
    const entity = scope.entities.get(declaration.name.text);
    if (entity?.kind === "type" && entity.span === declaration.name.span) fillType(context, declaration, entity.type);
  }
}

function fillType(context: Context, declaration: TypeDeclaration, type: RecordType): void {
  const { scope, checking } = context;
  const fields = type.fields as Map<string, Field>;
  const predicates = type.predicates as Map<string, Predicate>;
  for (const member of declaration.members) {
    const name = member.name.text;
    if (fields.has(name) || predicates.has(name)) {
      checking.sink.report("WB0220", { what: "field", name }, place(scope.path, member.name), { label: "named again" });
      continue;
    }
    const doc = member.doc === undefined ? {} : { doc: member.doc };
    if (member.kind === "predicate") predicates.set(name, { name, by: member.by, closed: member.closed, ...doc });
    else fields.set(name, { ...fieldOf(context, member), ...doc });
  }
}

function fieldOf(context: Context, member: FieldDeclaration): Field {
  const { checking, scope } = context;
  const type = resolveType(checking.sink, scope, member.type, "field");
  if (member.type.optional && member.default !== undefined) {
    checking.sink.report("WB0308", { name: member.name.text }, place(scope.path, member.default), {
      label: "an absent value is either missing or the default",
      help: "drop the `?`, or the default",
    });
  }
  const points = member.points?.map((point) => checkPoint(checking.sink, scope, point));
  return {
    name: member.name.text,
    type,
    mode: modeOf(context, member, type),
    ...(points === undefined ? {} : { points }),
    claimed: member.claimed,
  };
}

function modeOf(context: Context, member: FieldDeclaration, type: Type): FieldMode {
  if (member.default !== undefined) return { kind: "default", value: defaultValue(context, member.default, type, "a default") };
  return { kind: member.type.optional ? "optional" : "required" };
}

/** The name of an enforcement point; reports one that does not exist. */
export function checkPoint(sink: Sink, scope: ModuleScope, point: Name): string {
  if (!enforcementPoints.includes(point.text)) {
    const location = place(scope.path, point);
    const near = nearest(point.text, enforcementPoints);
    sink.report("WB0219", { name: point.text }, location, {
      label: "no enforcement point has this name",
      ...(near === undefined ? { help: `there are ${enforcementPoints.map((p) => `\`${p}\``).join(", ")}` } : didYouMean(near, location)),
    });
  }
  return point.text;
}

/** Signatures of everything that can be called or set, by key. */
export function signaturesOf(
  sink: Sink,
  scope: ModuleScope,
  types: ReadonlyMap<string, RecordType>,
): readonly (readonly [string, Signature])[] {
  return [...scope.entities.values()].flatMap((entity): readonly (readonly [string, Signature])[] => {
    switch (entity.kind) {
      case "input":
        return [[entity.key, { parameters: [], result: resolveType(sink, scope, entity.declaration.type, "input") }]];
      case "function":
      case "table":
        return [
          [
            entity.key,
            {
              parameters: parametersOf(sink, scope, entity.declaration.parameters),
              result: resolveType(sink, scope, entity.declaration.result, "result"),
            },
          ],
        ];
      case "intrinsic":
        return [[entity.key, intrinsicSignature(entity.intrinsic, types)]];
      default:
        return [];
    }
  });
}

function parametersOf(sink: Sink, scope: ModuleScope, parameters: readonly Parameter[]): Signature["parameters"] {
  const seen = new Set<string>();
  return parameters.map((parameter) => {
    if (seen.has(parameter.name.text))
      sink.report("WB0220", { what: "parameter", name: parameter.name.text }, place(scope.path, parameter.name), { label: "named again" });
    seen.add(parameter.name.text);
    return { name: parameter.name.text, type: resolveType(sink, scope, parameter.type, "parameter") };
  });
}

function intrinsicSignature(intrinsic: Intrinsic, types: ReadonlyMap<string, RecordType>): Signature {
  const typeOf = (type: IntrinsicType): Type => {
    if (type.kind === "named") return types.get(type.name) ?? { kind: "error" };
    if (type.kind === "list-of") return { kind: "list", element: types.get(type.name) ?? { kind: "error" } };
    return type;
  };
  return { parameters: intrinsic.parameters.map(({ name, type }) => ({ name, type: typeOf(type) })), result: typeOf(intrinsic.result) };
}
