/**
 * Questions about a member of a list, as data: joined so that what two of them read in a row is read once, and then made
 * into conditions, each by a copy of the text of its own.
 */

import type { Answer, Condition } from "./conditions.ts";
import { copyOf } from "./copies.ts";

/** A condition on what a place holds: a record, a text, an image reference. Places say which. */
export type Asked = Condition<never>;

export type Connective = "both" | "either" | "instead";

export type Question =
  | { readonly kind: "always"; readonly answer: Answer }
  | { readonly kind: "single"; readonly make: () => Asked }
  | { readonly kind: "joined"; readonly by: Connective; readonly left: Question; readonly right: Question }
  /** `inner`, asked of what stands at a place; `absent` is the answer where nothing does. */
  | { readonly kind: "at"; readonly place: Place; readonly absent: Answer; readonly inner: Question };

export interface Place {
  /** Equal keys are one place. */
  readonly key: string;
  readonly reach: (inner: Asked, absent: Answer) => Asked;
}

/** The answers upon which a connective asks its right side; any other is the answer of the whole. */
const goesOn: Readonly<Record<Connective, Answer>> = { both: 1, either: 0, instead: 3 };

/** Short circuit: the right side is asked only where the left one does not settle it. */
export function join(by: Connective, left: Question, right: Question): Question {
  if (left.kind === "always") return left.answer === goesOn[by] ? right : left;
  if (left.kind !== "at" || right.kind !== "at" || left.place.key !== right.place.key) return { kind: "joined", by, left, right };
  // What the place holds is the same for both, and so is whether it can be read: only then is either asked.
  const absent = left.absent === goesOn[by] ? right.absent : left.absent;
  return { kind: "at", place: left.place, absent, inner: join(by, left.inner, right.inner) };
}

export function single(make: () => Asked): Question {
  return { kind: "single", make };
}

export function at(place: Place, absent: Answer, inner: Question): Question {
  return { kind: "at", place, absent, inner };
}

export function conditionOf(question: Question): Asked {
  switch (question.kind) {
    case "always": {
      const { answer } = question;
      return () => answer;
    }
    case "single":
      return question.make();
    case "joined":
      return copyOf(question.by)(conditionOf(question.left), conditionOf(question.right));
    case "at":
      return question.place.reach(conditionOf(question.inner), question.absent);
  }
}
