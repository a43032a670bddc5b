/** Runtime rules, triage, controls and tests (language/README.md: Runtime to Expect). */
import type { IOrAlt } from "chevrotain";
import { Policies } from "./grammar-policy.ts";
import { controlItems, obligations, runtimeRules, testItems, triageItems } from "./items.ts";
import { tokens, words } from "./tokens.ts";
import type {
  ControlDeclaration,
  Expected,
  Expr,
  GivenValue,
  LetDeclaration,
  Obligation,
  Ports,
  RecordExpr,
  RuntimeAction,
  RuntimeDeclaration,
  RuntimeDimension,
  RuntimeItem,
  RuntimeRule,
  TestDeclaration,
  TestItem,
  TriageDeclaration,
  TriageWhen,
} from "./tree.ts";
import { isReserved } from "./words.ts";

type ControlItem = ControlDeclaration["items"][number];

export abstract class Operations extends Policies {
  // ── runtime ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** `a for workload where E` */
  readonly namedHeader = this.RULE("namedHeader", (): Pick<RuntimeDeclaration, "name" | "subject" | "where"> => {
    const name = this.nameOf(this.CONSUME(tokens.Name));
    this.CONSUME(words.for);
    const subject = this.nameOf(this.CONSUME2(tokens.Name));
    const where = this.SUBRULE(this.optionalWhere);
    return { name, subject, ...(where ? { where } : {}) };
  });

  readonly runtimeDeclaration = this.RULE("runtimeDeclaration", (): RuntimeDeclaration | undefined => {
    const doc = this.doc();
    const start = this.start();
    this.CONSUME(words.runtime);
    const header = this.header(() => this.SUBRULE(this.namedHeader));
    const open = this.CONSUME(tokens.LBrace).startOffset;
    const rules: RuntimeRule[] = [];
    do {
      this.MANY(() => {
        const rule = this.attempt(runtimeRules, () => this.SUBRULE(this.runtimeRule));
        if (rule !== undefined) rules.push(rule);
      });
    } while (this.resume(runtimeRules));
    if (this.closes("runtime", header?.name, open)) this.CONSUME(tokens.RBrace);
    return header && { kind: "runtime", ...header, rules, ...doc, span: this.span(start) };
  });

  readonly runtimeRule = this.RULE("runtimeRule", (): RuntimeRule => {
    const start = this.start();
    return this.OR<IOrAlt<RuntimeRule>[]>([
      {
        ALT: () => {
          const dimension = this.CONSUME(tokens.Dimension).image as RuntimeDimension;
          const polarity = this.OR2<IOrAlt<"allow" | "forbid">[]>([
            { ALT: () => this.after(this.CONSUME(words.allow), "allow") },
            { ALT: () => this.after(this.CONSUME(words.forbid), "forbid") },
          ]);
          const items = this.SUBRULE(this.runtimeItems);
          const action = this.OPTION(() => {
            this.CONSUME(words.else);
            return this.CONSUME(tokens.Action).image as RuntimeAction;
          });
          const span = this.span(start);
          this.commaBeforeRule();
          return { kind: "rule", dimension, polarity, items, ...(action ? { action } : {}), span };
        },
      },
      {
        ALT: () => {
          this.CONSUME(words.default);
          const action = this.CONSUME2(tokens.Action).image as RuntimeAction;
          const span = this.span(start);
          this.commaBeforeRule();
          return { kind: "default", action, span };
        },
      },
      {
        ALT: () => {
          this.CONSUME(words.guarantee);
          const guarantee = this.nameOf(this.CONSUME(tokens.Name));
          const span = this.span(start);
          this.commaBeforeRule();
          return { kind: "guarantee", guarantee, span };
        },
      },
    ]);
  });

  readonly runtimeItems = this.RULE("runtimeItems", (): RuntimeItem[] => {
    const items = [this.SUBRULE(this.runtimeItem)];
    this.MANY({
      GATE: () => !this.ruleFollowsComma(),
      DEF: () => {
        this.CONSUME(tokens.Comma);
        items.push(this.SUBRULE2(this.runtimeItem));
      },
    });
    return items;
  });

  /** At a comma: what follows is a rule, not an item that happens to have the name of a rule word. */
  private ruleFollowsComma(): boolean {
    if (this.LA(1).tokenType !== tokens.Comma) return false;
    const word = this.LA(2);
    const after = this.LA(3).image;
    if (!runtimeRules.words.includes(word.image)) return false;
    if (word.tokenType === words.default) return ["log", "notify", "errno", "kill"].includes(after);
    if (word.tokenType === words.guarantee) return /^[a-z_`]/i.test(after) && !isReserved(after) && !runtimeRules.words.includes(after);
    return after === "allow" || after === "forbid";
  }

  /** Error production: `exec allow "/x", default kill`. */
  private commaBeforeRule(): void {
    if (this.RECORDING_PHASE || !this.ruleFollowsComma()) return;
    const comma = this.LA(1).startOffset;
    this.reporter.report("WB0126", { word: this.LA(2).image }, comma, comma + 1, {
      help: "delete the comma: rules are not separated",
      fix: this.reporter.fix("delete the comma", true, { start: comma, end: comma + 1, text: "" }),
    });
    this.consume(0, tokens.Comma);
  }

  readonly runtimeItem = this.RULE("runtimeItem", (): RuntimeItem => {
    const start = this.start();
    return this.OR<IOrAlt<RuntimeItem>[]>([
      { ALT: () => ({ kind: "ports", ports: this.SUBRULE(this.ports), span: this.span(start) }) },
      { ALT: () => ({ kind: "name", name: this.nameOf(this.CONSUME(tokens.Name)), span: this.span(start) }) },
      {
        ALT: () => {
          const value = this.stringOf(this.CONSUME(tokens.String));
          const ports = this.OPTION(() => this.SUBRULE2(this.ports));
          return { kind: "string", value, ...(ports ? { ports } : {}), span: this.span(start) };
        },
      },
    ]);
  });

  readonly ports = this.RULE("ports", (): Ports => {
    const start = this.start();
    const protocol = this.OR<IOrAlt<"tcp" | "udp">[]>([
      { ALT: () => this.after(this.CONSUME(words.tcp), "tcp") },
      { ALT: () => this.after(this.CONSUME(words.udp), "udp") },
    ]);
    const from = this.integerOf(this.CONSUME(tokens.Int));
    const to = this.OPTION(() => {
      this.CONSUME(tokens.DotDot);
      return this.integerOf(this.CONSUME2(tokens.Int));
    });
    return { protocol, from, to: to ?? from, span: this.span(start) };
  });

  // ── triage ─────────────────────────────────────────────────────────────────────────────────────────────────────

  readonly triageDeclaration = this.RULE("triageDeclaration", (): TriageDeclaration | undefined => {
    const doc = this.doc();
    const start = this.start();
    this.CONSUME(words.triage);
    const header = this.header(() => this.SUBRULE(this.namedHeader));
    const open = this.CONSUME(tokens.LBrace).startOffset;
    const body: (LetDeclaration | TriageWhen)[] = [];
    do {
      this.MANY(() => {
        const item = this.attempt(triageItems, () =>
          this.OR<IOrAlt<LetDeclaration | TriageWhen>[]>([
            { ALT: () => this.SUBRULE(this.letDeclaration) },
            { ALT: () => this.SUBRULE(this.triageWhen) },
          ]),
        );
        if (item !== undefined) body.push(item);
      });
    } while (this.resume(triageItems));
    if (this.closes("triage", header?.name, open)) this.CONSUME(tokens.RBrace);
    return header && { kind: "triage", ...header, body, ...doc, span: this.span(start) };
  });

  readonly triageWhen = this.RULE("triageWhen", (): TriageWhen => {
    const start = this.start();
    this.CONSUME(words.when);
    const condition = this.SUBRULE(this.expr);
    const open = this.CONSUME(tokens.LBrace).startOffset;
    const list: Obligation[] = [];
    do {
      this.MANY(() => {
        const obligation = this.attempt(obligations, () => this.SUBRULE(this.obligation));
        if (obligation !== undefined) list.push(obligation);
      });
    } while (this.resume(obligations));
    if (this.closes("`when` block", undefined, open)) this.CONSUME(tokens.RBrace);
    return { kind: "triage-when", condition, obligations: list, span: this.span(start) };
  });

  readonly obligation = this.RULE("obligation", (): Obligation => {
    const start = this.start();
    return this.OR<IOrAlt<Obligation>[]>([
      {
        ALT: () => {
          const kind = this.OR2<IOrAlt<"ticket" | "alert">[]>([
            { ALT: () => this.after(this.CONSUME(words.ticket), "ticket") },
            { ALT: () => this.after(this.CONSUME(words.alert), "alert") },
          ]);
          const system = this.nameOf(this.CONSUME(tokens.Name));
          const target = this.stringOf(this.CONSUME(tokens.String));
          const record = this.OPTION(() => this.SUBRULE(this.record));
          return { kind, system, target, ...(record ? { record } : {}), span: this.span(start) };
        },
      },
      {
        ALT: () => {
          this.CONSUME(words.block);
          const target = this.SUBRULE(this.sum);
          this.CONSUME(words.while);
          return { kind: "block", target, while: this.SUBRULE(this.expr), span: this.span(start) };
        },
      },
      {
        ALT: () => {
          this.CONSUME(words.embargo);
          this.CONSUME(words.until);
          return { kind: "embargo", until: this.SUBRULE2(this.sum), span: this.span(start) };
        },
      },
      {
        ALT: () => {
          this.CONSUME(words.deadline);
          const name = this.nameOf(this.CONSUME2(tokens.Name));
          this.CONSUME(words.by);
          return { kind: "deadline", name, by: this.SUBRULE3(this.sum), span: this.span(start) };
        },
      },
    ]);
  });

  // ── control ────────────────────────────────────────────────────────────────────────────────────────────────────

  readonly controlDeclaration = this.RULE("controlDeclaration", (): ControlDeclaration | undefined => {
    const doc = this.doc();
    const start = this.start();
    this.CONSUME(words.control);
    const header = this.header(() => {
      const name = this.SUBRULE(this.qname);
      const title = this.OPTION(() => this.stringOf(this.CONSUME(tokens.String)));
      return { name, ...(title ? { title } : {}) };
    });
    const open = this.CONSUME(tokens.LBrace).startOffset;
    const items: ControlItem[] = [];
    do {
      this.MANY(() => {
        const item = this.attempt(controlItems, () => this.SUBRULE(this.controlItem));
        if (item !== undefined) items.push(item);
      });
    } while (this.resume(controlItems));
    if (this.closes("control", undefined, open)) this.CONSUME(tokens.RBrace);
    return header && { kind: "control", ...header, items, ...doc, span: this.span(start) };
  });

  readonly controlItem = this.RULE("controlItem", (): ControlItem => {
    const start = this.start();
    return this.OR<IOrAlt<ControlItem>[]>([
      {
        ALT: () => this.after(this.CONSUME(words.clauses), { kind: "clauses", clauses: this.SUBRULE(this.qnames), span: this.span(start) }),
      },
      {
        ALT: () =>
          this.after(this.CONSUME(words.evidence), { kind: "evidence", types: this.SUBRULE2(this.qnames), span: this.span(start) }),
      },
      {
        ALT: () => {
          this.CONSUME(words.reviewed);
          this.CONSUME(words.every);
          return { kind: "reviewed", every: this.durationOf(this.CONSUME(tokens.Duration)), span: this.span(start) };
        },
      },
    ]);
  });

  // ── test ───────────────────────────────────────────────────────────────────────────────────────────────────────

  readonly testDeclaration = this.RULE("testDeclaration", (): TestDeclaration | undefined => {
    const doc = this.doc();
    const start = this.start();
    this.CONSUME(words.test);
    const title = this.header(() => this.stringOf(this.CONSUME(tokens.String)));
    const open = this.CONSUME(tokens.LBrace).startOffset;
    const items: TestItem[] = [];
    do {
      this.MANY(() => {
        const item = this.attempt(testItems, () => this.SUBRULE(this.testItem));
        if (item !== undefined) items.push(item);
      });
    } while (this.resume(testItems));
    if (this.closes("test", undefined, open)) this.CONSUME(tokens.RBrace);
    return title && { kind: "test", title, items, ...doc, span: this.span(start) };
  });

  readonly testItem = this.RULE(
    "testItem",
    (): TestItem =>
      this.OR<IOrAlt<TestItem>[]>([
        { ALT: () => this.SUBRULE(this.withItem) },
        { ALT: () => this.SUBRULE(this.givenItem) },
        { ALT: () => this.SUBRULE(this.expectItem) },
      ]),
  );

  readonly withItem = this.RULE("withItem", (): TestItem => {
    const start = this.start();
    this.CONSUME(words.with);
    const name = this.SUBRULE(this.qname);
    this.CONSUME(tokens.Equals);
    return { kind: "with", name, value: this.SUBRULE(this.expr), span: this.span(start) };
  });

  readonly givenItem = this.RULE("givenItem", (): TestItem => {
    const start = this.start();
    this.CONSUME(words.given);
    return this.OR<IOrAlt<TestItem>[]>([
      {
        ALT: () => {
          this.CONSUME(words.attestation);
          const type = this.SUBRULE(this.qname);
          const origin = this.SUBRULE(this.origin);
          let about: Expr | undefined;
          this.OPTION(() => {
            this.CONSUME(words.about);
            about = this.SUBRULE(this.postfix);
          });
          const record: RecordExpr = this.SUBRULE(this.record);
          return { kind: "given-attestation", type, origin, ...(about ? { about } : {}), record, span: this.span(start) };
        },
      },
      {
        ALT: () => {
          const name = this.SUBRULE2(this.qname);
          const value = this.SUBRULE(this.givenValue);
          return { kind: "given", name, value, span: this.span(start) };
        },
      },
    ]);
  });

  readonly givenValue = this.RULE("givenValue", (): GivenValue => {
    const start = this.start();
    return this.OR<IOrAlt<GivenValue>[]>([
      { ALT: () => ({ kind: "record", record: this.SUBRULE(this.record) }) },
      {
        ALT: () => {
          this.CONSUME(tokens.Equals);
          return { kind: "value", value: this.SUBRULE(this.expr) };
        },
      },
      {
        ALT: () => {
          this.CONSUME(words.unknown);
          return { kind: "unknown", cause: this.SUBRULE(this.cause).cause, span: this.span(start) };
        },
      },
    ]);
  });

  readonly expectItem = this.RULE("expectItem", (): TestItem => {
    const start = this.start();
    this.CONSUME(words.expect);
    const expected = this.OR<IOrAlt<Expected>[]>([
      { ALT: () => ({ kind: "effect", effect: this.SUBRULE(this.effect) }) },
      { ALT: () => ({ kind: "status", status: this.SUBRULE(this.status) }) },
      {
        ALT: () => {
          this.CONSUME(words.undecided);
          const causes = this.SUBRULE(this.causes);
          return { kind: "undecided", causes: this.ACTION(() => causes.map((c) => c.cause)) };
        },
      },
    ]);
    const by = this.OPTION(() => {
      this.CONSUME(words.by);
      return this.SUBRULE(this.qnames);
    });
    return { kind: "expect", expected, by: by ?? [], span: this.span(start) };
  });
}
