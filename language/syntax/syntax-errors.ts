/** Our words for what chevrotain found: which tokens were expected, and what stood there. */
import type { IParserErrorMessageProvider, IToken, TokenType } from "chevrotain";
import type { Reporter } from "./report.ts";
import { tokens } from "./tokens.ts";
import { isReserved } from "./words.ts";

/** The separator of token labels in the messages that chevrotain carries for us. */
const separator = "\n";

function labels(types: readonly TokenType[]): string[] {
  const all = [...new Set(types.map((t) => t.LABEL ?? t.name))];
  return all.includes("a name") && all.length > 8 ? all.filter((l) => !/^`[a-z_]+`$/.test(l)) : all;
}

/** Chevrotain's exceptions carry only the labels of what was expected; the sentence is made from the table. */
export const messageProvider: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => labels([expected]).join(separator),
  buildNotAllInputParsedMessage: () => "the end of the file",
  buildNoViableAltMessage: ({ expectedPathsPerAlt, customUserDescription }) =>
    customUserDescription ?? labels(expectedPathsPerAlt.flat().flatMap((path) => path.slice(0, 1))).join(separator),
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

/** Reports one exception of chevrotain. */
export function mismatch(reporter: Reporter, message: string, token: IToken, previous: IToken, text: string): void {
  const expected = expectedText(message.split(separator));
  const atEnd = token.tokenType.name === "EOF";
  const end = previous.startOffset + previous.image.length;
  const start = atEnd ? Math.max(0, Math.min(end, text.length)) : token.startOffset;
  const stop = atEnd ? start : start + token.image.length;
  if (expected === "a name" && isReserved(token.image)) {
    reporter.report("WB0106", { word: token.image }, start, stop, {
      help: `write it in backticks to use it as a name, or choose another`,
      fix: reporter.fix("write it in backticks", false, { start, end: stop, text: `\`${token.image}\`` }),
    });
    return;
  }
  const found = foundText(token);
  reporter.report("WB0101", { expected, found }, start, stop, { expected, found });
}
