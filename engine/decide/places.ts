/** From JSON pointers into evidence to places in the text of its files. */
import type { Location } from "../../language/diagnostics/diagnostic.ts";
import type { Citation } from "../evaluate/decision.ts";
import { locateAll } from "../evidence/json/locate.ts";
import { locateYaml } from "../evidence/yaml/read.ts";
import type { Texts } from "./report.ts";

/** Looks up where a citation stands; undefined for inline documents and pointers that name nothing. */
export type Places = (citation: Citation) => Location | undefined;

/** The file of a document's name: `pods.yaml#2` is the second document of `pods.yaml`. */
export function fileOf(name: string): { readonly path: string; readonly part: number | undefined } {
  const match = /^(.*)#(\d+)$/s.exec(name);
  return match?.[1] === undefined ? { path: name, part: undefined } : { path: match[1], part: Number(match[2]) };
}

/** The pointer, and the two records around it, innermost first. */
function withAncestors(pointer: string): readonly string[] {
  const parts = pointer.split("/");
  return [0, 1, 2].filter((up) => up < parts.length).map((up) => parts.slice(0, parts.length - up).join("/"));
}

/** Finds all places at once: a JSON text is walked once for all of its pointers. */
export function placesOf(citations: readonly Citation[], texts: Texts): Places {
  const places = new Map<string, Location>();
  const key = (citation: Citation): string => `${citation.document.name}\n${citation.pointer}`;
  for (const [name, cited] of Map.groupBy(citations, (citation) => citation.document.name)) {
    const file = texts.evidence(name) ? { path: name, part: undefined } : fileOf(name);
    const text = texts.evidence(file.path)?.text;
    if (text === undefined) continue;
    const json = file.part === undefined && /^\s*[{[]/.test(text.slice(0, 4096));
    const spans = json ? locateAll(text, [...new Set(cited.flatMap((citation) => withAncestors(citation.pointer)))]) : undefined;
    for (const citation of cited) {
      // What is absent has no place of its own: the record that lacks it has.
      for (const pointer of withAncestors(citation.pointer)) {
        const span = spans ? spans.get(pointer) : locateYaml(text, pointer, file.part);
        if (!span) continue;
        places.set(key(citation), { path: file.path, ...span });
        break;
      }
    }
  }
  return (citation) => places.get(key(citation));
}
