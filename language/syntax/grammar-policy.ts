/** Policies and what sets them aside (language/README.md: Policy to PurlSet), and VEX tables. */
import type { IOrAlt } from "chevrotain";
import { Declarations } from "./grammar-declarations.ts";
import { clauses, vexRows } from "./items.ts";
import { tokens, words } from "./tokens.ts";
import type {
  Cause,
  Clause,
  Effect,
  EffectNode,
  ExemptDeclaration,
  Expr,
  Name,
  Outcome,
  PolicyDeclaration,
  PolicyItem,
  Satisfies,
  UnknownRule,
  VexDeclaration,
  VexStatus,
  WaiveDeclaration,
  When,
} from "./tree.ts";

type CauseNode = UnknownRule["causes"][number];
type Scope = WaiveDeclaration["scope"];

export abstract class Policies extends Declarations {
  /** The header of the policy that is being read: what a misplaced `when` would move to. */
  private heading: { readonly open: number; readonly end: number; readonly where: boolean } | undefined;

  readonly policyDeclaration = this.RULE("policyDeclaration", (): PolicyDeclaration | undefined => {
    const doc = this.doc();
    const start = this.start();
    this.CONSUME(words.policy);
    const header = this.header(() => {
      const name = this.nameOf(this.CONSUME(tokens.Name));
      this.CONSUME(words.for);
      const subject = this.nameOf(this.CONSUME2(tokens.Name));
      const points = this.OPTION(() => {
        this.CONSUME(words.at);
        return this.SUBRULE(this.points);
      });
      const where = this.SUBRULE(this.optionalWhere);
      return { name, subject, ...(points ? { points } : {}), ...(where ? { where } : {}) };
    });
    this.heading = { open: this.start(), end: this.end(), where: header === undefined || header.where !== undefined };
    const body = this.SUBRULE(this.block, { ARGS: ["policy", header?.name] });
    return header && { kind: "policy", ...header, body, ...doc, span: this.span(start) };
  });

  readonly optionalWhere = this.RULE("optionalWhere", (): Expr | undefined =>
    this.OPTION(() => {
      this.CONSUME(words.where);
      return this.SUBRULE(this.expr);
    }),
  );

  readonly block = this.RULE("block", (kind: string, name: Name | undefined): PolicyItem[] => {
    const items: PolicyItem[] = [];
    const open = this.CONSUME(tokens.LBrace).startOffset;
    do {
      this.MANY(() => {
        const item = this.attempt(clauses, () => this.SUBRULE(this.policyItem));
        if (item !== undefined) items.push(item);
      });
    } while (this.resume(clauses));
    if (this.closes(kind, name, open)) this.CONSUME(tokens.RBrace);
    return items;
  });

  private readonly policyItems: IOrAlt<PolicyItem>[] = [
    { ALT: () => this.SUBRULE(this.clause) },
    { ALT: () => this.SUBRULE(this.letDeclaration) },
    { ALT: () => this.SUBRULE(this.when) },
    { ALT: () => this.SUBRULE(this.satisfies) },
  ];

  readonly policyItem = this.RULE("policyItem", (): PolicyItem => this.OR(this.policyItems));

  readonly when = this.RULE("when", (): When => {
    const start = this.start();
    const first = this.LA(0).startOffset === this.heading?.open;
    this.CONSUME(words.when);
    const condition = this.SUBRULE(this.expr);
    if (!this.RECORDING_PHASE && this.whenWithoutBlock()) {
      this.reportWhen(start, condition, first);
      return { kind: "when", condition, body: [], span: this.span(start) };
    }
    const body = this.SUBRULE(this.block, { ARGS: ["`when` block", undefined] });
    return { kind: "when", condition, body, span: this.span(start) };
  });

  /** Error production: `when E` and then the next item. */
  private whenWithoutBlock(): boolean {
    const next = this.LA(1);
    return next.tokenType === tokens.RBrace || clauses.words.includes(next.image);
  }

  private reportWhen(start: number, condition: Expr, first: boolean): void {
    const { end } = condition.span;
    const { heading } = this;
    const movable = first && heading !== undefined && !heading.where;
    this.reporter.report("WB0125", {}, start, end, {
      help: movable ? "say in the header which subjects the policy covers: `where …`" : "write `when … { … }` around the clauses it guards",
      ...(movable
        ? {
            fix: this.reporter.fix(
              "move it to the header as `where`",
              false,
              { start: heading.end, end: heading.end, text: ` where ${this.text.slice(condition.span.start, end)}` },
              { start, end, text: "" },
            ),
          }
        : {}),
    });
  }

  readonly clause = this.RULE("clause", (): Clause => {
    const doc = this.LA(3).tokenType === tokens.Colon ? this.doc() : {};
    const start = this.start();
    const polarity = this.OR<IOrAlt<Clause["polarity"]>[]>([
      { ALT: () => this.after(this.CONSUME(words.require), "require") },
      { ALT: () => this.after(this.CONSUME(words.forbid), "forbid") },
    ]);
    const label = this.OPTION({
      MAX_LOOKAHEAD: 1,
      GATE: () => this.LA(2).tokenType === tokens.Colon,
      DEF: () => {
        const name = this.nameOf(this.CONSUME(tokens.Name));
        this.CONSUME(tokens.Colon);
        return name;
      },
    });
    const condition = this.SUBRULE(this.expr);
    const outcome = this.OPTION2(() => {
      this.CONSUME(words.else);
      return this.SUBRULE(this.outcome);
    });
    const unknowns: UnknownRule[] = [];
    this.MANY(() => {
      unknowns.push(this.SUBRULE(this.unknownRule));
    });
    return {
      kind: "clause",
      polarity,
      ...(label ? { label } : {}),
      ...doc,
      condition,
      ...(outcome ? { outcome } : {}),
      unknowns,
      span: this.span(start),
    };
  });

  readonly outcome = this.RULE("outcome", (): Outcome => {
    const start = this.start();
    return this.OR<IOrAlt<Outcome>[]>([
      { ALT: () => ({ message: this.SUBRULE(this.template), span: this.span(start) }) },
      {
        ALT: () => {
          const effect = this.SUBRULE(this.effect);
          const message = this.OPTION(() => this.SUBRULE2(this.template));
          return { effect, ...(message ? { message } : {}), span: this.span(start) };
        },
      },
    ]);
  });

  readonly effect = this.RULE("effect", (): EffectNode => {
    const start = this.start();
    return this.OR<IOrAlt<EffectNode>[]>([
      { ALT: () => ({ effect: this.CONSUME(tokens.EffectWord).image as Effect, span: this.span(start) }) },
      {
        ALT: () => {
          this.CONSUME(words.quarantine);
          const until = this.OPTION(() => {
            this.CONSUME(words.until);
            return this.SUBRULE(this.sum);
          });
          return { effect: "quarantine", ...(until ? { until } : {}), span: this.span(start) };
        },
      },
    ]);
  });

  readonly unknownRule = this.RULE("unknownRule", (): UnknownRule => {
    const start = this.start();
    this.CONSUME(words.on);
    const causes = this.SUBRULE(this.causes);
    const effect = this.SUBRULE(this.effect);
    const because = this.OPTION(() => {
      this.CONSUME(words.because);
      return this.stringOf(this.CONSUME(tokens.String));
    });
    return { causes, effect, ...(because ? { because } : {}), span: this.span(start) };
  });

  readonly causes = this.RULE("causes", (): CauseNode[] => {
    const list = [this.SUBRULE(this.cause)];
    this.MANY(() => {
      this.CONSUME(tokens.Comma);
      list.push(this.SUBRULE2(this.cause));
    });
    return list;
  });

  readonly cause = this.RULE("cause", (): CauseNode => {
    const token = this.CONSUME(tokens.Cause);
    return { cause: token.image as Cause, span: { start: token.startOffset, end: token.startOffset + token.image.length } };
  });

  readonly satisfies = this.RULE("satisfies", (): Satisfies => {
    const start = this.start();
    this.CONSUME(words.satisfies);
    return { kind: "satisfies", controls: this.SUBRULE(this.qnames), span: this.span(start) };
  });

  // ── exempt, waive ──────────────────────────────────────────────────────────────────────────────────────────────

  readonly exemptDeclaration = this.RULE("exemptDeclaration", (): ExemptDeclaration => {
    const doc = this.doc();
    const start = this.start();
    this.CONSUME(words.exempt);
    const subject = this.nameOf(this.CONSUME(tokens.Name));
    this.CONSUME(words.where);
    const where = this.SUBRULE(this.expr);
    const until = this.OPTION(() => {
      this.CONSUME(words.until);
      return this.dateOf(this.CONSUME(tokens.Date));
    });
    this.CONSUME(words.because);
    const because = this.stringOf(this.CONSUME(tokens.String));
    return { kind: "exempt", subject, where, ...(until ? { until } : {}), because, ...doc, span: this.span(start) };
  });

  readonly waiveDeclaration = this.RULE("waiveDeclaration", (): WaiveDeclaration => {
    const doc = this.doc();
    const start = this.start();
    this.CONSUME(words.waive);
    const clause = this.SUBRULE(this.qname);
    const scope = this.SUBRULE(this.scope);
    this.CONSUME(words.until);
    const until = this.dateOf(this.CONSUME(tokens.Date));
    this.CONSUME(words.because);
    const because = this.stringOf(this.CONSUME(tokens.String));
    this.CONSUME(words.approved);
    this.CONSUME(words.by);
    const approvedBy = this.OR<IOrAlt<WaiveDeclaration["approvedBy"]>[]>([
      { ALT: () => ({ kind: "text", text: this.stringOf(this.CONSUME2(tokens.String)) }) },
      { ALT: () => ({ kind: "trust", trust: this.SUBRULE2(this.qname) }) },
    ]);
    const ticket = this.OPTION(() => {
      this.CONSUME(words.ticket);
      return this.stringOf(this.CONSUME3(tokens.String));
    });
    return { kind: "waive", clause, scope, until, because, approvedBy, ...(ticket ? { ticket } : {}), ...doc, span: this.span(start) };
  });

  readonly scope = this.RULE("scope", (): Scope => {
    const start = this.start();
    return this.OR<IOrAlt<Scope>[]>([
      {
        ALT: () => {
          this.CONSUME(words.on);
          return this.OR2<IOrAlt<Scope>[]>([
            {
              ALT: () => {
                const advisory = this.advisoryOf(this.CONSUME(tokens.Advisory));
                const purl = this.OPTION(() => {
                  this.CONSUME(words.in);
                  return this.SUBRULE(this.purl);
                });
                return { kind: "advisory", advisory, ...(purl ? { in: purl } : {}), span: this.span(start) };
              },
            },
            { ALT: () => ({ kind: "purl", purl: this.SUBRULE2(this.purl), span: this.span(start) }) },
          ]);
        },
      },
      {
        ALT: () => {
          this.CONSUME(words.where);
          return { kind: "where", condition: this.SUBRULE(this.expr), span: this.span(start) };
        },
      },
    ]);
  });

  // ── vex ────────────────────────────────────────────────────────────────────────────────────────────────────────

  readonly vexDeclaration = this.RULE("vexDeclaration", (): VexDeclaration | undefined => {
    const doc = this.doc();
    const start = this.start();
    this.CONSUME(words.vex);
    const header = this.header(() => {
      const name = this.nameOf(this.CONSUME(tokens.Name));
      this.CONSUME(words.for);
      const item = this.nameOf(this.CONSUME2(tokens.Name));
      this.CONSUME(words.in);
      const subject = this.nameOf(this.CONSUME3(tokens.Name));
      const where = this.SUBRULE(this.optionalWhere);
      return { name, item, subject, ...(where ? { where } : {}) };
    });
    const open = this.CONSUME(tokens.LBrace).startOffset;
    const rows: VexDeclaration["rows"][number][] = [];
    do {
      this.MANY(() => {
        const row = this.attempt(vexRows, () => this.SUBRULE(this.vexRow));
        if (row !== undefined) rows.push(row);
      });
    } while (this.LA(1).tokenType !== words.else && this.resume(vexRows));
    this.CONSUME(words.else, { ERR_MSG: "`when`\n`else`" });
    const otherwise = this.SUBRULE(this.status);
    if (this.closes("vex", header?.name, open)) this.CONSUME(tokens.RBrace);
    return header && { kind: "vex", ...header, rows, otherwise, ...doc, span: this.span(start) };
  });

  readonly vexRow = this.RULE("vexRow", (): VexDeclaration["rows"][number] => {
    const start = this.start();
    this.CONSUME(words.when);
    const condition = this.SUBRULE(this.expr);
    this.CONSUME(words.then);
    const status = this.SUBRULE(this.status);
    return { condition, status, span: this.span(start) };
  });

  readonly status = this.RULE("status", (): VexStatus => {
    const start = this.start();
    return this.OR<IOrAlt<VexStatus>[]>([
      {
        ALT: () => {
          this.CONSUME(words.not_affected);
          this.CONSUME(tokens.LParen);
          const justification = this.nameOf(this.CONSUME(tokens.Name));
          const impact = this.OPTION(() => {
            this.CONSUME(tokens.Comma);
            return this.SUBRULE(this.template);
          });
          this.CONSUME(tokens.RParen);
          return { kind: "not_affected", justification, ...(impact ? { impact } : {}), span: this.span(start) };
        },
      },
      {
        ALT: () => {
          this.CONSUME(words.affected);
          this.CONSUME2(tokens.LParen);
          const action = this.SUBRULE2(this.template);
          this.CONSUME2(tokens.RParen);
          return { kind: "affected", action, span: this.span(start) };
        },
      },
      { ALT: () => this.after(this.CONSUME(words.fixed), { kind: "fixed", span: this.span(start) }) },
      { ALT: () => this.after(this.CONSUME(words.under_investigation), { kind: "under_investigation", span: this.span(start) }) },
    ]);
  });
}
