/**
 * Tables that others publish: the CSV of CERT/CC's SSVC repository (`data/csv`) and its JSON decision tables
 * (schema 2.0.0). The last column, or the `outcome`, is the result; a first column `row` is its number.
 *
 * Columns find their parameters by words: `System Exposure v1.0.1` is `system_exposure`, or `exposure`, or any other
 * parameter all of whose words it has. Values find their variants in the same way: lower case, `_` between words, `*`
 * read as `star` (`track*` is `track_star`), `_` before a digit (`14 days` is `_14_days`); `public poc` is also `poc`,
 * as CVE records write it, and `no` and `yes` are the values of a `Bool`.
 */
import { nearest } from "../domains/near.ts";
import { type Parsed, parsed, problem } from "../domains/parsed.ts";

export interface FileRow {
  readonly operands: readonly number[];
  readonly outcome: number;
}
export interface Column {
  readonly name: string;
  readonly labels: readonly string[];
}

interface Sheet {
  readonly headers: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Reads a published table for the parameters of a declaration. */
export function readTableFile(
  name: string,
  text: string,
  columns: readonly Column[],
  outcomes: readonly string[],
): Parsed<readonly FileRow[]> {
  const sheet = name.endsWith(".json") ? readJson(text) : readCsv(text);
  if (!sheet.ok) return sheet;
  const { headers, rows } = sheet.value;
  const operands = headers.slice(0, -1);
  const order = matchColumns(operands, columns);
  if (!order.ok) return order;
  const read: FileRow[] = [];
  for (const [number, row] of rows.entries()) {
    if (row.length !== headers.length) return problem(`row ${number} has ${row.length} values for ${headers.length} columns`);
    const indexes: number[] = [];
    for (const [index, column] of columns.entries()) {
      const value = row[order.value[index] ?? 0] ?? "";
      const label = labelOf(value, column.labels);
      if (label === undefined) return noLabel(value, headers[order.value[index] ?? 0] ?? "", column.labels);
      indexes.push(label);
    }
    const value = row.at(-1) ?? "";
    const outcome = labelOf(value, outcomes);
    if (outcome === undefined) return noLabel(value, headers.at(-1) ?? "", outcomes);
    read.push({ operands: indexes, outcome });
  }
  return parsed(read);
}

function noLabel(value: string, header: string, labels: readonly string[]): Parsed<never> {
  const near = nearest(variantOf(value), labels);
  return problem(
    `\`${value}\` in column \`${header}\` is not one of ${labels.map((l) => `\`${l}\``).join(", ")}`,
    near === undefined ? undefined : `name the variant \`${variantOf(value)}\` instead of \`${near}\``,
  );
}

/** The words of a header or value: versions and namespaces left out. */
function wordsOf(text: string): readonly string[] {
  return text
    .replace(/\bv\d+(?:\.\d+)*\s*(?:\([^)]*\)\s*)?$/, "")
    .toLowerCase()
    .replaceAll("*", " star ")
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

/** The variant that a value is written as. */
function variantOf(value: string): string {
  const name = wordsOf(value).join("_");
  return /^\d/.test(name) ? `_${name}` : name;
}

/** Other words for a variant: CVE records write `poc`, and a Bool operand has two values. */
const aliases: ReadonlyMap<string, string> = new Map([
  ["public_poc", "poc"],
  ["no", "false"],
  ["yes", "true"],
]);

function labelOf(value: string, labels: readonly string[]): number | undefined {
  const name = variantOf(value);
  const index = labels.indexOf(name);
  if (index >= 0) return index;
  const other = aliases.get(name);
  const alias = other === undefined ? -1 : labels.indexOf(other);
  return alias >= 0 ? alias : undefined;
}

/** For each parameter the column that is its own: exactly, or the only one that has all its words. */
function matchColumns(headers: readonly string[], columns: readonly Column[]): Parsed<readonly number[]> {
  if (headers.length !== columns.length)
    return problem(`it has ${headers.length} columns before the result, the table has ${columns.length} operands`);
  const words = headers.map(wordsOf);
  const taken = new Map<number, number>();
  const take = (column: number, fits: (header: readonly string[]) => boolean): void => {
    const free = words.flatMap((header, index) => (!taken.has(index) && fits(header) ? [index] : []));
    const only = free[0];
    if (free.length === 1 && only !== undefined) taken.set(only, column);
  };
  columns.forEach((column, index) => {
    take(index, (header) => header.join("_") === column.name.toLowerCase());
  });
  columns.forEach((column, index) => {
    if ([...taken.values()].includes(index)) return;
    take(index, (header) => wordsOf(column.name).every((word) => header.includes(word)));
  });
  const order = columns.map((_, index) => [...taken].find(([, column]) => column === index)?.[0]);
  const lost = columns.find((_, index) => order[index] === undefined);
  if (lost !== undefined) return problem(`no column is \`${lost.name}\`: it has ${headers.map((h) => `\`${h}\``).join(", ")}`);
  return parsed(order.map((index) => index ?? 0));
}

/** RFC 4180: fields in double quotes may hold commas, quotes and line ends. */
function readCsv(text: string): Parsed<Sheet> {
  const rows: string[][] = [];
  let row: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
  const source = text.replace(/^\uFEFF/, "");
  while (field.lastIndex < source.length) {
    const start = field.lastIndex;
    const match = field.exec(source);
    if (match === null) return problem(`not CSV at character ${start}`);
    row.push(match[1] === undefined ? (match[2] ?? "") : match[1].replaceAll('""', '"'));
    if (match[3] === ",") {
      if (field.lastIndex >= source.length) row.push("");
      else continue;
    }
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  }
  if (row.length > 0) rows.push(row);
  const [headers, ...body] = rows;
  if (headers === undefined || headers.length < 2) return problem("it has no columns");
  const numbered = headers[0]?.trim().toLowerCase() === "row" ? 1 : 0;
  return parsed({ headers: headers.slice(numbered), rows: body.map((cells) => cells.slice(numbered)) });
}

/** A decision table by SSVC's JSON schema 2.0.0: decision points with keys and names, and a mapping of keys. */
function readJson(text: string): Parsed<Sheet> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return problem("not JSON");
  }
  const points = property(json, "decision_points");
  const outcome = property(json, "outcome");
  const mapping = property(json, "mapping");
  if (points === null || typeof points !== "object" || typeof outcome !== "string" || !Array.isArray(mapping)) {
    return problem("it lacks `decision_points`, `outcome` or `mapping`: not an SSVC decision table of schema 2.0.0");
  }
  const ids = [...Object.keys(points).filter((id) => id !== outcome), outcome];
  const names = new Map<string, ReadonlyMap<string, string>>();
  const headers: string[] = [];
  for (const id of ids) {
    const point = property(points, id);
    const values = property(point, "values");
    headers.push(String(property(point, "name") ?? id));
    names.set(
      id,
      new Map(Array.isArray(values) ? values.map((value) => [String(property(value, "key")), String(property(value, "name"))]) : []),
    );
  }
  const rows: string[][] = [];
  for (const entry of mapping) {
    const row = ids.map((id) => names.get(id)?.get(String(property(entry, id))));
    if (!row.every((value) => value !== undefined)) return problem(`row ${rows.length} uses a value that its decision point does not have`);
    rows.push(row);
  }
  return parsed({ headers, rows });
}

function property(value: unknown, key: string): unknown {
  return value !== null && typeof value === "object" && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}
