/** Values that callers write as text: of inputs (`--set`) and of facts (`--given`), read by their types. */
import type { InputDefinition, Program } from "../../../language/core/ir.ts";
import type { Value } from "../../../language/core/value.ts";
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { parseDecimal } from "../../../language/domains/decimal.ts";
import { parseInteger } from "../../../language/domains/integer.ts";
import { nearest } from "../../../language/domains/near.ts";
import { type Parsed, parsed, problem } from "../../../language/domains/parsed.ts";
import { readLiteral } from "../../../language/semantics/literals.ts";
import { showType, type Type } from "../../../language/semantics/types.ts";
import type { Setting } from "./config.ts";
import { exit, Stop } from "./exit.ts";

/** Reads text as a scalar or enum type. */
export function readValue(type: Type, text: string): Parsed<Value> {
  if (type.kind === "enum") {
    const index = type.variants.indexOf(text);
    if (index >= 0) return parsed(index);
    const near = nearest(text, type.variants);
    return near === undefined
      ? problem(`it is one of ${type.variants.join(", ")}`)
      : problem(`it is one of ${type.variants.join(", ")}`, near);
  }
  if (type.kind !== "scalar") return problem("only scalars and enums can be given");
  switch (type.name) {
    case "Bool":
      return text === "true" || text === "false" ? parsed(text === "true") : problem("it is `true` or `false`");
    case "Int":
      return parseInteger(text);
    case "Decimal":
      return parseDecimal(text);
    default:
      return readLiteral(type.name, text);
  }
}

function badValue(setting: Setting, type: Type, read: { readonly problem: string; readonly suggestion?: string }): Diagnostic {
  return diagnostic("WB1009", { key: setting.key, value: setting.value, type: showType(type) }, undefined, {
    notes: [read.problem],
    ...(read.suggestion === undefined ? {} : { help: `did you mean \`${read.suggestion}\`?` }),
  });
}

/** Inputs by key; `--set` comes after `waybill.toml` and wins. Wrong ones are wrong use. */
export function readInputs(program: Program, settings: readonly Setting[]): ReadonlyMap<string, Value> {
  const known = new Map<string, InputDefinition>(program.inputs.map((input) => [input.key, input]));
  const values = new Map<string, Value>();
  const diagnostics: Diagnostic[] = [];
  for (const setting of settings) {
    const input = known.get(setting.key);
    if (!input) {
      const near = nearest(setting.key, known.keys());
      const all = known.size === 0 ? "the loaded modules have no inputs" : `inputs are ${[...known.keys()].join(", ")}`;
      diagnostics.push(
        diagnostic("WB1008", { key: setting.key }, undefined, { help: near === undefined ? all : `did you mean \`${near}\`?` }),
      );
      continue;
    }
    const read = readValue(input.type, setting.value);
    if (read.ok) values.set(setting.key, read.value);
    else diagnostics.push(badValue(setting, input.type, read));
  }
  if (diagnostics.length > 0) throw new Stop(exit.usage, diagnostics);
  return values;
}

/** The inputs of deciding modules that have neither a default nor a value. */
export function unsetInputs(program: Program, values: ReadonlyMap<string, Value>): readonly Diagnostic[] {
  return program.inputs
    .filter((input) => input.default === undefined && !values.has(input.key))
    .map((input) => diagnostic("WB1028", { key: input.key }, input.at, { help: `\`--set ${input.key}=VALUE\`, or \`waybill.toml\`` }));
}
