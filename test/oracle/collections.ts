/** Quantifiers, counts and `closed` over `⟨xs ; W⟩` (semantics, section 5). */
import type { CollectionMeaning, Interval, MapMeaning, Meaning, RecordMeaning, Truth, Wants } from "./logic.ts";
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

/** `closed(e)`: on a record, every collection read through it, those of its members included. */
export function closed(meaning: Meaning): Meaning {
  switch (meaning.kind) {
    case "collection":
      return { kind: "collection", members: meaning.members.map(closed), wants: withoutOpenness(meaning.wants) };
    case "map":
      return closedMap(meaning);
    case "record":
      return closedRecord(meaning);
    default:
      return meaning;
  }
}

function closedMap(map: MapMeaning): MapMeaning {
  return { kind: "map", entries: new Map([...map.entries].map(([k, v]) => [k, closed(v)])), wants: withoutOpenness(map.wants) };
}

function closedRecord(record: RecordMeaning): RecordMeaning {
  return { ...record, field: (field, fact) => closed(record.field(field, fact)) };
}
