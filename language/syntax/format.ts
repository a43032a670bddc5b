/**
 * The formatter: no options, two blanks of indentation, about a hundred columns. It prints from the tree and the token
 * list, so every comment and every literal is given back as it was written; then it reads what it printed and compares
 * the trees, and refuses to hand out a text that says something else.
 */
import { type Diagnostic, hasErrors, type Result } from "../diagnostics/diagnostic.ts";
import { diagnostic } from "../diagnostics/table.ts";
import { valueDeclaration } from "./format/declarations.ts";
import { type Doc, fill, indent, render } from "./format/doc.ts";
import { qname } from "./format/expressions.ts";
import { dangling, type Item, itemLines } from "./format/items.ts";
import { ruleDeclaration } from "./format/policies.ts";
import { TokenSource } from "./format/source.ts";
import { type Parsed, parse, parseWithTokens } from "./parse.ts";
import { sameTree } from "./same-tree.ts";
import type { Declaration, Module, SourceFile } from "./tree.ts";

/**
 * `source` as it should be written. Where it has syntax errors there is no value, and the diagnostics are those of
 * `parse`. Formatting a formatted text gives the same text.
 */
export function formatSource(source: SourceFile): Result<string | undefined> {
  const parsed = parseWithTokens(source);
  if (hasErrors(parsed.diagnostics)) return { value: undefined, diagnostics: parsed.diagnostics };
  const text = print(parsed);
  const again = parse({ path: source.path, text });
  if (hasErrors(again.diagnostics) || !sameTree(parsed.module, again.value)) {
    return { value: undefined, diagnostics: [...parsed.diagnostics, refusal(source)] };
  }
  return { value: text, diagnostics: parsed.diagnostics };
}

function refusal(source: SourceFile): Diagnostic {
  return diagnostic(
    "WB0150",
    {},
    { path: source.path, start: 0, end: 0 },
    { help: "this is a mistake of the formatter: please report it with the file" },
  );
}

function print({ module, tokens, comments }: Parsed): string {
  const s = new TokenSource(module.source.text, tokens, comments);
  const items: Item[] = [];
  if (module.name) {
    const leads = s.leads();
    items.push({ leads, columns: [[s.take(), " ", qname(s, module.name)]] });
  }
  importItems(s, module).forEach((item, i) => {
    items.push({ ...item, apart: i === 0 && items.length > 0 });
  });
  let long = module.imports.length > 0 || module.name !== undefined;
  for (const declaration of module.declarations) {
    const leads = s.leads();
    const item = declarationItem(s, declaration);
    const braces = hasBlock(declaration);
    items.push({ leads, ...item, apart: items.length > 0 && (long || braces) });
    long = braces;
  }
  const tail = dangling(s, items.length === 0);
  return render([itemLines(items, 0), tail]).replace(/^\n$/, "");
}

/** Declarations that are blocks have an empty line above and below. */
function hasBlock(declaration: Declaration): boolean {
  switch (declaration.kind) {
    case "type":
    case "policy":
    case "vex":
    case "runtime":
    case "triage":
    case "control":
    case "test":
      return true;
    case "table":
      return declaration.body.kind === "rows";
    default:
      return false;
  }
}

function declarationItem(s: TokenSource, node: Declaration): Omit<Item, "leads"> {
  switch (node.kind) {
    case "let":
      return { kind: "let", columns: valueDeclaration(s, node, 0) };
    case "input":
    case "type":
    case "enum":
    case "function":
    case "table":
    case "trust":
      return { columns: valueDeclaration(s, node, 0) };
    default:
      return { columns: [ruleDeclaration(s, node, 0)] };
  }
}

/** One item for each `import`, which may name several modules. */
function importItems(s: TokenSource, module: Module): Item[] {
  const items: Item[] = [];
  let rest = module.imports;
  while (rest.length > 0) {
    const leads = s.leads();
    const word = s.take();
    const parts: Doc[] = [];
    for (let more = true; more; ) {
      const [next, ...others] = rest;
      if (next === undefined) break;
      const name = qname(s, next.module);
      const alias = next.alias ? [" ", s.take(), " ", s.take()] : "";
      more = s.next?.kind === "Comma";
      parts.push([name, alias, more ? s.take() : ""]);
      rest = others;
    }
    items.push({ leads, columns: [[word, " ", indent(2, fill(parts))]] });
  }
  return items;
}
