/** What an undecided clause wanted, grouped so that a person can act on it (library.md, "Undecided must help"). */
import { placeOf } from "../../../language/core/data.ts";
import type { Citation, WantGroup } from "../decision.ts";
import { describeRecord } from "../print.ts";
import { causesOf, eachWant, type Unknown } from "../unknown.ts";
import { originOf } from "./cite.ts";

const membersShown = 5;

interface Group {
  readonly cause: WantGroup["cause"];
  readonly fact: string;
  readonly detail: string;
  readonly openness: boolean;
  count: number;
  readonly members: Set<string>;
  readonly citations: Citation[];
}

/** Groups by cause, fact and detail, the largest first. `population` says how many members the variable that begins a fact ranges over. */
export function groupWants(unknown: Unknown, population: ReadonlyMap<string, number>): readonly WantGroup[] {
  const groups = new Map<string, Group>();
  eachWant(unknown, (single) => {
    const fact = single.site?.fact ?? "";
    for (const cause of causesOf(single.causes)) {
      const detail = manyDetails(single.detail);
      const key = `${cause}\n${fact}\n${detail}\n${single.openness}`;
      const group = groups.get(key) ?? {
        cause,
        fact,
        detail,
        openness: single.openness,
        count: 0,
        members: new Set<string>(),
        citations: [],
      };
      groups.set(key, group);
      group.count += 1;
      if (single.record === undefined || group.members.size >= membersShown) continue;
      const member = describeRecord(single.record);
      if (group.members.has(member)) continue;
      group.members.add(single.detail === detail ? member : `${member}: ${single.detail}`);
      const place = originOf(single.record);
      const field = single.site?.field;
      if (place !== undefined) {
        const isPlaced = field !== undefined && (place.fields?.[field] ?? place.elsewhere?.[field]) !== undefined;
        const { document, pointer } = isPlaced ? placeOf(place, field) : place;
        group.citations.push({ document, pointer, path: fact, value: `(not known: ${cause})` });
      }
    }
  });
  const largestFirst = [...groups.entries()].sort(([x, a], [y, b]) => b.count - a.count || (x < y ? -1 : 1)).map(([, group]) => group);
  return largestFirst.map((group) => {
    const of = population.get(group.fact.slice(0, Math.max(0, group.fact.indexOf("."))));
    return { ...group, members: [...group.members], ...(of === undefined ? {} : { of }) };
  });
}

/** Details that name the member's own value would make a group of each; they are shown beside the member instead. */
function manyDetails(detail: string): string {
  return detail.replace(/`[^`]*`/g, "…").replace(/"[^"]*"/g, "…");
}
