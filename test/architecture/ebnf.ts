/**
 * The EBNF of the language reference as data: a recogniser that counts derivations, and a source of random sentences.
 * It shares nothing with the parser but the lists of words.
 */
import { contextualWords, reservedWords } from "../../language/syntax/words.ts";

export type Rule =
  | { readonly kind: "terminal"; readonly id: number; readonly text: string }
  | { readonly kind: "token"; readonly id: number; readonly name: string }
  | { readonly kind: "production"; readonly id: number; readonly name: string }
  | { readonly kind: "sequence"; readonly id: number; readonly parts: readonly Rule[] }
  | { readonly kind: "choice"; readonly id: number; readonly alternatives: readonly Rule[] }
  | { readonly kind: "optional"; readonly id: number; readonly rule: Rule }
  | { readonly kind: "repeated"; readonly id: number; readonly rule: Rule };

export interface Grammar {
  readonly productions: ReadonlyMap<string, Rule>;
  /** Every terminal: words and symbols as they are written, tokens by their names. */
  readonly terminals: readonly string[];
  readonly size: number;
}

const contextual: ReadonlySet<string> = new Set(contextualWords);
const anyWord: ReadonlySet<string> = new Set([...contextualWords, ...reservedWords]);

/** `Name` and `Word` are classes of tokens (the prose of the reference); the others are tokens. */
function tokenMatches(name: string, terminal: string): boolean {
  if (name === "Name") return terminal === "IDENT" || contextual.has(terminal);
  if (name === "Word") return terminal === "IDENT" || anyWord.has(terminal);
  return name === terminal;
}

/** Reads productions, one a line start, from the fenced block of the reference. */
export function readGrammar(markdown: string): Grammar {
  const text = /```ebnf\n([\s\S]*?)```/.exec(markdown)?.[1];
  if (text === undefined) throw new Error("no ebnf block");
  const productions = new Map<string, Rule>();
  const terminals = new Set<string>();
  let size = 0;
  for (const production of text.split(/\n(?=[A-Z]\w*\s*=)/)) {
    const [, name, body] = /^([A-Z]\w*)\s*=\s*([\s\S]*)$/.exec(production.trim()) ?? [];
    if (name === undefined || body === undefined) continue;
    const symbols = body.match(/"[^"]*"|\w+|[[\]{}()|]/g) ?? [];
    let at = 0;
    const choice = (): Rule => {
      const alternatives = [sequence()];
      while (symbols[at] === "|") {
        at++;
        alternatives.push(sequence());
      }
      return alternatives.length === 1 ? (alternatives[0] as Rule) : { kind: "choice", id: size++, alternatives };
    };
    const bracketed = (kind: "optional" | "repeated"): Rule => {
      const rule = choice();
      at++;
      return { kind, id: size++, rule };
    };
    const sequence = (): Rule => {
      const parts: Rule[] = [];
      for (;;) {
        const symbol = symbols[at];
        if (symbol === undefined || "])}|".includes(symbol)) break;
        at++;
        if (symbol === "[") parts.push(bracketed("optional"));
        else if (symbol === "{") parts.push(bracketed("repeated"));
        else if (symbol === "(") {
          parts.push(choice());
          at++;
        } else if (symbol.startsWith('"')) {
          terminals.add(symbol.slice(1, -1));
          parts.push({ kind: "terminal", id: size++, text: symbol.slice(1, -1) });
        } else if (/^[A-Z]+$/.test(symbol) || symbol === "Name" || symbol === "Word") {
          if (/^[A-Z]+$/.test(symbol)) terminals.add(symbol);
          parts.push({ kind: "token", id: size++, name: symbol });
        } else parts.push({ kind: "production", id: size++, name: symbol });
      }
      return parts.length === 1 ? (parts[0] as Rule) : { kind: "sequence", id: size++, parts };
    };
    productions.set(name, choice());
    if (at !== symbols.length) throw new Error(`production ${name} was not read to its end`);
  }
  return { productions, terminals: [...terminals, "IDENT"], size };
}

/** The names of productions that some production mentions. */
export function productionsUsed(grammar: Grammar): ReadonlySet<string> {
  const names = new Set<string>();
  const walk = (rule: Rule): void => {
    if (rule.kind === "production") names.add(rule.name);
    else if (rule.kind === "sequence") rule.parts.forEach(walk);
    else if (rule.kind === "choice") rule.alternatives.forEach(walk);
    else if (rule.kind === "optional" || rule.kind === "repeated") walk(rule.rule);
  };
  grammar.productions.forEach(walk);
  return names;
}

function production(grammar: Grammar, name: string): Rule {
  const rule = grammar.productions.get(name);
  if (rule === undefined) throw new Error(`no production ${name}`);
  return rule;
}

/** End positions with the number of derivations that reach them, 2 standing for more than one. */
type Ends = ReadonlyMap<number, number>;

function add(into: Map<number, number>, end: number, count: number): void {
  into.set(end, Math.min(2, (into.get(end) ?? 0) + count));
}

/** How many derivations of `start` the sentence has: 0, 1, or 2 for more. */
export function derivations(grammar: Grammar, start: string, sentence: readonly string[]): number {
  const memo = new Map<number, Ends>();
  const ends = (rule: Rule, at: number): Ends => {
    const key = rule.id * (sentence.length + 1) + at;
    const known = memo.get(key);
    if (known !== undefined) return known;
    const found = new Map<number, number>();
    switch (rule.kind) {
      case "terminal":
        if (sentence[at] === rule.text) found.set(at + 1, 1);
        break;
      case "token":
        if (at < sentence.length && tokenMatches(rule.name, sentence[at] ?? "")) found.set(at + 1, 1);
        break;
      case "production":
        for (const [end, count] of ends(production(grammar, rule.name), at)) add(found, end, count);
        break;
      case "sequence": {
        let reached: Ends = new Map([[at, 1]]);
        for (const part of rule.parts) {
          const next = new Map<number, number>();
          for (const [middle, count] of reached) for (const [end, more] of ends(part, middle)) add(next, end, count * more);
          reached = next;
        }
        for (const [end, count] of reached) add(found, end, count);
        break;
      }
      case "choice":
        for (const alternative of rule.alternatives) for (const [end, count] of ends(alternative, at)) add(found, end, count);
        break;
      case "optional":
        add(found, at, 1);
        for (const [end, count] of ends(rule.rule, at)) add(found, end, count);
        break;
      case "repeated": {
        // Positions reached by some number of repetitions, in ascending order; a repetition is never empty.
        const counts = new Map([[at, 1]]);
        for (let position = at; position <= sentence.length; position++) {
          const count = counts.get(position);
          if (count === undefined) continue;
          add(found, position, count);
          for (const [end, more] of ends(rule.rule, position)) if (end > position) add(counts, end, count * more);
        }
        break;
      }
    }
    memo.set(key, found);
    return found;
  };
  return ends(production(grammar, start), 0).get(sentence.length) ?? 0;
}

/** Terminals of the shortest sentence of each rule. */
function shortest(grammar: Grammar): (rule: Rule) => number {
  const lengths = new Map<string, number>([...grammar.productions.keys()].map((name) => [name, Number.POSITIVE_INFINITY]));
  const length = (rule: Rule): number => {
    switch (rule.kind) {
      case "terminal":
      case "token":
        return 1;
      case "production":
        return lengths.get(rule.name) ?? Number.POSITIVE_INFINITY;
      case "sequence":
        return rule.parts.reduce((sum, part) => sum + length(part), 0);
      case "choice":
        return Math.min(...rule.alternatives.map(length));
      case "optional":
      case "repeated":
        return 0;
    }
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const [name, rule] of grammar.productions) {
      const next = length(rule);
      if (next < (lengths.get(name) ?? 0)) {
        lengths.set(name, next);
        changed = true;
      }
    }
  }
  return length;
}

/** Draws sentences; `random` gives numbers in [0, 1). A sentence has about `size` terminals at most. */
export function sentences(grammar: Grammar, random: () => number): (start: string, size: number) => string[] {
  const length = shortest(grammar);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  return (start, size) => {
    const sentence: string[] = [];
    const walk = (rule: Rule, depth: number): void => {
      // Deep or late, only the shortest way out is taken.
      const tired = depth > 60 || sentence.length > size;
      switch (rule.kind) {
        case "terminal":
          sentence.push(rule.text);
          return;
        case "token":
          if (rule.name === "Name") sentence.push(random() < 0.3 ? pick(contextualWords) : "IDENT");
          else if (rule.name === "Word") sentence.push(random() < 0.3 ? pick(reservedWords) : "IDENT");
          else sentence.push(rule.name);
          return;
        case "production":
          walk(production(grammar, rule.name), depth + 1);
          return;
        case "sequence":
          for (const part of rule.parts) walk(part, depth + 1);
          return;
        case "choice": {
          const least = Math.min(...rule.alternatives.map(length));
          walk(pick(tired ? rule.alternatives.filter((a) => length(a) === least) : rule.alternatives), depth + 1);
          return;
        }
        case "optional":
          if (!tired && random() < 0.4) walk(rule.rule, depth + 1);
          return;
        case "repeated":
          // Near the root a repetition is a list of declarations, which should be long.
          while (!(depth > 60 || sentence.length > size) && random() < (depth < 3 ? 0.95 : 0.45)) walk(rule.rule, depth + 1);
      }
    };
    walk(production(grammar, start), 0);
    return sentence;
  };
}
