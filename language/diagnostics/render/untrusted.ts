/**
 * Names from policies and evidence are untrusted: they may hold line breaks, terminal escapes, workflow commands or
 * markup. Every renderer passes text through one of these (docs/style.md, rule 9).
 */

/** C0 and C1 controls, bidirectional controls, invisible formatting, line separators, lone surrogates, non-characters. */
const invisible =
  /[\p{Cc}\p{Cs}\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]|[\u{e0000}-\u{e007f}]/gu;

function named(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** One line for people: nothing that moves the cursor, changes colour or reorders text; it is shown as `\u{…}`. */
export function visible(text: string): string {
  return text.replace(invisible, (character) => (character === "\n" ? "\\n" : character === "\t" ? "\\t" : named(character)));
}

/** A line of source text: tabs stay (the excerpt widens them). */
export function visibleSource(text: string): string {
  return text.replace(invisible, (character) => (character === "\t" ? "\t" : named(character)));
}

/** Like `visible` for each line of a text that may have several. */
export function visibleLines(text: string): string {
  return text
    .split(/\r\n|\n/)
    .map((line) => visible(line))
    .join("\n");
}

/** XML 1.0 text and attribute values; what XML cannot hold at all is shown as `\u{…}`. */
export function xml(text: string): string {
  return text
    .replace(invisible, (character) => (character === "\n" || character === "\t" ? character : named(character)))
    .replace(/[<>&"'\n\t]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Markdown inline text: no markup, link, image, mention, issue reference or HTML is left in it, and no block begins. */
export function markdown(text: string): string {
  return visible(text)
    .replace(/[\\`*_[\]|~$#]/g, (character) => `\\${character}`)
    .replace(/[<>&@]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/:(?=\/\/)/g, "&#58;")
    .replace(/\b(www|GH)([.-])/gi, (_, word: string, mark: string) => `${word}&#${mark.charCodeAt(0)};`)
    .replace(/^([-+=]|\d+[.)])/, (start) => `${start.slice(0, -1)}\\${start.slice(-1)}`);
}

/** Markdown inline code: the fence is longer than any run of backticks inside; a table cell may hold it. */
export function markdownCode(text: string): string {
  const shown = visible(text).replaceAll("|", "¦");
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  const pad = shown.startsWith("`") || shown.endsWith("`") || shown === "" ? " " : "";
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** A fenced block; the fence is longer than any run of backticks inside. */
export function markdownBlock(text: string, language = ""): string {
  const shown = visibleLines(text);
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${shown}\n${fence}`;
}

/** The message of a GitHub workflow command. */
export function githubData(text: string): string {
  return visibleLines(text).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** The value of a property of a GitHub workflow command. */
export function githubProperty(text: string): string {
  return githubData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/** A relative URI reference, or a `file:` URI, of a path as the user gave it. */
export function uri(path: string): string {
  const slashes = path.replaceAll("\\", "/").toWellFormed();
  const encoded = slashes.split("/").map(encodeURIComponent).join("/");
  if (slashes.startsWith("/")) return `file://${encoded}`;
  if (/^[A-Za-z]:\//.test(slashes)) return `file:///${encoded.replace("%3A", ":")}`;
  return encoded.replace(/^(std|packs)%3A/, "$1:");
}
