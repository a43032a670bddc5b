/** WB01xx: syntax. */
import { row } from "../row.ts";

type Nothing = Readonly<Record<never, never>>;

export const syntaxCodes = {
  WB0101: row<{ expected: string; found: string }>("error", "unexpected token", (p) => `expected ${p.expected}, found ${p.found}`),
  WB0102: row<{ word: string; place: string }>(
    "error",
    "unknown word where an item must begin",
    (p) => `${p.word} does not begin ${p.place}`,
  ),
  WB0103: row<{ size: number; limit: number }>(
    "error",
    "source too large",
    (p) => `this source has ${p.size} characters, more than the ${p.limit} that are read`,
  ),
  WB0104: row<{ limit: number }>("error", "nested too deeply", (p) => `this is nested more than ${p.limit} levels deep`),
  WB0105: row<{ limit: number }>("error", "expression too long", (p) => `this expression chains more than ${p.limit} operators`),
  WB0106: row<{ word: string }>(
    "error",
    "reserved word used as a name",
    (p) => `\`${p.word}\` is a reserved word and cannot be a name here`,
  ),
  WB0107: row<{ what: string }>("error", "missing closing brace", (p) => `${p.what} is not closed`),
  WB0108: row<{ limit: number }>("error", "too many errors", (p) => `more than ${p.limit} errors in this source; the others are not shown`),
  WB0110: row<{ found: string }>("error", "character outside the language", (p) => `${p.found} cannot stand outside strings and comments`),
  WB0111: row<{ codePoint: string }>(
    "error",
    "bidirectional control character",
    (p) => `${p.codePoint} changes the order in which text is shown`,
  ),
  WB0112: row<{ codePoint: string }>(
    "error",
    "text that is not Unicode",
    (p) => `${p.codePoint} is half of a character: the text is not valid Unicode`,
  ),
  WB0113: row<Nothing>("error", "string not closed", () => "this string is not closed on its line"),
  WB0114: row<{ escape: string }>("error", "unknown escape", (p) => `\`${p.escape}\` is not an escape`),
  WB0115: row<{ written: string; instead: string }>(
    "error",
    "symbol of another language",
    (p) => `\`${p.written}\` is written ${p.instead}`,
  ),
  WB0116: row<{ written: string }>("error", "operator that does not exist", (p) => `there is no operator \`${p.written}\``),
  WB0117: row<{ what: string }>("error", "literal without quotes", (p) => `${p.what} is written as a string`),
  WB0118: row<{ purl: string }>("error", "version range glued to a package URL", (p) => `a version range cannot be part of \`${p.purl}\``),
  WB0119: row<{ found: string }>("error", "name in backticks that is no name", (p) => `${p.found} is not a name in backticks`),
  WB0120: row<{ word: string }>(
    "error",
    "quantifier used as an operand",
    (p) => `\`${p.word}\` inside another expression needs parentheses`,
  ),
  WB0121: row<Nothing>("error", "`otherwise` used as an operand", () => "`otherwise` inside another expression needs parentheses"),
  WB0122: row<Nothing>(
    "error",
    "`where` without a quantifier",
    () => "`where` filters what `some` or `every` goes through, and there is neither",
  ),
  WB0123: row<Nothing>("error", "`satisfies` for the body of `every`", () => "the body of `every` follows a colon, not `satisfies`"),
  WB0124: row<{ word: string; instead: string }>(
    "error",
    "quantifier of another language",
    (p) => `\`${p.word}\` is written \`${p.instead}\``,
  ),
  WB0125: row<Nothing>("error", "`when` without a block", () => "`when` without a block guards nothing"),
  WB0126: row<{ word: string }>("error", "comma before a rule", (p) => `the comma before \`${p.word}\` makes the rule an item of the list`),
  WB0127: row<Nothing>("error", "`>=` after type arguments", () => "`>=` is read as one symbol here"),
  WB0128: row<Nothing>("error", "chained comparison", () => "comparisons do not chain"),
  WB0129: row<Nothing>("error", "`=` for a comparison", () => "`=` does not compare"),
  WB0130: row<Nothing>("error", "template part not closed", () => "this `{` of the template is not closed"),
  WB0131: row<{ part: string }>("error", "template part that is no path", (p) => `\`{${p.part}}\` is not a path`),
  WB0132: row<Nothing>("error", "stray brace in a template", () => "a lone `}` in a template"),
  WB0133: row<{ word: string }>("error", "`every` without a body", (p) => `\`${p.word}\` has no body`),
  WB0140: row<Nothing>("warning", "doc comment that documents nothing", () => "this doc comment documents nothing"),
  WB0150: row<Nothing>("error", "formatter refused", () => "the formatter would change what this source means, so it leaves it as it is"),
};
