/**
 * Writes `language/syntax/decisions.ts`: by which tokens the parser decides, as chevrotain's analysis of the grammar finds
 * them. Run by `npm run gen`; a change of the grammar needs it.
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { getLookaheadPaths, type ILookaheadStrategy, LLkLookaheadStrategy, type TokenType } from "chevrotain";
import { checkedParser } from "../../language/syntax/grammar-file.ts";

const target = fileURLToPath(new URL("../../language/syntax/decisions.ts", import.meta.url));

const optional: Readonly<Record<string, string>> = { Option: "OPTION", Repetition: "MANY", RepetitionMandatory: "AT_LEAST_ONE" };

function shown(paths: readonly (readonly TokenType[])[]): string {
  return paths.map((path) => (path.length === 0 ? "nothing" : path.map((token) => token.name).join(" "))).join(", ");
}

/** A line a decision: rule, kind, occurrence, then the paths of tokens that lead into it; those of an `OR` by alternative. */
export function collectDecisions(): readonly string[] {
  const strategy = new LLkLookaheadStrategy({ maxLookahead: 2 });
  const lines: string[] = [];
  const recording: ILookaheadStrategy = {
    validate: (options) => strategy.validate(options),
    buildLookaheadForAlternation: (options) => {
      const { prodOccurrence, rule, maxLookahead, hasPredicates } = options;
      if (hasPredicates) throw new Error(`the table cannot hold alternatives with a GATE, as in ${rule.name}`);
      const alternatives = getLookaheadPaths({ occurrence: prodOccurrence, rule, prodType: "Alternation", maxLookahead });
      lines.push(`${rule.name} OR ${prodOccurrence} ${alternatives.map(shown).join(" | ")}`);
      return strategy.buildLookaheadForAlternation(options);
    },
    buildLookaheadForOptional: (options) => {
      const { prodOccurrence, rule, maxLookahead, prodType } = options;
      const kind = optional[prodType];
      if (kind === undefined) throw new Error(`the table has no kind for ${prodType}, as in ${rule.name}`);
      const [inside = []] = getLookaheadPaths({ occurrence: prodOccurrence, rule, prodType, maxLookahead });
      lines.push(`${rule.name} ${kind} ${prodOccurrence} ${shown(inside)}`);
      return strategy.buildLookaheadForOptional(options);
    },
  };
  checkedParser({ lookaheadStrategy: recording });
  return lines;
}

if (import.meta.main) {
  const lines = collectDecisions();
  const head = "/** By which tokens the parser decides: written by `npm run gen` from the grammar, and read by `lookahead.ts`. */\n";
  await writeFile(target, `${head}export const decisions = \`\n${lines.join("\n")}\n\`;\n`);
  process.stdout.write(`generated ${lines.length} decisions of the grammar\n`);
}
