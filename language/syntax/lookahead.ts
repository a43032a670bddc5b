/**
 * Makes a parser ready without chevrotain's analysis of the grammar, which takes longer than parsing a policy. What the
 * analysis finds is kept in `decisions.ts`; a test holds the two against each other.
 */
import type { EmbeddedActionsParser, TokenType } from "chevrotain";

/** Chevrotain numbers the decisions of a rule by kind and occurrence (its `parse/grammar/keys.ts`). */
const kinds: Readonly<Record<string, number>> = { OR: 1 << 8, OPTION: 2 << 8, MANY: 3 << 8, AT_LEAST_ONE: 4 << 8 };

/** The members of chevrotain's parser that its types keep to itself. */
interface Inside {
  readonly LA_FAST: (ahead: number) => { readonly tokenTypeIdx: number };
  readonly tokensMap: Readonly<Record<string, TokenType>>;
  readonly fullRuleNameToShort: Readonly<Record<string, number>>;
  readonly lookAheadFuncsCache: Decide[][];
  selfAnalysisDone: boolean;
}

/** The number of the alternative to take, if any; or whether to go into an option or a repetition. */
type Decide = (this: Inside) => number | boolean | undefined;

/** Tokens by which an alternative is known, by their index; a path is one token or two, or none where nothing is needed. */
type Path = readonly ReadonlySet<number>[];

/**
 * Ends the definition of rules and gives each decision its lookahead; to be called in place of `performSelfAnalysis`.
 * The functions are made when a decision is first met: most policies meet few.
 */
export function prepare(parser: EmbeddedActionsParser, decisions: string): void {
  const inside = parser as unknown as Inside;
  inside.selfAnalysisDone = true;
  for (const line of decisions.trim().split("\n")) {
    const [, rule = "", kind = "", occurrence = "", alternatives = ""] = /^(\w+) (\w+) (\d+) (.*)$/.exec(line) ?? [];
    const index = inside.fullRuleNameToShort[rule];
    const first = kinds[kind];
    if (index === undefined || first === undefined) throw new Error(`the grammar has no \`${line}\`: run \`npm run gen\``);
    const key = first | Number(occurrence);
    inside.lookAheadFuncsCache[index] ??= [];
    const ofRule = inside.lookAheadFuncsCache[index];
    let decide: Decide | undefined;
    ofRule[key] = function () {
      // A repetition that is under way calls this again.
      decide ??= read(kind, alternatives, this.tokensMap);
      ofRule[key] = decide;
      return decide.call(this);
    };
  }
  // V8 keeps an object with this many properties as a dictionary until it is somebody's prototype.
  Object.create(parser);
}

function read(kind: string, alternatives: string, tokens: Inside["tokensMap"]): Decide {
  const paths = alternatives.split(" | ").map((alternative) => readPaths(alternative, tokens));
  return kind === "OR" ? choice(paths) : entry(paths[0] ?? []);
}

function readPaths(text: string, tokens: Inside["tokensMap"]): readonly Path[] {
  return text.split(", ").map((path) => (path === "nothing" ? [] : path.split(" ").map((name) => indices(tokens[name]))));
}

/** A token is taken for its own type and for the categories that it is of. */
function indices(type: TokenType | undefined): ReadonlySet<number> {
  return new Set(type === undefined ? [] : [type.tokenTypeIdx ?? -1, ...(type.categoryMatches ?? [])]);
}

/** The first alternative that has a path for what stands there. */
function choice(alternatives: readonly (readonly Path[])[]): Decide {
  if (alternatives.some((paths) => paths.some((path) => path.length !== 1))) {
    return function () {
      const found = alternatives.findIndex((paths) => paths.some((path) => fits(this, path)));
      return found < 0 ? undefined : found;
    };
  }
  const first: number[] = [];
  alternatives.forEach((paths, number) => {
    for (const path of paths) for (const token of path[0] ?? []) first[token] ??= number;
  });
  return function () {
    return first[this.LA_FAST(1).tokenTypeIdx];
  };
}

function entry(paths: readonly Path[]): Decide {
  if (paths.some((path) => path.length !== 1)) {
    return function () {
      return paths.some((path) => fits(this, path));
    };
  }
  const leading = new Set(paths.flatMap((path) => [...(path[0] ?? [])]));
  const [only = -1] = leading;
  if (leading.size === 1) {
    return function () {
      return this.LA_FAST(1).tokenTypeIdx === only;
    };
  }
  const enters: boolean[] = [];
  for (const token of leading) enters[token] = true;
  return function () {
    return enters[this.LA_FAST(1).tokenTypeIdx] === true;
  };
}

function fits(parser: Inside, path: Path): boolean {
  return path.every((tokens, ahead) => tokens.has(parser.LA_FAST(ahead + 1).tokenTypeIdx));
}
