/**
 * Expressions (language/grammar.ebnf.md: Expr to Literal). The levels of `and`, `or` and `not` are parsed flat and folded
 * by precedence. Quantifiers are accepted as operands and judged by the expression around them, so that
 * `a and some x in xs` is one error with a fix; `where` without `some`, `no x in xs` and the like are error productions.
 */
import type { IOrAlt, IToken } from "chevrotain";
import { Base, depthLimit } from "./grammar-base.ts";
import { tokens, words } from "./tokens.ts";
import type {
  AttestationExpr,
  BinaryExpr,
  CallExpr,
  CompareOp,
  CountExpr,
  DurationLiteral,
  EveryExpr,
  Expr,
  ListExpr,
  Name,
  OriginNode,
  PurlLiteral,
  RecordExpr,
  SomeExpr,
  StringLiteral,
} from "./tree.ts";

type Arg = CallExpr["args"][number];
type Entry = RecordExpr["entries"][number];
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

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

export abstract class Expressions extends Base {
  private foreignQuantifiers = 0;

  override reset(): void {
    super.reset();
    this.foreignQuantifiers = 0;
  }

  // ── whole expressions ──────────────────────────────────────────────────────────────────────────────────────────

  readonly expr = this.RULE("expr", (): Expr => {
    const start = this.start();
    const loose = this.loose.length;
    let value = this.wholeQuantifier(this.SUBRULE(this.logic), loose);
    this.OPTION(() => {
      this.CONSUME(words.otherwise);
      if (value.kind === "some") this.loose.push(value);
      const depth = this.depth;
      const fallback = this.SUBRULE(this.sum);
      value = this.grown({ kind: "otherwise", value, fallback, span: this.span(start) }, depth);
      this.OPTION2(() => this.SUBRULE(this.afterOtherwise, { ARGS: [value] }));
    });
    this.OPTION3(() => {
      value = this.SUBRULE(this.whereWithoutSome, { ARGS: [value] });
    });
    return value;
  });

  /** `x`, where it is a quantifier that is the whole expression, is as it should be. */
  private wholeQuantifier(value: Expr, from: number): Expr {
    if (this.loose.length === from) return value;
    const last = this.loose.at(-1);
    if (value === last) {
      this.loose.pop();
      return value;
    }
    if (value.kind === "not" && value.inner === last && last.kind === "some" && !last.negated) {
      this.loose.pop();
      return { ...last, negated: true, span: value.span };
    }
    return value;
  }

  /** Error production: `a otherwise b and c`. */
  readonly afterOtherwise = this.RULE("afterOtherwise", (value: Expr): void => {
    this.OR([
      { ALT: () => this.CONSUME(tokens.Connective) },
      { ALT: () => this.CONSUME(tokens.Compare) },
      { ALT: () => this.CONSUME(words.in) },
      { ALT: () => this.CONSUME(words.is) },
      { ALT: () => this.CONSUME(words.glob) },
      { ALT: () => this.CONSUME(words.matches) },
      { ALT: () => this.CONSUME(words.otherwise) },
    ]);
    this.ACTION(() => {
      if (value.kind !== "otherwise") return;
      let operand: Expr = value.value;
      while ((operand.kind === "binary" && !["+", "-"].includes(operand.op)) || operand.kind === "not")
        operand = operand.kind === "not" ? operand.inner : operand.right;
      const { end } = value.span;
      this.reporter.report("WB0121", {}, operand.span.start, end, {
        help: "put `… otherwise …` in parentheses",
        fix: this.reporter.fix(
          "put it in parentheses",
          false,
          { start: operand.span.start, end: operand.span.start, text: "(" },
          { start: end, end, text: ")" },
        ),
      });
    });
    this.SUBRULE(this.expr);
  });

  /** Error production: `forbid x in xs where p`. */
  readonly whereWithoutSome = this.RULE("whereWithoutSome", (value: Expr): Expr => {
    const where = this.CONSUME(words.where);
    const condition = this.SUBRULE(this.logic);
    return this.ACTION((): Expr => {
      const { startOffset } = where;
      if (value.kind !== "in" || value.item.kind !== "name") {
        this.reporter.report("WB0122", {}, startOffset, startOffset + 5, { help: "write `some x in xs where …`, or `and`" });
        return { kind: "error", span: this.span(value.span.start) };
      }
      const { start } = value.span;
      const text = value.negated ? "not some" : "some";
      const edits = value.negated
        ? [
            { start, end: start, text: "not some " },
            { start: value.item.span.end, end: value.collection.span.start, text: " in " },
          ]
        : [{ start, end: start, text: "some " }];
      this.reporter.report("WB0122", {}, startOffset, startOffset + 5, {
        help: `write \`${text} ${value.item.name.text} in … where …\``,
        fix: this.reporter.fix(`insert \`${text}\``, true, ...edits),
      });
      return {
        kind: "some",
        negated: value.negated,
        variable: value.item.name,
        collection: value.collection,
        where: condition,
        span: this.span(start),
      };
    });
  });

  /** Or, And and Not in one. */
  readonly logic = this.RULE("logic", (): Expr => {
    let alternatives: Expr | undefined;
    let alternativesDepth = 0;
    let left = this.SUBRULE(this.relation);
    this.MANY(() => {
      const leftDepth = this.depth;
      const op = this.CONSUME(tokens.Connective);
      const right = this.SUBRULE2(this.relation);
      if (op.tokenType === words.and) left = this.binary("and", left, right, leftDepth);
      else {
        const rightDepth = this.depth;
        this.depth = leftDepth;
        alternatives = alternatives === undefined ? left : this.binary("or", alternatives, left, alternativesDepth);
        alternativesDepth = this.depth;
        this.depth = rightDepth;
        left = right;
      }
    });
    return alternatives === undefined ? left : this.binary("or", alternatives, left, alternativesDepth);
  });

  readonly relation = this.RULE("relation", (): Expr => {
    let nots: number[] | undefined;
    this.MANY(() => {
      const token = this.CONSUME(words.not);
      if (nots === undefined) nots = [token.startOffset];
      else nots.push(token.startOffset);
    });
    let value = this.SUBRULE(this.sum);
    this.OPTION(() => {
      value = this.SUBRULE(this.comparison, { ARGS: [value] });
    });
    return nots === undefined ? value : this.negated(value, nots);
  });

  private negated(value: Expr, nots: readonly number[]): Expr {
    let result = value;
    for (const start of nots.toReversed()) result = this.grown({ kind: "not", inner: result, span: this.span(start) }, 0);
    return result;
  }

  /** What may follow a sum: one comparison, membership, predicate or pattern. */
  readonly comparison = this.RULE(
    "comparison",
    (left: Expr): Expr =>
      this.OR([
        { ALT: () => this.SUBRULE(this.compared, { ARGS: [left] }) },
        { ALT: () => this.SUBRULE(this.membership, { ARGS: [left] }) },
        { ALT: () => this.SUBRULE(this.predicated, { ARGS: [left] }) },
        { ALT: () => this.SUBRULE(this.patterned, { ARGS: [left] }) },
        {
          // Error production: `a = b`.
          ALT: () => {
            const token = this.CONSUME(tokens.Equals);
            const depth = this.depth;
            const right = this.SUBRULE(this.sum);
            this.ACTION(() => {
              const { startOffset } = token;
              this.reporter.report("WB0129", {}, startOffset, startOffset + 1, {
                help: "compare with `==`",
                fix: this.reporter.fix("replace by `==`", true, { start: startOffset, end: startOffset + 1, text: "==" }),
              });
            });
            return this.binary("==", left, right, depth);
          },
        },
      ]),
  );

  readonly compared = this.RULE("compared", (left: Expr): Expr => {
    const depth = this.depth;
    const op = this.CONSUME(tokens.Compare);
    let right = this.SUBRULE(this.sum);
    const value = this.binary(op.image as CompareOp, left, right, depth);
    // Error production: `a < b < c`.
    this.MANY(() => {
      const token = this.CONSUME2(tokens.Compare);
      const middle = right;
      right = this.SUBRULE2(this.sum);
      this.ACTION(() => {
        const { startOffset } = token;
        const text = this.text.slice(middle.span.start, middle.span.end);
        this.reporter.report("WB0128", {}, startOffset, startOffset + token.image.length, {
          help: "compare in two steps, joined by `and`",
          fix: this.reporter.fix("compare in two steps", false, { start: middle.span.end, end: middle.span.end, text: ` and ${text}` }),
        });
      });
    });
    return value;
  });

  readonly membership = this.RULE("membership", (item: Expr): Expr => {
    const depth = this.depth;
    const not = this.OPTION(() => this.CONSUME(words.not));
    this.CONSUME(words.in);
    const collection = this.SUBRULE(this.sum);
    return this.RECORDING_PHASE
      ? item
      : this.grown({ kind: "in", negated: not !== undefined, item, collection, span: this.span(item.span.start) }, depth);
  });

  readonly predicated = this.RULE("predicated", (value: Expr): Expr => {
    this.CONSUME(words.is);
    const not = this.OPTION(() => this.CONSUME(words.not));
    const predicate = this.nameOf(this.CONSUME(tokens.Name));
    let by: OriginNode | undefined;
    this.OPTION2(() => {
      const start = this.start();
      this.CONSUME(words.by);
      by = this.OR<IOrAlt<OriginNode>[]>([
        { ALT: () => ({ kind: "by", trust: this.SUBRULE(this.qname), span: this.span(start) }) },
        {
          ALT: () => {
            this.CONSUME(words.claimed);
            return { kind: "claimed", span: this.span(start) };
          },
        },
      ]);
    });
    if (this.RECORDING_PHASE) return value;
    return this.grown(
      { kind: "is", negated: not !== undefined, value, predicate, ...(by ? { by } : {}), span: this.span(value.span.start) },
      0,
    );
  });

  readonly patterned = this.RULE("patterned", (value: Expr): Expr => {
    const op = this.OR<IOrAlt<"glob" | "matches">[]>([
      { ALT: () => this.after(this.CONSUME(words.glob), "glob") },
      { ALT: () => this.after(this.CONSUME(words.matches), "matches") },
    ]);
    const pattern = this.OR2<IOrAlt<StringLiteral>[]>([
      { ALT: () => this.stringOf(this.CONSUME(tokens.String)) },
      { ALT: () => this.stringOf(this.CONSUME(tokens.Raw)) },
    ]);
    return this.RECORDING_PHASE ? value : this.grown({ kind: "pattern", op, value, pattern, span: this.span(value.span.start) }, 0);
  });

  readonly sum = this.RULE("sum", (): Expr => {
    let left = this.SUBRULE(this.unary);
    this.MANY(() => {
      const depth = this.depth;
      const op = this.CONSUME(tokens.Additive);
      const right = this.SUBRULE2(this.unary);
      left = this.binary(op.tokenType === tokens.Minus ? "-" : "+", left, right, depth);
    });
    return left;
  });

  // ── operands ───────────────────────────────────────────────────────────────────────────────────────────────────

  private readonly unaryAlternatives: IOrAlt<Expr>[] = [
    { ALT: () => this.SUBRULE(this.postfix) },
    {
      ALT: () => {
        const start = this.CONSUME(tokens.Minus).startOffset;
        const inner = this.SUBRULE2(this.postfix);
        return this.grown({ kind: "negate", inner, span: this.span(start) }, 0);
      },
    },
    { ALT: () => this.SUBRULE(this.evidence) },
    { ALT: () => this.SUBRULE(this.every) },
    { ALT: () => this.SUBRULE(this.some) },
  ];

  readonly unary = this.RULE("unary", (): Expr => this.OR(this.unaryAlternatives));

  readonly every = this.RULE("every", (): EveryExpr => {
    const start = this.start();
    const word = this.CONSUME(words.every);
    const variable = this.nameOf(this.CONSUME(tokens.Name));
    this.CONSUME(words.in);
    const collection = this.SUBRULE(this.sum);
    let where: Expr | undefined;
    let depth = this.depth;
    this.OPTION(() => {
      this.CONSUME(words.where);
      where = this.SUBRULE(this.logic);
      depth = Math.max(depth, this.depth);
    });
    this.OR([{ ALT: () => this.CONSUME(tokens.Colon) }, { ALT: () => this.everySatisfies(word, this.CONSUME(words.satisfies)) }]);
    const body = this.SUBRULE(this.expr);
    const node: EveryExpr = { kind: "every", variable, collection, ...(where ? { where } : {}), body, span: this.span(start) };
    this.depth = Math.max(depth, this.depth) + 1;
    if (!this.RECORDING_PHASE) this.loose.push(node);
    return node;
  });

  /** Error production: `every x in xs satisfies p`, or a body that was forgotten in front of a `satisfies` clause. */
  private everySatisfies(word: IToken, satisfies: IToken): void {
    if (this.RECORDING_PHASE) return;
    const { startOffset } = satisfies;
    const before = this.LA(-1);
    if (/[\r\n]/.test(this.text.slice(before.startOffset + before.image.length, startOffset))) {
      this.reporter.report("WB0133", { word: word.image }, word.startOffset, word.startOffset + word.image.length, {
        help: "write `every x in xs: …`",
      });
      return;
    }
    this.reporter.report("WB0123", {}, startOffset, startOffset + satisfies.image.length, {
      help: "write `every x in xs: …`",
      fix: this.reporter.fix("replace by `:`", true, {
        start: before.startOffset + before.image.length,
        end: startOffset + satisfies.image.length,
        text: ":",
      }),
    });
  }

  readonly some = this.RULE("some", (): SomeExpr => {
    const start = this.start();
    this.CONSUME(words.some);
    const node = this.someOf(start, this.nameOf(this.CONSUME(tokens.Name)), this.SUBRULE(this.range));
    if (!this.RECORDING_PHASE) this.loose.push(node);
    return node;
  });

  /** `in xs where p` */
  readonly range = this.RULE("range", (): { readonly collection: Expr; readonly where?: Expr } => {
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

  private someOf(start: number, variable: Name, range: { readonly collection: Expr; readonly where?: Expr }): SomeExpr {
    return { kind: "some", negated: false, variable, ...range, span: this.span(start) };
  }

  readonly evidence = this.RULE("evidence", (): AttestationExpr => {
    const start = this.start();
    const quantity = this.OR<IOrAlt<AttestationExpr["quantity"]>[]>([
      { ALT: () => this.after(this.CONSUME(words.attestation), "one") },
      { ALT: () => this.after(this.CONSUME(words.newest), this.after(this.CONSUME2(words.attestation), "newest")) },
      { ALT: () => this.after(this.CONSUME(words.attestations), "all") },
    ]);
    const type = this.SUBRULE(this.qname);
    const origin = this.SUBRULE(this.origin);
    let about: Expr | undefined;
    this.depth = 1;
    this.OPTION(() => {
      this.CONSUME(words.about);
      about = this.SUBRULE(this.postfix);
      this.depth++;
    });
    return { kind: "attestation", quantity, type, origin, ...(about ? { about } : {}), span: this.span(start) };
  });

  readonly origin = this.RULE("origin", (): OriginNode => {
    const start = this.start();
    return this.OR<IOrAlt<OriginNode>[]>([
      {
        ALT: () => {
          this.CONSUME(words.by);
          return { kind: "by", trust: this.SUBRULE(this.qname), span: this.span(start) };
        },
      },
      { ALT: () => this.after(this.CONSUME(words.claimed), { kind: "claimed", span: this.span(start) }) },
    ]);
  });

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
    const name = this.OPTION(() => {
      const token = this.CONSUME(tokens.Name);
      this.CONSUME(tokens.Colon);
      return this.nameOf(token);
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
    const of = this.OR<IOrAlt<Pick<CountExpr, "variable" | "collection" | "where">>[]>([
      {
        ALT: () => {
          const variable = this.nameOf(this.CONSUME(tokens.Name));
          return { variable, ...this.SUBRULE(this.range) };
        },
      },
      { ALT: () => ({ collection: this.SUBRULE(this.sum) }) },
    ]);
    this.CONSUME(tokens.RParen);
    this.depth++;
    return { kind: "count", ...of, span: this.span(start) };
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

  // ── nodes ──────────────────────────────────────────────────────────────────────────────────────────────────────

  private binary(op: BinaryExpr["op"], left: Expr, right: Expr, leftDepth: number): Expr {
    if (this.RECORDING_PHASE) return left;
    return this.grown({ kind: "binary", op, left, right, span: { start: left.span.start, end: right.span.end } }, leftDepth);
  }

  /** `node` is one deeper than the deeper of `depth` and the expression parsed last. */
  private grown<T extends Expr>(node: T, depth: number): T | Expr {
    const grown = Math.max(depth, this.depth) + 1;
    if (grown <= depthLimit || this.RECORDING_PHASE) {
      this.depth = grown;
      return node;
    }
    this.depth = 1;
    const { start, end } = node.span;
    this.reporter.report("WB0105", { limit: depthLimit }, start, end, {
      help: "name the parts with `let`, or compare with a list by `in`",
    });
    return { kind: "error", span: { start, end } } as Mutable<Expr>;
  }
}
