/** Our words for what chevrotain found: which tokens were expected, and what stood there. */
import { type IParserErrorMessageProvider, type IToken, type TokenType, tokenMatcher } from "chevrotain";
import { nearest } from "./nearest.ts";
import type { Reporter } from "./report.ts";
import { tokens } from "./tokens.ts";
import { isReserved } from "./words.ts";

/** The separator of token labels in the messages that chevrotain carries for us. */
const separator = "\n";

function labels(types: readonly TokenType[]): string[] {
  const all = [...new Set(types.map((t) => t.LABEL ?? t.name))];
  return all.includes("a literal") ? ["an expression"] : all;
}

/** Marks that the first token was well and the second is the one that does not fit. */
const second = "\u0001";

/** Where alternatives are told apart by two tokens and the first fits, the second is the one to speak of. */
function viable(paths: readonly TokenType[][], actual: readonly IToken[]): string {
  const [first] = actual;
  const fitting = first === undefined ? [] : paths.filter((path) => path.length > 1 && tokenMatcher(first, path[0] as TokenType));
  if (fitting.length === 0) return labels(paths.flatMap((path) => path.slice(0, 1))).join(separator);
  return second + labels(fitting.flatMap((path) => path.slice(1, 2))).join(separator);
}

/** Chevrotain's exceptions carry only the labels of what was expected; the sentence is made from the table. */
export const messageProvider: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => labels([expected]).join(separator),
  buildNotAllInputParsedMessage: () => "the end of the file",
  buildNoViableAltMessage: ({ expectedPathsPerAlt, actual, customUserDescription }) =>
    customUserDescription ?? viable(expectedPathsPerAlt.flat(), actual),
  buildEarlyExitMessage: ({ expectedIterationPaths, customUserDescription }) =>
    customUserDescription ?? labels(expectedIterationPaths.flatMap((path) => path.slice(0, 1))).join(separator),
};

/** `a`, `b` or `c` */
export function expectedText(words: readonly string[]): string {
  const quoted = words.map((w) => (/^(?:`|an? )/.test(w) ? w : `\`${w}\``));
  return quoted.length < 2 ? (quoted[0] ?? "nothing") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}

const longest = 40;

/** What stands there, as messages name it. */
export function foundText(token: IToken): string {
  if (token.tokenType.name === "EOF") return "the end of the file";
  const image = token.image.length > longest ? `${token.image.slice(0, longest)}…` : token.image;
  return token.tokenType === tokens.String ||
    token.tokenType === tokens.Raw ||
    (token.tokenType === tokens.Identifier && image.startsWith("`"))
    ? image
    : `\`${image}\``;
}

/** What an exception of chevrotain says, and whether the token after the next is the one that does not fit. */
export function expectation(message: string): { readonly expected: string; readonly second: boolean } {
  const isSecond = message.startsWith(second);
  return { expected: expectedText(message.slice(isSecond ? 1 : 0).split(separator)), second: isSecond };
}

/** What an attestation and its type are followed by. */
const origin = "`by` or `claimed`";

/** Reports that `token` stands where something else was expected. `end` is where the token before it ends. */
export function unexpected(reporter: Reporter, expected: string, token: IToken, end: number): void {
  const atEnd = token.tokenType.name === "EOF";
  const start = atEnd ? Math.max(0, end) : token.startOffset;
  const stop = atEnd ? start : start + token.image.length;
  if (expected === "a name" && isReserved(token.image)) {
    reporter.report("WB0106", { word: token.image }, start, stop, {
      help: "write it in backticks to use it as a name, or choose another",
      fix: reporter.fix("write it in backticks", false, { start, end: stop, text: `\`${token.image}\`` }),
    });
    return;
  }
  const found = foundText(token);
  const guess = nearest(
    token.image,
    Array.from(expected.matchAll(/`([a-z_]+)`/g), (m) => m[1] ?? ""),
  );
  const suggestion =
    guess === undefined
      ? {}
      : { help: `did you mean \`${guess}\`?`, fix: reporter.fix(`replace by \`${guess}\``, false, { start, end: stop, text: guess }) };
  // What stands after an attestation without its origin is often the next clause, which is well.
  if (expected === origin && guess === undefined) {
    const help = "say who is believed: `by NAME`, or `claimed` for what nobody signed";
    reporter.report("WB0101", { expected, found }, end, end, { expected, found, help });
    return;
  }
  reporter.report("WB0101", { expected, found }, start, stop, { expected, found, ...suggestion });
}
