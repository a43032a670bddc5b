/**
 * What conditions on members of lists are made of. Each function here makes one; `branches.ts` says of which a condition
 * of a policy consists, and when it may be decided so at all.
 *
 * JavaScript engines learn by the text of a function, not by the closure: two conditions made by one text look to them
 * like one that is called with everything, and are never compiled into what calls them. So `npm run gen` writes this
 * module's text several times into `generated/conditions.js`, and each condition of a policy is made by a copy of its
 * own as long as there are copies. V8 then compiles a whole clause into one piece of machine code, without `eval`, which
 * a strict CSP forbids. For the same reason nothing is imported here but types.
 */
import type { DataRecord } from "../../../language/core/data.ts";
import type { ImageRef } from "../../../language/domains/image-ref.ts";
import type { Env } from "../env.ts";
import type { Truth, Unknown } from "../unknown.ts";
import type { Collection } from "../virtual.ts";

/** It does not hold (0), it holds (1), it cannot be told here (2), what is read is missing, and may be (3). */
export type Answer = 0 | 1 | 2 | 3;

/** A condition on something: a member (which is an object), a text, an image reference. `env` has what lies outside. */
export type Condition<T> = (own: T, env: Env) => Answer;

export function both<T>(a: Condition<T>, b: Condition<T>): Condition<T> {
  return (own, env) => {
    const first = a(own, env);
    return first === 1 ? b(own, env) : first;
  };
}

export function either<T>(a: Condition<T>, b: Condition<T>): Condition<T> {
  return (own, env) => {
    const first = a(own, env);
    return first === 0 ? b(own, env) : first;
  };
}

/** `a`, or `b` where what `a` reads is missing. */
export function instead<T>(a: Condition<T>, b: Condition<T>): Condition<T> {
  return (own, env) => {
    const first = a(own, env);
    return first === 3 ? b(own, env) : first;
  };
}

/** Asked of the member of a list further out, which has to be in its slot. */
export function ofOuter(slot: number, inner: Condition<DataRecord>): Condition<unknown> {
  return (_, env) => inner(env.slots[slot] as DataRecord, env);
}

export function ofSubject(inner: Condition<DataRecord>): Condition<unknown> {
  return (_, env) => inner(env.request.subject.data, env);
}

/**
 * Asked of the record in a field. `standIn` is what stands for an absent one; where nothing does, `absent` is the answer.
 * `guarded` fields are read from plain data only: what may stand in the place of a record has a property of that name.
 */
export function recordIn(
  name: string,
  guarded: boolean,
  absent: Answer,
  standIn: DataRecord | undefined,
  inner: Condition<DataRecord>,
): Condition<DataRecord> {
  return (own, env) => {
    if (guarded && own.constructor !== Object) return 2;
    const next = own[name];
    if (typeof next === "object" && next !== null) return inner(next as DataRecord, env);
    if ((next !== undefined && next !== null) || own.constructor !== Object) return 2;
    return standIn === undefined ? absent : inner(standIn, env);
  };
}

export function textIn(name: string, guarded: boolean, absent: Answer, inner: Condition<string>): Condition<DataRecord> {
  return (own, env) => {
    if (guarded && own.constructor !== Object) return 2;
    const raw = own[name];
    if (typeof raw === "string") return inner(raw, env);
    return (raw === undefined || raw === null) && own.constructor === Object ? absent : 2;
  };
}

export function flagIn(name: string, guarded: boolean, absent: Answer, yes: Answer, no: Answer): Condition<DataRecord> {
  return (own) => {
    if (guarded && own.constructor !== Object) return 2;
    const raw = own[name];
    if (raw === true) return yes;
    if (raw === false) return no;
    return (raw === undefined || raw === null) && own.constructor === Object ? absent : 2;
  };
}

/** Integers from `low` to `high`. */
export function numberIn(
  name: string,
  guarded: boolean,
  absent: Answer,
  low: number,
  high: number,
  yes: Answer,
  no: Answer,
): Condition<DataRecord> {
  return (own) => {
    if (guarded && own.constructor !== Object) return 2;
    const raw = own[name];
    if (typeof raw === "number") return Number.isSafeInteger(raw) ? (low <= raw && raw <= high ? yes : no) : 2;
    return (raw === undefined || raw === null) && own.constructor === Object ? absent : 2;
  };
}

/** Whether a member of the list in a field satisfies `inner`. Members go to the slot where conditions further in read it. */
export function someIn(
  name: string,
  guarded: boolean,
  absent: Answer,
  slot: number | undefined,
  inner: Condition<DataRecord>,
  yes: Answer,
  no: Answer,
): Condition<DataRecord> {
  return (own, env) => {
    if (guarded && own.constructor !== Object) return 2;
    const items: unknown = own[name];
    if (!Array.isArray(items)) return (items === undefined || items === null) && own.constructor === Object ? absent : 2;
    for (let index = 0; index < items.length; index += 1) {
      const item: unknown = items[index];
      if (typeof item !== "object" || item === null) return 2;
      if (slot !== undefined) env.slots[slot] = item;
      const answer = inner(item as DataRecord, env);
      if (answer !== 0) return answer === 1 ? yes : 2;
    }
    return no;
  };
}

export function isText(wanted: string, yes: Answer, no: Answer): Condition<string> {
  return (own) => (own === wanted ? yes : no);
}

/** `lengths` and `units` have a bit for each length and each first unit of the set's members, modulo 32. */
export function isAmong(set: ReadonlySet<string>, lengths: number, units: number, yes: Answer, no: Answer): Condition<string> {
  return (own) =>
    ((lengths >>> (own.length & 31)) & 1) === 1 && ((units >>> (own.charCodeAt(0) & 31)) & 1) === 1 && set.has(own) ? yes : no;
}

/** `unit` is the first of `beginning`, which mostly settles it. */
export function begins(beginning: string, unit: number, yes: Answer, no: Answer): Condition<string> {
  return (own) => (own.charCodeAt(0) === unit && own.startsWith(beginning) ? yes : no);
}

/** `unit` is the last of `ending`. */
export function ends(ending: string, unit: number, yes: Answer, no: Answer): Condition<string> {
  return (own) => (own.charCodeAt(own.length - 1) === unit && own.endsWith(ending) ? yes : no);
}

export function passes(test: (text: string) => boolean, yes: Answer, no: Answer): Condition<string> {
  return (own) => (test(own) ? yes : no);
}

/** The answer for the variant of an enum that the text names. */
export function variantIs(answers: ReadonlyMap<string, Answer>): Condition<string> {
  return (own) => answers.get(own) ?? 2;
}

/** Asked of the image reference that a text is. */
export function imageIn(read: (text: string) => ImageRef | undefined, inner: Condition<ImageRef>): Condition<string> {
  return (own, env) => {
    const image = read(own);
    return image === undefined ? 2 : inner(image, env);
  };
}

export function partIn(part: keyof ImageRef, absent: Answer, inner: Condition<string>): Condition<ImageRef> {
  return (own, env) => {
    const text = own[part];
    return text === undefined ? absent : inner(text, env);
  };
}

/**
 * `some` over a list that was read. Of a member about which the condition cannot tell, `hit` says it, with what is
 * unknown.
 */
export function someMember(
  members: (env: Env) => Collection,
  slot: number,
  kept: boolean,
  condition: Condition<DataRecord>,
  hit: (env: Env) => Truth,
  unite: (a: Unknown, b: Unknown) => Unknown,
): (env: Env) => Truth {
  return (env) => {
    const { items, open } = members(env);
    const certain = env.failed === undefined;
    let unknown = open;
    for (let index = 0; index < items.length; index += 1) {
      const item = items[index];
      if (certain && typeof item === "object" && item !== null) {
        if (kept) env.slots[slot] = item;
        const answer = condition(item as DataRecord, env);
        if (answer === 0) continue;
        if (answer === 1) return true;
      }
      env.slots[slot] = item;
      const truth = hit(env);
      if (truth === true) return true;
      if (truth !== false) unknown = unknown === undefined ? truth : unite(unknown, truth);
    }
    return unknown ?? false;
  };
}

/** What the condition says, negated; `negate` does it where that is unknown. */
export function refuted(condition: (env: Env) => Truth, negate: (unknown: Unknown) => Truth): (env: Env) => Truth {
  return (env) => {
    const truth = condition(env);
    return truth === true ? false : truth === false ? true : negate(truth);
  };
}
