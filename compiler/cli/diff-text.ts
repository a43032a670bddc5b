/** What `waybill diff` prints, for people and for machines (`docs/schemas/diff.schema.json`). */
import type { Sources } from "../../language/diagnostics/render/lines.ts";
import { ansi, type Palette, plain, type Style } from "../../language/diagnostics/render/palette.ts";
import { place } from "../../language/diagnostics/render/text.ts";
import { visible } from "../../language/diagnostics/render/untrusted.ts";
import { plural } from "../../language/diagnostics/render/wrap.ts";
import type { DeclarationChange } from "../analysis/diff/declarations.ts";
import type { RowChange, TableChange } from "../analysis/diff/tables.ts";

/** What two versions of policies differ in. */
export interface Difference {
  readonly tables: readonly TableChange[];
  readonly declarations: readonly DeclarationChange[];
}

export interface DiffTextOptions {
  readonly colour: boolean;
  /** Every row, not the first few of each kind. */
  readonly all: boolean;
}

/** Rows of one kind that are printed unless all are asked for. */
const fewRows = 12;

/** The answer in one line first, then each table with its rows, then everything else by name. */
export function diffText(found: Difference, old: Sources, now: Sources, options: DiffTextOptions): string {
  const palette = options.colour ? ansi : plain;
  if (found.tables.length + found.declarations.length === 0) return "no difference in tables, clauses, waivers or definitions";
  const out = found.tables.flatMap((table) => tableText(table, old, now, palette, options.all));
  for (const { what, name, change, at } of found.declarations) {
    const style: Style = change === "removed" ? palette.warning : palette.strong;
    out.push(`${what} ${visible(name)} ${style(change)} (${place(at, change === "removed" ? old : now)})`);
  }
  return out.join("\n");
}

/** `this edit relaxes 3 of 72 rows, tightens 1`. */
function summaryOf({ relaxed, tightened, changed, rows }: TableChange): string {
  const parts = [
    ...(relaxed.length > 0 ? [`relaxes ${relaxed.length}`] : []),
    ...(tightened.length > 0 ? [`tightens ${tightened.length}`] : []),
    ...(changed.length > 0 ? [`changes ${changed.length}`] : []),
  ];
  const [first, ...rest] = parts;
  return first === undefined ? `decides ${plural(rows, "row")} as before` : [`${first} of ${plural(rows, "row")}`, ...rest].join(", ");
}

function tableText(table: TableChange, old: Sources, now: Sources, palette: Palette, all: boolean): readonly string[] {
  const name = `table ${palette.strong(visible(table.table))}`;
  if (table.change !== "changed") return [`${name} ${table.change} (${place(table.at, table.change === "removed" ? old : now)})`];
  const said = table.uncompared === true ? `was not compared: there are ${plural(table.rows, "row")}` : summaryOf(table);
  return [
    `${name}: ${said} (${place(table.at, now)})`,
    ...shapeText(table),
    ...rowsText("relaxes", table.relaxed, palette.warning, old, now, all),
    ...rowsText("tightens", table.tightened, palette.good, old, now, all),
    ...rowsText("changes", table.changed, palette.strong, old, now, all),
  ];
}

function shapeText({ operands, variants }: TableChange): readonly string[] {
  const names = (list: readonly string[]): string => list.map((one) => `\`${visible(one)}\``).join(", ");
  return [
    ...(operands.added.length > 0 ? [`  new operand ${names(operands.added)}: each row of before is compared with all of its own`] : []),
    ...(operands.removed.length > 0
      ? [`  operand ${names(operands.removed)} is gone: each row is compared with all that it stands for`]
      : []),
    ...variants.flatMap(({ operand, added, removed }) => {
      const of = operand === undefined ? "the result" : `\`${visible(operand)}\``;
      const rest = operand === undefined ? "" : ", which only one of the two decides";
      return [
        ...(added.length > 0 ? [`  ${of} can be ${names(added)} now${rest}`] : []),
        ...(removed.length > 0 ? [`  ${of} cannot be ${names(removed)} any more${rest}`] : []),
      ];
    }),
  ];
}

function rowsText(verb: string, rows: readonly RowChange[], style: Style, old: Sources, now: Sources, all: boolean): readonly string[] {
  const shown = all ? rows : rows.slice(0, fewRows);
  const more = rows.length - shown.length;
  return [
    ...shown.map(({ operands, old: was, new: is, oldAt, newAt }) => {
      const cells = operands.map(([name, variant]) => `${visible(name)} ${visible(variant)}`).join(", ");
      return `  ${style(verb)} ${cells}: ${visible(was)} -> ${visible(is)} (${place(oldAt, old)} -> ${place(newAt, now)})`;
    }),
    ...(more > 0 ? [`  ${style(verb)} ${plural(more, "more row")}: \`--verbose\` lists them`] : []),
  ];
}

export function diffJson(found: Difference, old: Sources, now: Sources): string {
  const rowsJson = (rows: readonly RowChange[]): readonly unknown[] =>
    rows.map((row) => ({
      operands: Object.fromEntries(row.operands),
      old: row.old,
      new: row.new,
      oldAt: place(row.oldAt, old),
      newAt: place(row.newAt, now),
    }));
  const document = {
    schema: "waybill/diff/1",
    version: 1,
    differs: found.tables.length + found.declarations.length > 0,
    tables: found.tables.map((table) => ({
      table: table.table,
      change: table.change,
      at: place(table.at, table.change === "removed" ? old : now),
      rows: table.rows,
      compared: table.change === "changed" && table.uncompared !== true,
      relaxed: rowsJson(table.relaxed),
      tightened: rowsJson(table.tightened),
      changed: rowsJson(table.changed),
      operands: table.operands,
      variants: table.variants.map(({ operand, added, removed }) => ({ operand: operand ?? null, added, removed })),
    })),
    declarations: found.declarations.map(({ what, name, change, at }) => ({
      what,
      name,
      change,
      at: place(at, change === "removed" ? old : now),
    })),
  };
  return JSON.stringify(document, undefined, 2);
}
