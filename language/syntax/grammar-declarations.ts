/** Declarations of values and types (language/README.md: Input to Quorum). */
import type { IOrAlt, IToken } from "chevrotain";
import { Expressions } from "./grammar-expressions.ts";
import { members, rows } from "./items.ts";
import { tokens, words } from "./tokens.ts";
import type {
  EnumDeclaration,
  Expr,
  FieldDeclaration,
  FunctionDeclaration,
  InputDeclaration,
  LetDeclaration,
  Name,
  Parameter,
  PredicateDeclaration,
  TableCell,
  TableDeclaration,
  TableRow,
  TrustDeclaration,
  TypeArg,
  TypeDeclaration,
  TypeRef,
} from "./tree.ts";

/** `List<List<…>>` deeper than this is refused as an ordinary syntax error. */
const typeDepthLimit = 32;

export abstract class Declarations extends Expressions {
  // ── shared parts ───────────────────────────────────────────────────────────────────────────────────────────────

  readonly points = this.RULE("points", (): Name[] =>
    this.OR<IOrAlt<Name[]>[]>([
      { ALT: () => [this.nameOf(this.CONSUME(tokens.Name))] },
      {
        ALT: () => {
          this.CONSUME(tokens.LBracket);
          const names = [this.nameOf(this.CONSUME2(tokens.Name))];
          this.MANY(() => {
            this.CONSUME(tokens.Comma);
            names.push(this.nameOf(this.CONSUME3(tokens.Name)));
          });
          this.CONSUME(tokens.RBracket);
          return names;
        },
      },
    ]),
  );

  readonly typeRef = this.RULE("typeRef", (depth = 0): TypeRef => {
    const start = this.start();
    const name = this.SUBRULE(this.qname);
    const args: TypeArg[] = [];
    this.OPTION({
      GATE: () => depth < typeDepthLimit,
      DEF: () => {
        this.CONSUME(tokens.Less);
        args.push(this.SUBRULE(this.typeArg, { ARGS: [depth + 1] }));
        this.MANY(() => {
          this.CONSUME(tokens.Comma);
          args.push(this.SUBRULE2(this.typeArg, { ARGS: [depth + 1] }));
        });
        this.OR([
          { ALT: () => this.CONSUME(tokens.Greater) },
          {
            // Error production: `List<T>= []`.
            ALT: () => {
              const { startOffset } = this.CONSUME(tokens.GreaterEquals);
              this.ACTION(() => this.splitGreaterEquals(startOffset));
            },
          },
        ]);
      },
    });
    const optional = !this.splitEquals && this.OPTION2(() => this.CONSUME(tokens.Question)) !== undefined;
    return { name, args, optional, span: this.span(start) };
  });

  private splitGreaterEquals(start: number): void {
    this.splitEquals = true;
    this.reporter.report("WB0127", {}, start, start + 2, {
      help: "put a blank between `>` and `=`",
      fix: this.reporter.fix("insert a blank", true, { start: start + 1, end: start + 1, text: " " }),
    });
  }

  readonly typeArg = this.RULE(
    "typeArg",
    (depth: number): TypeArg =>
      this.OR<IOrAlt<TypeArg>[]>([
        {
          ALT: () => {
            this.CONSUME(words.by);
            return { kind: "by", trust: this.SUBRULE(this.qname) };
          },
        },
        { ALT: () => ({ kind: "type", type: this.SUBRULE(this.typeRef, { ARGS: [depth] }) }) },
      ]),
  );

  /** `= Expr`, where the `=` may have been read as part of `>=`. */
  readonly assigned = this.RULE("assigned", (): Expr => {
    if (this.splitEquals) this.splitEquals = false;
    else this.CONSUME(tokens.Equals);
    return this.SUBRULE(this.expr);
  });

  readonly optionallyAssigned = this.RULE("optionallyAssigned", (): Expr | undefined => {
    if (this.splitEquals) return this.subrule(1, this.assigned);
    return this.OPTION(() => this.SUBRULE(this.assigned));
  });

  readonly parameters = this.RULE("parameters", (): Parameter[] => {
    const list: Parameter[] = [];
    this.CONSUME(tokens.LParen);
    this.OPTION(() => {
      list.push(this.SUBRULE(this.parameter));
      this.MANY(() => {
        this.CONSUME(tokens.Comma);
        list.push(this.SUBRULE2(this.parameter));
      });
    });
    this.CONSUME(tokens.RParen);
    return list;
  });

  readonly parameter = this.RULE("parameter", (): Parameter => {
    const start = this.start();
    const name = this.nameOf(this.CONSUME(tokens.Name));
    this.CONSUME(tokens.Colon);
    const type = this.SUBRULE(this.typeRef);
    return { name, type, span: this.span(start) };
  });

  // ── input, type, enum, let, function ───────────────────────────────────────────────────────────────────────────

  readonly inputDeclaration = this.RULE("inputDeclaration", (): InputDeclaration => {
    const doc = this.doc();
    const start = this.start();
    this.CONSUME(words.input);
    const name = this.nameOf(this.CONSUME(tokens.Name));
    this.CONSUME(tokens.Colon);
    const type = this.SUBRULE(this.typeRef);
    const value = this.SUBRULE(this.optionallyAssigned);
    return { kind: "input", name, type, ...(value ? { default: value } : {}), ...doc, span: this.span(start) };
  });

  readonly typeDeclaration = this.RULE("typeDeclaration", (): TypeDeclaration | undefined => {
    const doc = this.doc();
    const start = this.start();
    this.CONSUME(words.type);
    const name = this.header(() => this.nameOf(this.CONSUME(tokens.Name)));
    const open = this.CONSUME(tokens.LBrace).startOffset;
    const list: (FieldDeclaration | PredicateDeclaration)[] = [];
    do {
      this.MANY(() => {
        const member = this.attempt(members, () => this.SUBRULE(this.member));
        if (member !== undefined) list.push(member);
      });
    } while (this.resume(members));
    if (this.closes("type", name, open)) this.CONSUME(tokens.RBrace);
    return name && { kind: "type", name, members: list, ...doc, span: this.span(start) };
  });

  readonly member = this.RULE("member", (): FieldDeclaration | PredicateDeclaration => {
    const member = this.OR<IOrAlt<FieldDeclaration | PredicateDeclaration>[]>([
      { ALT: () => this.SUBRULE(this.predicateDeclaration) },
      { ALT: () => this.SUBRULE(this.field) },
    ]);
    this.OPTION(() => this.CONSUME(tokens.Comma));
    return member;
  });

  readonly field = this.RULE("field", (): FieldDeclaration => {
    const doc = this.doc();
    const start = this.start();
    const name = this.nameOf(this.CONSUME(tokens.Name));
    this.CONSUME(tokens.Colon);
    const type = this.SUBRULE(this.typeRef);
    const value = this.SUBRULE(this.optionallyAssigned);
    const points = this.OPTION(() => {
      this.CONSUME(words.at);
      return this.SUBRULE(this.points);
    });
    const claimed = this.OPTION2(() => this.CONSUME(words.claimed)) !== undefined;
    return {
      kind: "field",
      name,
      type,
      ...(value ? { default: value } : {}),
      ...(points ? { points } : {}),
      claimed,
      ...doc,
      span: this.span(start),
    };
  });

  readonly predicateDeclaration = this.RULE("predicateDeclaration", (): PredicateDeclaration => {
    const doc = this.doc();
    const start = this.start();
    this.CONSUME(words.predicate);
    const name = this.nameOf(this.CONSUME(tokens.Name));
    const by = this.OPTION(() => this.CONSUME(words.by)) !== undefined;
    const closed =
      this.OPTION2(() => {
        this.CONSUME(tokens.Equals);
        return this.CONSUME(words.false);
      }) !== undefined;
    return { kind: "predicate", name, by, closed, ...doc, span: this.span(start) };
  });

  readonly enumDeclaration = this.RULE("enumDeclaration", (): EnumDeclaration => {
    const doc = this.doc();
    const start = this.start();
    this.CONSUME(words.enum);
    const name = this.nameOf(this.CONSUME(tokens.Name));
    this.CONSUME(tokens.LBrace);
    const variants = [this.nameOf(this.CONSUME2(tokens.Name))];
    let ordered = false;
    this.OR([
      {
        ALT: () => {
          ordered = true;
          this.AT_LEAST_ONE(() => {
            this.CONSUME(tokens.Less);
            variants.push(this.nameOf(this.CONSUME3(tokens.Name)));
          });
        },
      },
      {
        ALT: () => {
          this.MANY(() => {
            this.CONSUME(tokens.Comma);
            variants.push(this.nameOf(this.CONSUME4(tokens.Name)));
          });
        },
      },
    ]);
    this.CONSUME(tokens.RBrace, { ERR_MSG: ordered ? "`<`\n`}`" : variants.length === 1 ? "`,`\n`<`\n`}`" : "`,`\n`}`" });
    return { kind: "enum", name, variants, ordered, ...doc, span: this.span(start) };
  });

  readonly letDeclaration = this.RULE("letDeclaration", (): LetDeclaration => {
    const doc = this.doc();
    const start = this.start();
    this.CONSUME(words.let);
    const name = this.nameOf(this.CONSUME(tokens.Name));
    const type = this.OPTION(() => {
      this.CONSUME(tokens.Colon);
      return this.SUBRULE(this.typeRef);
    });
    const value = this.SUBRULE(this.assigned);
    return { kind: "let", name, ...(type ? { type } : {}), value, ...doc, span: this.span(start) };
  });

  readonly functionDeclaration = this.RULE("functionDeclaration", (): FunctionDeclaration => {
    const doc = this.doc();
    const start = this.start();
    this.CONSUME(words.function);
    const name = this.nameOf(this.CONSUME(tokens.Name));
    const parameters = this.SUBRULE(this.parameters);
    this.CONSUME(tokens.Arrow);
    const result = this.SUBRULE(this.typeRef);
    const body = this.SUBRULE(this.assigned);
    return { kind: "function", name, parameters, result, body, ...doc, span: this.span(start) };
  });

  // ── tables ─────────────────────────────────────────────────────────────────────────────────────────────────────

  readonly tableDeclaration = this.RULE("tableDeclaration", (): TableDeclaration => {
    const doc = this.doc();
    const start = this.start();
    this.CONSUME(words.table);
    const name = this.nameOf(this.CONSUME(tokens.Name));
    const parameters = this.SUBRULE(this.parameters);
    this.CONSUME(tokens.Arrow);
    const result = this.SUBRULE(this.typeRef);
    const monotone = this.OPTION(() => this.CONSUME(words.monotone)) !== undefined;
    const body = this.OR<IOrAlt<TableDeclaration["body"]>[]>([
      { ALT: () => ({ kind: "rows", rows: this.SUBRULE(this.tableRows, { ARGS: [name] }) }) },
      {
        ALT: () => {
          this.CONSUME(words.from);
          return { kind: "from", file: this.stringOf(this.CONSUME(tokens.String)) };
        },
      },
    ]);
    return { kind: "table", name, parameters, result, monotone, body, ...doc, span: this.span(start) };
  });

  readonly tableRows = this.RULE("tableRows", (name: Name): TableRow[] => {
    const list: TableRow[] = [];
    const open = this.CONSUME(tokens.LBrace).startOffset;
    do {
      this.MANY(() => {
        const row = this.attempt(rows, () => this.SUBRULE(this.tableRow));
        if (row !== undefined) list.push(row);
      });
    } while (this.resume(rows));
    if (this.closes("table", name, open)) this.CONSUME(tokens.RBrace);
    return list;
  });

  readonly tableRow = this.RULE("tableRow", (): TableRow => {
    const start = this.start();
    const cells: TableCell[] = [];
    this.AT_LEAST_ONE(() => {
      this.CONSUME(tokens.Bar);
      cells.push(this.SUBRULE(this.tableCell));
    });
    this.CONSUME(tokens.Arrow, { ERR_MSG: "`|`\n`->`" });
    const outcome = this.SUBRULE(this.label);
    return { cells, outcome, span: this.span(start) };
  });

  readonly tableCell = this.RULE("tableCell", (): TableCell => {
    const start = this.start();
    return this.OR<IOrAlt<TableCell>[]>([
      { ALT: () => this.after(this.CONSUME(tokens.Underscore), { kind: "any", span: this.span(start) }) },
      {
        ALT: () => {
          const op = this.OR2<IOrAlt<">=" | "<=">[]>([
            { ALT: () => this.after(this.CONSUME(tokens.GreaterEquals), ">=") },
            { ALT: () => this.after(this.CONSUME(tokens.LessEquals), "<=") },
          ]);
          const label = this.SUBRULE(this.label);
          return { kind: "bound", op, label, span: this.span(start) };
        },
      },
      {
        ALT: () => {
          const labels = [this.SUBRULE2(this.label)];
          this.MANY(() => {
            this.CONSUME(tokens.Comma);
            labels.push(this.SUBRULE3(this.label));
          });
          return { kind: "labels", labels, span: this.span(start) };
        },
      },
    ]);
  });

  readonly label = this.RULE(
    "label",
    (): Name =>
      this.OR<IOrAlt<Name>[]>([
        { ALT: () => this.nameOf(this.CONSUME(tokens.Name)) },
        { ALT: () => this.nameOf(this.CONSUME(words.true)) },
        { ALT: () => this.nameOf(this.CONSUME(words.false)) },
      ]),
  );

  // ── trust ──────────────────────────────────────────────────────────────────────────────────────────────────────

  readonly trustDeclaration = this.RULE("trustDeclaration", (): TrustDeclaration => {
    const doc = this.doc();
    const start = this.start();
    this.CONSUME(words.trust);
    const name = this.nameOf(this.CONSUME(tokens.Name));
    this.CONSUME(tokens.Equals);
    const body = this.OR<IOrAlt<TrustDeclaration["body"]>[]>([
      { ALT: () => this.identity("keyless", this.CONSUME(words.keyless), this.SUBRULE(this.record)) },
      { ALT: () => this.identity("key", this.CONSUME(words.key), this.SUBRULE2(this.record)) },
      { ALT: () => this.identity("spiffe", this.CONSUME(words.spiffe), this.SUBRULE3(this.record)) },
      { ALT: () => this.SUBRULE(this.quorum) },
    ]);
    return { kind: "trust", name, body, ...doc, span: this.span(start) };
  });

  private identity(
    form: "keyless" | "key" | "spiffe",
    _word: IToken,
    record: Extract<TrustDeclaration["body"], { kind: "identity" }>["record"],
  ): TrustDeclaration["body"] {
    return { kind: "identity", form, record };
  }

  readonly quorum = this.RULE("quorum", (): TrustDeclaration["body"] => {
    const start = this.start();
    const threshold = this.OR<IOrAlt<"all" | "any" | bigint>[]>([
      { ALT: () => this.after(this.CONSUME(words.all), "all") },
      { ALT: () => this.after(this.CONSUME(words.any), "any") },
      { ALT: () => this.integerOf(this.CONSUME(tokens.Int)) },
    ]);
    this.CONSUME(words.of);
    this.CONSUME(tokens.LBracket);
    const list = this.SUBRULE(this.qnames);
    this.CONSUME(tokens.RBracket);
    return { kind: "quorum", threshold, members: list, span: this.span(start) };
  });
}
