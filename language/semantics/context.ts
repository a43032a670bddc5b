/** What the walk over expressions carries: the module, the names in scope, and where to report. */
import type { Assumption, Constant, Expr, FunctionDefinition } from "../core/ir.ts";
import type { Value } from "../core/value.ts";
import type { Location, Span } from "../diagnostics/diagnostic.ts";
import type * as tree from "../syntax/tree.ts";
import { type Causes, type Flow, type Labels, NO_CAUSE, noLabels } from "./flow.ts";
import type { Entity, ModuleScope } from "./scopes.ts";
import { place, type Sink } from "./sink.ts";
import type { SubjectKind } from "./subjects.ts";
import type { RecordType, Type } from "./types.ts";

/** A checked and lowered expression. */
export interface Checked extends Flow {
  readonly core: Expr;
  readonly type: Type;
  /** The value of a constant Int, Decimal or Duration, for overflow and division into cases. */
  readonly constant?: Value;
  /** It is a list of attestations, which nothing can close. */
  readonly attestations?: boolean;
}

/** What a name in an expression is bound to. */
export type Binding = Flow & { readonly type: Type; readonly name: string; readonly attestations?: boolean } & (
    | { readonly kind: "local" | "let"; readonly slot: number }
    | { readonly kind: "subject" }
  );

/** The names in scope, innermost first. */
export interface Locals {
  readonly binding: Binding;
  readonly outer: Locals | undefined;
}

/** A module-level `let`, checked on first use. */
export interface CheckedConstant extends Flow {
  readonly definition: Constant;
  readonly type: Type;
  readonly attestations?: boolean;
}

/** A function, its body checked on first use; `flow` is the body's with parameters of which everything is known. */
export interface CheckedFunction extends Flow {
  readonly definition: FunctionDefinition;
  readonly result: Type;
}

/** What the declaration of an input, function or table says of its type. */
export interface Signature {
  readonly parameters: readonly { readonly name: string; readonly type: Type }[];
  readonly result: Type;
}

/** The state of the check of one program. */
export interface Checking {
  readonly sink: Sink;
  /** Of inputs, functions and tables, by key. */
  readonly signatures: ReadonlyMap<string, Signature>;
  readonly scopes: ReadonlyMap<string, ModuleScope>;
  readonly types: Map<string, RecordType>;
  /** `claimed(e)` leaves no node in core: the mark is kept beside it. */
  readonly marks: Map<Expr, Assumption>;
  readonly usedEntities: Set<string>;
  readonly usedSlots: Set<number>;
  /** What the lets of policies hold, by slot. */
  readonly letValues: Map<number, Expr>;
  nextSlot(): number;
  /** How deep the walk is in expressions, definitions that it follows included. */
  readonly level: { depth: number };
  constant(entity: Entity & { kind: "constant" }, from: Location): CheckedConstant | undefined;
  function(entity: Entity & { kind: "function" }, from: Location): CheckedFunction | undefined;
  /** The value of a constant, and the body of a function, that were checked. */
  constantValue(key: string): Expr | undefined;
  functionBody(key: string): Expr | undefined;
  file(path: string, from: string): string | undefined;
  /** The text of a source by its path; "" where there is none. */
  textOf(path: string): string;
}

/** The subject of the declaration in which an expression stands. */
export interface SubjectInScope {
  readonly kind: SubjectKind;
  readonly type: RecordType;
}

export interface Context {
  readonly checking: Checking;
  readonly scope: ModuleScope;
  readonly locals: Locals | undefined;
  readonly subject: SubjectInScope | undefined;
  /** Modules of the subjects' types: looked at last. */
  readonly prelude: readonly ModuleScope[];
  /** Absent: no attestation may be read here, for this reason. */
  readonly noEvidence?: string;
  /** In `vex`, where a runtime declaration may be asked. */
  readonly vex?: boolean;
  readonly infer: (context: Context, expr: tree.Expr, hint?: Type) => Checked;
  readonly check: (context: Context, expr: tree.Expr, wanted: Type) => Checked;
}

export function at(context: Context, node: { readonly span: Span }): Location {
  return place(context.scope.path, node);
}

export function sourceText(context: Context, node: { readonly span: Span }): string {
  return context.scope.module.source.text.slice(node.span.start, node.span.end);
}

export function bind(context: Context, binding: Binding): Context {
  return { ...context, locals: { binding, outer: context.locals } };
}

export function lookup(context: Context, name: string): Binding | undefined {
  for (let scope = context.locals; scope !== undefined; scope = scope.outer) if (scope.binding.name === name) return scope.binding;
  return undefined;
}

/** The names that are bound here, innermost first. */
export function localNames(context: Context): readonly string[] {
  const names: string[] = [];
  for (let scope = context.locals; scope !== undefined; scope = scope.outer) names.push(scope.binding.name);
  return names;
}

export const errorType: Type = { kind: "error" };

/** What stands for an expression after its error was reported; nothing further is said about it. */
export function errorExpr(location: Location): Checked {
  return { core: { kind: "literal", value: false, type: errorType, at: location }, type: errorType, labels: noLabels, causes: NO_CAUSE };
}

export function isError(checked: { readonly type: Type }): boolean {
  return checked.type.kind === "error";
}

export function literal(location: Location, type: Type, value: Value): Checked {
  return { core: { kind: "literal", value, type, at: location }, type, labels: noLabels, causes: NO_CAUSE, constant: value };
}

/** An expression made from others. */
export function made(core: Expr, labels: Labels, causes: Causes): Checked {
  return { core, type: core.type, labels, causes };
}

/** `Verified<T, by P>` reads as T. */
export function unwrapped(type: Type): Type {
  return type.kind === "verified" ? type.inner : type;
}
