/** Quantifiers, counts and `closed` over `⟨xs ; W⟩` (semantics, section 5). */
import type { CollectionMeaning, Interval, Meaning, Truth, Wants } from "./logic.ts";
import { and, any, not, open, or, union } from "./logic.ts";

/** `some x in ⟨xs;W⟩ where p = open(W) or ⋁ p(xᵢ)` */
export function some(collection: CollectionMeaning, p: (member: Meaning) => Truth): Truth {
  return or(open(collection.wants), any(collection.members.map(p)));
}

/** `every x in ⟨xs;W⟩ where p : q = not some x in ⟨xs;W⟩ where p and not q` */
export function every(collection: CollectionMeaning, p: (member: Meaning) => Truth, q: (member: Meaning) => Truth): Truth {
  return not(some(collection, (member) => and(p(member), not(q(member)))));
}

export function count(collection: CollectionMeaning, p: (member: Meaning) => Truth): Interval {
  const truths = collection.members.map(p);
  const sureOnes = truths.filter((t) => t === true).length;
  const half = truths.flatMap((t) => (typeof t === "boolean" ? [] : [t.wants]));
  return {
    kind: "interval",
    lo: sureOnes,
    hi: collection.wants.size === 0 ? sureOnes + half.length : Number.POSITIVE_INFINITY,
    wants: union(collection.wants, ...half),
  };
}

function withoutOpenness(set: Wants): Wants {
  return new Map([...set].filter(([, w]) => !w.openness));
}

/** `closed(e)`: of a collection its own openness; of a record, of every collection read through it. */
export function closed(meaning: Meaning): Meaning {
  if (meaning.kind === "collection" || meaning.kind === "map") return { ...meaning, wants: withoutOpenness(meaning.wants) };
  return throughout(meaning);
}

/** Whatever is read through a closed record: members of its lists and records in it too. */
function throughout(meaning: Meaning): Meaning {
  switch (meaning.kind) {
    case "collection":
      return { kind: "collection", members: meaning.members.map(throughout), wants: withoutOpenness(meaning.wants) };
    case "map":
      return {
        kind: "map",
        entries: new Map([...meaning.entries].map(([k, v]) => [k, throughout(v)])),
        wants: withoutOpenness(meaning.wants),
      };
    case "record":
      return { ...meaning, field: (field, fact) => throughout(meaning.field(field, fact)) };
    default:
      return meaning;
  }
}
