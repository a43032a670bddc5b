/** From JSON pointers into evidence to places in the text of its files. */
import type { Location, Span } from "../../language/diagnostics/diagnostic.ts";
import { type Lines, lineText } from "../../language/diagnostics/render/lines.ts";
import type { Citation } from "../evaluate/decision.ts";
import { locateNearest } from "../evidence/json/locate.ts";
import { locateYaml } from "../evidence/yaml/read.ts";
import type { Texts } from "./report.ts";

/** Looks up where a citation stands; undefined for inline documents and pointers that name nothing. */
export type Places = (citation: Citation) => Location | undefined;

/** The file of a document's name: `pods.yaml#2` is the second document of `pods.yaml`. */
export function fileOf(name: string): { readonly path: string; readonly part: number | undefined } {
  const match = /^(.*)#(\d+)$/s.exec(name);
  return match?.[1] === undefined ? { path: name, part: undefined } : { path: match[1], part: Number(match[2]) };
}

/** What is absent has no place of its own: the record that lacks it has, or the one around that. */
const around = 2;

/** The place of a pointer in a document of a YAML file, or of what is around it. */
function nearestInYaml(text: string, pointer: string, part: number | undefined): Span | undefined {
  let place = pointer;
  for (let up = 0; ; up += 1) {
    const span = locateYaml(text, place, part);
    if (span || up === around || !place.includes("/")) return span;
    place = place.slice(0, place.lastIndexOf("/"));
  }
}

/** The line of a table that a pointer names (`Place`). */
function spanOfLine(lines: Lines, pointer: string): Span | undefined {
  const line = Number(/^#L(\d+)$/.exec(pointer)?.[1] ?? 0);
  const start = lines.starts[line - 1];
  return start === undefined ? undefined : { start, end: start + lineText(lines, line).length };
}

/** Finds all places at once: a JSON text is walked once for all of its pointers. */
export function placesOf(citations: readonly Citation[], texts: Texts): Places {
  const places = new Map<string, Location>();
  const key = (citation: Citation): string => `${citation.document.name}\n${citation.pointer}`;
  for (const [name, cited] of Map.groupBy(citations, (citation) => citation.document.name)) {
    const file = texts.evidence(name) ? { path: name, part: undefined } : fileOf(name);
    const lines = texts.evidence(file.path);
    if (lines === undefined) continue;
    const { text } = lines;
    for (const citation of cited) {
      const span = spanOfLine(lines, citation.pointer);
      if (span) places.set(key(citation), { path: file.path, ...span });
    }
    const json = file.part === undefined && /^\s*[{[]/.test(text.slice(0, 4096));
    const pointers = [...new Set(cited.map((citation) => citation.pointer))];
    const spans = json
      ? locateNearest(text, pointers, around)
      : new Map(pointers.map((pointer) => [pointer, nearestInYaml(text, pointer, file.part)]));
    for (const citation of cited) {
      const span = spans.get(citation.pointer);
      if (span) places.set(key(citation), { path: file.path, ...span });
    }
  }
  return (citation) => places.get(key(citation));
}
