/** What a test gives, checked against the types it stands for. Whatever it does not give is absent (semantics, section 11). */
import type { Expr, GivenData } from "../core/ir.ts";
import type { ImageRef } from "../domains/image-ref.ts";
import { nearest } from "../domains/near.ts";
import type * as tree from "../syntax/tree.ts";
import { at, type Context, isError } from "./context.ts";
import { resolveTrust } from "./expressions/predicates.ts";
import { didYouMean } from "./sink.ts";
import { type RecordType, scalar, showType, type Type } from "./types.ts";

/** The digest that `sha256:*` stands for in tests. */
export const someDigest = `sha256:${"5ca1ab1e".repeat(8)}`;

/** A literal in a test may leave the digest open. */
function filled(expr: tree.Expr): tree.Expr {
  return expr.kind === "string" && expr.value.includes("sha256:*")
    ? { ...expr, value: expr.value.replaceAll("sha256:*", someDigest) }
    : expr;
}

/** The data of a record; fields that the test does not give are absent. Undefined after an error was reported. */
export function givenRecord(context: Context, expr: tree.RecordExpr, type: RecordType): GivenData | undefined {
  const entries: { readonly name: string; readonly value: GivenData }[] = [];
  const seen = new Set<string>();
  let failed = false;
  for (const entry of expr.entries) {
    const name = entry.name.text;
    if (seen.has(name)) context.checking.sink.report("WB0220", { what: "entry", name }, at(context, entry.name), { label: "given again" });
    seen.add(name);
    const value = givenMember(context, entry.value, type, entry.name);
    if (value === undefined) failed = true;
    else entries.push({ name, value });
  }
  return failed ? undefined : { kind: "record", entries: completed(type, entries) };
}

/** The digest that evidence is about. */
export function givenDigest(context: Context, expr: tree.Expr): Expr | undefined {
  const checked = context.check(context, filled(expr), scalar("Digest"));
  return isError(checked) ? undefined : checked.core;
}

/** The data of one field or predicate of a record type. */
export function givenMember(context: Context, expr: tree.Expr, type: RecordType, name: tree.Name): GivenData | undefined {
  const predicate = type.predicates.get(name.text);
  if (predicate?.by === true) return givenBy(context, expr);
  if (predicate !== undefined) return givenValue(context, expr, scalar("Bool"));
  const field = type.fields.get(name.text);
  if (field !== undefined) return givenValue(context, expr, field.type);
  const spot = at(context, name);
  context.checking.sink.report("WB0210", { type: showType(type), field: name.text }, spot, {
    label: "no such field",
    ...didYouMean(nearest(name.text, [...type.fields.keys(), ...type.predicates.keys()]), spot),
  });
  return undefined;
}

/** The data of a value of a type. */
export function givenValue(context: Context, expr: tree.Expr, type: Type): GivenData | undefined {
  if (expr.kind === "paren") return givenValue(context, expr.inner, type);
  if (expr.kind === "record" && type.kind === "record") return givenRecord(context, expr, type);
  if (expr.kind === "list" && (type.kind === "list" || type.kind === "set")) {
    const items = expr.items.map((item) => givenValue(context, item, type.element));
    return items.every((item) => item !== undefined) ? { kind: "list", items } : undefined;
  }
  if (expr.kind === "record" && type.kind === "map") return givenMap(context, expr, type.value);
  const checked = context.check(context, filled(expr), type);
  return isError(checked) ? undefined : { kind: "expr", value: checked.core };
}

function givenMap(context: Context, expr: tree.RecordExpr, type: Type): GivenData | undefined {
  const entries: { readonly name: string; readonly value: GivenData }[] = [];
  for (const entry of expr.entries) {
    const value = givenValue(context, entry.value, type);
    if (value === undefined) return undefined;
    entries.push({ name: entry.name.text, value });
  }
  return { kind: "record", entries };
}

/** `signed: release`, `signed: [release, security]`: the trust declarations that vouch. Core holds their keys as texts. */
function givenBy(context: Context, expr: tree.Expr): GivenData | undefined {
  const names = expr.kind === "list" ? expr.items : [expr];
  const keys: string[] = [];
  for (const name of names) {
    const path = pathOf(name);
    if (path === undefined) {
      context.checking.sink.report("WB0621", {}, at(context, name), {
        label: "not a trust declaration",
        help: "name who vouches for it: `signed: release`",
      });
      return undefined;
    }
    const key = resolveTrust(context, path);
    if (key === undefined) return undefined;
    keys.push(key);
  }
  const type: Type = { kind: "list", element: scalar("String") };
  return { kind: "expr", value: { kind: "literal", value: keys, type, at: at(context, expr) } };
}

/** `release`, `acme.release` as a qualified name. */
export function pathOf(expr: tree.Expr): tree.QName | undefined {
  if (expr.kind === "name") return { parts: [expr.name], span: expr.span };
  if (expr.kind !== "field") return undefined;
  const target = pathOf(expr.target);
  return target === undefined ? undefined : { parts: [...target.parts, expr.name], span: expr.span };
}

type Entries = readonly { readonly name: string; readonly value: GivenData }[];

/** An image's parts follow from its reference, as they do when one is judged. */
function completed(type: RecordType, entries: Entries): Entries {
  const ref = type.name === "waybill.image.Image" ? entries.find((entry) => entry.name === "ref")?.value : undefined;
  if (ref?.kind !== "expr" || ref.value.kind !== "literal") return entries;
  const { value, at: location } = ref.value;
  const image = value as ImageRef;
  const parts: Readonly<Record<string, string | undefined>> = {
    registry: image.registry,
    path: image.path,
    repository: image.repository,
    tag: image.tag,
    digest: image.digest,
    name: image.path,
  };
  const absent = Object.entries(parts).flatMap(([name, text]): Entries => {
    const field = type.fields.get(name);
    if (text === undefined || field === undefined || entries.some((entry) => entry.name === name)) return [];
    return [{ name, value: { kind: "expr", value: { kind: "literal", value: text, type: field.type, at: location } } }];
  });
  return [...entries, ...absent];
}
