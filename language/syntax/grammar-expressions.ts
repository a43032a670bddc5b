/**
 * Expressions (language/README.md: Expr to Literal). The levels of `and`, `or` and `not` are parsed flat and folded
 * by precedence. Quantifiers are accepted as operands and judged by the expression around them, so that
 * `a and some x in xs` is one error with a fix; `where` without `some`, `no x in xs` and the like are error productions.
 */
import type { IOrAlt, IToken } from "chevrotain";
import { Operands } from "./grammar-operands.ts";
import { tokens, words } from "./tokens.ts";
import type { AttestationExpr, CompareOp, EveryExpr, Expr, OriginNode, SomeExpr, StringLiteral } from "./tree.ts";

export abstract class Expressions extends Operands {
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
      let reported = false;
      this.MANY(() => {
        this.SUBRULE(this.afterOtherwise, { ARGS: [value, reported] });
        reported = true;
      });
    });
    this.OPTION2(() => {
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
  readonly afterOtherwise = this.RULE("afterOtherwise", (value: Expr, reported: boolean): void => {
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
      if (reported || value.kind !== "otherwise") return;
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
    this.SUBRULE(this.logic);
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
}
