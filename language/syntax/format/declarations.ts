/** Declarations of values, types, tables and trust as documents. */
import type {
  Declaration,
  EnumDeclaration,
  FieldDeclaration,
  FunctionDeclaration,
  InputDeclaration,
  LetDeclaration,
  Name,
  Parameter,
  PredicateDeclaration,
  TableDeclaration,
  TableRow,
  TrustDeclaration,
  TypeDeclaration,
  TypeRef,
} from "../tree.ts";
import { type Doc, fill, group, indent, line, soft } from "./doc.ts";
import { commaSeparated, continued, expression, qname, qnames, record } from "./expressions.ts";
import { block, type Item } from "./items.ts";
import type { TokenSource } from "./source.ts";

type Values =
  | InputDeclaration
  | TypeDeclaration
  | EnumDeclaration
  | LetDeclaration
  | FunctionDeclaration
  | TableDeclaration
  | TrustDeclaration;

/** The columns of a declaration of values; those of most have one. */
export function valueDeclaration(s: TokenSource, node: Extract<Declaration, Values>, depth: number): readonly Doc[] {
  switch (node.kind) {
    case "input":
      return [
        [
          s.take(),
          " ",
          s.take(),
          s.take(),
          " ",
          typeRef(s, node.type),
          node.default ? [" ", s.take(), " ", expression(s, node.default, depth)] : "",
        ],
      ];
    case "type":
      return [[s.take(), " ", s.take(), " ", block(s, depth, (inner) => node.members.map((member) => memberItem(s, member, inner)))]];
    case "enum":
      return [enumeration(s, node)];
    case "let":
      return letColumns(s, node, depth);
    case "function": {
      const head = [s.take(), " ", s.take(), parameters(s, node.parameters), " ", s.take(), " ", typeRef(s, node.result), " ", s.take()];
      return [group([head, indent(2, [line, expression(s, node.body, depth + 2)])])];
    }
    case "table":
      return [table(s, node, depth)];
    case "trust":
      return [trust(s, node, depth)];
  }
}

/** `let a: T` and `= value`. */
export function letColumns(s: TokenSource, node: LetDeclaration, depth: number): readonly Doc[] {
  const name = [s.take(), " ", s.take(), node.type ? [s.take(), " ", typeRef(s, node.type)] : ""];
  return [name, [s.take(), " ", continued(s, node.value, depth)]];
}

export function typeRef(s: TokenSource, type: TypeRef): Doc {
  const name = qname(s, type.name);
  const args =
    type.args.length === 0
      ? ""
      : [
          s.take(),
          type.args.map((arg, i): Doc => {
            const doc = arg.kind === "by" ? [s.take(), " ", qname(s, arg.trust)] : typeRef(s, arg.type);
            return [doc, i < type.args.length - 1 ? [s.take(), " "] : ""];
          }),
          s.take(),
        ];
  return [name, args, type.optional ? s.take() : ""];
}

function parameters(s: TokenSource, list: readonly Parameter[]): Doc {
  const open = s.take();
  const docs = list.map(
    (parameter, i): Doc => [s.take(), s.take(), " ", typeRef(s, parameter.type), i < list.length - 1 ? [s.take(), line] : ""],
  );
  return group([open, indent(2, [soft, docs]), soft, s.take()]);
}

/** `admission`, or `[admission, ci]`. */
export function points(s: TokenSource, names: readonly Name[]): Doc {
  if (s.next?.kind !== "LBracket") return s.take();
  return [s.take(), commaSeparated(s, names, () => s.take()), s.take()];
}

function memberItem(s: TokenSource, member: FieldDeclaration | PredicateDeclaration, depth: number): Item {
  const leads = s.leads();
  if (member.kind === "predicate") {
    const doc = [s.take(), " ", s.take(), member.by ? [" ", s.take()] : "", member.closed ? [" ", s.take(), " ", s.take()] : ""];
    return { leads, kind: "field", columns: [[doc, s.optionalComma().doc]] };
  }
  const name = [s.take(), s.take()];
  const type = [
    typeRef(s, member.type),
    member.default ? [" ", s.take(), " ", expression(s, member.default, depth + 2)] : "",
    member.points ? [" ", s.take(), " ", points(s, member.points)] : "",
    member.claimed ? [" ", s.take()] : "",
  ];
  return { leads, kind: "field", columns: [name, [type, s.optionalComma().doc]] };
}

function enumeration(s: TokenSource, node: EnumDeclaration): Doc {
  const head = [s.take(), " ", s.take(), " ", s.take()];
  const variants = node.variants.map((_, i): Doc => {
    const operator = i > 0 && node.ordered ? [s.take(), " "] : "";
    const name = s.take();
    return [operator, name, !node.ordered && i < node.variants.length - 1 ? s.take() : ""];
  });
  return group([head, indent(2, [line, fill(variants)]), line, s.take()]);
}

function table(s: TokenSource, node: TableDeclaration, depth: number): Doc {
  const head = [
    s.take(),
    " ",
    s.take(),
    parameters(s, node.parameters),
    " ",
    s.take(),
    " ",
    typeRef(s, node.result),
    node.monotone ? [" ", s.take()] : "",
    " ",
  ];
  const { body } = node;
  if (body.kind === "from") return [head, s.take(), " ", s.take()];
  return [head, block(s, depth, () => body.rows.map((row) => rowItem(s, row)))];
}

function rowItem(s: TokenSource, row: TableRow): Item {
  const leads = s.leads();
  const cells = row.cells.map((cell): Doc => {
    const bar = s.take();
    if (cell.kind === "any") return [bar, " ", s.take()];
    if (cell.kind === "bound") return [bar, " ", s.take(), " ", s.take()];
    return [bar, " ", cell.labels.map((_, i): Doc => [s.take(), i < cell.labels.length - 1 ? [s.take(), " "] : ""])];
  });
  return { leads, kind: "row", columns: [...cells, [s.take(), " ", s.take()]] };
}

function trust(s: TokenSource, node: TrustDeclaration, depth: number): Doc {
  const head = [s.take(), " ", s.take(), " ", s.take(), " ", s.take(), " "];
  const { body } = node;
  if (body.kind === "identity") return [head, record(s, body.record, depth)];
  return [head, s.take(), " ", s.take(), qnames(s, body.members), s.take()];
}
