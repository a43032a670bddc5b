/** Holds a document against its schema, by validators that were compiled when Waybill was built. */
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { fault } from "../fault.ts";
import { validators } from "../generated/index.js";
import { mostErrors } from "./errors.ts";
import { explain, type SchemaFault } from "./explain.ts";
import { repeatedItems } from "./named-lists.ts";

/** What a compiled validator says of one broken rule (ajv's error object, without message). */
export interface SchemaError {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A compiled validator. `errors` holds those of the last call, `mostErrors` at most. */
export interface Validate {
  (json: unknown): boolean;
  readonly errors?: readonly SchemaError[] | null;
}

/** A schema that was compiled: the name of its file without `.schema.json`. */
export type SchemaName = keyof typeof validators;

/** So many errors of one document are told; the rest is a number. */
const told = 20;

const ready = new Map<SchemaName, Validate>();

/** The errors of `json` against a schema, none where it holds. `base` is the pointer of `json` in its file. */
export async function validate(schema: SchemaName, json: unknown, base: string): Promise<readonly Diagnostic[]> {
  const check = ready.get(schema) ?? (await validators[schema]()).validate;
  ready.set(schema, check);
  return broken(schema, check, json, base);
}

/** The same at once, where an earlier document has loaded the validator; undefined where none has. */
export function validateLoaded(schema: SchemaName, json: unknown, base: string): readonly Diagnostic[] | undefined {
  const check = ready.get(schema);
  return check && broken(schema, check, json, base);
}

/** All errors of `json` against a schema; of more than `mostErrors` the first, and last that there may be others. */
export async function everyFault(schema: SchemaName, json: unknown): Promise<readonly SchemaFault[]> {
  const check = ready.get(schema) ?? (await validators[schema]()).validate;
  ready.set(schema, check);
  const errors = errorsOf(schema, check, json);
  const { faults } = explain(json, errors, Number.POSITIVE_INFINITY);
  if (errors.length < mostErrors) return faults;
  return [...faults, { pointer: "", problem: `may break the schema in more places than these ${faults.length}` }];
}

const none: readonly Diagnostic[] = [];

const noErrors: readonly SchemaError[] = [];

function errorsOf(schema: SchemaName, check: Validate, json: unknown): readonly SchemaError[] {
  const errors = check(json) ? noErrors : (check.errors ?? noErrors);
  // Millions of items are not looked through for one error more.
  if (errors.length >= mostErrors) return errors;
  const repeated = repeatedItems(schema, json);
  return repeated === undefined ? errors : [...errors, repeated];
}

function broken(schema: SchemaName, check: Validate, json: unknown, base: string): readonly Diagnostic[] {
  const errors = errorsOf(schema, check, json);
  if (errors.length === 0) return none;
  const { faults, more } = explain(json, errors, told);
  const diagnostics: Diagnostic[] = faults.map((f) =>
    fault("WB0913", { pointer: base + f.pointer, problem: f.problem }, base + f.pointer, {
      ...(f.expected === undefined ? {} : { expected: f.expected }),
      ...(f.found === undefined ? {} : { found: f.found }),
      ...(f.help === undefined ? {} : { help: f.help }),
    }),
  );
  if (more > 0)
    diagnostics.push(
      fault(
        "WB0914",
        { more, what: errors.length < mostErrors ? "places break the schema" : "places break the schema, and there may be others" },
        base,
      ),
    );
  return diagnostics;
}
