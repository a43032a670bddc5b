/** Types as they are written: names to types, with the places in which `?` and `Verified` mean something. */
import { nearest } from "../domains/near.ts";
import type { TypeArg, TypeRef } from "../syntax/tree.ts";
import { builtinTypes, findEntity, type ModuleScope, textOf } from "./scopes.ts";
import { didYouMean, place, type Sink } from "./sink.ts";
import { type ScalarName, scalar, severity, type Type } from "./types.ts";

/** Where a type stands. `?` is a mode of fields; on parameters and lets it may be said; elsewhere it means nothing. */
export type TypePlace = "field" | "parameter" | "let" | "result" | "input" | "argument";

const arity: ReadonlyMap<string, number> = new Map([
  ["List", 1],
  ["Set", 1],
  ["Map", 2],
  ["Verified", 2],
]);
const unknownType: Type = { kind: "error" };

/** Resolves a type that is written in a module. */
export function resolveType(sink: Sink, scope: ModuleScope, ref: TypeRef, where: TypePlace, prelude: readonly ModuleScope[] = []): Type {
  const location = place(scope.path, ref);
  if (ref.optional && where !== "field" && where !== "parameter" && where !== "let") {
    sink.report("WB0303", {}, location, { help: "write the type without `?`: any value may be unknown, and the checker knows which" });
  }
  const name = textOf(ref.name);
  const wanted = arity.get(name);
  if (wanted === undefined) {
    if (ref.args.length > 0) sink.report("WB0304", { type: name, wanted: 0, found: ref.args.length }, location);
    return named(sink, scope, ref, prelude);
  }
  if (ref.args.length !== wanted) {
    const shape = { List: "List<T>", Set: "Set<T>", Map: "Map<String, T>", Verified: "Verified<T, by P>" }[name] ?? name;
    sink.report("WB0304", { type: name, wanted, found: ref.args.length }, location, { help: `write \`${shape}\`` });
    return unknownType;
  }
  if (name === "Verified") return verified(sink, scope, ref, where, prelude);
  const arg = (index: number): Type => typeArg(sink, scope, ref.args[index], prelude);
  if (name === "Map") {
    const key = arg(0);
    if (key.kind !== "error" && !(key.kind === "scalar" && key.name === "String")) {
      sink.report("WB0305", {}, location, { help: "write `Map<String, T>`" });
    }
    return { kind: "map", value: arg(1) };
  }
  return { kind: name === "List" ? "list" : "set", element: arg(0) };
}

function typeArg(sink: Sink, scope: ModuleScope, arg: TypeArg | undefined, prelude: readonly ModuleScope[]): Type {
  if (arg?.kind === "type") return resolveType(sink, scope, arg.type, "argument", prelude);
  if (arg !== undefined) {
    sink.report("WB0306", {}, place(scope.path, arg.trust), { help: "only `Verified<T, by P>` names a trust declaration" });
  }
  return unknownType;
}

function verified(sink: Sink, scope: ModuleScope, ref: TypeRef, where: TypePlace, prelude: readonly ModuleScope[]): Type {
  const location = place(scope.path, ref);
  const [inner, by] = ref.args;
  if (inner?.kind !== "type" || by?.kind !== "by") {
    sink.report("WB0306", {}, location, { help: "write `Verified<T, by P>`: a record type, and a trust declaration" });
    return unknownType;
  }
  if (where !== "parameter" && where !== "let") {
    sink.report("WB0307", {}, location, { help: "write the record type itself; `attestation … by P` makes it verified" });
  }
  const type = resolveType(sink, scope, inner.type, "argument", prelude);
  const found = findEntity(scope, by.trust, (entity) => entity.kind === "trust");
  if (found.kind === "nothing") {
    sink.once(
      `trust ${scope.path} ${found.at.text}`,
      "WB0208",
      { what: "trust declaration", name: textOf(by.trust) },
      place(scope.path, found.at),
      {
        ...didYouMean(found.near, place(scope.path, found.at)),
      },
    );
  }
  if (type.kind === "error" || found.kind !== "entity") return unknownType;
  if (type.kind !== "record") {
    sink.report("WB0306", {}, place(scope.path, inner.type), { help: "`Verified` is for record types, such as `slsa.Provenance`" });
    return unknownType;
  }
  return { kind: "verified", inner: type, trust: found.entity.key };
}

function named(sink: Sink, scope: ModuleScope, ref: TypeRef, prelude: readonly ModuleScope[]): Type {
  const name = textOf(ref.name);
  if (name === "Severity") return severity;
  if (builtinTypes.includes(name)) return scalar(name as ScalarName);
  const found = findEntity(scope, ref.name, (entity) => entity.kind === "type" || entity.kind === "enum", prelude);
  if (found.kind === "entity" && (found.entity.kind === "type" || found.entity.kind === "enum")) return found.entity.type;
  if (found.kind === "nothing") {
    const location = place(scope.path, found.at);
    const near = found.near ?? (ref.name.parts.length === 1 ? nearest(name, builtinTypes) : undefined);
    const help = found.hint === undefined ? didYouMean(near, location) : { help: found.hint };
    sink.once(`type ${scope.path} ${found.at.text}`, "WB0207", { name: found.at.text, whole: name }, location, {
      label: "no type has this name",
      ...help,
    });
  }
  return unknownType;
}
