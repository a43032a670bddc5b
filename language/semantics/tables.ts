/** Decision tables: total, without dead rows, monotone where they say so (semantics, section 6). */
import type { TableDefinition } from "../core/ir.ts";
import type { Location } from "../diagnostics/diagnostic.ts";
import { nearest } from "../domains/near.ts";
import type * as tree from "../syntax/tree.ts";
import { at, type Context } from "./context.ts";
import type { Entity } from "./scopes.ts";
import { didYouMean } from "./sink.ts";
import { readTableFile } from "./table-files.ts";
import { showType, type Type } from "./types.ts";

type TableEntity = Entity & { kind: "table" };
/** What a table is over: variants by index; of Bool false is 0 and true 1. */
export type Operand = TableDefinition["result"];

/** More combinations than this are nobody's decision. */
const mostCombinations = 65_536;

export function labelsOf(operand: Operand): readonly string[] {
  return operand.kind === "enum" ? operand.variants : ["false", "true"];
}

/** A row: for each operand the labels that it accepts, and what it decides. */
export interface Row {
  readonly accepts: readonly (readonly number[])[];
  readonly outcome: number;
  readonly at: Location;
}

export function checkTable(context: Context, entity: TableEntity): TableDefinition | undefined {
  const { declaration } = entity;
  const signature = context.checking.signatures.get(entity.key);
  if (signature === undefined) return undefined;
  const operands = declaration.parameters.map((parameter, index) =>
    operandOf(context, signature.parameters[index]?.type, at(context, parameter.type)),
  );
  const result = operandOf(context, signature.result, at(context, declaration.result));
  if (result === undefined || !operands.every((operand) => operand !== undefined)) return undefined;
  if (operands.length === 0) {
    context.checking.sink.report("WB0502", {}, at(context, declaration.name), {
      label: "no operands",
      help: "a table without operands is a `let`",
    });
    return undefined;
  }
  const combinations = operands.reduce((product, operand) => product * labelsOf(operand).length, 1);
  if (combinations > mostCombinations) {
    context.checking.sink.report("WB0503", { combinations, limit: mostCombinations }, at(context, declaration.name), {
      label: operands.map((operand) => labelsOf(operand).length).join(" × "),
      help: "decide part of it in a table of its own, and use its result here",
    });
    return undefined;
  }
  const rows =
    declaration.body.kind === "rows"
      ? writtenRows(context, declaration.body.rows, operands, result)
      : importedRows(context, declaration, declaration.body.file, operands, result);
  return rows === undefined ? undefined : decided(context, entity, operands, result, rows, combinations);
}

function operandOf(context: Context, type: Type | undefined, location: Location): Operand | undefined {
  if (type?.kind === "enum") return type;
  if (type?.kind === "scalar" && type.name === "Bool") return { kind: "scalar", name: "Bool" };
  if (type !== undefined && type.kind !== "error") {
    context.checking.sink.report("WB0501", { type: showType(type) }, location, {
      label: "not an enum",
      help: "name the cases that matter in an `enum`, and decide the case in a function",
    });
  }
  return undefined;
}

function writtenRows(
  context: Context,
  rows: readonly tree.TableRow[],
  operands: readonly Operand[],
  result: Operand,
): readonly Row[] | undefined {
  let failed = false;
  const read = rows.flatMap((row): readonly Row[] => {
    if (row.cells.length !== operands.length) {
      context.checking.sink.report("WB0504", { found: row.cells.length, wanted: operands.length }, at(context, row), {
        label: `${row.cells.length} ${row.cells.length === 1 ? "cell" : "cells"}`,
        help: "give each operand one cell; `_` accepts anything",
      });
      failed = true;
      return [];
    }
    const accepts = row.cells.map((cell, index) => accepted(context, cell, operands[index] ?? result));
    const outcome = labelIndex(context, row.outcome, result);
    if (outcome === undefined || !accepts.every((labels) => labels !== undefined)) {
      failed = true;
      return [];
    }
    return [{ accepts, outcome, at: at(context, row) }];
  });
  return failed ? undefined : read;
}

function labelIndex(context: Context, label: tree.Name, operand: Operand): number | undefined {
  const labels = labelsOf(operand);
  const index = labels.indexOf(label.text);
  if (index >= 0) return index;
  const spot = at(context, label);
  const name = operand.kind === "enum" ? showType(operand) : "Bool";
  const near = nearest(label.text, labels);
  context.checking.sink.report("WB0213", { enum: name, name: label.text }, spot, {
    label: "not one of its variants",
    ...(near === undefined ? { help: `its variants are ${labels.map((l) => `\`${l}\``).join(", ")}` } : didYouMean(near, spot)),
  });
  return undefined;
}

function accepted(context: Context, cell: tree.TableCell, operand: Operand): readonly number[] | undefined {
  const all = labelsOf(operand).map((_, index) => index);
  switch (cell.kind) {
    case "any":
      return all;
    case "bound": {
      const index = labelIndex(context, cell.label, operand);
      if (operand.kind === "enum" && !operand.ordered) {
        context.checking.sink.report("WB0321", { op: cell.op, type: showType(operand) }, at(context, cell), {
          label: "no order",
          help: "list the variants, or declare the enum with `<`",
        });
        return undefined;
      }
      if (index === undefined) return undefined;
      return all.filter((other) => (cell.op === ">=" ? other >= index : other <= index));
    }
    case "labels": {
      const indexes = cell.labels.map((label) => labelIndex(context, label, operand));
      return indexes.every((index) => index !== undefined) ? [...new Set(indexes)] : undefined;
    }
  }
}

function importedRows(
  context: Context,
  declaration: tree.TableDeclaration,
  file: tree.StringLiteral,
  operands: readonly Operand[],
  result: Operand,
): readonly Row[] | undefined {
  const location = at(context, file);
  const text = context.checking.file(file.value, context.scope.path);
  if (text === undefined) {
    context.checking.sink.report("WB0510", { file: file.value }, location, {
      label: "cannot be read",
      help: "the path is relative to the policy's own file",
    });
    return undefined;
  }
  const columns = declaration.parameters.map((parameter, index) => ({
    name: parameter.name.text,
    labels: labelsOf(operands[index] ?? result),
  }));
  const read = readTableFile(file.value, text, columns, labelsOf(result));
  if (read.ok) return read.value.map((row) => ({ accepts: row.operands.map((index) => [index]), outcome: row.outcome, at: location }));
  context.checking.sink.report("WB0511", { file: file.value, problem: read.problem }, location, {
    label: "does not fit the table",
    ...(read.suggestion === undefined ? {} : { help: read.suggestion }),
  });
  return undefined;
}

/** Gives each combination to the first row that accepts it; reports what is left over on either side. */
function decided(
  context: Context,
  entity: TableEntity,
  operands: readonly Operand[],
  result: Operand,
  rows: readonly Row[],
  combinations: number,
): TableDefinition | undefined {
  const strides = stridesOf(operands);
  const by = new Int32Array(combinations).fill(-1);
  let left = combinations;
  rows.forEach((row, number) => {
    let taken = 0;
    for (const combination of combinationsOf(row.accepts, strides)) {
      if (by[combination] !== -1) continue;
      by[combination] = number;
      taken += 1;
    }
    left -= taken;
    if (taken === 0) reportDead(context, row, rows, by, strides);
  });
  if (left > 0) {
    const first = by.indexOf(-1);
    const words = wordsOf(first, operands, strides);
    context.checking.sink.report("WB0505", { combination: words, left, of: combinations }, at(context, entity.declaration.name), {
      label: `${left} of ${combinations} combinations are not decided`,
      help: entity.declaration.body.kind === "rows" ? `add a row: \`| ${words.join(" | ")} -> …\`` : "the file leaves them out",
    });
    return undefined;
  }
  const outcomes = Array.from(by, (row) => rows[row]?.outcome ?? 0);
  if (entity.declaration.monotone && !isMonotone(context, entity, operands, result, outcomes, strides)) return undefined;
  return {
    key: entity.key,
    names: entity.declaration.parameters.map((parameter) => parameter.name.text),
    operands,
    result,
    outcomes,
    rows: [...by],
    rowLocations: rows.map((row) => row.at),
    at: at(context, entity.declaration.name),
  };
}

/** How far apart two combinations are that differ by one in an operand; the last operand is fastest. */
function stridesOf(operands: readonly Operand[]): readonly number[] {
  const strides: number[] = [];
  let stride = 1;
  for (let i = operands.length - 1; i >= 0; i -= 1) {
    strides[i] = stride;
    const operand = operands[i];
    if (operand !== undefined) stride *= labelsOf(operand).length;
  }
  return strides;
}

/** The combinations that a row accepts. */
function combinationsOf(accepts: readonly (readonly number[])[], strides: readonly number[]): readonly number[] {
  return accepts.reduce<readonly number[]>(
    (bases, labels, index) => bases.flatMap((base) => labels.map((label) => base + label * (strides[index] ?? 0))),
    [0],
  );
}

function reportDead(context: Context, row: Row, rows: readonly Row[], by: Int32Array, strides: readonly number[]): void {
  const first = combinationsOf(row.accepts, strides)[0];
  const earlier = first === undefined ? undefined : rows[by[first] ?? 0];
  context.checking.sink.report("WB0506", {}, row.at, {
    label: "never reached",
    ...(earlier === undefined || earlier.at.start === row.at.start
      ? {}
      : { related: [{ location: earlier.at, text: "this row comes first" }] }),
    help: "drop it, or move it up",
  });
}

function wordsOf(combination: number, operands: readonly Operand[], strides: readonly number[]): readonly string[] {
  return operands.map((operand, index) => {
    const labels = labelsOf(operand);
    return labels[Math.floor(combination / (strides[index] ?? 1)) % labels.length] ?? "";
  });
}

function isOrdered(operand: Operand): boolean {
  return operand.kind === "scalar" || operand.ordered;
}

/** Whether raising one ordered operand never lowers the result; a counterexample is printed. */
function isMonotone(
  context: Context,
  entity: TableEntity,
  operands: readonly Operand[],
  result: Operand,
  outcomes: readonly number[],
  strides: readonly number[],
): boolean {
  const location = at(context, entity.declaration.name);
  if (!isOrdered(result)) {
    context.checking.sink.report("WB0507", { type: showType(result) }, at(context, entity.declaration.result), {
      label: "has no order",
      help: "declare it with `<` between its variants, or drop `monotone`",
    });
    return false;
  }
  for (let combination = 0; combination < outcomes.length; combination += 1) {
    for (const [index, operand] of operands.entries()) {
      const size = labelsOf(operand).length;
      const stride = strides[index] ?? 1;
      const label = Math.floor(combination / stride) % size;
      if (!isOrdered(operand) || label + 1 >= size) continue;
      const raised = combination + stride;
      const [low, high] = [outcomes[combination] ?? 0, outcomes[raised] ?? 0];
      if (low <= high) continue;
      const show = (at: number): string => `${wordsOf(at, operands, strides).join(" | ")} -> ${labelsOf(result)[outcomes[at] ?? 0] ?? ""}`;
      context.checking.sink.report("WB0508", { operand: entity.declaration.parameters[index]?.name.text ?? "" }, location, {
        label: "not monotone",
        notes: [`\`${show(combination)}\``, `\`${show(raised)}\``],
        help: "change one of the two rows, or drop `monotone`",
      });
      return false;
    }
  }
  return true;
}
