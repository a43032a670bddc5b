/**
 * Matches whole values against a regular expression in one pass over their characters, by a deterministic automaton
 * whose states are made when a value first leads to them. So the time is linear in the length of the value, whatever
 * the expression is; states are bounded, and where they do not suffice, or the expression has more than `regex-syntax.ts`
 * reads, RE2 does it.
 */
import { lastCodePoint, type Ranges, type RegexNode, readRegex } from "./regex-syntax.ts";

const mostInstructions = 2000;
const mostStates = 400;
const mostClasses = 120;
const ascii = 128;

/** One way through the expression: `next` after a character of the class set, or at once. */
type Instruction =
  | { readonly kind: "one"; readonly of: Ranges; readonly next: number }
  | { readonly kind: "both"; readonly next: number; readonly other: number }
  | { readonly kind: "start" | "end"; readonly next: number }
  | { readonly kind: "match" };

/** Whether the whole value matches; undefined where it cannot be told here. */
export type WholeTest = (value: string) => boolean | undefined;

/** The test of an expression that RE2 accepts; undefined where the expression is left to RE2. */
export function automatonTest(text: string): WholeTest | undefined {
  const tree = readRegex(text);
  const program = tree && instructionsOf(tree);
  return program && runnerOf(program.code, program.first);
}

function instructionsOf(tree: RegexNode): { readonly code: readonly Instruction[]; readonly first: number } | undefined {
  const code: Instruction[] = [{ kind: "match" }];
  const add = (instruction: Instruction): number | undefined => (code.length < mostInstructions ? code.push(instruction) - 1 : undefined);
  /** The instruction at which the node starts, of which `next` follows. */
  const emit = (node: RegexNode, next: number): number | undefined => {
    switch (node.kind) {
      case "one":
        return add({ kind: "one", of: node.of, next });
      case "start":
      case "end":
        return add({ kind: node.kind, next });
      case "sequence":
        return node.parts.reduceRight<number | undefined>((after, part) => (after === undefined ? undefined : emit(part, after)), next);
      case "choice":
        return node.parts.reduceRight<number | undefined>((other, part) => {
          const first = emit(part, next);
          return first === undefined ? undefined : other === undefined ? first : add({ kind: "both", next: first, other });
        }, undefined);
      case "repeat":
        return repeat(node.part, node.least, node.most, next);
    }
  };
  const repeat = (part: RegexNode, least: number, most: number, next: number): number | undefined => {
    let at: number | undefined = next;
    if (most === Number.POSITIVE_INFINITY) {
      const loop = add({ kind: "match" });
      const inner = loop === undefined ? undefined : emit(part, loop);
      if (loop === undefined || inner === undefined) return undefined;
      code[loop] = { kind: "both", next: inner, other: next };
      at = loop;
    } else {
      for (let times = least; at !== undefined && times < most; times += 1) {
        const first = emit(part, at);
        at = first === undefined ? undefined : add({ kind: "both", next: first, other: next });
      }
    }
    for (let times = 0; at !== undefined && times < least; times += 1) at = emit(part, at);
    return at;
  };
  const first = emit(tree, 0);
  return first === undefined ? undefined : { code, first };
}

/** Characters that no instruction tells apart are one class. Returns where classes begin, in rising order from 0. */
function classStarts(code: readonly Instruction[]): readonly number[] {
  const starts = new Set([0]);
  for (const instruction of code) {
    if (instruction.kind !== "one") continue;
    for (const [low, high] of instruction.of) {
      starts.add(low);
      if (high < lastCodePoint) starts.add(high + 1);
    }
  }
  return [...starts].sort((a, b) => a - b);
}

/** Position of the last start that is not above the value. */
function classIn(starts: readonly number[], value: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

function holds(ranges: Ranges, point: number): boolean {
  return ranges.some(([low, high]) => low <= point && point <= high);
}

/** Instructions at which something is asked of what follows; the others have been gone through. */
const stands: ReadonlySet<Instruction["kind"]> = new Set(["one", "end", "match"]);

/** Of a state: from here no value matches. */
const dead = 0;
/** Of a transition: not made so far. */
const unmade = -1;

function runnerOf(code: readonly Instruction[], first: number): WholeTest | undefined {
  const starts = classStarts(code);
  const width = starts.length;
  if (width > mostClasses) return undefined;
  const asciiClasses = Uint8Array.from({ length: ascii }, (_, value) => classIn(starts, value));
  // States are named by where their row of transitions begins, which saves the loop a multiplication.
  const closures: (readonly number[])[] = [[]];
  const byKey = new Map<string, number>([["", dead]]);
  const accepts: boolean[] = [false];
  let isFull = false;
  let table = new Int32Array(width * 16).fill(unmade);

  /** What can be gone to from the instructions without a character. */
  const closure = (from: readonly number[], atStart: boolean, atEnd: boolean): readonly number[] => {
    const seen = new Set<number>();
    const stack = [...from];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      const instruction = code[at] as Instruction;
      if (instruction.kind === "both") stack.push(instruction.other, instruction.next);
      if ((instruction.kind === "start" && atStart) || (instruction.kind === "end" && atEnd)) stack.push(instruction.next);
    }
    return [...seen].filter((at) => stands.has((code[at] as Instruction).kind)).sort((a, b) => a - b);
  };

  const stateOf = (instructions: readonly number[], atStart: boolean): number | undefined => {
    const key = `${atStart ? "^" : ""}${instructions.join(" ")}`;
    const known = byKey.get(key);
    if (known !== undefined) return known;
    const state = closures.length * width;
    isFull = closures.length >= mostStates;
    if (isFull) return undefined;
    closures.push(instructions);
    accepts.push(closure(instructions, atStart, true).includes(0));
    byKey.set(key, state);
    if (state + width > table.length) {
      const larger = new Int32Array(table.length * 2).fill(unmade);
      larger.set(table);
      table = larger;
    }
    return state;
  };

  const step = (state: number, of: number): number | undefined => {
    const value = starts[of] as number;
    const reached: number[] = [];
    for (const at of closures[state / width] as readonly number[]) {
      const instruction = code[at] as Instruction;
      if (instruction.kind === "one" && holds(instruction.of, value)) reached.push(instruction.next);
    }
    const next = stateOf(closure(reached, false, false), false);
    if (next !== undefined) table[state + of] = next;
    return next;
  };

  const last = code.filter((each) => each.kind === "one" && closure([each.next], false, true).includes(0));
  const mayEnd = starts.map((point) => last.some((each) => each.kind === "one" && holds(each.of, point)));
  const start = stateOf(closure([first], true, false), true) as number;
  return (value) => {
    // The last character mostly settles what the first ones leave open, as in `.*_TOKEN`.
    const final = value.charCodeAt(value.length - 1);
    if (final < ascii && mayEnd[asciiClasses[final] as number] === false) return false;
    let state = start;
    for (let index = 0; index < value.length; index += 1) {
      const unit = value.charCodeAt(index);
      let of: number;
      if (unit < ascii) of = asciiClasses[unit] as number;
      else {
        const point = value.codePointAt(index) as number;
        if (point > 0xffff) index += 1;
        of = classIn(starts, point);
      }
      const made = table[state + of] as number;
      if (made >= 0) state = made;
      else {
        const next = isFull ? undefined : step(state, of);
        if (next === undefined) return undefined;
        state = next;
      }
      if (state === dead) return false;
    }
    return accepts[state / width] as boolean;
  };
}
