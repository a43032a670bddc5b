/** A value of one type where another is wanted. */
import type { Location } from "../../diagnostics/diagnostic.ts";
import type { Checked, Context } from "../context.ts";
import { errorExpr, isError } from "../context.ts";
import { type Details, replacement } from "../sink.ts";
import { isSubtype } from "../subjects.ts";
import { sameType, showType, type Type } from "../types.ts";

/** Whether a value of type `found` can stand where `wanted` is asked for. What `Verified` demands of labels is asked at calls. */
export function fits(found: Type, wanted: Type): boolean {
  if (sameType(found, wanted)) return true;
  const from = found.kind === "verified" ? found.inner : found;
  const to = wanted.kind === "verified" ? wanted.inner : wanted;
  if (from.kind === "record" && to.kind === "record") return isSubtype(from.name, to.name);
  if ((from.kind === "list" || from.kind === "set") && from.kind === to.kind) return fits(from.element, to.element);
  return false;
}

/** Reports a mismatch. */
export function mismatch(context: Context, location: Location, found: Type, wanted: Type, details: Details = {}): void {
  const expected = showType(wanted);
  const got = showType(found);
  const [longExpected, longFound] = expected === got ? [longName(wanted), longName(found)] : [expected, got];
  context.checking.sink.report("WB0301", { expected: longExpected, found: longFound }, location, {
    label: `this is ${article(longFound)}`,
    expected: longExpected,
    found: longFound,
    ...details,
  });
}

/** Two types of the same short name are told apart by their modules. */
function longName(type: Type): string {
  return type.kind === "enum" || type.kind === "record" ? type.name : showType(type);
}

/** `a Version`, `an Int` */
export function article(noun: string): string {
  return `${/^[AEIOaeio]/.test(noun) ? "an" : "a"} \`${noun}\``;
}

/** Gives the expression back where it fits; else reports, and gives an error that says nothing more. */
export function expectType(context: Context, checked: Checked, wanted: Type): Checked {
  if (isError(checked) || wanted.kind === "error" || fits(checked.type, wanted)) return checked;
  mismatch(context, checked.core.at, checked.type, wanted, advice(context, checked, wanted));
  return errorExpr(checked.core.at);
}

/** What to write instead, where it can be told from the two. */
export function advice(context: Context, checked: Checked, wanted: Type): Details {
  const { core, type } = checked;
  if (wanted.kind !== "scalar" || type.kind !== "scalar") return collectionAdvice(type, wanted);
  const written = context.scope.path === core.at.path ? context.scope.module.source.text.slice(core.at.start, core.at.end) : "";
  if (type.name === "Int" && wanted.name === "Decimal") {
    if (core.kind !== "literal") return { help: "there is no conversion between `Int` and `Decimal`" };
    return { help: "write it with a decimal point", ...replacement(`write \`${written}.0\``, true, core.at, `${written}.0`) };
  }
  if (
    (type.name === "Int" || type.name === "Decimal") &&
    core.kind === "literal" &&
    (wanted.name === "Version" || wanted.name === "String")
  ) {
    return { help: `a ${wanted.name} is written in quotes`, ...replacement(`write \`"${written}"\``, true, core.at, `"${written}"`) };
  }
  if (wanted.name === "Bool") return { help: "compare it with something: a condition is true or false" };
  return {};
}

function collectionAdvice(type: Type, wanted: Type): Details {
  if (type.kind === "list" && wanted.kind === "scalar" && wanted.name === "Bool")
    return { help: "say which members you mean: `some x in … where …`" };
  return {};
}
