/** Schema errors as people can act on them: where, what was expected, what was found. */
import { nearest } from "../../../language/domains/near.ts";
import { at, shown } from "../fault.ts";
import type { SchemaError } from "./validate.ts";

/** One broken rule, told. `problem` reads after the pointer: `` `/version` must be an integer, found "1" ``. */
export interface SchemaFault {
  readonly pointer: string;
  readonly problem: string;
  readonly expected?: string;
  readonly found?: string;
  readonly help?: string;
}

export interface Explained {
  readonly faults: readonly SchemaFault[];
  /** How many more places there are. */
  readonly more: number;
}

/**
 * Tells the first `limit` errors in document order, one a place and reason; of alternatives, the one that came nearest.
 * The others are counted, and no message is made for them: there may be as many as the document has values.
 */
export function explain(json: unknown, errors: readonly SchemaError[], limit: number): Explained {
  const seen = new Set<string>();
  const faults: SchemaFault[] = [];
  for (const error of withoutLosers(errors)) {
    const { params } = error;
    const name = params["missingProperty"] ?? params["additionalProperty"] ?? params["propertyName"] ?? params["unevaluatedProperty"];
    const key = `${error.instancePath}\n${error.keyword}\n${typeof name === "string" ? name : ""}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (faults.length < limit) faults.push(tell(json, error));
  }
  return { faults, more: seen.size - faults.length };
}

const choices = new Set(["oneOf", "anyOf"]);
const echoes = new Set(["if", "allOf", "$ref"]);

/**
 * A failed choice comes after the errors of its branches. The deepest of those are what the author meant and got wrong;
 * where none goes deeper than the choice itself, the choice is told.
 */
function withoutLosers(errors: readonly SchemaError[]): readonly SchemaError[] {
  const kept: SchemaError[] = [];
  for (const error of errors) {
    if (echoes.has(error.keyword)) continue;
    if (!choices.has(error.keyword) || Array.isArray(error.params["passingSchemas"])) {
      kept.push(error);
      continue;
    }
    let from = kept.length;
    while (from > 0 && within(kept[from - 1]?.instancePath ?? "", error.instancePath)) from--;
    const branches = kept.splice(from);
    const deeper = branches.filter((b) => b.instancePath.length > error.instancePath.length);
    if (deeper.length > 0) {
      const depth = deeper.reduce((most, b) => Math.max(most, depthOf(b)), 0);
      for (const branch of deeper) if (depthOf(branch) === depth) kept.push(branch);
    } else kept.push(narrowed(error, branches));
  }
  return kept;
}

function depthOf(error: SchemaError): number {
  return error.instancePath.split("/").length;
}

/** Of branches that fail at the choice itself, kept to say what each asks for. */
function narrowed(choice: SchemaError, branches: readonly SchemaError[]): SchemaError {
  const own = branches.filter((b) => b.instancePath === choice.instancePath);
  return own.length === 1 && own[0] ? own[0] : { ...choice, params: { ...choice.params, branches: own } };
}

function wanted(error: SchemaError): string | undefined {
  switch (error.keyword) {
    case "required":
      return `property \`${String(error.params["missingProperty"])}\``;
    case "type":
      return typeName(error.params["type"]);
    case "enum":
      return list(error.params["allowedValues"]);
    case "names":
      return list(error.params["allowed"]);
    case "additionalProperties":
      return `no property \`${String(error.params["additionalProperty"])}\``;
    default:
      return undefined;
  }
}

function within(path: string, of: string): boolean {
  return path === of || path.startsWith(`${of}/`);
}

function tell(json: unknown, error: SchemaError): SchemaFault {
  const { instancePath: pointer, keyword, params } = error;
  const value = at(json, pointer);
  const found = shown(value);
  const must = (expected: string, details = found): SchemaFault => ({
    pointer,
    problem: `must be ${expected}, found ${details}`,
    expected,
    found: details,
  });
  switch (keyword) {
    case "type":
      return must(typeName(params["type"]));
    case "const":
      return must(shown(params["allowedValue"]));
    case "enum":
      return { ...must(list(params["allowedValues"])), ...meant(value, params["allowedValues"]) };
    case "names":
      return { ...must(list(params["allowed"])), ...meant(value, params["allowed"]) };
    case "format":
      return must(formatName(String(params["format"])));
    case "pattern":
      return must(`text that matches \`${String(params["pattern"])}\``);
    case "required":
    case "dependentRequired":
    case "dependencies":
      return { pointer, problem: `lacks the property \`${String(params["missingProperty"])}\`` };
    case "additionalProperties":
    case "unevaluatedProperties": {
      const name = String(params["additionalProperty"] ?? params["unevaluatedProperty"]);
      return { pointer, problem: `has a property \`${name}\` that the format does not know` };
    }
    case "propertyNames":
      return { pointer, problem: `has a property \`${String(params["propertyName"])}\` whose name is not allowed` };
    case "uniqueItems": {
      const [first, second] = params["pair"] as readonly [number, number];
      return { pointer: `${pointer}/${second}`, problem: `is the same as item ${first} of the list; the items must differ` };
    }
    case "minItems":
    case "minProperties":
    case "minLength":
      return must(`at least ${String(params["limit"])} long`);
    case "maxItems":
    case "maxProperties":
    case "maxLength":
      return must(`at most ${String(params["limit"])} long`);
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum":
      return must(`${String(params["comparison"])} ${String(params["limit"])}`);
    case "oneOf":
    case "anyOf":
      return choice(pointer, params, found);
    case "not":
      return { pointer, problem: "is of a shape that the format forbids", found };
    case "false schema":
      return { pointer, problem: "must not be given here", found };
    case "discriminator": {
      const tag = String(params["tag"]);
      const given = shown(params["tagValue"]);
      return { pointer: `${pointer}/${tag}`, problem: `must be a kind that the format knows, found ${given}`, found: given };
    }
    case "contains":
      return { pointer, problem: "lacks an item that the format requires" };
    default:
      return { pointer, problem: `breaks the rule \`${keyword}\` of its schema`, found };
  }
}

/** The allowed value that was most likely meant. */
function meant(value: unknown, allowed: unknown): { readonly help?: string } {
  if (typeof value !== "string") return {};
  const names = (allowed instanceof Set || Array.isArray(allowed) ? [...allowed] : []).filter((name) => typeof name === "string");
  const near = nearest(value, names);
  return near === undefined ? {} : { help: `did you mean \`${near}\`?` };
}

function choice(pointer: string, params: SchemaError["params"], found: string): SchemaFault {
  const passing = params["passingSchemas"];
  if (Array.isArray(passing)) return { pointer, problem: "fits several alternatives of which only one may be given", found };
  const branches = (params["branches"] ?? []) as readonly SchemaError[];
  const wants = [...new Set(branches.map(wanted).filter((want) => want !== undefined))];
  if (wants.length === 0) return { pointer, problem: "fits none of the allowed shapes", found };
  const expected = wants.slice(0, 4).join(" or ");
  return { pointer, problem: `fits none of the allowed shapes: expected ${expected}, found ${found}`, expected, found };
}

const typeNames = new Map([
  ["object", "an object"],
  ["array", "a list"],
  ["string", "text"],
  ["integer", "a whole number"],
  ["number", "a number"],
  ["boolean", "true or false"],
  ["null", "null"],
]);

function typeName(type: unknown): string {
  const names = Array.isArray(type) ? type.map(String) : String(type).split(",");
  return names.map((name) => typeNames.get(name) ?? name).join(" or ");
}

const formatNames = new Map([
  ["date-time", "a time with a zone such as `2026-01-31T12:00:00Z`"],
  ["date", "a date such as `2026-01-31`"],
  ["uri", "a URI"],
  ["uri-reference", "a URI"],
  ["iri", "an IRI"],
  ["iri-reference", "an IRI"],
  ["email", "a mail address"],
  ["idn-email", "a mail address"],
]);

function formatName(format: string): string {
  return formatNames.get(format) ?? `of the format \`${format}\``;
}

function list(allowed: unknown): string {
  const values = allowed instanceof Set ? [...allowed] : Array.isArray(allowed) ? allowed : [allowed];
  const texts = values.map((value) => JSON.stringify(value));
  if (texts.length === 1) return texts[0] ?? "";
  if (texts.length <= 12) return `one of ${texts.join(", ")}`;
  return `one of ${texts.slice(0, 8).join(", ")} … (${texts.length} values)`;
}
