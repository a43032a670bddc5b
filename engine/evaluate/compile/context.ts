/** What the compilation of one program shares: look-up by name, slots, and what is known of bound names. */
import type { Constant, Expr, FunctionDefinition, Program, TableDefinition } from "../../../language/core/ir.ts";
import type { Value } from "../../../language/core/value.ts";
import type { Inputs } from "../decision.ts";
import { type Env, UNSET } from "../env.ts";
import type { Site } from "../unknown.ts";
import { factOf } from "./fact.ts";

/** Computes a value in run-time form, or `Unknown`; records are `RecordValue`, collections `Collection`. */
export type Fn = (env: Env) => unknown;

/** What is known of an expression before it runs. */
export interface Compiled {
  readonly fn: Fn;
  /** It is, or is reached through, `closed(record)`: openness of collections read from it does not count. */
  readonly closed: boolean;
}

/** Told the value of every Boolean expression as it is computed, and the row of every table call; for coverage. */
export interface Observer {
  truth(expr: Expr, value: unknown): void;
  row(table: string, row: number): void;
}

export type Binding = Omit<Compiled, "fn">;

export class Context {
  readonly program: Program;
  readonly inputs: Inputs;
  readonly constants: ReadonlyMap<string, Constant>;
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
  readonly tables: ReadonlyMap<string, TableDefinition>;
  readonly defaults: ReadonlyMap<string, Value | undefined>;
  /** Bound names in scope, by slot. */
  readonly bindings = new Map<number, Binding>();
  /** Slots that hold values of one decision and are cleared before the next. */
  readonly memo: number[] = [];
  private next: number;
  private readonly shared = new Map<string, number>();
  private readonly lets = new Map<number, Compiled>();
  private readonly byConstant = new Map<string, Compiled>();
  readonly compile: (expr: Expr) => Compiled;
  readonly observer: Observer | undefined;
  readonly #raw: (context: Context, expr: Expr) => Compiled;

  constructor(program: Program, inputs: Inputs, compile: (context: Context, expr: Expr) => Compiled, observer?: Observer) {
    this.program = program;
    this.inputs = inputs;
    this.constants = new Map(program.constants.map((constant) => [constant.key, constant]));
    this.functions = new Map(program.functions.map((definition) => [definition.key, definition]));
    this.tables = new Map(program.tables.map((table) => [table.key, table]));
    this.defaults = new Map(program.inputs.map((input) => [input.key, input.default]));
    this.next = program.slots;
    this.observer = observer;
    this.#raw = compile;
    this.compile = observer === undefined ? (expr) => compile(this, expr) : (expr) => observed(compile(this, expr), expr, observer);
  }

  /** A context of the same program that shares no slot with this one, for questions beside the decision. */
  apart(): Context {
    return new Context(this.program, this.inputs, this.#raw);
  }

  /** Slots in use so far. */
  get slots(): number {
    return this.next;
  }

  /** A slot of its own for a value that is computed at most once a decision. */
  memoSlot(): number {
    const slot = this.next;
    this.next += 1;
    this.memo.push(slot);
    return slot;
  }

  /** One memo slot for all that compute the same thing: `key` is what they compute. */
  sharedSlot(key: string): number {
    const known = this.shared.get(key);
    if (known !== undefined) return known;
    const slot = this.memoSlot();
    this.shared.set(key, slot);
    return slot;
  }

  binding(slot: number): Binding {
    return this.bindings.get(slot) ?? { closed: false };
  }

  /** A module-level `let`, compiled once. */
  constant(key: string): Compiled {
    const known = this.byConstant.get(key);
    if (known !== undefined) return known;
    const definition = this.constants.get(key);
    if (definition === undefined) throw new Error(`core names a constant that is not there: ${key}`);
    const compiled = this.compile(definition.value);
    this.byConstant.set(key, compiled);
    return compiled;
  }

  /** Declares a `let` of a policy: a value computed at most once a decision (sharing is only speed). */
  declareLet(slot: number, value: Expr): void {
    const compiled = this.compile(value);
    this.memo.push(slot);
    this.lets.set(slot, {
      ...compiled,
      fn: (env) => {
        const known = env.slots[slot];
        if (known !== UNSET) return known;
        const computed = compiled.fn(env);
        env.slots[slot] = computed;
        return computed;
      },
    });
  }

  let(slot: number, name: string): Compiled {
    const compiled = this.lets.get(slot);
    if (compiled === undefined) throw new Error(`core reads a let before it is declared: ${name}`);
    return compiled;
  }

  /** A path of fields, told apart from others of the same text: lets of different policies may have one name. */
  place(expr: Expr): string {
    if (expr.kind === "field") return `${this.place(expr.record)}.${expr.field.name}`;
    if (expr.kind === "let") return `let ${expr.slot}`;
    // What is read is the same, but each policy calls its subject by its own name, and wants say it so.
    return expr.kind === "subject" ? `subject ${expr.name}` : expr.kind;
  }

  site(expr: Expr): Site {
    const site = { fact: factOf(expr), at: expr.at };
    return expr.kind === "field" ? { ...site, field: expr.field.name } : site;
  }
}

function observed(compiled: Compiled, expr: Expr, observer: Observer): Compiled {
  if (expr.type.kind !== "scalar" || expr.type.name !== "Bool" || expr.kind === "literal") return compiled;
  const { fn } = compiled;
  return {
    ...compiled,
    fn: (env) => {
      const value = fn(env);
      observer.truth(expr, value);
      return value;
    },
  };
}

/** A value through which nothing is closed. */
export function fixed(fn: Fn): Compiled {
  return { fn, closed: false };
}
