/** Policies, waivers, VEX, runtime, triage, controls and tests as documents. */
import type {
  Clause,
  ControlDeclaration,
  Declaration,
  EffectNode,
  ExemptDeclaration,
  Expr,
  Obligation,
  Outcome,
  PolicyDeclaration,
  PolicyItem,
  Ports,
  RuntimeDeclaration,
  RuntimeItem,
  RuntimeRule,
  TestDeclaration,
  TestItem,
  TriageDeclaration,
  UnknownRule,
  VexDeclaration,
  VexStatus,
  WaiveDeclaration,
} from "../tree.ts";
import { letColumns, points } from "./declarations.ts";
import { type Doc, group, hard, indent, line } from "./doc.ts";
import { commaSeparated, continued, expression, origin, qname, qnames, record } from "./expressions.ts";
import { block, type Item } from "./items.ts";
import type { TokenSource } from "./source.ts";

type Rules =
  | PolicyDeclaration
  | ExemptDeclaration
  | WaiveDeclaration
  | VexDeclaration
  | RuntimeDeclaration
  | TriageDeclaration
  | ControlDeclaration
  | TestDeclaration;

export function ruleDeclaration(s: TokenSource, node: Extract<Declaration, Rules>, depth: number): Doc {
  switch (node.kind) {
    case "policy": {
      const head = [s.take(), " ", s.take(), " ", s.take(), " ", s.take(), node.points ? [" ", s.take(), " ", points(s, node.points)] : ""];
      return [group([head, where(s, node.where, depth)]), " ", policyBlock(s, node.body, depth)];
    }
    case "exempt": {
      const head = [s.take(), " ", s.take()];
      const parts = [
        [line, s.take(), " ", expression(s, node.where, depth + 2)],
        node.until ? [line, s.take(), " ", s.take()] : "",
        [line, s.take(), " ", s.take()],
      ];
      return group([head, indent(2, parts)]);
    }
    case "waive":
      return waive(s, node, depth);
    case "vex": {
      const head = [s.take(), " ", s.take(), " ", s.take(), " ", s.take(), " ", s.take(), " ", s.take()];
      return [group([head, where(s, node.where, depth)]), " ", block(s, depth, (inner) => vexItems(s, node, inner))];
    }
    case "runtime": {
      const head = [s.take(), " ", s.take(), " ", s.take(), " ", s.take()];
      return [group([head, where(s, node.where, depth)]), " ", block(s, depth, () => node.rules.map((rule) => ruleItem(s, rule)))];
    }
    case "triage": {
      const head = [s.take(), " ", s.take(), " ", s.take(), " ", s.take()];
      return [group([head, where(s, node.where, depth)]), " ", block(s, depth, (inner) => triageItems(s, node, inner))];
    }
    case "control": {
      const head = [s.take(), " ", qname(s, node.name), node.title ? [" ", s.take()] : "", " "];
      return [head, block(s, depth, () => node.items.map((item) => controlItem(s, item)))];
    }
    case "test":
      return [s.take(), " ", s.take(), " ", block(s, depth, (inner) => node.items.map((item) => testItem(s, item, inner)))];
  }
}

/** The `where` of a header, on the next line where the header is long. */
function where(s: TokenSource, condition: Expr | undefined, depth: number): Doc {
  return condition ? indent(4, [line, s.take(), " ", expression(s, condition, depth + 4)]) : "";
}

// ── policies ─────────────────────────────────────────────────────────────────────────────────────────────────────

function policyBlock(s: TokenSource, items: readonly PolicyItem[], depth: number): Doc {
  return block(s, depth, (inner) => items.map((item) => policyItem(s, item, inner)));
}

function policyItem(s: TokenSource, item: PolicyItem, depth: number): Item {
  const leads = s.leads();
  switch (item.kind) {
    case "let":
      return { leads, kind: "let", columns: letColumns(s, item, depth) };
    case "when":
      return {
        leads,
        columns: [[s.take(), " ", continued(s, item.condition, depth), " ", policyBlock(s, item.body, depth)]],
      };
    case "satisfies":
      return { leads, columns: [[s.take(), " ", indent(4, qnames(s, item.controls))]] };
    case "clause":
      return clauseItem(s, item, leads, depth);
  }
}

function clauseItem(s: TokenSource, clause: Clause, leads: Item["leads"], depth: number): Item {
  const polarity = s.take();
  const label = clause.label ? [s.take(), s.take(), " "] : "";
  const condition = continued(s, clause.condition, depth);
  const otherwise = clause.outcome ? indent(2, [line, s.take(), " ", outcome(s, clause.outcome, depth + 2)]) : "";
  const unknowns = indent(
    2,
    clause.unknowns.map((rule) => [hard, unknownRule(s, rule, depth + 2)]),
  );
  const rest = group([label, condition, otherwise]);
  return { leads, kind: "clause", columns: [polarity, [rest, unknowns]], whole: [polarity, " ", rest, unknowns] };
}

function outcome(s: TokenSource, node: Outcome, depth: number): Doc {
  const message = node.message ? (): Doc => s.take() : undefined;
  if (node.effect === undefined) return message?.() ?? "";
  return [effect(s, node.effect, depth), message ? [" ", message()] : ""];
}

function effect(s: TokenSource, node: EffectNode, depth: number): Doc {
  return [s.take(), node.until ? [" ", s.take(), " ", expression(s, node.until, depth)] : ""];
}

function unknownRule(s: TokenSource, rule: UnknownRule, depth: number): Doc {
  const causes = [s.take(), " ", commaSeparated(s, rule.causes, () => s.take()), " "];
  return [causes, effect(s, rule.effect, depth), rule.because ? [" ", s.take(), " ", s.take()] : ""];
}

function waive(s: TokenSource, node: WaiveDeclaration, depth: number): Doc {
  const head = [s.take(), " ", qname(s, node.clause)];
  const { scope } = node;
  const word = s.take();
  const what =
    scope.kind === "where"
      ? expression(s, scope.condition, depth + 2)
      : scope.kind === "purl"
        ? expression(s, scope.purl, depth)
        : [s.take(), scope.in ? [" ", s.take(), " ", expression(s, scope.in, depth)] : ""];
  const parts = [
    [line, word, " ", what],
    [line, s.take(), " ", s.take()],
    [line, s.take(), " ", s.take()],
    [line, s.take(), " ", s.take(), " ", node.approvedBy.kind === "text" ? s.take() : qname(s, node.approvedBy.trust)],
    node.ticket ? [" ", s.take(), " ", s.take()] : "",
  ];
  return group([head, indent(2, parts)]);
}

// ── vex ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function vexItems(s: TokenSource, node: VexDeclaration, depth: number): Item[] {
  const rows = node.rows.map((row): Item => {
    const leads = s.leads();
    const when = [s.take(), " ", continued(s, row.condition, depth)];
    const then = [s.take(), " ", status(s, row.status)];
    return { leads, kind: "row", columns: [when, then], whole: group([when, indent(2, [line, then])]) };
  });
  return [...rows, { leads: s.leads(), columns: [[s.take(), " ", status(s, node.otherwise)]] }];
}

function status(s: TokenSource, node: VexStatus): Doc {
  switch (node.kind) {
    case "not_affected":
      return [s.take(), s.take(), s.take(), node.impact ? [s.take(), " ", s.take()] : "", s.take()];
    case "affected":
      return [s.take(), s.take(), s.take(), s.take()];
    default:
      return s.take();
  }
}

// ── runtime ──────────────────────────────────────────────────────────────────────────────────────────────────────

function ruleItem(s: TokenSource, rule: RuntimeRule): Item {
  const leads = s.leads();
  if (rule.kind !== "rule") return { leads, kind: "rule", columns: [s.take(), s.take()] };
  const dimension = s.take();
  const polarity = s.take();
  const items = indent(
    4,
    commaSeparated(s, rule.items, (item) => runtimeItem(s, item)),
  );
  const action = rule.action ? [s.take(), " ", s.take()] : undefined;
  return {
    leads,
    kind: "rule",
    columns: [dimension, polarity, items, ...(action ? [action] : [])],
    whole: group([dimension, " ", polarity, " ", items, action ? indent(2, [line, action]) : ""]),
  };
}

function runtimeItem(s: TokenSource, item: RuntimeItem): Doc {
  if (item.kind === "ports") return ports(s, item.ports);
  if (item.kind === "name") return s.take();
  return [s.take(), item.ports ? [" ", ports(s, item.ports)] : ""];
}

function ports(s: TokenSource, _ports: Ports): Doc {
  const head = [s.take(), " ", s.take()];
  return s.next?.kind === "DotDot" ? [head, s.take(), s.take()] : head;
}

// ── triage, controls, tests ──────────────────────────────────────────────────────────────────────────────────────

function triageItems(s: TokenSource, node: TriageDeclaration, depth: number): Item[] {
  return node.body.map((item): Item => {
    const leads = s.leads();
    if (item.kind === "let") return { leads, kind: "let", columns: letColumns(s, item, depth) };
    const head = [s.take(), " ", continued(s, item.condition, depth), " "];
    return { leads, columns: [[head, block(s, depth, (inner) => item.obligations.map((o) => obligationItem(s, o, inner)))]] };
  });
}

function obligationItem(s: TokenSource, node: Obligation, depth: number): Item {
  const leads = s.leads();
  const word = s.take();
  const item = (rest: Doc): Item => ({ leads, kind: "obligation", columns: [word, rest] });
  switch (node.kind) {
    case "ticket":
    case "alert":
      return item([s.take(), " ", s.take(), node.record ? [" ", record(s, node.record, depth)] : ""]);
    case "block":
      return item([expression(s, node.target, depth), " ", s.take(), " ", continued(s, node.while, depth)]);
    case "embargo":
      return item([s.take(), " ", expression(s, node.until, depth)]);
    case "deadline":
      return item([s.take(), " ", s.take(), " ", expression(s, node.by, depth)]);
  }
}

function controlItem(s: TokenSource, node: ControlDeclaration["items"][number]): Item {
  const leads = s.leads();
  const word = s.take();
  const item = (rest: Doc): Item => ({ leads, kind: "entry", columns: [word, rest] });
  switch (node.kind) {
    case "clauses":
      return item(indent(4, qnames(s, node.clauses)));
    case "evidence":
      return item(indent(4, qnames(s, node.types)));
    case "reviewed":
      return item([s.take(), " ", expression(s, node.every, 0)]);
  }
}

function testItem(s: TokenSource, node: TestItem, depth: number): Item {
  const leads = s.leads();
  const item = (...parts: Doc[]): Item => ({ leads, columns: [parts] });
  const word = s.take();
  switch (node.kind) {
    case "with":
      return item(word, " ", qname(s, node.name), " ", s.take(), " ", continued(s, node.value, depth));
    case "given-attestation":
      return item(
        [word, " ", s.take(), " ", qname(s, node.type), " ", origin(s, node.origin, false), " "],
        node.about === undefined ? "" : [s.take(), " ", expression(s, node.about, depth), " "],
        record(s, node.record, depth),
      );
    case "given": {
      const head = [word, " ", qname(s, node.name), " "];
      const { value } = node;
      if (value.kind === "record") return item(head, record(s, value.record, depth));
      if (value.kind === "unknown") return item(head, s.take(), " ", s.take());
      return item(head, s.take(), " ", continued(s, value.value, depth));
    }
    case "expect": {
      const { expected } = node;
      const what =
        expected.kind === "effect"
          ? effect(s, expected.effect, depth)
          : expected.kind === "status"
            ? status(s, expected.status)
            : [s.take(), " ", commaSeparated(s, expected.causes, () => s.take())];
      return item(word, " ", what, node.by.length > 0 ? [" ", s.take(), " ", indent(4, qnames(s, node.by))] : "");
    }
  }
}
