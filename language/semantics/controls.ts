/** Compliance controls: what `satisfies` names, and the clauses and evidence that a control rests on. */
import { nearest } from "../domains/near.ts";
import type * as tree from "../syntax/tree.ts";
import { at, type Context } from "./context.ts";
import { resolveEvidenceType } from "./expressions/evidence.ts";
import { importHint, importOf, textOf } from "./scopes.ts";
import { didYouMean } from "./sink.ts";

/**
 * The qualified name of a control: declared in this module under that name, or, for `alias.name`, in an imported one.
 * Undefined after an error was reported, or where the import failed.
 */
export function resolveControl(context: Context, name: tree.QName): readonly string[] | undefined {
  const text = textOf(name);
  const { scope, checking } = context;
  if (scope.controls.has(text)) return [`${scope.name}.${text}`];
  const [first, ...rest] = name.parts;
  if (first === undefined) return undefined;
  const binding = rest.length === 0 ? undefined : importOf(scope, first.text);
  if (binding !== undefined && binding.scope === undefined) return undefined;
  const local = rest.map((part) => part.text).join(".");
  if (binding?.scope?.controls.has(local) === true) return [`${binding.scope.name}.${local}`];
  const names =
    binding?.scope === undefined ? [...scope.controls.keys()] : [...binding.scope.controls.keys()].map((c) => `${first.text}.${c}`);
  const location = at(context, name);
  const near = nearest(text, names);
  const hint = rest.length > 0 && binding === undefined ? importHint(first.text) : undefined;
  checking.sink.once(`control ${scope.path} ${text}`, "WB0208", { what: "control", name: text }, location, {
    label: "no control has this name",
    ...(hint !== undefined
      ? { help: hint }
      : near === undefined
        ? { help: `declare it: \`control ${text} "…" { … }\`` }
        : didYouMean(near, location)),
  });
  return undefined;
}

/** Resolves what a control names; it changes no decision. */
export function checkControl(context: Context, declaration: tree.ControlDeclaration, clauseExists: (name: tree.QName) => void): void {
  for (const item of declaration.items) {
    if (item.kind === "clauses") for (const clause of item.clauses) clauseExists(clause);
    if (item.kind === "evidence") for (const type of item.types) resolveEvidenceType(context, type);
    if (item.kind === "reviewed" && item.every.amount <= 0n) {
      context.checking.sink.report("WB0612", {}, at(context, item.every), { label: "no time at all" });
    }
  }
}
