/** The derivation of one clause, for `why`. */
import type { Sources } from "../../language/diagnostics/render/lines.ts";
import { ansi, type Palette, plain } from "../../language/diagnostics/render/palette.ts";
import { place } from "../../language/diagnostics/render/text.ts";
import { visible } from "../../language/diagnostics/render/untrusted.ts";
import type { Derivation } from "../evaluate/decision.ts";

function paint(palette: Palette, value: string): string {
  const shown = visible(value);
  if (value === "true") return palette.good(shown);
  if (value === "false") return palette.error(shown);
  return value.startsWith("unknown") || value.startsWith("?") ? palette.warning(shown) : palette.strong(shown);
}

/** The expression as it was written; a step for a member of a collection has the name that it is bound to. */
function sourceOf(derivation: Derivation, sources: Sources): string {
  const isMember = /^\w+$/.test(derivation.text) && !/^(true|false|unknown|\?)/.test(derivation.value);
  const written = isMember ? undefined : sources(derivation.at.path)?.text.slice(derivation.at.start, derivation.at.end);
  return written === undefined || written === "" ? derivation.text : written;
}

function lines(derivation: Derivation, sources: Sources, palette: Palette, lead: string, follow: string): string[] {
  const text = visible(sourceOf(derivation, sources).replace(/\s+/g, " "));
  const short = text.length > 100 ? `${text.slice(0, 99)}…` : text;
  const out = [`${lead}${paint(palette, derivation.value)}  ${short}  ${palette.faint(place(derivation.at, sources))}`];
  for (const citation of derivation.citations) {
    const pointer = citation.pointer === "" ? "" : ` ${citation.pointer}`;
    out.push(
      `${follow}    ${palette.note(visible(`${citation.document.name}${pointer}`))} ${visible(`${citation.path} is ${citation.value}`)}`,
    );
  }
  for (const [i, child] of derivation.children.entries()) {
    const last = i === derivation.children.length - 1;
    out.push(...lines(child, sources, palette, `${follow}${last ? "└─ " : "├─ "}`, `${follow}${last ? "   " : "│  "}`));
  }
  return out;
}

/** A tree, a line a step: what it came to, the expression, its place; and the evidence that it read. */
export function renderDerivation(derivation: Derivation, sources: Sources, colour: boolean): string {
  return lines(derivation, sources, colour ? ansi : plain, "", "").join("\n");
}
