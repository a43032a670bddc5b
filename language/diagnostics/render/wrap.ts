/** Text laid out in terminal columns. */
import stringWidth from "string-width";

export function columns(text: string): number {
  return stringWidth(text);
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

export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - columns(text)));
}

/** `1 error`, `2 errors` */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
