/** Text laid out in terminal columns. */
import { eastAsianWidth } from "get-east-asian-width";

/** Colours of our own, and characters that take no column: combining marks, joiners, variation selectors. */
const unseen = /\p{Cc}\[[\d;]*m|[\p{Mn}\p{Me}\p{Cf}]/gu;

/**
 * Columns that a terminal gives to a text. (string-width also joins emoji sequences, and its expression for them takes
 * 20 ms to compile: as long as everything else that a short call does.)
 */
export function columns(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text.replace(unseen, "")) width += eastAsianWidth(character.codePointAt(0) ?? 0);
  return width;
}

/** Breaks at blanks so that no line is wider than `width` (one word may be); `indent` goes before all lines but the first. */
export function wrap(text: string, width: number, indent = ""): string {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      const room = lines.length === 0 ? width : width - columns(indent);
      if (line !== "" && columns(line) + 1 + columns(word) > room) {
        lines.push(line);
        line = word;
      } else line = line === "" ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines.map((line, i) => (i === 0 ? line : indent + line)).join("\n");
}

/** `1 error`, `2 errors` */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
