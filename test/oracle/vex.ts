/** `vex` declarations straight from semantics, section 10, and random ones over a universe. */

import { vexJustifications } from "../../engine/decide/vex/document.ts";
import type { Request } from "../../engine/evaluate/decision.ts";
import type { DataRecord } from "../../language/core/data.ts";
import type { Cause, Program, Template, VexDefinition, VexRow, VexRowStatus } from "../../language/core/ir.ts";
import type { Choices } from "./choices.ts";
import { bind, faultless, readingOf, truth, type World } from "./evaluate.ts";
import { condition, type Scope } from "./expressions.ts";
import { type Ground, programWith } from "./ground.ts";
import { causesOf, type Truth } from "./logic.ts";
import { recordFrom } from "./read.ts";
import { place } from "./universe.ts";

const at = place();

export interface OracleAssessment {
  readonly status: VexRowStatus["kind"];
  readonly justification: string | undefined;
  /** n for `else`. */
  readonly row: number;
  /** Causes of the rows that keep a suppression from being said; undefined where none is kept. */
  readonly held: ReadonlySet<Cause> | undefined;
  readonly wouldBe: readonly number[];
}

const suppressing = (status: VexRowStatus): boolean => status.kind === "not_affected" || status.kind === "fixed";

/**
 * Rows (k₁,s₁) … (kₙ,sₙ), kₙ = T. i is the first with kᵢ = T. The result is sᵢ, except that it is under_investigation if sᵢ
 * suppresses and an undecided row above it does not. Undefined: the scope is false.
 */
export function oracleAssessment(vex: VexDefinition, finding: DataRecord, world: World): OracleAssessment | undefined {
  const env = bind(new Map(), vex.finding.slot, { kind: "member", meaning: recordFrom(finding, readingOf(world)) });
  const scope: Truth = vex.scope === undefined ? true : truth(vex.scope, env, world);
  if (scope === false) return undefined;
  const rows = [...vex.rows.map((row) => ({ k: truth(row.condition, env, world), s: row.status })), { k: true as Truth, s: vex.otherwise }];
  const i = rows.findIndex(({ k }) => k === true);
  const decided = rows[i]?.s as VexRowStatus;
  const above = rows.slice(0, i).flatMap(({ k, s }, row) => (typeof k === "boolean" ? [] : [{ row, s, causes: causesOf(k.wants) }]));
  const wouldBe = above.filter(({ s }) => suppressing(s)).map(({ row }) => row);
  const against = above.filter(({ s }) => !suppressing(s));
  const doubts = [...against.map(({ causes }) => causes), ...(typeof scope === "boolean" ? [] : [causesOf(scope.wants)])];
  if (suppressing(decided) && doubts.length > 0)
    return { status: "under_investigation", justification: undefined, row: i, held: new Set(doubts.flatMap((set) => [...set])), wouldBe };
  return {
    status: decided.kind,
    justification: decided.kind === "not_affected" ? decided.justification : undefined,
    row: i,
    held: undefined,
    wouldBe,
  };
}

export function worldOf(program: Program, request: Request): World {
  return { program, inputs: new Map(), request, faults: faultless };
}

const words = (text: string): Template => ({ parts: [{ kind: "text", text }] });

export function someStatus(choices: Choices): VexRowStatus {
  const suppressed = choices.chance(60);
  if (suppressed && choices.chance(70)) return { kind: "not_affected", justification: choices.pick(vexJustifications) };
  if (suppressed) return { kind: "fixed" };
  return choices.chance(50) ? { kind: "affected", action: words("upgrade") } : { kind: "under_investigation" };
}

/** A program with one declaration about images, its findings being items of the universe. */
export function vexProgram(ground: Ground): { readonly program: Program; readonly vex: VexDefinition } {
  const { choices, universe } = ground;
  const slot = ground.fresh();
  const member = { kind: "local", slot, name: "finding", type: universe.item, at } as const;
  const scope: Scope = { ...ground.scope, records: [...ground.scope.records, member, member] };
  const rows = choices.times(0, 4, (): VexRow => ({ condition: condition(2, scope), status: someStatus(choices), at }));
  const vex: VexDefinition = {
    name: "oracle.v",
    subject: "image",
    subjectType: universe.subject,
    finding: { slot, name: "finding", type: universe.item },
    ...(choices.chance(30) ? { scope: condition(1, { ...ground.scope, records: scope.records }) } : {}),
    rows,
    otherwise: someStatus(choices),
    otherwiseAt: at,
    assumptions: [],
    at,
  };
  return { program: { ...programWith(ground, []), vexes: [vex], slots: ground.fresh() }, vex };
}
