/**
 * Operands (language/README.md: Postfix to Literal), and the nodes that both halves of the expression grammar make.
 */
import type { IOrAlt, IToken, ParserMethod } from "chevrotain";
import { depthLimit } from "./grammar-base.ts";
import { Recovering } from "./grammar-recovery.ts";
import { tokens, words } from "./tokens.ts";
import type {
  BinaryExpr,
  CallExpr,
  CountExpr,
  DurationLiteral,
  Expr,
  ListExpr,
  Name,
  PurlLiteral,
  RecordExpr,
  SomeExpr,
  StringLiteral,
} from "./tree.ts";

type Arg = CallExpr["args"][number];
type Entry = RecordExpr["entries"][number];

/** `in xs where p`, which quantifiers and `count` share. */
export interface Range {
  readonly collection: Expr;
  readonly where?: Expr;
}

/** Words by which other languages quantify. */
const quantifierWords: Readonly<Record<string, string>> = {
  no: "not some",
  none: "not some",
  any: "some",
  exists: "some",
  all: "every",
  each: "every",
  forall: "every",
};
/** Beyond this many the file is not ours, and each level of a nested one costs stack. */
const foreignQuantifierLimit = 20;

const listEnd = { ERR_MSG: "`,`\n`]`" };
const argsEnd = { ERR_MSG: "`,`\n`)`" };
const recordEnd = { ERR_MSG: "a name\n`}`" };

export abstract class Operands extends Recovering {
  /** The levels above operands; parentheses, arguments and ranges come back to them. */
  abstract readonly expr: ParserMethod<[], Expr>;
  abstract readonly logic: ParserMethod<[], Expr>;
  abstract readonly sum: ParserMethod<[], Expr>;

  private foreignQuantifiers = 0;

  override reset(): void {
    super.reset();
    this.foreignQuantifiers = 0;
  }

  readonly postfix = this.RULE("postfix", (): Expr => {
    const start = this.start();
    let value = this.SUBRULE(this.primary);
    this.MANY(() => {
      const depth = this.depth;
      this.OR([
        {
          ALT: () => {
            this.CONSUME(tokens.Dot);
            const name = this.nameOf(this.CONSUME(tokens.Word));
            value = this.grown({ kind: "field", target: value, name, span: this.span(start) }, depth);
          },
        },
        {
          ALT: () => {
            const args = this.SUBRULE(this.args);
            value = this.grown({ kind: "call", callee: value, args, span: this.span(start) }, depth);
          },
        },
        {
          ALT: () => {
            this.CONSUME(tokens.LBracket);
            const index = this.SUBRULE(this.expr);
            this.CONSUME(tokens.RBracket);
            value = this.grown({ kind: "index", target: value, index, span: this.span(start) }, depth);
          },
        },
      ]);
    });
    return value;
  });

  readonly args = this.RULE("args", (): Arg[] => {
    this.CONSUME(tokens.LParen);
    const list: Arg[] = [];
    let depth = 0;
    let more = true;
    this.MANY({
      GATE: () => more,
      DEF: () => {
        list.push(this.SUBRULE(this.arg));
        depth = Math.max(depth, this.depth);
        more = this.OPTION(() => this.CONSUME(tokens.Comma)) !== undefined;
      },
    });
    this.CONSUME(tokens.RParen, argsEnd);
    this.depth = depth;
    return list;
  });

  readonly arg = this.RULE("arg", (): Arg => {
    const start = this.start();
    const name = this.OPTION({
      // Chevrotain would enumerate every pair of tokens that an expression can begin with to tell them apart.
      MAX_LOOKAHEAD: 1,
      GATE: () => this.LA(2).tokenType === tokens.Colon,
      DEF: () => {
        const token = this.CONSUME(tokens.Name);
        this.CONSUME(tokens.Colon);
        return this.nameOf(token);
      },
    });
    const value = this.SUBRULE(this.expr);
    return { ...(name ? { name } : {}), value, span: this.span(start) };
  });

  private readonly primaryAlternatives: IOrAlt<Expr>[] = [
    {
      ALT: () =>
        this.named(this.CONSUME(tokens.Name), this.OPTION({ GATE: () => this.foreignQuantifier(), DEF: () => this.SUBRULE(this.foreign) })),
    },
    { ALT: () => this.literalOf(this.CONSUME(tokens.Literal)) },
    {
      ALT: () => {
        const start = this.CONSUME(tokens.LParen).startOffset;
        const inner = this.SUBRULE(this.expr);
        this.CONSUME(tokens.RParen);
        return this.grown({ kind: "paren", inner, span: this.span(start) }, 0);
      },
    },
    { ALT: () => this.SUBRULE(this.purl) },
    { ALT: () => this.SUBRULE(this.list) },
    { ALT: () => this.SUBRULE(this.record) },
    { ALT: () => this.SUBRULE(this.count) },
    {
      ALT: () => {
        const mark = this.CONSUME(tokens.Mark);
        this.CONSUME2(tokens.LParen);
        const inner = this.SUBRULE2(this.expr);
        this.CONSUME2(tokens.RParen);
        return this.grown({ kind: mark.image as "known" | "claimed" | "closed", inner, span: this.span(mark.startOffset) }, 0);
      },
    },
  ];

  readonly primary = this.RULE("primary", (): Expr => this.OR(this.primaryAlternatives));

  private named(token: IToken, foreign: ((word: IToken) => Expr) | undefined): Expr {
    if (foreign !== undefined && !this.RECORDING_PHASE) return foreign(token);
    this.depth = 1;
    return { kind: "name", name: this.nameOf(token), span: { start: token.startOffset, end: token.startOffset + token.image.length } };
  }

  /** At `x` of `no x in xs`. */
  private foreignQuantifier(): boolean {
    const word = this.LA(0).image;
    return (
      Object.hasOwn(quantifierWords, word) &&
      this.LA(2).tokenType === words.in &&
      this.LA(1).image.charCodeAt(0) !== 96 &&
      this.foreignQuantifiers < foreignQuantifierLimit
    );
  }

  /** Error production: `no x in xs where p`, `all x in xs: p`. */
  readonly foreign = this.RULE("foreign", (): ((word: IToken) => Expr) => {
    this.foreignQuantifiers++;
    const variable = this.nameOf(this.CONSUME(tokens.Name));
    const range = this.SUBRULE(this.range);
    let body: Expr | undefined;
    this.OPTION({
      GATE: () => quantifierWords[this.foreignWord(variable)] === "every",
      DEF: () => {
        this.CONSUME(tokens.Colon);
        body = this.SUBRULE(this.expr);
      },
    });
    return (word) => {
      const { startOffset } = word;
      const instead = quantifierWords[word.image] ?? "some";
      this.reporter.report("WB0124", { word: word.image, instead }, startOffset, startOffset + word.image.length, {
        help: `write \`${instead} ${variable.text} in …\``,
        fix: this.reporter.fix(`replace by \`${instead}\``, true, {
          start: startOffset,
          end: startOffset + word.image.length,
          text: instead,
        }),
      });
      if (instead === "every" && body !== undefined) return { kind: "every", variable, ...range, body, span: this.span(startOffset) };
      return { ...this.someOf(startOffset, variable, range), negated: instead === "not some" };
    };
  });

  /** The word in front of the bound name, by the text: the tokens between are consumed already. */
  private foreignWord(variable: Name): string {
    return /([a-z]+)\s*$/.exec(this.text.slice(Math.max(0, variable.span.start - 40), variable.span.start))?.[1] ?? "";
  }

  readonly count = this.RULE("count", (): CountExpr => {
    const start = this.start();
    this.CONSUME(words.count);
    this.CONSUME(tokens.LParen);
    const variable = this.OPTION({
      MAX_LOOKAHEAD: 1,
      GATE: () => this.LA(2).tokenType === words.in,
      DEF: () => {
        const token = this.CONSUME(tokens.Name);
        this.CONSUME(words.in);
        return this.nameOf(token);
      },
    });
    const collection = this.SUBRULE(this.sum);
    let depth = this.depth;
    const where = this.OPTION2({
      GATE: () => variable !== undefined,
      DEF: () => {
        this.CONSUME(words.where);
        const condition = this.SUBRULE(this.logic);
        depth = Math.max(depth, this.depth);
        return condition;
      },
    });
    this.CONSUME(tokens.RParen);
    this.depth = depth + 1;
    return { kind: "count", ...(variable ? { variable } : {}), collection, ...(where ? { where } : {}), span: this.span(start) };
  });

  readonly list = this.RULE("list", (): ListExpr => {
    const start = this.start();
    this.CONSUME(tokens.LBracket);
    const items: Expr[] = [];
    let depth = 0;
    let more = true;
    this.MANY({
      GATE: () => more,
      DEF: () => {
        items.push(this.SUBRULE(this.expr));
        depth = Math.max(depth, this.depth);
        more = this.OPTION(() => this.CONSUME(tokens.Comma)) !== undefined;
      },
    });
    this.CONSUME(tokens.RBracket, listEnd);
    this.depth = depth + 1;
    return { kind: "list", items, span: this.span(start) };
  });

  readonly record = this.RULE("record", (): RecordExpr => {
    const start = this.start();
    this.CONSUME(tokens.LBrace);
    const entries: Entry[] = [];
    let depth = 0;
    this.MANY(() => {
      const begin = this.start();
      const name = this.OR<IOrAlt<Name>[]>([
        { ALT: () => this.nameOf(this.CONSUME(tokens.Name)) },
        {
          ALT: () => {
            const { value, span } = this.stringOf(this.CONSUME(tokens.String));
            return { text: value, span };
          },
        },
      ]);
      this.CONSUME(tokens.Colon);
      const value = this.SUBRULE(this.expr);
      entries.push({ name, value, span: this.span(begin) });
      depth = Math.max(depth, this.depth);
      this.OPTION(() => this.CONSUME(tokens.Comma));
    });
    this.CONSUME(tokens.RBrace, recordEnd);
    this.depth = depth + 1;
    return { kind: "record", entries, span: this.span(start) };
  });

  readonly purl = this.RULE("purl", (): PurlLiteral => {
    const start = this.start();
    const text = this.CONSUME(tokens.Purl).image;
    let versions: StringLiteral | undefined;
    // `versions` may be the name of the next field of a record.
    this.OPTION({
      GATE: () => this.LA(2).tokenType === tokens.String,
      DEF: () => {
        this.CONSUME(words.versions);
        versions = this.stringOf(this.CONSUME(tokens.String));
      },
    });
    this.depth = 1;
    return { kind: "purl", text, ...(versions ? { versions } : {}), span: this.span(start) };
  });

  private literalOf(token: IToken): Expr {
    this.depth = 1;
    const { image, startOffset } = token;
    const span = { start: startOffset, end: startOffset + image.length };
    switch (token.tokenType) {
      case tokens.Int:
        return { kind: "int", value: BigInt(image), span };
      case tokens.Decimal:
        return { kind: "decimal", text: image, span };
      case tokens.Date:
        return { kind: "date", text: image, span };
      case tokens.Duration:
        return this.durationOf(token);
      case tokens.Advisory:
        return { kind: "advisory", text: image, span };
      case words.true:
      case words.false:
        return { kind: "bool", value: token.tokenType === words.true, span };
      default:
        return this.stringOf(token);
    }
  }

  protected durationOf(token: IToken): DurationLiteral {
    const { image, startOffset } = token;
    const [amount = "0", unit = "second"] = image.split(/[ \t]+/);
    return {
      kind: "duration",
      amount: BigInt(/^\d+$/.test(amount) ? amount : 0),
      unit: unit.replace(/s$/, "") as DurationLiteral["unit"],
      span: { start: startOffset, end: startOffset + image.length },
    };
  }

  /** `in xs where p` */
  readonly range = this.RULE("range", (): Range => {
    this.CONSUME(words.in);
    const collection = this.SUBRULE(this.sum);
    let where: Expr | undefined;
    const depth = this.depth;
    this.OPTION(() => {
      this.CONSUME(words.where);
      where = this.SUBRULE(this.logic);
    });
    this.depth = Math.max(depth, this.depth) + 1;
    return { collection, ...(where ? { where } : {}) };
  });

  protected someOf(start: number, variable: Name, range: Range): SomeExpr {
    return { kind: "some", negated: false, variable, ...range, span: this.span(start) };
  }

  // ── nodes ──────────────────────────────────────────────────────────────────────────────────────────────────────

  protected binary(op: BinaryExpr["op"], left: Expr, right: Expr, leftDepth: number): Expr {
    if (this.RECORDING_PHASE) return left;
    return this.grown({ kind: "binary", op, left, right, span: { start: left.span.start, end: right.span.end } }, leftDepth);
  }

  /** `node` is one deeper than the deeper of `depth` and the expression parsed last. */
  protected grown<T extends Expr>(node: T, depth: number): T | Expr {
    const grown = Math.max(depth, this.depth) + 1;
    if (grown <= depthLimit || this.RECORDING_PHASE) {
      this.depth = grown;
      return node;
    }
    this.depth = 1;
    const { start, end } = node.span;
    const help = "name the parts with `let`, or compare with a list by `in`";
    if (!this.tooDeep) this.reporter.report("WB0105", { limit: depthLimit }, start, end, { help });
    this.tooDeep = true;
    return { kind: "error", span: { start, end } };
  }
}
