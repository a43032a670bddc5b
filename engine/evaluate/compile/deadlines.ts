/** `waybill.deadline`: reading a deadline, and what depends on the clock of the decision (semantics, section 9). */
import type { IntrinsicCall } from "../../../language/core/ir.ts";
import { showTime } from "../../../language/domains/time.ts";
import type { Field, RecordType } from "../../../language/semantics/types.ts";
import type { Env } from "../env.ts";
import { type Due, dayOf, dueOf, type Pause, type Deadline as Term } from "../intrinsics/deadline.ts";
import { Moving, noteFlip, standing } from "../moving.ts";
import { MALFORMED, MISSING, plain, type Site, Unknown, union, want } from "../unknown.ts";
import type { Collection, RecordValue } from "../virtual.ts";
import type { Compiled, Context, Fn } from "./context.ts";
import { fieldReader, unknownOf } from "./fields.ts";

type Read = (record: RecordValue, env: Env) => unknown;

interface Reading {
  readonly term: Term;
  /** Lists that may have more members: more of them could only make it later. */
  readonly open: Unknown | undefined;
}

export function isDeadlineCall(name: string): boolean {
  return name.startsWith("waybill.deadline.");
}

/** One of `due`, `passed` and `left`. */
export function compileDeadline(context: Context, expr: IntrinsicCall): Fn {
  const [argument] = expr.args;
  if (argument?.type.kind !== "record") throw new Error(`core calls ${expr.name} with other arguments than a Deadline`);
  const site = context.site(expr);
  const record = context.compile(argument);
  const read = deadlineReader(argument.type, site, record);
  const answer = answers[expr.name.slice(expr.name.lastIndexOf(".") + 1)];
  if (answer === undefined) throw new Error(`core names a function of deadlines that is not there: ${expr.name}`);
  return (env) => {
    const reading = read(record.fn(env) as RecordValue, env);
    if (reading instanceof Unknown) return unknownOf(expr.type, reading);
    const due = dueOf(reading.term);
    if (due.kind === "malformed") return want(MALFORMED, site, undefined, due.problem);
    return answer(env, due, reading.open, site);
  };
}

type Answer = (env: Env, due: Exclude<Due, { kind: "malformed" }>, open: Unknown | undefined, site: Site) => unknown;

const answers: Readonly<Record<string, Answer>> = {
  due: (_env, due, open, site) => open ?? (due.kind === "due" ? due.at : stands(due.since, site)),
  left: (env, due, open, site) => {
    if (open !== undefined) return open;
    if (due.kind === "standing") return stands(due.since, site);
    return env.now === undefined ? withoutClock(env, site) : new Moving(due.at - env.now, -1);
  },
  passed: (env, due, open, site) => {
    if (due.kind === "standing") return false;
    if (env.now === undefined) return withoutClock(env, site);
    noteFlip(env, ">=", new Moving(env.now, 1), due.at);
    return env.now >= due.at ? (open ?? true) : false;
  },
};

function stands(since: number, site: Site): Unknown {
  return want(MISSING, site, undefined, `the clock stands since ${showTime(since)}, and nobody has ended the pause`);
}

function withoutClock(env: Env, site: Site): Unknown {
  env.clockMissing = true;
  return want(MISSING, site, undefined, "there is no clock");
}

function reader(type: RecordType, name: string, site: Site, closed: boolean): Read {
  const field: Field | undefined = type.fields.get(name);
  if (field === undefined) throw new Error(`\`${type.name}\` has no field ${name}`);
  const read = fieldReader(field, { ...site, fact: `${site.fact}.${name}`, field: name }, closed);
  return (record, env) => fixedAt(read(record), env);
}

/**
 * A start that moves with the clock: days are not linear in it, so the answer holds for this microsecond and is computed
 * anew at the next.
 */
function fixedAt(value: unknown, env: Env): unknown {
  if (!(value instanceof Moving)) return value;
  if (env.now !== undefined) env.validUntil = Math.min(env.validUntil, env.now + 1);
  return standing(value);
}

function deadlineReader(type: RecordType, site: Site, { closed }: Compiled): (record: RecordValue, env: Env) => Reading | Unknown {
  const start = reader(type, "start", site, closed);
  const days = reader(type, "days", site, closed);
  const counted = reader(type, "counted", site, closed);
  const holidays = reader(type, "holidays", site, closed);
  const pauses = reader(type, "pauses", site, closed);
  const pause = pauseReader(type, site, closed);
  return (record, env) => {
    const scalars = [start(record, env), days(record, env), counted(record, env)];
    const free = holidays(record, env) as Collection;
    const stops = pauses(record, env) as Collection;
    const read = stops.items.map((item) => pause(item as RecordValue, env));
    const unknown = unionOf([...scalars, ...free.items, ...read]);
    if (unknown !== undefined) return unknown;
    const [from, count, counting] = scalars;
    const term: Term = {
      start: Number(from),
      days: Number(count),
      business: counting === business(type),
      holidays: new Set(free.items.map((time) => dayOf(Number(fixedAt(time, env))))),
      pauses: read as readonly Pause[],
    };
    return { term, open: unionOf([free.open, stops.open]) };
  };
}

function business(type: RecordType): number {
  const days = type.fields.get("counted")?.type;
  return days?.kind === "enum" ? days.variants.indexOf("business") : -1;
}

/** A pause whose end is not stated has none yet; one whose end is not known for another reason is not known. */
function pauseReader(type: RecordType, site: Site, closed: boolean): (record: RecordValue, env: Env) => Pause | Unknown {
  const list = type.fields.get("pauses")?.type;
  if (list?.kind !== "list" || list.element.kind !== "record") throw new Error("`pauses` is no list of records");
  const begins = reader(list.element, "begins", site, closed);
  const ends = reader(list.element, "ends", site, closed);
  return (record, env) => {
    const from = begins(record, env);
    const until = ends(record, env);
    if (from instanceof Unknown) return from;
    if (until instanceof Unknown) return until.causes === MISSING ? { begins: Number(from), ends: undefined } : until;
    return { begins: Number(from), ends: Number(until) };
  };
}

function unionOf(values: readonly unknown[]): Unknown | undefined {
  let unknown: Unknown | undefined;
  for (const value of values) if (value instanceof Unknown) unknown = unknown === undefined ? plain(value) : union(unknown, value);
  return unknown;
}
